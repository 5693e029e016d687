internal import Bytes

/// The beginning of an IDX file, which tells how long the file has to be.
struct IDXHeader: Equatable {
  /// The code of the only element type that images and labels use.
  static let unsignedByte: UInt8 = 8

  /// The size of each dimension, slowest-varying first.
  let dimensions: [Int]

  /// The length of the header itself.
  var byteCount: Int { 4 + 4 * dimensions.count }

  /// Reads the header at the beginning of a file.
  init(_ bytes: [UInt8], file: String) throws {
    guard bytes.count >= 4, bytes[0] == 0, bytes[1] == 0, bytes[3] > 0 else {
      throw DatasetError.malformedIDX(file: file, problem: .notIDX)
    }
    guard bytes[2] == Self.unsignedByte else {
      // Other codes than these belong to some other format that happens to begin with zeros.
      let known: Set<UInt8> = [0x08, 0x09, 0x0B, 0x0C, 0x0D, 0x0E]
      throw DatasetError.malformedIDX(
        file: file, problem: known.contains(bytes[2]) ? .elementType(code: bytes[2]) : .notIDX)
    }
    let end = 4 + 4 * Int(bytes[3])
    guard bytes.count >= end else {
      throw DatasetError.malformedIDX(
        file: file, problem: .truncated(expected: end, found: bytes.count))
    }
    dimensions = stride(from: 4, to: end, by: 4).compactMap { bytes.bigEndian(at: $0) }
  }

  /// Holds the announced size against the file's, before anything of that size is allocated.
  func check(byteCount found: Int, file: String) throws {
    // A product beyond Int is longer than any file, so it counts as the largest length there is.
    let elements = dimensions.reduce(1) { product, size in
      let (value, overflow) = product.multipliedReportingOverflow(by: size)
      return overflow ? Int.max : value
    }
    let (sum, overflow) = elements.addingReportingOverflow(byteCount)
    let expected = overflow ? Int.max : sum
    guard found >= expected else {
      throw DatasetError.malformedIDX(
        file: file, problem: .truncated(expected: expected, found: found))
    }
    guard found == expected else {
      throw DatasetError.malformedIDX(
        file: file, problem: .trailingBytes(expected: expected, found: found))
    }
  }
}
