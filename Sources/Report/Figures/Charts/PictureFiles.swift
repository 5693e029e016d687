package import Tracker

/// Images of one shape as picture files, in the colours that galleries have.
package struct PictureFiles: Sendable {
  private let pictures: Pictures

  /// Finds the shape.
  ///
  /// - Parameters:
  ///   - clean: The clean images; nil where there are none.
  ///   - recordedShape: The shape that the record has; nil if it has none.
  ///   - valueCount: How many values an image has, by which those of unknown shape are taken for
  ///     square ones; nil if that is not known.
  package init(
    clean: CleanImages?, recordedShape: (columns: Int, channels: Int)?, valueCount: Int?
  ) {
    pictures = Pictures(clean: clean, recorded: recordedShape, valueCount: valueCount)
  }

  /// The values of an image that the record has as little-endian 32-bit floats.
  package static func values(ofRecorded bytes: [UInt8]) -> [Float] { bytes.floats }

  /// An image.
  ///
  /// - Parameter values: Its values in 0...1, pixel by pixel and row by row.
  /// - Returns: A file of PNG with a pixel for each of the image's; nil if they fill no rows.
  package func image(_ values: [Float]) -> [UInt8]? { file(pictures.colors(values)) }

  /// A change between two images, as galleries show it: blue is brighter and orange darker, in full
  /// colour from half of the range on; of colours on middle grey.
  ///
  /// - Returns: A file of PNG; nil if the images differ in size, or fill no rows.
  package func change(from clean: [Float], to adversarial: [Float]) -> [UInt8]? {
    guard clean.count == adversarial.count else { return nil }
    return file(pictures.changeColors(zip(adversarial, clean).map { $0 - $1 }))
  }

  private func file(_ pixels: [RGB]) -> [UInt8]? {
    guard !pixels.isEmpty, pixels.count.isMultiple(of: pictures.columns) else { return nil }
    return PNG.opaqueFile(columns: pictures.columns, pixels: pixels)
  }
}

extension Tracker {
  /// The shape of a set's images, as its model's training recorded it; nil if it didn't.
  ///
  /// - Parameter set: The set's run, by its UUID.
  /// - Returns: How many pixels a row has, and how many values a pixel.
  /// - Throws: `TrackerError` or `SQLiteError`.
  package func imageShape(ofSet set: String) throws -> (columns: Int, channels: Int)? {
    guard let model = try parents(of: run(uuid: set))["model"],
      let bytes = try artifact(named: "data_shape", of: model)
    else { return nil }
    let shape = try JSONValue(parsing: String(decoding: bytes, as: UTF8.self))
    guard case .integer(let columns)? = shape["columns"] else { return nil }
    guard case .integer(let channels)? = shape["channels"] else { return (Int(columns), 1) }
    return (Int(columns), Int(channels))
  }
}
