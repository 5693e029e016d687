/// An array of unsigned bytes with any number of dimensions, the content of one IDX file.
public struct IDXArray: Equatable, Sendable {
  /// The size of each dimension, slowest-varying first; the array has at least one.
  public let dimensions: [Int]
  /// The elements in row-major order.
  public let elements: [UInt8]

  /// Creates an array from elements in memory.
  ///
  /// - Precondition: There are 1 to 255 dimensions, and their product is the number of elements.
  ///
  /// - Parameters:
  ///   - dimensions: The size of each dimension, slowest-varying first.
  ///   - elements: The elements in row-major order.
  public init(dimensions: [Int], elements: [UInt8]) {
    precondition((1...255).contains(dimensions.count), "\(dimensions.count) dimensions")
    precondition(
      dimensions.reduce(1, *) == elements.count,
      "dimensions \(dimensions) do not hold \(elements.count) elements")
    self.dimensions = dimensions
    self.elements = elements
  }

  /// The bytes before the elements: two zeros, the element type, the sizes, all big-endian.
  var header: [UInt8] {
    var bytes: [UInt8] = [0, 0, IDXHeader.unsignedByte, UInt8(dimensions.count)]
    for size in dimensions {
      for shift in [24, 16, 8, 0] {
        bytes.append(UInt8(truncatingIfNeeded: size >> shift))
      }
    }
    return bytes
  }

  /// Returns the content of an unpacked IDX file: the header in big-endian, then the elements.
  public func encoded() -> [UInt8] {
    header + elements
  }

  /// Reads an array from an IDX file's content.
  ///
  /// - Parameters:
  ///   - bytes: The whole content of the file, unpacked.
  ///   - file: The file's name, for messages.
  /// - Throws: ``DatasetError/malformedIDX(file:problem:)`` if the header is not an IDX header,
  ///   announces an element type other than unsigned bytes, or disagrees with the number of bytes.
  public init(decoding bytes: [UInt8], file: String) throws {
    let header = try IDXHeader(bytes, file: file)
    try header.check(byteCount: bytes.count, file: file)
    dimensions = header.dimensions
    elements = Array(bytes[header.byteCount...])
  }

  /// Reads an array from an IDX file, plain or packed with gzip, whatever the file's name.
  ///
  /// - Parameters:
  ///   - path: The file's path.
  ///   - maximumBytes: The largest size that the unpacked file may have, in bytes.
  /// - Throws: ``DatasetError``: any error from reading the file, from unpacking it or from
  ///   ``init(decoding:file:)``.
  public init(contentsOf path: String, maximumBytes: Int = 1 << 30) throws {
    try self.init(decoding: DataFile.read(path, maximumBytes: maximumBytes), file: path)
  }
}
