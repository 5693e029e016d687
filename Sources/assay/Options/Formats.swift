public import ArgumentParser
public import Report

extension TableFormat: ExpressibleByArgument {
  static var allNames: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension StudyReport.Part: ExpressibleByArgument {
  static var allNames: String { allCases.map(\.rawValue).joined(separator: ", ") }
}

extension ReportFormat: ExpressibleByArgument {}

extension RowFormat: ExpressibleByArgument {}
