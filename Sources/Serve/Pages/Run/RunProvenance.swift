internal import SQLite
internal import Tracker

extension Visit {
  /// Where a run's numbers come from: processes, machine, commit and what differed from it.
  func provenancePart(of record: RunRecord, difference: String?) -> HTML {
    let processes = record.executions.map { row -> HTML in
      let number = row["execution"].integer ?? 0
      return process(row, record.programs[number], number)
    }
    let shown: HTML =
      difference.map { text in
        """
        <section class="card"><h2>Changes that were not committed</h2>\(ArtifactPreview.difference(text))</section>

        """
      } ?? .empty
    guard !processes.isEmpty else { return shown }
    return """
      <section class="card"><h2>Provenance</h2><div id="provenance" data-live class="stack">\(processes)</div></section>
      \(shown)
      """
  }

  private func process(_ row: QueryRow, _ program: QueryRow?, _ number: Int64) -> HTML {
    var entries: [(String, HTML)] = []
    func add(_ title: String, _ value: SQLValue?, _ shown: ((SQLValue) -> HTML)? = nil) {
      guard let value, value != .null, value != .text("") else { return }
      entries.append((title, shown?(value) ?? Shown.value(value)))
    }
    let time: (SQLValue) -> HTML = { Shown.time($0.text) }
    let size: (SQLValue) -> HTML = { "\(Shown.bytes($0.integer ?? 0))" }
    add("Started (UTC)", row["started"], time)
    add("Ended (UTC)", row["ended"], time)
    add("Exit code", program?["exit_code"])
    add("Signal", program?["signal"])
    add("Host", row["host"])
    add("Process", row["process_id"])
    add("Threads", row["threads"])
    add("Processor", row["processor"])
    add("System", row["operating_system"])
    add("Graphics", program?["gpus"] == .text("[]") ? nil : program?["gpus"])
    add("Processor time", program?["user_seconds"]) { "\(Shown.duration($0.real))" }
    add("Most memory", program?["child_peak_memory_bytes"] ?? row["peak_memory_bytes"], size)
    add("Directory", program?["working_directory"])
    add("Commit", row["git_commit"]) { value in
      let isDirty = row["git_dirty"].integer == 1
      return "<span class=\"mono\">\(value.text ?? "")</span>\(isDirty ? " with changes" : "")"
    }
    add("Branch", program?["git_branch"])
    add("Repository", program?["git_remote"])
    add("Assay", row["program_version"])
    add("SQLite", row["sqlite_version"])
    add("Matrix products", row["blas"])
    let list = entries.map { title, value -> HTML in "<dt>\(title)</dt><dd>\(value)</dd>\n" }
    let environment = program?["environment"].text.flatMap { try? JSONValue(parsing: $0) }
    let variables: HTML
    if case .object(let members)? = environment, !members.isEmpty {
      let rows = members.sorted { $0.key < $1.key }.map { name, value -> HTML in
        "<dt class=\"mono\">\(name)</dt><dd class=\"mono\">\(value.string ?? value.canonical)</dd>\n"
      }
      variables = "<details><summary>Environment</summary><dl class=\"pair\">\(rows)</dl></details>"
    } else {
      variables = .empty
    }
    return """
      <div><h3>Attempt \(number) \(Shown.state(row["outcome"].text ?? ""))</h3>
      <dl class="pair">\(list)</dl>\(variables)</div>

      """
  }

  /// The patch of the newest execution that has one; nil: there is none.
  func difference(of record: RunRecord, in tracker: Tracker) throws -> String? {
    let patch = record.artifacts.last { $0["media_type"].text == "text/x-diff" }
    guard let name = patch?["artifact"].text,
      let bytes = try tracker.artifact(named: name, of: record.run)
    else { return nil }
    return String(decoding: bytes.prefix(128 << 10), as: UTF8.self)
  }
}

/// A command line that does a run's work again.
struct RepeatedCommand {
  let text: String

  /// - Returns: nil where none is known.
  init?(of record: RunRecord) {
    let words: [String]
    if case .array(let command)? = record.run.configuration["command"] {
      let own = command.compactMap(\.string)
      guard !own.isEmpty else { return nil }
      words = ["assay", "run"] + (record.run.name.map { ["--name", $0] } ?? []) + ["--"] + own
    } else {
      let line = record.executions.first?["command_line"].text
      guard let line, case .array(let recorded)? = try? JSONValue(parsing: line) else { return nil }
      var own = recorded.compactMap(\.string)
      guard !own.isEmpty else { return nil }
      own[0] = own[0].split(separator: "/").last.map(String.init) ?? own[0]
      words = own
    }
    text = words.map(Self.quoted).joined(separator: " ")
  }

  /// A word as a shell takes it, whatever is in it.
  private static func quoted(_ word: String) -> String {
    let plain = word.utf8.allSatisfy { byte in
      "_./:=@%+-,".utf8.contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
    return plain && !word.isEmpty ? word : "'" + word.replacing("'", with: #"'\''"#) + "'"
  }
}
