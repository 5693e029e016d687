internal import Classifier
internal import Detection
internal import SQLite
internal import Tracker

/// Judges the images of a selection, attacked or clean, by a whole detection system, on draws that no
/// attack has seen, or on the one draw that an attack knows.
struct VerdictStage: Stage {
  static let kind = "verdict"
  var title: String {
    let images = set.map { $0.configuration["attack"]?.string ?? "set" } ?? "clean images"
    return "judge \(images) by \(detector.name)" + (isFixed ? " on one draw" : "")
  }

  /// The adversarial set; nil for the clean images.
  let set: Run?
  let detector: AttackedDetector
  let model: Run
  let selection: Run
  let data: DataOnDemand
  let studySeed: Int64
  /// Whether its draws are those that an attack on one fixed draw knows, instead of new ones.
  var isFixed = false

  var seed: Int64? { studySeed }

  var parents: [String: Run] {
    var parents = ["model": model, "selection": selection]
    parents["adversarial_set"] = set
    parents["detector"] = detector.run
    return parents
  }

  var configuration: JSONValue {
    // Verdicts from before version 16 lack each image's excess: they are not taken for these.
    var members: [String: JSONValue] = [
      "detector": detector.configuration, "records": .string("excess"),
      "seed": .integer(studySeed),
    ]
    if isFixed { members["draws"] = .string("fixed") }
    return .object(members)
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
    if let set { try AttackStage.restorePixels(of: set, data: data, in: context) }
    let trained = try Model(model, data: data, in: context)
    let system = try DetectionSystem(
      detector, model: model, seed: studySeed,
      purpose: isFixed ? RandomPurpose.attackDraws : RandomPurpose.verdictDropout,
      data: DataOnDemand { data }, in: context)
    let source = MeasuredImageSource(set: set, data: data, shape: trained.classifier.input)
    var done = run.progressDone
    while done < total {
      try stopIfCancelled(context)
      let chunk = selected.chunk(from: done, size: Self.chunkSize)
      let indices = Array(chunk.indices)
      let (pixels, labels) = try source.read(chunk, in: context)
      let targets = try targets(in: chunk, context.tracker)
      let verdicts = try system.judge(indices, pixels: pixels)
      let judged = indices.indices.map { row in
        let (prediction, label) = (verdicts[row].prediction, Int(labels[row]))
        return JudgedImage(
          index: indices[row], label: label, verdict: verdicts[row],
          isMisclassified: targets[indices[row]].map { $0 == prediction }
            ?? (prediction != label && prediction != trained.outlierClass))
      }
      try run.commitChunk(progressDone: chunk.positions.upperBound, total: total) { writer in
        if done == 0 { try begin(writer) }
        try record(judged, writer)
      }
      done = chunk.positions.upperBound
      context.progress.advance(to: done)
    }
    try run.finish(summarise)
  }

  /// An image and what is said of it.
  private struct JudgedImage {
    let index: Int
    let label: Int
    let verdict: DetectionSystem.Verdict
    /// Whether the prediction is wrong, or what the attack aimed at; an outlier is no class.
    let isMisclassified: Bool
  }

  /// The target classes of a chunk's images, by index; none of an untargeted set or of clean images.
  private func targets(in chunk: ImageChunk, _ tracker: Tracker) throws -> [Int: Int] {
    guard let set else { return [:] }
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
      """
      INSERT INTO verdict (run_id, adversarial_set_id, model_id, selection_id, detector)
      VALUES (?, ?, ?, ?, ?)
      """,
      [
        .integer(writer.runID), set.map { .integer($0.id) } ?? .null, .integer(model.id),
        .integer(selection.id), .text(detector.name),
      ])
  }

  private func record(_ images: [JudgedImage], _ writer: RunWriter) throws {
    try writer.insertRows(
      """
      INSERT INTO adversarial_verdict (
        verdict_id, image_index, true_label, prediction, score, excess, agreement, is_flagged,
        is_misclassified, is_evading
      ) VALUES (?1, ?2, ?3, ?4, ?5, ?6, nullif(?7, -1), ?8, ?9, ?9 > ?8)
      """,
      [
        .constant(writer.runID), .integers(images.map { Int64($0.index) }),
        .integers(images.map { Int64($0.label) }),
        .integers(images.map { Int64($0.verdict.prediction) }),
        .reals(images.map(\.verdict.score)), .reals(images.map(\.verdict.excess)),
        .integers(images.map { Int64($0.verdict.agreement ?? -1) }),
        .integers(images.map { $0.verdict.isFlagged ? 1 : 0 }),
        .integers(images.map { $0.isMisclassified ? 1 : 0 }),
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
