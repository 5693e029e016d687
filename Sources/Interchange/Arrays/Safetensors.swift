internal import Bytes
internal import Foundation

/// The files in which people exchange weights.
///
/// Such a file is the length of a header, the header as JSON, and the elements of all arrays one
/// after another.
public enum Safetensors {
  static let format = "safetensors"
  private static let metadataName = "__metadata__"

  /// Encodes arrays as a safetensors file, in the order given.
  ///
  /// The same arrays give the same bytes.
  ///
  /// - Parameters:
  ///   - arrays: The arrays, no two of which have the same name.
  ///   - metadata: Texts about the arrays, by name.
  /// - Returns: The file.
  public static func bytes(
    of arrays: [(name: String, array: NumericArray)], metadata: [String: String] = [:]
  ) -> [UInt8] {
    var members: [String] = []
    if !metadata.isEmpty {
      let texts = metadata.sorted { $0.key < $1.key }.map {
        quotedJSON($0.key) + ":" + quotedJSON($0.value)
      }
      members.append(quotedJSON(metadataName) + ":{" + texts.joined(separator: ",") + "}")
    }
    var elements: [UInt8] = []
    for (name, array) in arrays {
      let start = elements.count
      elements += array.elements.bytes
      let shape = array.shape.map(String.init).joined(separator: ",")
      members.append(
        quotedJSON(name) + ":{\"dtype\":\"\(typeCode(of: array.elements))\",\"shape\":[\(shape)],"
          + "\"data_offsets\":[\(start),\(elements.count)]}")
    }
    var header = "{" + members.joined(separator: ",") + "}"
    header += String(repeating: " ", count: (8 - header.utf8.count % 8) % 8)
    return littleEndianBytes([UInt64(header.utf8.count)]) + Array(header.utf8) + elements
  }

  /// Reads arrays and widens 16-bit floats to 32 bits, which loses nothing.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - file: The file's name, for messages.
  ///   - isWanted: Whether to read an array, given its name and the name of its type, such as
  ///     "F32". The others may be of any type.
  /// - Returns: The arrays by name.
  /// - Throws: ``InterchangeError``.
  public static func arrays(
    from bytes: [UInt8], file: String,
    isWanted: (_ name: String, _ type: String) -> Bool = { _, _ in true }
  ) throws(InterchangeError) -> [String: NumericArray] {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(file: file, format: format, problem: problem)
    }
    guard !bytes.starts(with: Array("PK\u{3}\u{4}".utf8)) else {
      throw .unsupported(file: file, feature: .torchArchive)
    }
    guard let length = bytes.littleEndian(at: 0, as: UInt64.self), length <= bytes.count - 8 else {
      throw malformed("its header is cut off, or the file is of another format")
    }
    let start = 8 + Int(length)
    guard
      let header = try? JSONDecoder().decode(Header.self, from: Data(bytes[8..<start]))
    else { throw malformed("its header cannot be read") }
    guard header.nameCount == memberCount(of: bytes[8..<start]) else {
      throw malformed("its header has a name twice")
    }
    let placed = header.entries.sorted {
      ($0.value.start, $0.value.end) < ($1.value.start, $1.value.end)
    }
    var arrays: [String: NumericArray] = [:]
    var end = 0
    for (name, entry) in placed {
      // Arrays follow each other without gaps or overlaps, so that each byte is one array's.
      guard entry.offsets.count == 2, entry.offsets[0] == end, entry.offsets[1] >= end,
        entry.offsets[1] <= bytes.count - start
      else {
        throw malformed(
          "'\(InterchangeError.shown(name))' lies outside of the file or over another array")
      }
      end = entry.end
      guard isWanted(name, entry.dtype) else { continue }
      arrays[name] = try array(
        entry, bytes[(start + entry.offsets[0])..<(start + end)], name: name, file: file)
    }
    guard end == bytes.count - start else {
      throw malformed("\(bytes.count - start - end) bytes belong to no array")
    }
    return arrays
  }

  /// How many members a JSON object has, each as often as it is there: readers of JSON keep one of
  /// those that have the same name.
  private static func memberCount(of object: ArraySlice<UInt8>) -> Int {
    var (count, depth) = (0, 0)
    var isText = false
    var isEscaped = false
    for byte in object {
      if isText {
        if byte == UInt8(ascii: "\""), !isEscaped { isText = false }
        isEscaped = byte == UInt8(ascii: "\\") && !isEscaped
        continue
      }
      switch byte {
      case UInt8(ascii: "\""): isText = true
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"): depth -= 1
      case UInt8(ascii: ":") where depth == 1: count += 1
      default: break
      }
    }
    return count
  }

  private static func array(
    _ entry: Header.Entry, _ bytes: ArraySlice<UInt8>, name: String, file: String
  ) throws(InterchangeError) -> NumericArray {
    let width: Int
    switch entry.dtype {
    case "F16", "BF16": width = 2
    case "F32": width = 4
    case "F64", "I64": width = 8
    case "U8": width = 1
    default:
      throw .wrongType(file: file, name: name, expected: "F32, F16 or BF16", found: entry.dtype)
    }
    guard let count = elementCount(of: entry.shape),
      case let (size, overflow) = count.multipliedReportingOverflow(by: width), !overflow,
      size == bytes.count
    else {
      throw .malformed(
        file: file, format: format,
        problem: "'\(InterchangeError.shown(name))' has \(bytes.count) bytes for the shape "
          + "\(entry.shape)")
    }
    let elements: NumericArray.Elements =
      switch entry.dtype {
      case "F16": .float32(littleEndianWords(bytes).map { Float(halfBitPattern: $0) })
      case "BF16": .float32(littleEndianWords(bytes).map { Float(brainBitPattern: $0) })
      case "F32": .float32(littleEndianWords(bytes).map { Float(bitPattern: $0) })
      case "F64": .float64(littleEndianWords(bytes).map { Double(bitPattern: $0) })
      case "I64": .int64(littleEndianWords(bytes))
      default: .uint8(Array(bytes))
      }
    return NumericArray(shape: entry.shape, elements)
  }

  private static func typeCode(of elements: NumericArray.Elements) -> String {
    switch elements {
    case .float32: "F32"
    case .float64: "F64"
    case .int64: "I64"
    case .uint8: "U8"
    }
  }

  /// What the header says of each array; the metadata are left out.
  private struct Header: Decodable {
    struct Entry: Decodable {
      let dtype: String
      let shape: [Int]
      let offsets: [Int]
      var start: Int { offsets.first ?? -1 }
      var end: Int { offsets.last ?? -1 }

      enum CodingKeys: String, CodingKey {
        case dtype, shape
        case offsets = "data_offsets"
      }
    }

    private struct Name: CodingKey {
      let stringValue: String
      var intValue: Int? { nil }
      init(stringValue: String) { self.stringValue = stringValue }
      init?(intValue: Int) { nil }
    }

    let entries: [String: Entry]
    /// The number of names, the metadata's among them.
    let nameCount: Int

    init(from decoder: any Decoder) throws {
      let container = try decoder.container(keyedBy: Name.self)
      var entries: [String: Entry] = [:]
      for name in container.allKeys where name.stringValue != metadataName {
        entries[name.stringValue] = try container.decode(Entry.self, forKey: name)
      }
      self.entries = entries
      nameCount = container.allKeys.count
    }
  }
}
