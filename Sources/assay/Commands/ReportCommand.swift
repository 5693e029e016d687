import ArgumentParser
import Foundation
import Report
import Study
import Tracker

struct ReportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "report",
    abstract: "Rebuilds tables and figures from the database.",
    discussion: """
      Example: assay report
      Example: assay report --full
      Example: assay report tables --protocol heldout --format markdown
      Example: assay report figure1 -o figure1.pdf
      Example: assay report -o report.html --watch
      Example: assay report macros -o numbers.tex
      Example: assay report table2 --format latex --columns 1 --protocol heldout --label tab:detection
      Example: assay report --model 3f2a
      Example: assay report --trial 12 --sweep thresholds
      Example: assay report -o results/
      Example: assay report --check results
      Example: assay report detectors
      Example: assay report detector-roc --measures softmax_std,joint -o roc.pdf
      Example: assay report feinman --format markdown
      Example: assay report evaluation
      Example: assay report evaluation-curve -o curve.pdf
      Example: assay report metrics --runs 3f2a,baseline --metric loss -o loss.pdf

      Without a part, a format or a file it prints a summary of at most twelve lines: how well each attack \
      is detected, what failed, and what to ask next. --full prints all tables and figures.

      The report is about the newest study, without a study about the newest model that has thresholds. \
      --study, --model or --trial choose another. A model's report covers all of its sets that have \
      thresholds, attacked here or imported. A sweep's trials are never a default.

      A file's ending names its format: text, json, jsonl, csv, tsv, markdown, latex and html for tables, \
      svg, png and pdf for figures, html for everything on one page. A directory, whose name ends in /, gets \
      everything in all formats and a manifest. --check rebuilds what it holds.

      The part detectors compares all measures and learned detectors, and ranking and detector-roc draw \
      them. feinman, graese, guo and distillation are the reports of the studies of these names.

      The part evaluation is what 'assay evaluate' found, below the checks that failed: --study takes \
      the run of an evaluation, --model the newest of a model. evaluation-curve, evaluation-roc, \
      evaluation-losses, evaluation-distortion and evaluation-gallery draw it.

      The part metrics draws curves of any runs, all runs in one plot for each metric. A gap is where a \
      value is not a number.
      """)

  @Argument(
    help: ArgumentHelp(
      "The summary, a table, a figure, or macros for LaTeX: "
        + "\(parts.joined(separator: ", ")). (default: the summary; in a file everything)",
      valueName: "part"),
    completion: .list(parts))
  var part: String?

  /// What can be asked for.
  private static let parts = ReportChoice.names + [MetricCurveOptions.name]

  @OptionGroup var database: DatabaseOptions
  @OptionGroup var data: DataOptions

  @Flag(help: "Prints all tables, and the figures that a terminal can show.")
  var full = false

  @Option(
    help: ArgumentHelp(
      "The format. (default: by the file's ending; else svg for figures in a file, text for all else)"
    ))
  var format: ReportFormat?

  @Option(
    name: .shortAndLong,
    help: ArgumentHelp(
      "The file to write, or a directory/ for everything. (default: standard output)",
      valueName: "file"),
    transform: OutputPath.given)
  var output: String?

  @Option(
    help: ArgumentHelp("The same as -o directory/.", valueName: "directory"),
    completion: .directory)
  var all: String?

  @Option(
    help: ArgumentHelp(
      "Rebuilds what a directory holds and lists differences; exit code 65 if a number differs.",
      valueName: "directory"),
    completion: .directory)
  var check: String?

  @Option(
    help: "Reports this study. (default: the newest)",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "reproduce") })
  var study: String?

  @Option(
    help: "Reports the sets of this model instead of a study.",
    completion: .custom { words, _, _ in Completions.runs(words, kind: "train") })
  var model: String?

  @Option(
    help: "Reports the study of this trial of --sweep.",
    completion: .custom { words, _, _ in Completions.trials(words) })
  var trial: Int?

  @Option(help: .hidden)
  var table: StudyReport.Part?

  @Option(
    help: ArgumentHelp(
      "LaTeX: fits tables to one (table) or both (table*) columns of a two-column paper. "
        + "(default: a paper in one column)", valueName: "1|2"))
  var columns: LaTeXStyle.Columns?

  @Option(help: ArgumentHelp("LaTeX: the table's caption, in LaTeX.", valueName: "text"))
  var caption: String?

  @Option(
    help: ArgumentHelp(
      "LaTeX: the table's label. (default: such as tab:table2-paper)",
      valueName: "name"))
  var label: String?

  @Flag(help: "Leaves out the papers' numbers.")
  var withoutPublished = false

  @Option(
    name: .customLong("protocol"),
    help: "Shows the tables and thresholds of one protocol. (default: both)")
  var protocolName: DetectionProtocol?

  @Option(
    help: "The sweep of --trial or of the figures. (default: the only one)",
    completion: .custom { words, _, _ in Completions.sweeps(words) })
  var sweep: String?

  @Option(help: "The sweep's objective to draw. (default: its first)")
  var objective: String?

  @Option(
    help: ArgumentHelp(
      "Measures and detectors that the part detectors and detector-roc show. (default: all; the best)",
      valueName: "names"))
  var measures: String?

  @Flag(help: "Rewrites the file whenever the database changes, until Ctrl-C.")
  var watch = false

  @OptionGroup var curves: MetricCurveOptions

  @OptionGroup var quiet: QuietOption

  func validate() throws {
    if curves.areGiven, part != MetricCurveOptions.name {
      throw ValidationError(
        "--runs, --where, --metric, --by and --log are of curves: assay report metrics")
    }
    if measures != nil, part.flatMap(ReportChoice.init(named:))?.takesMeasures != true {
      throw ValidationError(
        "--measures is of detectors: assay report detectors, feinman, detector-roc")
    }
    if let measures, NameList(measures).names.isEmpty {
      throw ValidationError("--measures names none")
    }
    if watch, output == nil {
      throw ValidationError("--watch needs a file to keep up to date: -o report.html")
    }
    let isAlone = part == nil && table == nil && format == nil && !watch && !full
    let isFree =
      study == nil && model == nil && trial == nil && protocolName == nil && columns == nil
      && !withoutPublished
    if full, part != nil || table != nil {
      throw ValidationError("--full prints everything: name no part")
    }
    if check != nil, !isAlone || output != nil || all != nil || !isFree {
      throw ValidationError("--check takes everything from the directory's manifest: name no more")
    }
    if directory != nil, !isAlone || caption != nil || label != nil || (all != nil && output != nil)
    {
      throw ValidationError(
        "a directory gets the whole report in all formats: name no part or format, or a file")
    }
    if [study != nil, model != nil, trial != nil].count(where: { $0 }) > 1 {
      throw ValidationError(
        "a report is of a study, of a model or of a trial: name one of --study, --model and --trial"
      )
    }
    if let label, label.wholeMatch(of: /[A-Za-z0-9:.\/_-]+/) == nil {
      throw ValidationError(
        "--label is of ASCII letters, digits and : . - _ /, as LaTeX's labels are")
    }
    if let part, !Self.parts.contains(part) {
      throw ValidationError(
        "there is no table or figure '\(part)'; there are: "
          + Self.parts.joined(separator: ", "))
    }
    if part == MetricCurveOptions.name,
      !isFree || watch || trial != nil || sweep != nil || caption != nil || label != nil
    {
      throw ValidationError("the part metrics is of runs: it takes no study, model, trial or table")
    }
    if sweep != nil || objective != nil, !drawsSweeps, objective != nil || trial == nil {
      throw ValidationError(
        "--sweep and --objective are of figures: \(Self.sweepFigures.joined(separator: ", ")), and a "
          + "whole report in a directory or a page; --sweep is of --trial, too")
    }
  }

  private static let sweepFigures = Figure.allCases.filter(\.isOfSweep).map(\.rawValue)

  /// Whether figures of sweeps are asked for, by name or within a whole report.
  private var drawsSweeps: Bool {
    if let part { return Self.sweepFigures.contains(part) }
    if directory != nil { return true }
    let ending = output.map { URL(fileURLWithPath: $0).pathExtension } ?? ""
    return table == nil && (format ?? ReportFormat(fileExtension: ending)) == .html
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
    if part == MetricCurveOptions.name { return try drawCurves() }
    if let directory {
      try ReportDirectory(content: try content(cache: ReportCache()), path: directory).write()
      return ResultFile.tell(directory, quiet: quiet.isOn)
    }
    let choice =
      table.map(ReportChoice.table) ?? part.flatMap(ReportChoice.init(named:))
      ?? (full || format != nil || output != nil ? .everything : .summary)
    let format = try resolvedFormat(of: choice)
    if format != .latex, columns != nil || caption != nil || label != nil {
      throw ValidationError(
        "--columns, --caption and --label are of tables in LaTeX: add --format latex")
    }
    var content = try content(refreshSeconds: watch && format == .html ? 5 : nil)
    content.nextOptions = nextOptions
    guard let output else {
      return try StandardOutput.write(content.rendered(choice, as: format))
    }
    guard watch else {
      try ResultFile.write(try content.rendered(choice, as: format), to: output)
      return ResultFile.tell(output, quiet: quiet.isOn)
    }
    try ReportWatch(content: content, choice: choice, format: format, path: output)
      .run(isCancelled: Interruption.shared.isCancelled)
    throw ExitCode(130)
  }

  /// Draws the metrics of runs.
  private func drawCurves() throws {
    let format = try resolvedFormat(
      formats: MetricCurveOptions.formats, usual: output == nil ? .text : .svg)
    let tracker = try ProgramDatabase.openForReading(database.resolvedPath)
    let drawn = try curves.drawn(in: tracker, isForTerminal: format == .text)
    let bytes: [UInt8] =
      switch format {
      case .png: try drawn.png()
      case .pdf: try drawn.pdf()
      case .svg: drawn.svg
      default: Array((drawn.rendered(for: .standardOutput(isFile: output != nil)) ?? "").utf8)
      }
    guard let output else { return try StandardOutput.write(bytes) }
    try ResultFile.write(bytes, to: output)
    ResultFile.tell(output, quiet: quiet.isOn)
  }

  /// What has the commands that a summary ends with be about the same study.
  private var nextOptions: String {
    var options = ""
    if let study { options += " --study \(ShellWord(study))" }
    if let model { options += " --model \(ShellWord(model))" }
    if let trial { options += " --trial \(trial)" }
    if let sweep { options += " --sweep \(ShellWord(sweep))" }
    return options + database.shellWords
  }

  /// What the report is about.
  private func request(in tracker: Tracker) throws -> ReportRequest {
    if let study { return .study(study) }
    if let model { return .model(model) }
    guard let trial else { return .newest }
    guard let sweep = try sweep ?? tracker.onlySweep else {
      throw ValidationError("--trial needs the name of its sweep: --sweep NAME")
    }
    return .trial(trial, sweep: sweep)
  }

  private func content(
    cache: ReportCache? = nil, refreshSeconds: Int? = nil
  ) throws -> ReportContent {
    let tracker = try Tracker(
      reading: database.resolvedPath, isCancelled: Interruption.shared.isCancelled)
    if let sweep { _ = try tracker.sweep(named: sweep) }
    return ReportContent(
      tracker: tracker, request: try request(in: tracker), protocolName: protocolName?.rawValue,
      options: ReportOptions(
        showsPublished: !withoutPublished,
        latex: LaTeXStyle(columns: columns ?? .text, caption: caption, label: label)),
      sweep: sweep,
      objective: objective,
      measures: measures.map { NameList($0).names },
      cleanImages: CleanImageSource(directory: data.directory) {
        StandardError.write("assay: \($0)")
      },
      style: .standardOutput(isFile: output != nil), cache: cache,
      refreshSeconds: refreshSeconds)
  }

  private func resolvedFormat(of choice: ReportChoice) throws -> ReportFormat {
    let isTerminal = output == nil && StandardOutput.isTerminal
    var usual = choice == .macros ? ReportFormat.latex : .text
    if case .figure = choice, !isTerminal { usual = .svg }
    return try resolvedFormat(formats: choice.formats, usual: usual)
  }

  /// The format that was asked for, or that the file's ending names.
  private func resolvedFormat(
    formats: [ReportFormat], usual: ReportFormat
  ) throws -> ReportFormat {
    let ending = output.map { URL(fileURLWithPath: $0).pathExtension } ?? ""
    let byEnding = ReportFormat(fileExtension: ending)
    if format == nil, byEnding == nil, !ending.isEmpty {
      throw ValidationError("no format has files that end in .\(ending); name one with --format")
    }
    let format = format ?? byEnding ?? usual
    guard formats.contains(format) else {
      let possible = formats.map(\.rawValue).joined(separator: ", ")
      throw ValidationError(
        "this cannot be written as \(format.rawValue), only as \(possible)")
    }
    if output == nil, StandardOutput.isTerminal, format == .png || format == .pdf {
      throw ValidationError("\(format.rawValue) is not for a terminal; name a file with -o")
    }
    if !Figure.drawsPagesAndPixels, format == .png || format == .pdf { throw FigureError.onlySVG }
    return format
  }
}
