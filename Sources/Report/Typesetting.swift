internal import Foundation
package import SQLite

/// How numbers are shown to people: here, once, for all formats that people read.
package enum Typesetting {
  /// What stands for a value that there is none of.
  package static let missing = "—"

  /// A value as a cell of a table.
  package static func text(of value: SQLValue, as format: ColumnFormat) -> String {
    if case .text(let text) = value {
      return format == .run ? String(Substring(text.utf8.prefix(8))) : text
    }
    guard let number = value.real else { return missing }
    guard number.isFinite else { return number.isNaN ? missing : number < 0 ? "−∞" : "∞" }
    return switch format {
    case .text, .run, .mixed:
      value.integer.map(String.init) ?? signed(String(format: "%.6g", number))
    case .integer: grouped(Int64(number.rounded()))
    case .percent: percent(number)
    case .decimal(let places): signed(String(format: "%.\(places)f", number))
    case .real(let digits): signed(String(format: "%.\(digits)g", number))
    case .seconds: seconds(number)
    }
  }

  /// A time, with one decimal where it is short.
  private static func seconds(_ number: Double) -> String {
    let tenths = (number * 10).rounded(.toNearestOrEven)
    return shortTimes.indices.contains(Int(exactly: tenths) ?? -1)
      ? shortTimes[Int(tenths)] : String(format: abs(number) < 10 ? "%.1f s" : "%.0f s", number)
  }

  /// From 0.0 to 9.9 seconds: a list of runs has thousands of these.
  private static let shortTimes = (0..<100).map { "\($0 / 10).\($0 % 10) s" }

  /// A fraction of one as a percentage with one decimal.
  package static func percent(_ fraction: Double) -> String {
    signed(String(format: "%.1f%%", fraction * 100))
  }

  /// The ends of an interval, the unit once, such as "93.8–94.7%".
  package static func interval(_ low: SQLValue, _ high: SQLValue, as format: ColumnFormat) -> String
  {
    guard low.real != nil, high.real != nil else { return missing }
    let first = text(of: low, as: format)
    return (format == .percent ? String(first.dropLast()) : first) + "–"
      + text(of: high, as: format)
  }

  /// A mean and the standard deviation around it, such as "94.31 ± 0.12%"; the mean alone where
  /// there is no deviation.
  static func spread(mean: SQLValue, deviation: SQLValue, as format: ColumnFormat) -> String {
    guard let mean = mean.real else { return missing }
    func part(_ number: Double) -> String {
      format == .percent
        ? signed(String(format: "%.2f", number * 100)) : text(of: .real(number), as: format)
    }
    let unit = format == .percent ? "%" : ""
    return part(mean) + (deviation.real.map { " ± " + part($0) } ?? "") + unit
  }

  /// A whole number with its thousands apart.
  package static func grouped(_ number: Int64) -> String {
    var digits = String(number.magnitude)
    guard number.magnitude >= 1000 else { return number < 0 ? "−" + digits : digits }
    var groups: [String] = []
    while digits.count > 3 {
      groups.insert(String(digits.suffix(3)), at: 0)
      digits.removeLast(3)
    }
    groups.insert(digits, at: 0)
    return (number < 0 ? "−" : "") + groups.joined(separator: ",")
  }

  /// Numbers have a minus sign, not a hyphen.
  private static func signed(_ text: String) -> String {
    text.hasPrefix("-") ? "−" + text.dropFirst() : text
  }

  /// A text, or its beginning and its end with an ellipsis between where the whole does not fit.
  static func shortened(_ text: String, fits: (String) -> Bool) -> String {
    if fits(text) { return text }
    let shorter = (2..<max(3, text.count)).reversed().lazy.map { count in
      String(text.prefix(count - count / 2)) + "…" + text.suffix(count / 2)
    }
    return shorter.first(where: fits) ?? "…"
  }
}
