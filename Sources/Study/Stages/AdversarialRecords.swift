internal import Attack
internal import Bytes
internal import NeuralNetwork
internal import SQLite
internal import Tracker

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

  /// Writes the set itself.
  func begin(_ writer: RunWriter) throws {
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
    try writePixels(chunk, FloatCoding.bytes(of: pixels), writer)
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

  /// Writes the set's summary.
  func summarise(_ writer: RunWriter) throws {
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
