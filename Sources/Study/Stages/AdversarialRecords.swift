internal import Attack
internal import Bytes
internal import NeuralNetwork
internal import SQLite
internal import Tracker

/// What the catalogue of a database says of an attack.
struct RecordedAttack {
  let name: String
  let title: String
  let summary: String
  let source: String
  let threat: ThreatModel
}

extension RecordedAttack {
  /// An attack of the program's catalogue.
  init(_ kind: AttackKind) {
    self.init(
      name: kind.name, title: kind.title, summary: kind.summary, source: kind.source,
      threat: kind.threat)
  }
}

/// Writes the rows of an adversarial set, whoever made its images.
struct AdversarialRecords {
  let attack: String
  let parameters: JSONValue
  let model: Run
  let selection: Run
  /// The true class of each test image.
  let labels: [UInt8]
  /// The pixels of one image.
  let imageSize: Int
  /// What made the set; nil if it was no attack of Assay's own.
  var made: RecordedAttack?

  /// Writes the set itself and, if the database doesn't know it yet, what made it.
  func begin(_ writer: RunWriter) throws {
    if let made { try register(made, writer) }
    try writer.execute(
      """
      INSERT INTO adversarial_set (run_id, model_id, selection_id, attack, parameters)
      VALUES (?, ?, ?, ?, ?)
      """,
      [
        .integer(writer.runID), .integer(model.id), .integer(selection.id), .text(attack),
        .text(parameters.canonical),
      ])
  }

  private func register(_ made: RecordedAttack, _ writer: RunWriter) throws {
    let threat = made.threat
    try writer.execute(
      """
      INSERT INTO attack (
        name, title, summary, source, norm, budget, goal, knowledge, is_iterative
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      ON CONFLICT (name) DO UPDATE SET
        (title, summary, source) = (excluded.title, excluded.summary, excluded.source)
      """,
      [
        .text(made.name), .text(made.title), .text(made.summary), .text(made.source),
        .text(threat.norm.rawValue), threat.budget.map { .text($0) } ?? .null,
        .text(threat.goal.rawValue), .text(threat.knowledge.rawValue),
        .integer(threat.isIterative ? 1 : 0),
      ])
  }

  /// Writes a chunk of images by their index, with their pixels, [chunk, size].
  func write(
    _ chunk: ArraySlice<Int>, _ results: [AdversarialImage], _ pixels: [Float], _ writer: RunWriter
  ) throws {
    try writer.insertRows(
      """
      INSERT INTO adversarial_image (
        adversarial_set_id, image_index, true_label, target_label, prediction, success, iterations,
        l0, l0_elements, l2, linf
      ) VALUES (?, ?, ?, nullif(?, -1), ?, ?, ?, ?, nullif(?, -1), ?, ?)
      """,
      [
        .constant(writer.runID), .integers(chunk.map(Int64.init)),
        .integers(chunk.map { Int64(labels[$0]) }),
        .integers(results.map { Int64($0.target ?? -1) }),
        .integers(results.map { Int64($0.prediction) }),
        .integers(results.map { $0.success ? 1 : 0 }),
        .integers(results.map { Int64($0.iterations) }), .integers(results.map { Int64($0.l0) }),
        // Where both are the same, l0 says it.
        .integers(results.map { $0.l0Elements == $0.l0 ? -1 : Int64($0.l0Elements) }),
        .reals(results.map(\.l2)), .reals(results.map(\.linf)),
      ])
    try writeDetails(chunk, results, writer)
    try writeSteps(chunk, results, writer)
    try writePixels(chunk, FloatCoding.bytes(of: pixels), writer)
  }

  /// Writes what the attack noted of a chunk of images.
  private func writeDetails(
    _ chunk: ArraySlice<Int>, _ results: [AdversarialImage], _ writer: RunWriter
  ) throws {
    let rows = zip(chunk, results).flatMap { image, result in
      result.details.sorted { $0.key < $1.key }.map { (image, $0.key, $0.value) }
    }
    for (image, name, value) in rows {
      try writer.execute(
        """
        INSERT INTO adversarial_detail (adversarial_set_id, image_index, name, value)
        VALUES (?, ?, ?, ?)
        """,
        [.integer(writer.runID), .integer(Int64(image)), .text(name), .real(value)])
    }
  }

  /// Writes how a chunk of images fared step by step.
  private func writeSteps(
    _ chunk: ArraySlice<Int>, _ results: [AdversarialImage], _ writer: RunWriter
  ) throws {
    guard let first = chunk.first else { return }
    let sums = TracedSum.sums(of: results)
    guard !sums.isEmpty else { return }
    try writer.insertRows(
      """
      INSERT INTO attack_step (
        adversarial_set_id, first_image, step, image_count, loss_sum, loss_square_sum, misled_count,
        scored_count, score_sum
      ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
      """,
      [
        .constant(writer.runID), .integers(sums.map { _ in Int64(first) }),
        .integers(sums.indices.map(Int64.init)), .integers(sums.map { Int64($0.images) }),
        .reals(sums.map(\.loss)), .reals(sums.map(\.lossSquares)),
        .integers(sums.map { Int64($0.misled) }), .integers(sums.map { Int64($0.scored) }),
        .reals(sums.map(\.score)),
      ])
  }

  /// Writes the pixels of a chunk of images alone.
  func writePixels(_ chunk: ArraySlice<Int>, _ pixels: [UInt8], _ writer: RunWriter) throws {
    try writer.insertRows(
      """
      INSERT INTO adversarial_pixels (adversarial_set_id, image_index, pixels) VALUES (?, ?, ?)
      """,
      [
        .constant(writer.runID), .integers(chunk.map(Int64.init)),
        .blobs(pixels, size: 4 * imageSize),
      ])
  }

  /// Writes the set's summary, and goes on with the last step of pieces that had fewer than others.
  func summarise(_ writer: RunWriter) throws {
    try writer.execute(
      """
      INSERT INTO attack_step (
        adversarial_set_id, first_image, step, image_count, loss_sum, loss_square_sum, misled_count,
        scored_count, score_sum
      )
      SELECT
        ?1, first_image, reached.step, image_count, loss_sum, loss_square_sum, misled_count,
        scored_count, score_sum
      FROM (SELECT DISTINCT step FROM attack_step WHERE adversarial_set_id = ?1) AS reached
      JOIN (
        SELECT *, max(step) AS last FROM attack_step WHERE adversarial_set_id = ?1
        GROUP BY first_image) AS piece
        ON reached.step > piece.last
      """, [.integer(writer.runID)])
    try writer.execute(
      """
      UPDATE adversarial_set SET
        (image_count, success_count, mean_l0, mean_l2, mean_linf) = (
          SELECT count(*), sum(success), avg(l0), avg(l2), avg(linf)
          FROM adversarial_image WHERE adversarial_set_id = run_id)
      WHERE run_id = ?
      """,
      [.integer(writer.runID)])
  }
}
