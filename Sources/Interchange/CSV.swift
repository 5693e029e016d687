/// Comma-separated values as RFC 4180 has them.
public enum CSV {
  static let format = "CSV"

  /// One line of fields.
  public struct Record: Sendable, Equatable {
    /// The number of the line that it begins on, from 1.
    public let line: Int
    /// The fields.
    public let fields: [String]
  }

  /// Reads all records, the heading among them; empty lines are left out.
  ///
  /// - Parameters:
  ///   - bytes: The file, in UTF-8.
  ///   - file: Its name, for messages.
  /// - Returns: The records.
  /// - Throws: ``InterchangeError/malformed(file:format:problem:)``.
  public static func records(
    from bytes: [UInt8], file: String
  ) throws(InterchangeError) -> [Record] {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(file: file, format: format, problem: problem)
    }
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let bytes = bytes.starts(with: mark) ? Array(bytes.dropFirst(mark.count)) : bytes
    guard String(validating: bytes, as: UTF8.self) != nil else {
      throw malformed("it is not UTF-8")
    }
    var records: [Record] = []
    var fields: [String] = []
    var field: [UInt8] = []
    var (line, start) = (1, 1)
    var isQuoted = false
    var wasQuoted = false
    func endField() {
      fields.append(String(decoding: field, as: UTF8.self))
      field = []
      wasQuoted = false
    }
    func endRecord() {
      if !(fields.isEmpty && field.isEmpty && !wasQuoted) {
        endField()
        records.append(Record(line: start, fields: fields))
      }
      fields = []
    }
    var index = 0
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      if byte == 0x0A { line += 1 }
      if isQuoted {
        if byte != 0x22 {
          field.append(byte)
        } else if index < bytes.count, bytes[index] == 0x22 {
          field.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case 0x22:
        guard field.isEmpty, !wasQuoted else { throw malformed("line \(line) has a stray quote") }
        (isQuoted, wasQuoted) = (true, true)
      case 0x2C: endField()
      case 0x0D where index < bytes.count && bytes[index] == 0x0A: break
      case 0x0A:
        endRecord()
        start = line
      default:
        guard !wasQuoted else { throw malformed("line \(line) goes on behind a quoted field") }
        field.append(byte)
      }
    }
    guard !isQuoted else {
      throw malformed("a quoted field that begins on line \(start) never ends")
    }
    endRecord()
    return records
  }
}
