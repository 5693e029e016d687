import ArgumentParser
import Foundation
import Tracker

#if Pages
  import Interchange
  import Serve
  import Study
#endif

/// This build serves no pages.
struct NoPages: Reportable {
  var fact: String { "this build serves no pages" }
  var remedy: String? { "build Assay with its trait Pages, as it is by default" }
  var status: ExitStatus { .usage }
}

struct ServeCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "serve",
    abstract: "Shows databases in a browser, live.",
    discussion: """
      It prints its address and serves until Ctrl-C. Only this machine reaches it, unless --host names \
      another address: then clients must know the token, and a proxy must add TLS, or the token can be \
      read on its way.

      Without --record nobody can change anything by it. With it, programs that log to MLflow record into \
      the first database, once MLFLOW_TRACKING_URI names the address, and pages have what stops and \
      continues a sweep.

      Clean images come from the data sets, which are looked for when a page first shows one.

      Example: assay serve --open
      Example: assay serve --db a.db --db b.db --port 8080
      Example: assay serve --host 0.0.0.0 --token-file token.txt
      Example: assay serve --record
      Example: assay serve --data ~/data
      """)

  @Option(
    name: .customLong("db"),
    help: ArgumentHelp(
      "A database file; repeat it for several. (default: ASSAY_DB, or ./assay.db)",
      valueName: "file"))
  var paths: [String] = []

  @Option(help: "The address to listen at.")
  var host = "127.0.0.1"

  @Option(help: "The port; 0 for any that is free.")
  var port = 5180

  @Option(help: ArgumentHelp("A file whose first line is the token.", valueName: "file"))
  var tokenFile: String?

  @Option(
    help: "The token itself, which others on this machine can see in the list of processes.")
  var token: String?

  @Option(
    help: ArgumentHelp(
      "A name that clients know this machine by, such as a proxy's; repeat it for several.",
      valueName: "name"))
  var allowHost: [String] = []

  @Flag(help: "Lets clients record, such as programs that log to MLflow.")
  var record = false

  @Flag(help: "Opens the first page in a browser.")
  var open = false

  @OptionGroup var data: DataOptions
  @OptionGroup var quiet: QuietOption

  func validate() throws {
    if !(0...65_535).contains(port) {
      throw ValidationError("--port must be from 0 to 65535, not \(port)")
    }
    if token != nil, tokenFile != nil {
      throw ValidationError("--token and --token-file are two ways to say one thing; give one")
    }
    if paths.contains("") { throw ValidationError("--db needs the path of a database") }
  }

  func run() throws {
    #if Pages
      let isCancelled = Interruption.shared.isCancelled
      Interruption.shared.waitForWork()
      let databases = try ServedDatabase.open(
        resolvedPaths, openWriter: record ? { try openWriter($0) } : nil)
      let server = try Server(
        databases, host: host, port: port, token: try resolvedToken, names: allowHost,
        material: material)
      try StandardOutput.print(server.address)
      if !quiet.isOn { say(server.address) }
      if open { Browser.open(server.address) }
      while !isCancelled() { Thread.sleep(forTimeInterval: 0.05) }
      server.stop()
    #else
      throw NoPages()
    #endif
  }
}

#if Pages
  extension ServeCommand {
    private var resolvedPaths: [String] {
      paths.isEmpty ? [ProcessInfo.processInfo.environment["ASSAY_DB"] ?? "assay.db"] : paths
    }

    private var resolvedToken: String? {
      get throws {
        guard let tokenFile else { return token }
        let bytes = try InputFile.read(
          tokenFile, isCancelled: Interruption.shared.isCancelled)
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw InterchangeError.malformed(
            file: tokenFile, format: "text", problem: "it is not in UTF-8")
        }
        return text.split(whereSeparator: \.isNewline).first.map(String.init) ?? ""
      }
    }

    private var material: PageMaterial {
      let images = CleanImageSource(directory: data.directory, notice: { _ in })
      let isCancelled = Interruption.shared.isCancelled
      return PageMaterial(
        attackOrder: Reproduction.attackOrder,
        findCleanImages: { run in
          switch images.search(for: run) {
          case .success(let found): .found(found)
          case .failure(let missing):
            .missing("\(missing.reason); start assay serve with --data and their directory")
          }
        },
        endWork: { sweep, database in
          try SlurmSubmission.cancelJobs(of: sweep, database: database, isCancelled: isCancelled)
        },
        remedies: PageMaterial.Remedies(
          unknownName: "--allow-host NAME has it answer to a name",
          onlyReading: "start it with assay serve --record to record"))
    }

    private func openWriter(_ path: String) throws -> Tracker {
      let tracker = try Tracker(
        writing: path, environment: RunEnvironment(version: assayVersion),
        notice: StandardError.write)
      try ProgramDatabase.recover(in: tracker)
      return tracker
    }

    private func say(_ address: String) {
      if !Server.isLoopback(host) {
        StandardError.write(
          "warning: without TLS, the token and all answers can be read on their way; put a proxy with TLS "
            + "before \(host), or reach it through SSH")
      }
      StandardError.write("serving until Ctrl-C")
    }
  }
#endif
