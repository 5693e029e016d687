internal import Bytes
internal import Classifier
internal import SQLite
internal import Tracker

/// Where the images of a measurement are read: clean ones in the data set, adversarial ones in the
/// record.
struct MeasuredImageSource: Sendable {
  /// The run of the adversarial set; nil for clean images.
  let set: Run?
  /// The data set, which only clean images need.
  let data: StudyData?
  /// The shape of the images.
  let shape: ImageShape

  /// The images of a chunk, [images, size], and their labels.
  ///
  /// - Throws: ``StudyError/damagedRecord(run:problem:)`` if images of the set are missing, and the
  ///   errors of the tracker.
  /// - Precondition: There is a data set if the images are clean.
  func read(
    _ chunk: ImageChunk, in context: StudyContext
  ) throws -> (pixels: [Float], labels: [Int64]) {
    if let set { return try read(chunk, of: set, in: context) }
    guard let test = data?.test else {
      preconditionFailure("clean images are read from the data set")
    }
    let size = shape.count
    let pixels = [Float](unsafeUninitializedCapacity: chunk.indices.count * size) {
      pixels, initialized in
      guard let base = pixels.baseAddress else { return }
      for (position, index) in chunk.indices.enumerated() {
        test.copyPixels(of: index, into: base + position * size)
      }
      initialized = chunk.indices.count * size
    }
    return (pixels, chunk.indices.map { Int64(test.labels[$0]) })
  }

  private func read(
    _ chunk: ImageChunk, of set: Run, in context: StudyContext
  ) throws -> (pixels: [Float], labels: [Int64]) {
    let rows = try context.tracker.read { connection in
      try connection.rows(
        """
        SELECT pixels, true_label
        FROM adversarial_image JOIN adversarial_pixels USING (adversarial_set_id, image_index)
        WHERE adversarial_set_id = ? AND image_index BETWEEN ? AND ?
        ORDER BY image_index
        """,
        [
          .integer(set.id), .integer(Int64(chunk.bounds.lowerBound)),
          .integer(Int64(chunk.bounds.upperBound)),
        ]
      ) { (pixels: try $0.blob(0), label: Int64(try $0.int(1))) }
    }
    let count = chunk.indices.count
    let pixels = rows.flatMap { FloatCoding.floats(from: $0.pixels[...]) ?? [] }
    guard rows.count == count, pixels.count == count * shape.count else {
      throw StudyError.damagedRecord(
        run: set.uuid, problem: "its adversarial images are not all there")
    }
    return (pixels, rows.map(\.label))
  }
}
