/// The binary version of CIFAR-10: records of a label, then 32 x 32 red, green and blue values.
///
/// Krizhevsky, "Learning multiple layers of features from tiny images", 2009.
package enum CIFARBinary {
  static let format = "CIFAR-10 binary"
  /// The class names in the order of the labels.
  static let classNames = [
    "airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck",
  ]
  /// The files of the training set, in order.
  static let trainFiles = (1...5).map { "data_batch_\($0).bin" }
  static let testFile = "test_batch.bin"

  private static let side = 32
  private static let recordSize = 1 + 3 * side * side

  /// Joins the images of files.
  ///
  /// - Parameter files: Each file's name, for messages, and its content.
  /// - Returns: The images of all files, in order.
  /// - Throws: ``DatasetError``: `malformed` if a file does not consist of whole records, or
  ///   `labelOutOfRange`.
  package static func images(_ files: [(name: String, bytes: [UInt8])]) throws -> ImageSet {
    var labels: [UInt8] = []
    var planes: [UInt8] = []
    planes.reserveCapacity(files.reduce(0) { $0 + $1.bytes.count })
    for (name, bytes) in files {
      guard bytes.count.isMultiple(of: recordSize) else {
        throw DatasetError.malformed(
          file: name, format: format,
          problem: "its \(bytes.count) bytes are not whole records of \(recordSize)")
      }
      for start in stride(from: 0, to: bytes.count, by: recordSize) {
        let label = bytes[start]
        guard Int(label) < classNames.count else {
          throw DatasetError.labelOutOfRange(
            file: name, index: start / recordSize, label: Int(label), classCount: classNames.count)
        }
        labels.append(label)
        planes += bytes[start + 1..<start + recordSize]
      }
    }
    let pixels = PixelOrder.planes(rows: side, columns: side).interleaved(
      planes[...], rows: side, columns: side, channels: 3)
    return ImageSet(rows: side, columns: side, channels: 3, pixels: pixels, labels: labels)
  }
}
