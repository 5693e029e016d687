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

  func find(in line: String, within limit: ProcessorTimeLimit) -> ScrapedLine? {
    var result = ScrapedLine()
    var isLate = false
    let whole = NSRange(line.startIndex..., in: line)
    // An expression may take years to find nothing; it is asked for its progress meanwhile.
    expression.enumerateMatches(in: line, options: .reportProgress, range: whole) {
      match, _, stop in
      if let match {
        take(match, of: line, into: &result)
      } else if limit.isReached {
        isLate = true
        stop.pointee = true
      }
    }
    return isLate ? nil : result
  }

  private func take(
    _ match: NSTextCheckingResult, of line: String, into result: inout ScrapedLine
  ) {
    func text(_ group: String) -> String? {
      Range(match.range(withName: group), in: line).map { String(line[$0]) }
    }
    guard let name = text("name"), !name.isEmpty, let written = text("value") else { return }
    let digits = written.trimmingCharacters(in: .whitespaces.union(["%"]))
    guard let value = Double(digits) else { return }
    result.metrics[name] = value
    if hasStep, let step = text("step").flatMap({ Int64($0) }) { result.step = step }
  }
}
