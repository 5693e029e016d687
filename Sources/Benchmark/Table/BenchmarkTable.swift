import Foundation

/// The report as people read it, a line for each row.
enum BenchmarkTable {
  static let header = line("workload", "measured", "limit", "ratio", "target")

  static func line(_ row: BenchmarkRow) -> String {
    line(
      row.workload, "\(number(row.value)) \(row.unit)", row.limit.map(number) ?? "",
      row.ratio.map { String(format: "%.2f", $0) } ?? "", target(of: row))
  }

  /// A line for each workload in both reports: the second's value as a multiple of the first's.
  static func comparison(_ before: BenchmarkReport, _ after: BenchmarkReport) -> [String] {
    let header = line("workload", "before", "after", "change", "")
    return [header]
      + after.rows.compactMap { row in
        guard let old = before.rows.first(where: { $0.workload == row.workload }) else {
          return nil
        }
        let isBetter = row.isRate == (row.value > old.value)
        let verdict = row.value == old.value ? "the same" : isBetter ? "better" : "worse"
        return line(
          row.workload, "\(number(old.value)) \(old.unit)", number(row.value),
          String(format: "%.2f", row.value / old.value), verdict)
      }
  }

  private static func target(of row: BenchmarkRow) -> String {
    guard let target = row.target else { return "" }
    let bound =
      target.quantity == .ratio
      ? String(format: "%.2f", target.bound) : "\(number(target.bound)) \(row.unit)"
    let verdict = row.isReached == true ? "reached" : "missed"
    return "\(target.isMinimum ? "at least" : "at most") \(bound): \(verdict)"
  }

  private static func line(_ cells: String...) -> String {
    let widths = [52, 20, 12, 7]
    let padded = zip(cells, widths).enumerated().map { column, cell in
      let padding = String(repeating: " ", count: max(0, cell.1 - cell.0.count))
      return column == 0 ? cell.0 + padding : padding + cell.0
    }
    return (padded + cells.dropFirst(widths.count)).joined(separator: "  ")
  }

  private static func number(_ value: Double) -> String {
    let digits = value >= 100 ? 0 : value >= 10 ? 1 : value >= 1 ? 2 : 4
    return String(format: "%.\(digits)f", value)
  }
}
