internal import Attack
internal import Bytes
internal import Classifier
internal import SQLite
internal import Tracker

extension AttackStage {
  /// The stage that an attack's run was.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)`` if the run is not an attack's.
  init(of run: Run, data: StudyData, in context: StudyContext) throws {
    let parents = try context.tracker.parents(of: run)
    guard let model = parents["model"], let selection = parents["selection"],
      let name = run.configuration["attack"]?.string,
      let parameters = run.configuration["parameters"]
    else { throw StudyError.damagedRecord(run: run.uuid, problem: "its lineage is incomplete") }
    self.init(
      kind: try AttackCatalogue.kind(named: name),
      values: try parameters.decode(AttackConfiguration.self).values, model: model,
      selection: selection, data: data, studySeed: run.seed ?? 0,
      detector: try run.configuration["detector"].map {
        try AttackedDetector($0, of: run, run: parents["detector"], in: context.tracker)
      })
  }

  /// Attacks again if the set's pixels were dropped, and records them if they are the same bits.
  ///
  /// - Throws: ``StudyError/notReproduced(run:part:)``; ``StudyError/interrupted``.
  static func restorePixels(of set: Run, data: StudyData, in context: StudyContext) throws {
    guard let digest = try droppedPixels(of: set, in: context) else { return }
    let stage = try AttackStage(of: set, data: data, in: context)
    let title = "\(stage.title) again"
    let selected = try SelectedImages(of: stage.selection, in: context)
    let indices = selected.indices
    try MemoryNeed.pixels(data.test.shape, images: indices.count, copies: 3).require(for: title)
    let (runner, chunkSize) = try stage.makeRunner(in: context)
    var pixels: [UInt8] = []
    context.progress.begin(title, done: 0, total: indices.count, unit: "images")
    for start in stride(from: 0, to: indices.count, by: chunkSize) {
      try stage.stopIfCancelled(context)
      let chunk = selected.chunk(from: start, size: chunkSize).indices
      pixels += try FloatCoding.bytes(
        of: stage.attack(chunk, by: runner, in: context).pixels)
      context.progress.advance(to: chunk.endIndex)
    }
    guard Digest.sha256(pixels) == digest else {
      throw StudyError.notReproduced(run: set.uuid, part: "adversarial images")
    }
    // Another worker may have restored them meanwhile.
    if try droppedPixels(of: set, in: context) != nil {
      try context.tracker.amend(set) { writer in
        try writer.execute(
          "DELETE FROM dropped_pixels WHERE adversarial_set_id = ?", [.integer(writer.runID)])
        try stage.records.writePixels(indices[...], pixels, writer)
      }
    }
    context.progress.end(title, reused: false)
  }

  /// Whether a set's pixels were dropped.
  static func lacksPixels(_ set: Run, in context: StudyContext) throws -> Bool {
    try droppedPixels(of: set, in: context) != nil
  }

  /// The digest of a set's pixels, if they were dropped.
  private static func droppedPixels(of set: Run, in context: StudyContext) throws -> String? {
    try context.tracker.read { connection in
      try connection.rows(
        "SELECT sha256 FROM dropped_pixels WHERE adversarial_set_id = ?", [.integer(set.id)]
      ) { try $0.text(0) }.first
    }
  }
}
