internal import Bytes

/// The files in which numpy stores one array.
///
/// Such a file is a magic number, the length of a header, the header as a Python dictionary, and
/// the elements.
public enum Npy {
  static let format = ".npy"
  /// The six bytes that every .npy file begins with.
  public static let magic: [UInt8] = [0x93] + Array("NUMPY".utf8)

  /// Encodes an array as a .npy file of version 1.0, row by row and little-endian.
  public static func bytes(of array: NumericArray) -> [UInt8] {
    let type =
      switch array.elements {
      case .float32: "<f4"
      case .float64: "<f8"
      case .int64: "<i8"
      case .uint8: "|u1"
      }
    let sides = array.shape.map(String.init).joined(separator: ", ")
    let shape = array.shape.count == 1 ? "(\(sides),)" : "(\(sides))"
    var header = "{'descr': '\(type)', 'fortran_order': False, 'shape': \(shape), }"
    // The elements begin at a multiple of 64, as numpy has them.
    let unpadded = magic.count + 4 + header.utf8.count + 1
    header += String(repeating: " ", count: (64 - unpadded % 64) % 64) + "\n"
    return magic + [1, 0] + littleEndianBytes([UInt16(header.utf8.count)]) + Array(header.utf8)
      + array.elements.bytes
  }

  /// Reads the array of a .npy file.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: The file's name, for messages.
  ///   - isCancelled: Returns true to stop. The reader calls it many times a second.
  /// - Returns: The array, row by row, whatever the order of the file.
  /// - Throws: ``InterchangeError``.
  public static func array(
    from bytes: [UInt8], file: String, isCancelled: () -> Bool = { false }
  ) throws(InterchangeError) -> NumericArray {
    try ArrayReader(npy: FileContent(bytes, name: file), isCancelled: isCancelled)
      .array(isCancelled: isCancelled)
  }
}

/// What the header of a .npy file says.
struct NpyHeader: Equatable {
  let type: String
  let isFortranOrder: Bool
  let shape: [Int]

  /// The bytes of an element; nil if the type is not read.
  var elementWidth: Int? {
    let width: Int
    switch type.dropFirst() {
    case "b1", "u1", "i1": width = 1
    case "f2", "i2", "u2": width = 2
    case "f4", "i4", "u4": width = 4
    case "f8", "i8", "u8": width = 8
    default: return nil
    }
    // '|' is said of single bytes, which have no order.
    return ["<", ">", width == 1 ? "|" : "<"].contains(type.prefix(1)) ? width : nil
  }

  /// The elements; float16 ones are widened, which loses nothing.
  ///
  /// - Precondition: The type is read.
  /// - Throws: ``InterchangeError/unsupported(file:feature:)`` for a whole number that
  ///   64 bits with a sign do not hold; ``InterchangeError/cancelled``.
  func elements(
    _ bytes: ArraySlice<UInt8>, file: String, isCancelled: () -> Bool
  ) throws(InterchangeError) -> NumericArray.Elements {
    let bytes = type.hasPrefix(">") ? reversingElements(of: bytes) : bytes
    /// A few million at a time, so that somebody who asks to stop does not wait.
    func converted<Word: FixedWidthInteger, Element>(
      _ convert: (Word) throws(InterchangeError) -> Element
    ) throws(InterchangeError) -> [Element] {
      let size = MemoryLayout<Word>.size
      var elements: [Element] = []
      elements.reserveCapacity(bytes.count / size)
      for start in stride(from: bytes.startIndex, to: bytes.endIndex, by: size << 22) {
        guard !isCancelled() else { throw .cancelled }
        let piece = bytes[start..<min(start + size << 22, bytes.endIndex)]
        for word in littleEndianWords(piece, as: Word.self) { elements.append(try convert(word)) }
      }
      return elements
    }
    func integers<Word: FixedWidthInteger>(
      _ type: Word.Type
    ) throws(InterchangeError) -> NumericArray.Elements {
      .int64(
        try converted { (word: Word) throws(InterchangeError) in
          guard word <= Int64.max else {
            throw .unsupported(file: file, feature: .wholeNumber(UInt64(word)))
          }
          return Int64(word)
        })
    }
    return switch type.dropFirst() {
    case "f2": .float32(try converted { Float(halfBitPattern: $0) })
    case "f4": .float32(try converted { Float(bitPattern: $0) })
    case "f8": .float64(try converted { Double(bitPattern: $0) })
    case "i8": try integers(Int64.self)
    case "b1": .int64(try converted { (flag: UInt8) in flag == 0 ? 0 : 1 })
    case "i1": try integers(Int8.self)
    case "i2": try integers(Int16.self)
    case "u2": try integers(UInt16.self)
    case "i4": try integers(Int32.self)
    case "u4": try integers(UInt32.self)
    case "u8": try integers(UInt64.self)
    default: .uint8(Array(bytes))
    }
  }

  /// Big-endian elements as little-endian ones.
  private func reversingElements(of bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    let width = elementWidth ?? 1
    var reversed = Array(bytes)
    for start in stride(from: 0, to: reversed.count, by: width) {
      reversed[start..<start + width].reverse()
    }
    return reversed[...]
  }
}

extension NumericArray.Elements {
  /// The elements row by row, given with the first index fastest.
  func reordered(fromFortranOrder shape: [Int]) -> NumericArray.Elements {
    // Where the elements of the rows lie: the last index moves farthest.
    var strides = [1]
    for side in shape.dropLast() { strides.append(strides[strides.count - 1] * side) }
    func reordered<Element>(_ values: [Element]) -> [Element] {
      var index = [Int](repeating: 0, count: shape.count)
      var source = 0
      return values.indices.map { _ in
        let value = values[source]
        for axis in shape.indices.reversed() {
          index[axis] += 1
          source += strides[axis]
          if index[axis] < shape[axis] { break }
          source -= strides[axis] * shape[axis]
          index[axis] = 0
        }
        return value
      }
    }
    return switch self {
    case .float32(let values): .float32(reordered(values))
    case .float64(let values): .float64(reordered(values))
    case .int64(let values): .int64(reordered(values))
    case .uint8(let values): .uint8(reordered(values))
    }
  }
}
