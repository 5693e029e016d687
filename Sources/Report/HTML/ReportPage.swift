/// A study's report as a page: its tables and figures, and all sweeps of the database.
public struct ReportPage: Sendable {
  private let subject: FigureSubject
  private let report: StudyReport?
  private let sweeps: [String]?

  /// Prepares the page.
  ///
  /// - Parameters:
  ///   - subject: What the figures are drawn of.
  ///   - report: The report whose tables are shown; nil for a page of sweeps alone.
  ///   - sweeps: The sweeps that are shown; nil for all that have a finished trial.
  public init(subject: FigureSubject, report: StudyReport?, sweeps: [String]? = nil) {
    self.subject = subject
    self.report = report
    self.sweeps = sweeps
  }

  /// The same page, which no longer reloads itself.
  ///
  /// - Parameter html: What ``html(refreshSeconds:)`` gave.
  /// - Returns: The text of the file.
  public static func withoutRefresh(_ html: [UInt8]) -> [UInt8] {
    // Words of users cannot begin an element: their < is escaped.
    let text = String(decoding: html, as: UTF8.self)
    return Array(
      text.replacing(/\n<meta http-equiv="refresh"[^>]*>/, with: "", maxReplacements: 1).utf8)
  }

  /// The page as HTML in one file.
  ///
  /// - Parameter refreshSeconds: The seconds after which the page reloads itself; nil for never.
  /// - Returns: The text of the file.
  /// - Throws: What the queries throw.
  public func html(refreshSeconds: Int? = nil) throws -> String {
    try page.html(refreshSeconds: refreshSeconds)
  }

  var page: Page {
    get throws {
      try Page.of(subject, tables: report?.blocks() ?? [], report: report, sweeps: sweeps)
    }
  }
}
