internal import Foundation

/// Finds metrics by a regular expression of the user's.
struct ExpressionFinder: MetricFinder {
  private let expression: NSRegularExpression
  private let hasStep: Bool

  /// Reads an expression.
  ///
  /// - Throws: ``ProgramError/wrongPattern(_:detail:)``.
  init(_ pattern: String) throws(ProgramError) {
    for group in ["name", "value"] where !pattern.contains("(?<\(group)>") {
      throw .wrongPattern(pattern, detail: "it lacks the group (?<\(group)>...)")
    }
    guard let expression = try? NSRegularExpression(pattern: pattern) else {
      throw .wrongPattern(pattern, detail: "it is not a regular expression")
    }
    self.expression = expression
    hasStep = pattern.contains("(?<step>")
  }

  func find(in line: String) -> ScrapedLine {
    var result = ScrapedLine()
    let whole = NSRange(line.startIndex..., in: line)
    for match in expression.matches(in: line, range: whole) {
      func text(_ group: String) -> String? {
        Range(match.range(withName: group), in: line).map { String(line[$0]) }
      }
      guard let name = text("name"), !name.isEmpty, let written = text("value") else { continue }
      let digits = written.trimmingCharacters(in: .whitespaces.union(["%"]))
      guard let value = Double(digits) else { continue }
      result.metrics[name] = value
      if hasStep, let step = text("step").flatMap({ Int64($0) }) { result.step = step }
    }
    return result
  }
}
