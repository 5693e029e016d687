import ArgumentParser
import Foundation
import Program
import SQLite
import Tracker

struct RunCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Runs a command and records it as a run.",
    usage: "assay run [<options>] -- <command> [<arguments> ...]",
    discussion: """
      The command runs as it would by itself: its output, its input, a terminal and signals pass \
      through, and the exit code is its own. Recorded are its words, the commit and what differs from \
      it, the environment as far as it matters and holds no secrets, the processor time and memory \
      that it took, its output, and what it reports.

      A command reports metrics, parameters, files and checkpoints by appending lines to the file that \
      ASSAY_EVENTS names, from any language: echo '{"metrics": {"loss": 0.3}}' >> "$ASSAY_EVENTS". \
      docs/events.md describes them. Of a command that cannot be changed, --scrape reads the output and \
      --tensorboard the event files. A command that logs to MLflow records into this very run.

      Should Assay be killed, the command goes on, and the next assay command records what it reported.

      Example: assay run -- python train.py --lr 0.01
      Example: assay run --name baseline --param lr=0.01 --artifact 'out/*.pt' -- ./train
      Example: assay run --name night --timeout 36000 --scrape -- ./train.sh
      """)

  @Argument(
    parsing: .postTerminator,
    help: ArgumentHelp("The command and its arguments, after --.", valueName: "command"))
  var command: [String] = []

  @OptionGroup var database: DatabaseOptions

  @Option(help: "Your own name for the run.")
  var name: String?

  @Option(
    name: .customLong("param"),
    help: ArgumentHelp("A parameter of the run; may be given again.", valueName: "name=value"))
  var parameters: [String] = []

  @Option(
    name: .customLong("artifact"),
    help: ArgumentHelp(
      "Files to keep when the command has ended, such as 'out/*.pt'; may be given again.",
      valueName: "pattern"))
  var artifacts: [String] = []

  @Option(name: .customLong("tag"), help: "A word for the run; may be given again.")
  var tags: [String] = []

  @Option(help: "A note on the run.")
  var note: String?

  @Option(help: "The group that the run belongs to.")
  var group: String?

  @Option(
    help: ArgumentHelp(
      "The time between SIGTERM and SIGKILL when the command is to stop.", valueName: "seconds"))
  var grace = 10.0

  @Option(
    help: ArgumentHelp(
      "The time that the command may take; then it is stopped. (default: any)",
      valueName: "seconds"))
  var timeout: Double?

  @Option(
    help: ArgumentHelp(
      "How much is kept of each output's beginning, and of its end.", valueName: "bytes"))
  var outputLimit = 1 << 20

  @Option(
    defaultAsFlag: "",
    help: ArgumentHelp(
      "Reads metrics in the output: 'name: value' and 'name=value', or what a regular expression "
        + "with the groups (?<name>...), (?<value>...) and, if need be, (?<step>...) finds.",
      valueName: "pattern"))
  var scrape: String?

  @Option(
    help: ArgumentHelp(
      "Reads the scalars of TensorBoard's event files there, as they grow.", valueName: "directory")
  )
  var tensorboard: String?

  @Option(
    help: ArgumentHelp(
      "Whether an interrupted or failed run of the same name, command and parameters goes on: allow, "
        + "must, never; or the run that does.", valueName: "policy"))
  var resume = "allow"

  @Flag(
    name: .customLong("no-mlflow"),
    help: "Leaves out the address at which the command can log to MLflow.")
  var noMLflow = false

  @Flag(help: "Refuses to begin while files differ from the commit.")
  var requireClean = false

  @OptionGroup var quiet: QuietOption

  func validate() throws {
    guard !command.isEmpty else {
      throw ValidationError("give the command after --, such as: assay run -- python train.py")
    }
    if let name, name.isEmpty { throw ValidationError("--name must not be empty") }
    if artifacts.contains("") { throw ValidationError("--artifact must not be empty") }
    if let group, group.isEmpty { throw ValidationError("--group must not be empty") }
    guard grace >= 0, grace <= 1e6 else {
      throw ValidationError("--grace must be from 0 to 1000000 seconds, not \(grace)")
    }
    if let timeout, !(timeout > 0 && timeout <= 1e9) {
      throw ValidationError("--timeout must be more than 0 seconds, not \(timeout)")
    }
    guard (0...(1 << 28)).contains(outputLimit) else {
      throw ValidationError("--output-limit must be from 0 to \(1 << 28) bytes, not \(outputLimit)")
    }
    for tag in tags where !(1...200).contains(tag.unicodeScalars.count) {
      throw ValidationError("a tag has 1 to 200 characters, not \(tag.unicodeScalars.count)")
    }
    _ = try GivenParameters(parameters)
  }

  func run() throws {
    var request = try self.request()
    try ProgramSupervisor.check(request)
    let notice: @Sendable (String) -> Void = { [isQuiet = quiet.isOn] text in
      if !isQuiet { StandardError.write("assay: \(text)") }
    }
    let tree = WorkingTree(of: request.workingDirectory, without: database.resolvedPath)
    let tracker = try ProgramDatabase.open(database, notice: notice)
    let program = try StartedProgram.begin(request, from: tree, in: tracker)
    let interface =
      noMLflow
      ? nil
      : RunInterface(
        of: program, keepsGroup: group != nil, tracker: tracker, notice: notice)
    request.environment.merge(interface?.variables ?? [:]) { $1 }
    let supervisor = ProgramSupervisor(request, program, tracker: tracker, notice: notice)
    let end: ProgramEnd
    do {
      end = try supervisor.run(isCancelled: { false })
      interface?.stop()
    } catch {
      interface?.stop()
      try? supervisor.close(.failed, error: "\(error)")
      throw error
    }
    do {
      try supervisor.close(end.state, error: end.error)
      if !quiet.isOn, StandardError.canDraw {
        StandardError.write("assay: run \(program.run.uuid.prefix(8)) \(end.state.rawValue)")
      }
    } catch {
      // The command has done its work, and its exit code is what callers ask for.
      guard !supervisor.hasWarned else { throw ExitCode(Int32(truncatingIfNeeded: end.exitCode)) }
      let isMoved = (error as? SQLiteError)?.kind == .moved
      notice(
        "run \(program.run.uuid.prefix(8)) is not recorded wholly (\(error)): "
          + (isMoved ? "put it back beside its -wal file, and " : "")
          + "the next assay command records the rest")
    }
    if end.exitCode != 0 { throw ExitCode(Int32(truncatingIfNeeded: end.exitCode)) }
  }

  private func request() throws -> ProgramRequest {
    var request = ProgramRequest(command, in: FileManager.default.currentDirectoryPath)
    request.name = name
    request.group = group
    request.note = note
    request.tags = tags
    request.parameters = try GivenParameters(parameters).value
    request.artifactPatterns = artifacts
    request.grace = grace
    request.timeout = timeout
    request.outputLimit = outputLimit
    request.scraping = scrape.map { $0.isEmpty ? .standard : .expression($0) }
    request.tensorBoardDirectory = tensorboard.map { URL(fileURLWithPath: $0).path }
    request.resume = ResumePolicy(resume)
    request.requiresClean = requireClean
    request.streams = .passedOn
    return request
  }
}

/// Parameters as they are given on the command line.
struct GivenParameters {
  /// An object by name.
  let value: JSONValue

  /// Reads words such as "lr=0.01"; a value is a number or a truth value where it is one in JSON, or
  /// else a text.
  ///
  /// - Throws: `ValidationError`.
  init(_ words: [String]) throws {
    var members: [String: JSONValue] = [:]
    for word in words {
      let parts = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2, !parts[0].isEmpty else {
        throw ValidationError("--param is name=value, such as lr=0.01, not '\(word)'")
      }
      let (name, text) = (String(parts[0]), String(parts[1]))
      guard members[name] == nil else {
        throw ValidationError("the parameter '\(name)' is given twice")
      }
      members[name] = Self.scalar(text)
    }
    value = .object(members)
  }

  private static func scalar(_ text: String) -> JSONValue {
    if let whole = Int64(text) { return .integer(whole) }
    if let number = Double(text), number.isFinite { return .number(number) }
    return ["true": .bool(true), "false": .bool(false), "null": .null][text] ?? .string(text)
  }
}
