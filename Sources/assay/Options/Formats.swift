public import ArgumentParser
public import Dataset
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

extension WrittenFormat: ExpressibleByArgument {}

extension LaTeXStyle.Columns: ExpressibleByArgument {
  /// Reads 1 or 2; without either, a table is as wide as the text.
  public init?(argument: String) {
    guard argument != Self.text.rawValue else { return nil }
    self.init(rawValue: argument)
  }

  /// What can be asked for.
  public static var allValueStrings: [String] { [one.rawValue, two.rawValue] }
}
