internal import Foundation
internal import Program
internal import SQLite
internal import Tracker

/// What a run's command writes: from the run's directory while it runs, from its artifacts when it has
/// ended.
struct CommandOutput {
  let run: Run
  let execution: Int
  let isErrors: Bool

  /// The artifact that it becomes.
  private var artifact: String {
    (isErrors ? "errors" : "output") + (execution > 1 ? "-\(execution)" : "")
  }

  /// The newest execution of a run's command; nil if it has none.
  static func newestExecution(of run: Run, in tracker: Tracker) throws -> Int? {
    try tracker.read { connection in
      try connection.rows(
        "SELECT max(number) FROM program_execution WHERE run_id = ?", [.integer(run.id)]
      ) { $0.value(0).integer.map { Int($0) } }.first ?? nil
    }
  }

  /// The file that holds it until the run has ended.
  ///
  /// A record may name any directory; only the one that is the run's own is read.
  private func file(database: String) -> String {
    let directory = RunDirectory(of: run.uuid, database: database)
    return isErrors ? directory.errors(execution) : directory.output(execution)
  }

  /// What has come behind a position.
  ///
  /// - Returns: The bytes, and the position behind them.
  func read(
    from position: Int64, database: String, in tracker: Tracker
  ) throws -> (bytes: [UInt8], next: Int64) {
    let path = file(database: database)
    if FileManager.default.fileExists(atPath: path) {
      let (bytes, next) = KeptOutput.read(path, from: position)
      return (bytes, next)
    }
    let all = try tracker.artifact(named: artifact, of: run) ?? []
    guard position < all.count else { return ([], position) }
    return (Array(all[Int(position)...]), Int64(all.count))
  }

  /// Its end, as far as it has come.
  ///
  /// - Returns: The last bytes from the beginning of a line on, how many were left out before them, and
  ///   the position behind them.
  func end(
    database: String, in tracker: Tracker
  ) throws -> (bytes: [UInt8], omitted: Int, next: Int64) {
    let path = file(database: database)
    let (all, next): ([UInt8], Int64)
    if FileManager.default.fileExists(atPath: path) {
      let kept = KeptOutput(path)
      (all, next) = (kept.content, kept.count)
    } else {
      all = try tracker.artifact(named: artifact, of: run) ?? []
      next = Int64(all.count)
    }
    guard all.count > Self.longest else { return (all, 0, next) }
    let tail = all.suffix(Self.longest)
    let start = tail.firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? tail.startIndex
    return (Array(all[start...]), start, next)
  }

  /// How many bytes a page shows.
  static let longest = 64 << 10
}

extension Router {
  /// The output of commands as it grows.
  mutating func addOutput() {
    on(.get, "/runs/:run/output") { visit in try visit.outputStream() }
  }
}

extension Visit {
  /// A part of a run's page with its output; empty if it is of no command.
  func outputPart(of run: Run, in tracker: Tracker) throws -> HTML {
    guard let execution = try CommandOutput.newestExecution(of: run, in: tracker) else {
      return .empty
    }
    let parts = try [false, true].map { isErrors -> HTML in
      let output = CommandOutput(run: run, execution: execution, isErrors: isErrors)
      let (bytes, omitted, next) = try output.end(database: database.path, in: tracker)
      let isGrowing = run.state == .running
      guard !bytes.isEmpty || isGrowing else { return .empty }
      let name = isErrors ? "errors" : "output"
      let query: [(String, String?)] = [("stream", name), ("from", "\(next)")]
      let source =
        isGrowing
        ? HTML(
          " data-source=\"\(site.address(of: database, ["runs", run.uuid, "output"], query))\"")
        : .empty
      let note: HTML =
        omitted > 0 ? "<p class=\"muted\">The first \(omitted) bytes are left out.</p>" : .empty
      let text = String(decoding: bytes, as: UTF8.self)
      return """
        <section class="card"><h2>\(isErrors ? "Errors" : "Output")</h2>\(note)
        <pre class="output" id="\(name)" tabindex="0" role="log" aria-label="\(name)"\(source)>\
        \(HTML(lines: PlainText.withoutEscapes(text)))</pre></section>

        """
    }
    return HTML(joining: parts)
  }

  /// Tells what comes behind a position, until the run has ended.
  fileprivate func outputStream() throws -> HTTPResponse {
    let isErrors = request.value("stream") == "errors"
    // A browser that lost its connection says how far it had come.
    let known = request.header("last-event-id") ?? request.value("from")
    let start = max(0, known.flatMap { Int64($0) } ?? 0)
    let name = request.parameter("run")
    let found = try read { tracker in
      let run = try tracker.run(matching: name)
      return (run, try CommandOutput.newestExecution(of: run, in: tracker))
    }
    guard let execution = found.1 else {
      throw HTTPFailure(.notFound, "the run \(name) has no output of a command")
    }
    let output = CommandOutput(run: found.0, execution: execution, isErrors: isErrors)
    let visit = self
    return HTTPResponse(
      headers: [HTTPHeader("Content-Type", "text/event-stream")],
      content: .stream(length: nil) { sink in
        var position = start
        var rest = 0.0
        while !sink.isOver {
          let (bytes, next, isRunning) = try visit.database.read(within: 5) { tracker in
            let isRunning = try tracker.run(uuid: output.run.uuid).state == .running
            let (bytes, next) = try output.read(
              from: position, database: visit.database.path, in: tracker)
            return (bytes, next, isRunning)
          }
          // The last character may not have come as a whole.
          let cut = isRunning ? bytes.unfinishedCount : 0
          position = next - Int64(cut)
          if bytes.count > cut {
            let whole = String(decoding: bytes.dropLast(cut), as: UTF8.self)
            let text = PlainText.withoutEscapes(whole)
            let data = JSONValue.string(text).canonical
            try sink.write(Array("id: \(position)\ndata: \(data)\n\n".utf8))
            rest = 0
          } else if !isRunning {
            try sink.write(Array("event: end\ndata: 0\n\n".utf8))
            return
          } else if rest > 15 {
            rest = 0
            try sink.write(Array(":\n\n".utf8))
          }
          Thread.sleep(forTimeInterval: Self.outputPause)
          rest += Self.outputPause
        }
      })
  }

  /// How often a file that grows is looked at, in seconds.
  private static let outputPause = 0.4
}

extension [UInt8] {
  /// How many bytes at the end begin a character of UTF-8 that goes on behind them.
  fileprivate var unfinishedCount: Int {
    for back in 1...4 where back <= count {
      let byte = self[count - back]
      guard byte & 0xC0 != 0x80 else { continue }
      let length = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1
      return length > back ? back : 0
    }
    return 0
  }
}
