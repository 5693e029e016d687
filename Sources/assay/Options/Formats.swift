public import ArgumentParser
public import Report

extension TableFormat: ExpressibleByArgument {
  /// Reads a format's name; 'table' is another one for text.
  public init?(argument: String) {
    self.init(rawValue: argument == "table" ? "text" : argument)
  }
}

extension StudyReport.Part: ExpressibleByArgument {
  static var allNames: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension ReportFormat: ExpressibleByArgument {}
