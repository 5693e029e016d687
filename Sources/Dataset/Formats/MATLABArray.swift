internal import Bytes

/// A numeric array of a MATLAB file.
struct MATLABArray {
  /// The size of each dimension, of which there are at least two; the first varies fastest.
  let dimensions: [Int]
  /// The type in which the file stores the elements, whatever class the array has in MATLAB.
  let type: MATLABElementType
  /// The elements as the file has them, in column-major order.
  let content: ArraySlice<UInt8>

  /// The elements as whole numbers; nil if one of them is not whole.
  var integers: [Int]? {
    switch type {
    case .int8: content.map { Int(Int8(bitPattern: $0)) }
    case .uint8: content.map { Int($0) }
    case .int16: littleEndianWords(content, as: Int16.self).map { Int($0) }
    case .uint16: littleEndianWords(content, as: UInt16.self).map { Int($0) }
    case .int32: littleEndianWords(content, as: Int32.self).map { Int($0) }
    case .uint32: littleEndianWords(content, as: UInt32.self).map { Int($0) }
    case .int64: littleEndianWords(content, as: Int64.self).map { Int($0) }
    case .uint64: Self.whole(littleEndianWords(content, as: UInt64.self)) { Int(exactly: $0) }
    case .single:
      Self.whole(littleEndianWords(content, as: UInt32.self)) {
        Int(exactly: Float(bitPattern: $0))
      }
    case .double:
      Self.whole(littleEndianWords(content, as: UInt64.self)) {
        Int(exactly: Double(bitPattern: $0))
      }
    }
  }

  private static func whole<Word>(_ words: [Word], _ convert: (Word) -> Int?) -> [Int]? {
    let numbers = words.compactMap(convert)
    return numbers.count == words.count ? numbers : nil
  }
}

/// A numeric type of MATLAB files, by its code there.
enum MATLABElementType: UInt32 {
  case int8 = 1
  case uint8 = 2
  case int16 = 3
  case uint16 = 4
  case int32 = 5
  case uint32 = 6
  case single = 7
  case double = 9
  case int64 = 12
  case uint64 = 13

  /// The number of bytes in an element.
  var width: Int {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .single: 4
    case .double, .int64, .uint64: 8
    }
  }
}
