internal import Bytes

/// A part of a MATLAB file: its type and length, and where its content lies.
struct MATLABElement {
  let type: UInt32
  let content: Range<Int>
  /// Where the next element begins.
  let end: Int

  /// Reads the tag at an offset; nil if the bytes end before it does.
  ///
  /// - Parameters:
  ///   - bytes: The file, or the beginning of an unpacked element.
  ///   - offset: Where the tag begins.
  ///   - isPadded: Whether the element is filled up to a multiple of eight bytes.
  init?(_ bytes: [UInt8], at offset: Int, isPadded: Bool = true) {
    guard let first = bytes.littleEndian(at: offset, as: UInt32.self),
      let second = bytes.littleEndian(at: offset + 4, as: UInt32.self)
    else { return nil }
    if first >> 16 != 0 {
      // The small form has type and length in one word and the content in the next.
      guard first >> 16 <= 4 else { return nil }
      type = first & 0xFFFF
      content = offset + 4..<offset + 4 + Int(first >> 16)
      end = offset + 8
    } else {
      type = first
      content = offset + 8..<offset + 8 + Int(second)
      end = isPadded ? offset + 8 + (Int(second) + 7) / 8 * 8 : content.upperBound
    }
  }
}

/// The beginning of an array in a MATLAB file, which says how long the array is.
struct MATLABMatrix {
  /// Why an array can't be read.
  struct Problem: Error {
    let words: String
  }

  static let type: UInt32 = 14
  /// What the beginning of any ordinary array fits into.
  static let longestBeginning = 4096
  private static let complexFlag: UInt32 = 0x800

  /// The variable's name.
  let name: String
  /// Dimensions, type and place of the elements; nil for text, cells, structures, sparse and complex
  /// arrays.
  let numbers: (dimensions: [Int], type: MATLABElementType, content: Range<Int>)?
  /// The length of the whole element with its tag.
  let byteCount: Int

  /// Reads the beginning of an array.
  ///
  /// - Parameters:
  ///   - bytes: The element, or at least as much of it as comes before its numbers.
  ///   - offset: Where the element begins.
  /// - Throws: ``Problem``.
  init(_ bytes: [UInt8], at offset: Int) throws(Problem) {
    guard let whole = MATLABElement(bytes, at: offset), whole.type == Self.type,
      whole.content.lowerBound == offset + 8
    else { throw Problem(words: "an element is no array") }
    byteCount = whole.content.upperBound - offset
    guard let flags = MATLABElement(bytes, at: whole.content.lowerBound), flags.type == 6,
      flags.content.count == 8,
      let kind = bytes.littleEndian(at: flags.content.lowerBound, as: UInt32.self),
      let sizes = MATLABElement(bytes, at: flags.end), sizes.type == 5,
      sizes.content.count >= 8, sizes.content.upperBound <= bytes.count,
      let label = MATLABElement(bytes, at: sizes.end), label.type == 1,
      label.content.upperBound <= bytes.count
    else { throw Problem(words: "the beginning of an array is damaged") }
    name = String(decoding: bytes[label.content], as: UTF8.self)
    guard (6...15).contains(kind & 0xFF), kind & Self.complexFlag == 0 else {
      numbers = nil
      return
    }
    let dimensions = littleEndianWords(bytes[sizes.content], as: Int32.self).map { Int($0) }
    guard let data = MATLABElement(bytes, at: label.end),
      let type = MATLABElementType(rawValue: data.type)
    else { throw Problem(words: "an array has elements of an unknown type") }
    var expected = type.width
    for size in dimensions {
      let (product, overflow) = expected.multipliedReportingOverflow(by: size)
      guard size >= 0, !overflow else { throw Problem(words: "an array has impossible dimensions") }
      expected = product
    }
    guard data.content.count == expected, data.end == whole.content.upperBound else {
      throw Problem(words: "the length of an array is not that of its dimensions \(dimensions)")
    }
    numbers = (dimensions, type, data.content)
  }
}
