internal import Bytes

/// A MATLAB file of version 5, which MATLAB saves as -v6 and -v7, for reading numeric arrays.
///
/// "MAT-File Format", The MathWorks: 128 bytes of header, then elements, each plain or packed by
/// zlib.
struct MATLABFile {
  static let format = "MATLAB 5"

  private static let headerSize = 128
  private static let packedType: UInt32 = 15
  /// What deflate can pack into a byte at most, rounded up.
  private static let largestRatio = 1040

  private let bytes: [UInt8]
  private let name: String

  /// Checks a file's header.
  ///
  /// - Parameters:
  ///   - bytes: The file's content.
  ///   - name: The file's name, for messages.
  /// - Throws: ``DatasetError/malformed(file:format:problem:)``.
  init(_ bytes: [UInt8], name: String) throws(DatasetError) {
    self.bytes = bytes
    self.name = name
    guard bytes.count >= Self.headerSize else { throw malformed("it is cut off") }
    switch Array(bytes[126..<128]) {
    case Array("IM".utf8): break
    case Array("MI".utf8): throw malformed("its numbers have the highest byte first")
    default: throw malformed("it does not begin as one")
    }
    let version = Int(bytes[125])
    guard version == 1 else { throw malformed("its version is \(version), not 1") }
  }

  /// Reads variables by their names; others may be anything.
  ///
  /// - Parameters:
  ///   - names: The variables to read, in any order in the file.
  ///   - isCancelled: Returns true to stop; called after every megabyte.
  /// - Returns: The arrays by name, all of them.
  /// - Throws: ``DatasetError``: `malformed` if the file is damaged, lacks a variable or has it
  ///   twice, or if a variable is no array of real numbers; `cancelled`.
  func arrays(
    named names: [String], isCancelled: () -> Bool
  ) throws(DatasetError) -> [String: MATLABArray] {
    var found: [String: MATLABArray] = [:]
    var offset = Self.headerSize
    while offset < bytes.count {
      guard let element = MATLABElement(bytes, at: offset, isPadded: false),
        element.content.lowerBound == offset + 8, element.end <= bytes.count
      else { throw malformed("it is cut off") }
      let (matrix, content) =
        element.type == Self.packedType
        ? try unpacked(element, names: names, isCancelled: isCancelled)
        : (try matrix(bytes, at: offset), bytes)
      if names.contains(matrix.name) {
        guard let numbers = matrix.numbers else {
          throw malformed("'\(matrix.name)' is no array of real numbers")
        }
        guard found[matrix.name] == nil else { throw malformed("it has '\(matrix.name)' twice") }
        found[matrix.name] = MATLABArray(
          dimensions: numbers.dimensions, type: numbers.type, content: content[numbers.content])
      }
      offset = element.end
    }
    for name in names where found[name] == nil { throw malformed("it has no variable '\(name)'") }
    return found
  }

  /// Unpacks an array if it is one of those asked for; of others, reads the beginning alone.
  private func unpacked(
    _ element: MATLABElement, names: [String], isCancelled: () -> Bool
  ) throws(DatasetError) -> (MATLABMatrix, content: [UInt8]) {
    let stream = InflateStream(.zlib)
    var rest = bytes[element.content]
    var content = try piece(MATLABMatrix.longestBeginning, of: stream, from: &rest)
    let matrix = try matrix(content, at: 0)
    guard names.contains(matrix.name) else { return (matrix, content) }
    let count = matrix.byteCount
    guard count / Self.largestRatio <= element.content.count else {
      throw malformed("an array is longer than its packed bytes can hold")
    }
    content.reserveCapacity(count)
    while !stream.hasEnded, content.count <= count {
      guard !isCancelled() else { throw .cancelled }
      content += try piece(1 << 20, of: stream, from: &rest)
    }
    guard content.count == count, rest.isEmpty else {
      throw malformed("an array has another length than its beginning says")
    }
    return (matrix, content)
  }

  private func piece(
    _ size: Int, of stream: InflateStream, from packed: inout ArraySlice<UInt8>
  ) throws(DatasetError) -> [UInt8] {
    var buffer = [UInt8](repeating: 0, count: size)
    do throws(InflateError) {
      buffer.removeLast(size - (try stream.unpack(&packed, into: &buffer)))
    } catch {
      throw malformed(error == .truncated ? "an array is cut off" : "an array is damaged")
    }
    return buffer
  }

  private func matrix(
    _ bytes: [UInt8], at offset: Int
  ) throws(DatasetError) -> MATLABMatrix {
    do throws(MATLABMatrix.Problem) {
      return try MATLABMatrix(bytes, at: offset)
    } catch {
      throw malformed(error.words)
    }
  }

  private func malformed(_ problem: String) -> DatasetError {
    .malformed(file: name, format: Self.format, problem: problem)
  }
}
