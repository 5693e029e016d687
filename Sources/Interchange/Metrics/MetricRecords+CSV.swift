internal import Bytes

/// The lines of a CSV file, whose first line names the columns.
///
/// Where the first line is not delimited by commas, semicolons and tabs are tried, and numbers may
/// have a decimal comma then, all of them: beside 1,5, the number 1.234 may be meant as 1234.
struct CSVMetricRecords {
  let records: [MetricRecord]
  /// The columns in the order of the file.
  let columns: [String]

  private static let delimiters = [",", ";", "\t"].map { Array($0.utf8)[0] }

  /// Reads a file.
  ///
  /// - Parameters:
  ///   - bytes: The file.
  ///   - given: The byte between fields; nil to find it out.
  ///   - texts: The columns of names and parameters, whose decimal signs don't count.
  ///   - file: The file's name, for messages.
  /// - Throws: ``InterchangeError``.
  init(
    _ bytes: [UInt8], delimiter given: UInt8?, texts: Set<String>, file: String
  ) throws(InterchangeError) {
    func malformed(_ problem: String) -> InterchangeError {
      .malformed(file: file, format: "CSV", problem: problem)
    }
    guard let text = String(fileContent: bytes) else {
      throw malformed("it is no text in UTF-8 or UTF-16")
    }
    let delimiter = given ?? Self.delimiter(of: text)
    let lines: [CSV.Record]
    do {
      lines = try CSV.records(of: text, delimiter: delimiter)
    } catch {
      throw malformed(error.description)
    }
    // Spreadsheets may say in a line of its own what delimits.
    let heading = lines.drop { $0.fields.joined().hasPrefix("sep=") }
    columns = heading.first?.fields.map(\.trimmingSpaces) ?? []
    guard Set(columns).count == columns.count else {
      throw malformed("two columns have the same name")
    }
    // What is meant as one column may be given its delimiter.
    if given == nil, columns.count == 1,
      let other = columns[0].first(where: { "|;\t".contains($0) })
    {
      throw .unsupported(file: file, feature: .otherDelimiter(String(other)))
    }
    let mayHaveCommas = delimiter != Self.delimiters[0]
    var firstWithComma: (line: Int, field: String)?
    var firstWithPoint: (line: Int, field: String)?
    var records: [MetricRecord] = []
    for line in heading.dropFirst() {
      guard line.fields.count == columns.count else {
        throw malformed(
          "line \(line.line) has \(line.fields.count) fields, not \(columns.count)")
      }
      var values: [String: MetricValue] = [:]
      for (column, field) in zip(columns, line.fields) {
        guard !field.isEmpty else {
          values[column] = .nothing
          continue
        }
        let number = mayHaveCommas ? Self.decimalPoint(field) : field
        values[column] = .text(number)
        guard mayHaveCommas, !texts.contains(column) else { continue }
        if number != field {
          if firstWithComma == nil { firstWithComma = (line: line.line, field: field) }
        } else if firstWithPoint == nil, field.contains("."), Double(field.trimmingSpaces) != nil {
          firstWithPoint = (line: line.line, field: field)
        }
      }
      records.append(MetricRecord(line: line.line, values: values))
    }
    if let comma = firstWithComma, let point = firstWithPoint {
      throw malformed(
        "line \(comma.line) has a decimal comma in '\(InterchangeError.shown(comma.field))', and "
          + "line \(point.line) a point in '\(InterchangeError.shown(point.field))'")
    }
    self.records = records
  }

  /// The delimiter that makes the most fields of the first line; of equals, the comma.
  private static func delimiter(of text: String) -> UInt8 {
    let lines = text.utf8.split(maxSplits: 2) { $0 == 0x0A || $0 == 0x0D }
    if let first = lines.first, first.starts(with: "sep=".utf8), let sign = first.dropFirst(4).first
    {
      return sign
    }
    let first = Array(lines.first ?? "".utf8[...])
    let counts = delimiters.map { delimiter in first.count { $0 == delimiter } }
    return zip(delimiters, counts).first { $0.1 == counts.max() }?.0 ?? delimiters[0]
  }

  /// A number with a decimal comma as one with a point; anything else as it is.
  private static func decimalPoint(_ field: String) -> String {
    let parts = field.split(separator: ",", omittingEmptySubsequences: false)
    guard parts.count == 2, Double("\(parts[0]).\(parts[1])".trimmingSpaces) != nil else {
      return field
    }
    return "\(parts[0]).\(parts[1])"
  }
}
