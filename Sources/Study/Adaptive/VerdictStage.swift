internal import Classifier
internal import Detection
internal import SQLite
internal import Tracker

/// Judges an adversarial set by a whole detection system, on draws that no attack has seen.
struct VerdictStage: Stage {
  static let kind = "verdict"
  var title: String {
    "judge \(set.configuration["attack"]?.string ?? "set") by \(detector.name)"
  }

  let set: Run
  let detector: AttackedDetector
  let model: Run
  let selection: Run
  let data: DataOnDemand
  let studySeed: Int64

  var seed: Int64? { studySeed }

  var parents: [String: Run] {
    var parents = ["adversarial_set": set, "model": model, "selection": selection]
    parents["detector"] = detector.run
    return parents
  }

  var configuration: JSONValue {
    .object(["detector": detector.configuration, "seed": .integer(studySeed)])
  }

  /// The number of images between two commits.
  private static let chunkSize = 400

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    do {
      try judge(run, in: context)
    } catch DetectionError.cancelled {
      throw StudyError.interrupted
    }
  }

  private func judge(_ run: ActiveRun, in context: StudyContext) throws {
    let selected = try SelectedImages(of: selection, in: context)
    let total = selected.indices.count
    context.progress.begin(title, done: run.progressDone, total: total, unit: "images")
    let data = try data.get()
    try AttackStage.restorePixels(of: set, data: data, in: context)
    let trained = try Model(model, data: data, in: context)
    let system = try DetectionSystem(
      detector, model: model, seed: studySeed, purpose: RandomPurpose.verdictDropout,
      data: DataOnDemand { data }, in: context)
    let source = MeasuredImageSource(set: set, data: nil, shape: trained.classifier.input)
    var done = run.progressDone
    while done < total {
      try stopIfCancelled(context)
      let chunk = selected.chunk(from: done, size: Self.chunkSize)
      let indices = Array(chunk.indices)
      let (pixels, labels) = try source.read(chunk, in: context)
      let targets = try targets(in: chunk, context.tracker)
      let verdicts = try system.judge(indices, pixels: pixels)
      let isEvading = indices.indices.map { row in
        let verdict = verdicts[row]
        guard !verdict.isFlagged else { return false }
        return targets[indices[row]].map { $0 == verdict.prediction }
          ?? (verdict.prediction != Int(labels[row])
            && verdict.prediction != trained.outlierClass)
      }
      try run.commitChunk(progressDone: chunk.positions.upperBound, total: total) { writer in
        if done == 0 { try begin(writer) }
        try record(indices, verdicts, isEvading, writer)
      }
      done = chunk.positions.upperBound
      context.progress.advance(to: done)
    }
    try run.finish(summarise)
  }

  /// The target classes of a chunk's images, by index; none of an untargeted set.
  private func targets(in chunk: ImageChunk, _ tracker: Tracker) throws -> [Int: Int] {
    let rows = try tracker.read { connection in
      try connection.rows(
        """
        SELECT image_index, target_label FROM adversarial_image
        WHERE adversarial_set_id = ? AND image_index BETWEEN ? AND ? AND target_label IS NOT NULL
        """,
        [
          .integer(set.id), .integer(Int64(chunk.bounds.lowerBound)),
          .integer(Int64(chunk.bounds.upperBound)),
        ]
      ) { (try $0.int(0), try $0.int(1)) }
    }
    return Dictionary(uniqueKeysWithValues: rows)
  }

  private func begin(_ writer: RunWriter) throws {
    try writer.execute(
      "INSERT INTO verdict (run_id, adversarial_set_id, detector) VALUES (?, ?, ?)",
      [.integer(writer.runID), .integer(set.id), .text(detector.name)])
  }

  private func record(
    _ images: [Int], _ verdicts: [DetectionSystem.Verdict], _ isEvading: [Bool],
    _ writer: RunWriter
  ) throws {
    try writer.insertRows(
      """
      INSERT INTO adversarial_verdict (
        verdict_id, image_index, prediction, score, agreement, is_flagged, is_evading
      ) VALUES (?, ?, ?, ?, nullif(?, -1), ?, ?)
      """,
      [
        .constant(writer.runID), .integers(images.map(Int64.init)),
        .integers(verdicts.map { Int64($0.prediction) }), .reals(verdicts.map(\.score)),
        .integers(verdicts.map { Int64($0.agreement ?? -1) }),
        .integers(verdicts.map { $0.isFlagged ? 1 : 0 }), .integers(isEvading.map { $0 ? 1 : 0 }),
      ])
  }

  private func summarise(_ writer: RunWriter) throws {
    try writer.execute(
      """
      UPDATE verdict SET
        (image_count, flagged_count, evading_count) = (
          SELECT count(*), sum(is_flagged), sum(is_evading)
          FROM adversarial_verdict WHERE verdict_id = run_id)
      WHERE run_id = ?
      """,
      [.integer(writer.runID)])
  }
}
