import ArgumentParser
import Foundation
import Report
import Study
import Tracker

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Rebuilds the tables and figures of a study or of a model from the database.",
    discussion: """
      Example: assay report
      Example: assay report tables --protocol heldout --format markdown
      Example: assay report figure1 -o figure1.pdf
      Example: assay report -o report.html --watch
      Example: assay report macros -o numbers.tex
      Example: assay report --model 3f2a
      Example: assay report -o results/
      Example: assay report --check results

      A model's report is about all of its adversarial sets, attacked here or imported, that were measured \
      and have thresholds. \
      A file's ending says its format. Tables are written as text, json, csv, tsv, markdown, latex and \
      html, figures as svg, png and pdf, everything together as one html page. A directory, whose name \
      ends in /, gets everything in all formats and a manifest; --check rebuilds what it holds.
      """)

  @Argument(
    help: ArgumentHelp(
      "A table, a figure, or macros for LaTeX: \(ReportChoice.names.joined(separator: ", ")). "
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
    help: ArgumentHelp(
      "The file to write, or a directory/ for everything. (default: standard output)",
      valueName: "file"))
  var output: String?

  @Option(
    help: ArgumentHelp("The same as -o directory/.", valueName: "directory"),
    completion: .directory)
  var all: String?

  @Option(
    help: ArgumentHelp(
      "Rebuild what a directory holds and list what differs; exit code 65 if a number does.",
      valueName: "directory"),
    completion: .directory)
  var check: String?

  @Option(
    help: "The study's run. (default: the newest finished one)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "reproduce") })
  var study: String?

  @Option(
    help: "The training run of a model whose sets are reported instead of a study.",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var model: String?

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
    let isAlone = part == nil && table == nil && format == nil && !watch
    let isFree = study == nil && model == nil && protocolName == nil
    if check != nil, !isAlone || output != nil || all != nil || !isFree {
      throw ValidationError("--check takes everything from the directory's manifest: name no more")
    }
    if directory != nil, !isAlone || (all != nil && output != nil) {
      throw ValidationError(
        "a directory gets the whole report in all formats: name no part or format, or a file")
    }
    if study != nil, model != nil {
      throw ValidationError("a report is of a study or of a model: name one of --study and --model")
    }
    if let part, ReportChoice(named: part) == nil {
      throw ValidationError(
        "there is no table or figure '\(part)'; there are: "
          + ReportChoice.names.joined(separator: ", "))
    }
  }

  /// The directory that a whole report goes to.
  private var directory: String? {
    var isDirectory: ObjCBool = false
    if let all { return all }
    guard let output else { return nil }
    let isThere = FileManager.default.fileExists(atPath: output, isDirectory: &isDirectory)
    return output.hasSuffix("/") || (isThere && isDirectory.boolValue) ? output : nil
  }

  func run() throws {
    if let check {
      return try ReportCheck(content: try content(cache: ReportCache()), path: check) {
        StandardError.write("assay: \($0)")
      }.run()
    }
    if let directory {
      return try ReportDirectory(content: try content(cache: ReportCache()), path: directory)
        .write()
    }
    let choice =
      table.map(ReportChoice.table) ?? part.flatMap(ReportChoice.init(named:)) ?? .everything
    let format = try resolvedFormat(of: choice)
    let isTerminal = isatty(STDOUT_FILENO) == 1
    if output == nil, isTerminal, format == .png || format == .pdf {
      throw ValidationError("\(format.rawValue) is not for a terminal; name a file with -o")
    }
    let content = try content(refreshSeconds: watch && format == .html ? 5 : nil)
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

  private func content(
    cache: ReportCache? = nil, refreshSeconds: Int? = nil
  ) throws -> ReportContent {
    ReportContent(
      tracker: try Tracker(
        reading: database.resolvedPath, isCancelled: Interruption.shared.isCancelled),
      study: study, model: model, protocolName: protocolName?.rawValue, sweep: sweep,
      objective: objective,
      cleanImages: CleanImageSource(directory: data.directory) {
        StandardError.write("assay: \($0)")
      },
      style: .standardOutput(isFile: output != nil), cache: cache,
      refreshSeconds: refreshSeconds)
  }

  private func resolvedFormat(of choice: ReportChoice) throws -> ReportFormat {
    let ending = output.map { URL(fileURLWithPath: $0).pathExtension } ?? ""
    let byEnding = ReportFormat(fileExtension: ending)
    if format == nil, byEnding == nil, !ending.isEmpty {
      throw ValidationError("no format has files that end in .\(ending); name one with --format")
    }
    let isTerminal = output == nil && isatty(STDOUT_FILENO) == 1
    var usual = choice == .macros ? ReportFormat.latex : .text
    if case .figure(let figure) = choice, !(isTerminal && figure.isForTerminals) { usual = .svg }
    let format = format ?? byEnding ?? usual
    guard choice.formats.contains(format) else {
      let possible = choice.formats.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "this cannot be written as \(format.rawValue), only as \(possible)")
    }
    if !Figure.drawsPagesAndPixels, format == .png || format == .pdf { throw FigureError.onlySVG }
    return format
  }
}
