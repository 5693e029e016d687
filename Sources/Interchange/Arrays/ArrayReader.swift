internal import Bytes

/// Reads the array of a .npy file, at once or piece by piece from first to last.
public final class ArrayReader {
  private let source: any ByteReader
  private let header: NpyHeader
  private let width: Int
  private let file: String

  /// The length of each axis, or an empty array for a single number.
  public var shape: [Int] { header.shape }

  /// Reads the header of a .npy file.
  ///
  /// - Parameters:
  ///   - content: The file.
  ///   - isCancelled: Returns true to stop. The reader calls it many times a second.
  /// - Throws: ``InterchangeError``.
  public convenience init(
    npy content: FileContent, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) {
    try self.init(
      ContentReader(content, 0..<content.count), file: content.name, isCancelled: isCancelled)
  }

  /// Reads the header.
  ///
  /// - Parameters:
  ///   - source: The bytes of a .npy file.
  ///   - file: Its name, for messages.
  ///   - isCancelled: Asked many times a second whether to stop.
  /// - Throws: ``InterchangeError``.
  init(
    _ source: any ByteReader, file: String, isCancelled: () -> Bool
  ) throws(InterchangeError) {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(file: file, format: Npy.format, problem: problem)
    }
    let beginning = try source.read(min(8, source.remaining), isCancelled: isCancelled)
    guard beginning.starts(with: Npy.magic), source.remaining > 0 else {
      throw malformed("it does not begin as one")
    }
    guard [1, 2, 3].contains(beginning[6]) else {
      throw .unsupported(file: file, feature: .npyVersion(Int(beginning[6])))
    }
    let width = beginning[6] == 1 ? 2 : 4
    let digits = try source.read(min(width, source.remaining), isCancelled: isCancelled)
    let length =
      width == 2
      ? digits.littleEndian(at: 0, as: UInt16.self).map { Int($0) }
      : digits.littleEndian(at: 0, as: UInt32.self).map { Int($0) }
    guard let length, length <= source.remaining else { throw malformed("its header is cut off") }
    guard length <= Self.longestHeader,
      let text = String(
        validating: try source.read(length, isCancelled: isCancelled), as: UTF8.self),
      let header = NpyHeader(parsing: text)
    else { throw malformed("its header cannot be read") }
    guard let elementWidth = header.elementWidth else {
      throw .unsupported(file: file, feature: .elementType(header.type))
    }
    guard let count = elementCount(of: header.shape),
      case let (size, overflow) = count.multipliedReportingOverflow(by: elementWidth), !overflow,
      size == source.remaining
    else {
      throw malformed(
        "its header announces \(header.shape) elements of \(elementWidth) bytes; "
          + "\(source.remaining) bytes follow")
    }
    self.source = source
    self.header = header
    self.width = elementWidth
    self.file = file
  }

  /// Far more than any header takes, and nothing that fills a memory.
  private static let longestHeader = 1 << 24

  /// How many unpacked bytes the remaining elements take, in the file's element type.
  public var remainingBytes: Int { source.remaining }

  /// Whether the file stores the elements row by row.
  ///
  /// You can read the elements of other files only all at once, with ``array(isCancelled:)``.
  public var isRowByRow: Bool { !header.isFortranOrder || header.shape.count < 2 }

  /// Reads the next elements, in the order of the file.
  ///
  /// - Precondition: At least `count` elements are left.
  /// - Throws: ``InterchangeError``. Reading the last elements also reports errors in the whole
  ///   file, such as a wrong checksum.
  public func elements(
    _ count: Int, isCancelled: () -> Bool
  ) throws(InterchangeError) -> NumericArray.Elements {
    try header.elements(
      source.read(count * width, isCancelled: isCancelled)[...], file: file,
      isCancelled: isCancelled)
  }

  /// Reads the whole array and orders it row by row, whatever the order of the file.
  ///
  /// - Precondition: You have not read any elements yet.
  /// - Throws: ``InterchangeError``.
  public func array(isCancelled: () -> Bool) throws(InterchangeError) -> NumericArray {
    let elements = try elements(source.remaining / width, isCancelled: isCancelled)
    return NumericArray(
      shape: header.shape,
      isRowByRow ? elements : elements.reordered(fromFortranOrder: header.shape))
  }
}
