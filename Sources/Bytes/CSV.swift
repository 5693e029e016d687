/// Why a text is not valid CSV.
package struct CSVProblem: Error, Equatable, Sendable {
  /// The line and what is wrong there, to follow the file's name.
  package let description: String
}

/// Comma-separated values as RFC 4180 has them.
package enum CSV {
  /// One line of fields.
  package struct Record: Sendable, Equatable {
    /// The number of the line that it begins on, from 1.
    package let line: Int
    /// The fields.
    package let fields: [String]
  }

  /// Reads all records, the heading among them; empty lines are left out.
  ///
  /// Lines end as on any system: with LF, CR LF or CR.
  ///
  /// - Parameters:
  ///   - text: The file.
  ///   - delimiter: The ASCII character between fields.
  /// - Returns: The records.
  /// - Throws: ``CSVProblem`` if quotes are not balanced.
  package static func records(
    of text: String, delimiter: UInt8 = UInt8(ascii: ",")
  ) throws(CSVProblem) -> [Record] {
    var reader = CSVReader(bytes: Array(text.utf8), delimiter: delimiter)
    return try reader.read()
  }

  /// A text as one field, quoted if needed.
  package static func field(_ text: String) -> String {
    guard text.utf8.contains(where: { [UInt8(ascii: ","), 0x22, 0x0A, 0x0D].contains($0) }) else {
      return text
    }
    // By bytes: what a person sees as one character may begin with a quote.
    let doubled: [UInt8] = text.utf8.map { $0 == 0x22 ? [$0, $0] : [$0] }.joined() + []
    return "\"" + String(decoding: doubled, as: UTF8.self) + "\""
  }
}

private struct CSVReader {
  let bytes: [UInt8]
  let delimiter: UInt8
  private var records: [CSV.Record] = []
  private var fields: [String] = []
  private var field: [UInt8] = []
  private var (line, start) = (1, 1)
  private var isQuoted = false
  private var wasQuoted = false

  init(bytes: [UInt8], delimiter: UInt8) {
    self.bytes = bytes
    self.delimiter = delimiter
  }

  mutating func read() throws(CSVProblem) -> [CSV.Record] {
    var index = 0
    func follows(_ byte: UInt8) -> Bool { index < bytes.count && bytes[index] == byte }
    while index < bytes.count {
      let byte = bytes[index]
      index += 1
      let endsLine = byte == 0x0A || byte == 0x0D && !follows(0x0A)
      if endsLine { line += 1 }
      if isQuoted {
        if byte != 0x22 {
          field.append(byte)
        } else if follows(0x22) {
          field.append(byte)
          index += 1
        } else {
          isQuoted = false
        }
        continue
      }
      switch byte {
      case 0x22:
        guard field.isEmpty, !wasQuoted else {
          throw CSVProblem(description: "line \(line) has a stray quote")
        }
        (isQuoted, wasQuoted) = (true, true)
      case delimiter: endField()
      case _ where endsLine:
        endRecord()
        start = line
      // The other half of the line's end follows.
      case 0x0D: break
      default:
        guard !wasQuoted else {
          throw CSVProblem(description: "line \(line) goes on behind a quoted field")
        }
        field.append(byte)
      }
    }
    guard !isQuoted else {
      throw CSVProblem(description: "a quoted field that begins on line \(start) never ends")
    }
    endRecord()
    return records
  }

  private mutating func endField() {
    fields.append(String(decoding: field, as: UTF8.self))
    field = []
    wasQuoted = false
  }

  private mutating func endRecord() {
    if !(fields.isEmpty && field.isEmpty && !wasQuoted) {
      endField()
      records.append(CSV.Record(line: start, fields: fields))
    }
    fields = []
  }
}
