import ArgumentParser
import Foundation
import Report
import Study
import Tracker

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report", abstract: "Rebuilds a study's tables and figures from the database.",
    discussion: """
      Example: assay report
      Example: assay report tables --protocol heldout --format markdown
      Example: assay report figure1 -o figure1.pdf
      Example: assay report -o report.html --watch

      A file's ending says its format. Tables are written as text, markdown, csv and json, figures as \
      svg, png and pdf, everything together as one html page.
      """)

  @Argument(
    help: ArgumentHelp(
      "A table or a figure: \(ReportChoice.names.joined(separator: ", ")). "
        + "(default: everything)", valueName: "part"),
    completion: .list(ReportChoice.names))
  var part: String?

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var data: DataOptions

  @Option(
    help: ArgumentHelp(
      "How it is written. (default: as the file's ending says; else figures in a file as svg, "
        + "all others as text)"))
  var format: ReportFormat?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("The file to write. (default: standard output)", valueName: "file"))
  var output: String?

  @Option(help: "The study's run. (default: the newest finished one)")
  var study: String?

  @Option(help: .hidden)
  var table: StudyReport.Part?

  @Option(
    name: .customLong("protocol"),
    help: "The tables of one protocol, and its thresholds in figures: paper or heldout.")
  var protocolName: DetectionProtocol?

  @Option(help: "The sweep whose figures are drawn, by its name. (default: the only one)")
  var sweep: String?

  @Option(help: "The sweep's objective. (default: its first one)")
  var objective: String?

  @Flag(help: "Rebuild the file whenever the database changes, until Ctrl-C.")
  var watch = false

  func validate() throws {
    if watch, output == nil {
      throw ValidationError("--watch needs a file to keep up to date: -o report.html")
    }
    if let part, ReportChoice(named: part) == nil {
      throw ValidationError(
        "there is no table or figure '\(part)'; there are: "
          + ReportChoice.names.joined(separator: ", "))
    }
  }

  func run() throws {
    let choice =
      table.map(ReportChoice.table) ?? part.flatMap(ReportChoice.init(named:)) ?? .everything
    let format = try resolvedFormat(of: choice)
    let isTerminal = isatty(STDOUT_FILENO) == 1
    if output == nil, isTerminal, format == .png || format == .pdf {
      throw ValidationError("\(format.rawValue) is not for a terminal; name a file with -o")
    }
    let tracker = try Tracker(
      reading: database.resolvedPath, isCancelled: Interruption.shared.isCancelled)
    let content = ReportContent(
      tracker: tracker, study: study, protocolName: protocolName?.rawValue, sweep: sweep,
      objective: objective,
      cleanImages: CleanImageSource(directory: data.directory) {
        StandardError.write("assay: \($0)")
      },
      style: .standardOutput(isFile: output != nil),
      refreshSeconds: watch && format == .html ? 5 : nil)
    guard let output else {
      return ReportFile.print(try content.rendered(choice, as: format))
    }
    guard watch else {
      return try ReportFile.write(try content.rendered(choice, as: format), to: output)
    }
    try ReportWatch(content: content, choice: choice, format: format, path: output)
      .run(isCancelled: Interruption.shared.isCancelled)
    throw ExitCode(130)
  }

  private func resolvedFormat(of choice: ReportChoice) throws -> ReportFormat {
    let ending = output.map { URL(fileURLWithPath: $0).pathExtension } ?? ""
    let byEnding = ReportFormat(fileExtension: ending)
    if format == nil, byEnding == nil, !ending.isEmpty {
      throw ValidationError("no format has files that end in .\(ending); name one with --format")
    }
    let isTerminal = output == nil && isatty(STDOUT_FILENO) == 1
    var usual = ReportFormat.text
    if case .figure(let figure) = choice, !(isTerminal && figure.isForTerminals) { usual = .svg }
    let format = format ?? byEnding ?? usual
    guard choice.formats.contains(format) else {
      let possible = choice.formats.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "this cannot be written as \(format.rawValue), only as \(possible)")
    }
    return format
  }
}

extension TerminalStyle {
  /// What standard output shows, unless the result goes to a file.
  static func standardOutput(isFile: Bool) -> TerminalStyle {
    let environment = ProcessInfo.processInfo.environment
    let isTerminal = !isFile && isatty(STDOUT_FILENO) == 1
    var size = winsize()
    let isKnown =
      isTerminal && ioctl(STDOUT_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0
    return TerminalStyle(
      width: isKnown ? Int(size.ws_col) : environment["COLUMNS"].flatMap(Int.init) ?? 80,
      isColored: isTerminal && (environment["NO_COLOR"] ?? "").isEmpty
        && environment["TERM"] != "dumb")
  }
}
