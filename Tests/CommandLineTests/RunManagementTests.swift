import Foundation
import TestSupport
import Testing

/// Names, tags, notes, and runs that are put aside, deleted and restored.
@Suite(.startsPrograms) struct RunManagementTests {
  private let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .importedRuns)
  }

  private func values(_ columns: String, of name: String) throws -> String {
    try assay.ask("SELECT \(columns) FROM runs WHERE name = '\(name)';")
      .trimmingCharacters(in: .newlines)
  }

  @Test("names, groups, tags and notes change at any time, and digests stay right")
  func labels() throws {
    try assay.succeed("runs", "name", "w", "the \u{1B}[31mbest, \"really\"")
    let renamed = "the \u{1B}[31mbest, \"really\""
    let shown = try assay.succeed("runs", "show", renamed).output
    #expect(shown.contains(#"the \x1b[31mbest, "really""#) && !shown.contains("\u{1B}"))
    try assay.succeed("runs", "name", renamed, "--none")
    try assay.succeed("runs", "tag", "w", "x", "t")
    try assay.succeed("runs", "tag", "w", "t")
    try assay.succeed("runs", "tag", "w", "it's")
    #expect(try values("tags", of: "w") == #"["it's","t"]"#)
    try assay.succeed("runs", "untag", "w", "x", "it's")
    #expect(try values("tags", of: "w") == #"["t"]"#)
    try assay.succeed("runs", "note", "w", "first")
    try assay.succeed("runs", "note", "w", "second")
    #expect(try values("note", of: "w") == "second")
    let notes = try assay.succeed("runs", "show", "w").output
    #expect(notes.contains("first") && notes.contains("second"))
    try assay.succeed("runs", "group", "w", "--none")
    #expect(try values("group_name IS NULL", of: "w") == "1")
    try assay.succeed("db", "info")
  }

  @Test("a name that several runs have, or that looks like a UUID, is never guessed")
  func names() throws {
    try assay.succeed("runs", "name", "x", "twin")
    try assay.succeed("runs", "name", "y", "twin")
    let twin = try assay.run("runs", "note", "twin", "x")
    #expect(twin.status == 64 && twin.error.contains("'twin' names several runs"))
    let uuid = try values("run", of: "w")
    try assay.succeed("runs", "name", "z", String(uuid.prefix(6)))
    let doubtful = try assay.run("runs", "show", String(uuid.prefix(6)))
    #expect(doubtful.status == 64 && doubtful.error.contains("names several runs"))
    #expect(try assay.run("runs", "show", String(uuid.prefix(8))).status == 0)
    for words in [["runs", "tag", "w"], ["runs", "name", "w"], ["runs", "note", "w", ""]] {
      #expect(try assay.run(words).status == 64, "\(words)")
    }
    #expect(try assay.run("runs", "tag", "w", String(repeating: "x", count: 201)).status == 65)
  }

  @Test("archived and deleted runs are left out as they should be, and come back")
  func hiding() throws {
    func listed(_ options: String...) throws -> [String] {
      try assay.run(["runs", "list", "--format", "jsonl"] + options).output
        .split(separator: "\n").compactMap { line in
          let row = try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
          return row?["name"] as? String
        }.sorted()
    }
    #expect(try listed() == ["w", "x", "y", "z"])
    #expect(try listed("--all") == ["v", "w", "x", "y", "z"])
    let both = try assay.succeed("runs", "delete", "w", "v").output
    #expect(both.split(separator: "\n").count == 2 && both.contains("'w' is deleted"))
    #expect(try listed("--all") == ["x", "y", "z"])
    #expect(try listed("--deleted") == ["v", "w"])
    #expect(try listed("--where", "loss < 9") == ["x", "y", "z"])
    for command in ["show", "delete"] {
      let gone = try assay.run("runs", command, "w")
      #expect(gone.status == 64)
      #expect(
        gone.error == "assay: the run 'w' is deleted; assay runs list --deleted shows it; "
          + "bring it back: assay runs restore w\n")
    }
    let uuid = try values("run", of: "w")
    #expect(try assay.succeed("runs", "show", uuid).output.contains("deleted"))
    #expect(try assay.succeed("query", "leaderboard", "--metric", "loss").output.contains("z"))
    #expect(try !assay.succeed("query", "leaderboard").output.contains(uuid.prefix(8)))
    try assay.succeed("runs", "restore", uuid)
    #expect(try listed() == ["w", "x", "y", "z"])
    // Importing the same rows again asks for a deleted run, which comes back with a note.
    try assay.succeed("runs", "delete", "x")
    try assay.succeed(
      "import", "csv", "metrics.csv", "--kind", "torch", "--parameters", "lr,both", "--quiet")
    #expect(try values("hidden IS NULL, note", of: "x").hasPrefix("1|restored"))
    #expect(try assay.ask("SELECT count(*) FROM runs;") == "5\n")
  }

  @Test("a deleted run is restored by its name, unless another run has the name")
  func restoringNames() throws {
    try assay.succeed("runs", "delete", "w", "x")
    #expect(try assay.succeed("runs", "restore", "w", "y").output.contains("'w' is restored"))
    #expect(try assay.succeed("runs", "show", "w").output.contains("w"))
    // A name that a run was given counts in place of the one that it began with.
    try assay.succeed("runs", "name", "w", "x")
    let living = try assay.succeed("runs", "restore", "x").output
    #expect(living.contains("'x' was not deleted"), "\(living)")
    try assay.succeed("runs", "delete", "x")
    let doubtful = try assay.run("runs", "restore", "x")
    #expect(doubtful.status == 64 && doubtful.error.contains("'x' names several runs"))
    let unknown = try assay.run("runs", "restore", "none")
    #expect(unknown.status == 64 && unknown.error.contains("there is no run 'none'"))
  }

  @Test("what others used is deleted with them alone, and removed for good in the right order")
  func descendants() throws {
    let assay = try Assay(copyOf: .study)
    let model = try assay.onlyRun("train")
    let before = try assay.ask("SELECT count(*) FROM runs;")
    let refused = try assay.run("runs", "delete", model)
    #expect(refused.status == 64 && refused.error.contains("is used by"))
    #expect(refused.error.contains("--with-descendants"))
    let deleted = try assay.succeed("runs", "delete", model, "--with-descendants").output
    #expect(deleted.split(separator: "\n").count > 4)
    let report = try assay.run("report")
    #expect(report.status == 66, "\(report.error)")
    let restored = try assay.succeed("runs", "restore", model).output
    #expect(restored.split(separator: "\n").count == 1)
    let study = try assay.onlyRun("reproduce")
    try assay.succeed("runs", "restore", study)
    #expect(try assay.ask("SELECT count(*) FROM runs WHERE hidden IS NULL;") == before)
    try assay.succeed("report")
    try assay.succeed("runs", "delete", model, "--with-descendants")
    let vacuumed = try assay.succeed("db", "vacuum").output
    #expect(vacuumed.contains("deleted runs") && vacuumed.contains(" before, "))
    // The drawing of test images used no model.
    #expect(try assay.ask("SELECT group_concat(DISTINCT kind) FROM runs;") == "select\n")
    #expect(try assay.ask("SELECT count(*) FROM blob;") == "0\n")
    #expect(try assay.ask("PRAGMA journal_mode; PRAGMA freelist_count;") == "wal\n0\n")
    try assay.succeed("db", "info")
  }

  @Test("a comparison names numbers' differences, and what differs comes first")
  func comparison() throws {
    let text = try assay.succeed("runs", "compare", "w", "x", "--all", "--format", "csv").output
    let lines = text.split(separator: "\r\n")
    #expect(lines[0].hasSuffix(",difference"))
    #expect(lines.contains { $0.hasPrefix("metric,loss,0.25,0.5,0.25") })
    let same = try #require(lines.firstIndex { $0.hasPrefix("setting,lr,") })
    let last = try #require(lines.lastIndex { $0.hasPrefix("metric,") })
    #expect(same > last)
    let three = try assay.succeed("runs", "compare", "w", "x", "z", "--format", "csv").output
    #expect(three.contains("setting,lr,0.1,0.1,1") && !three.contains("difference"))
  }

  @Test("the last steps are shown, and following a finished run ends with it")
  func tail() throws {
    let text = try assay.succeed("runs", "tail", "w", "--lines", "2", "--follow").output
    #expect(text == "step 1  loss 0.5  val/acc 0.5\nstep 2  loss 0.25  val/acc 0.5\n")
    #expect(try assay.succeed("runs", "tail", "w", "--only", "output").output.isEmpty)
  }

  @Test("a running command is followed: its output and metrics as they come, to its end")
  func following() throws {
    // The command goes on once the test has seen what it wrote.
    let script = """
      echo first; echo '{"metrics": {"loss": 0.5}, "step": 3}' >> "$ASSAY_EVENTS"
      while [ ! -e go ]; do sleep 0.05; done
      echo second; echo third >&2; echo '{"metrics": {"loss": 0.25}, "step": 4}' >> "$ASSAY_EVENTS"
      """
    let command = try assay.start("run", "--name", "followed", "--", "sh", "-c", script)
    try waitUntil("the first metric", of: command) {
      try assay.ask("SELECT value FROM metrics WHERE step = 3 AND kind = 'program';") == "0.5\n"
    }
    let shown = try assay.succeed("runs", "tail", "followed").output
    #expect(shown == "first\nstep 3  loss 0.5\n")
    let tail = try assay.start("runs", "tail", "followed", "--follow")
    try assay.write("", to: "go")
    #expect(try command.wait().status == 0)
    let followed = try tail.wait()
    #expect(followed.status == 0, "\(followed.error)")
    let lines = followed.output.split(separator: "\n").map(String.init)
    #expect(
      lines.sorted() == ["first", "second", "step 3  loss 0.5", "step 4  loss 0.25", "third"])
    let page = try assay.succeed("runs", "show", "followed").output
    #expect(page.contains("Output, the last lines") && page.contains("second"))
    #expect(page.contains("Errors, the last lines") && page.contains("third"))
    #expect(page.contains("Commands\n") && page.contains("exit_code"))
  }

  @Test("Ctrl-C ends following, and leaves the run alone")
  func interruption() throws {
    let command = try assay.start(
      "run", "--name", "long", "--", "sh", "-c", "while [ ! -e go ]; do sleep 0.05; done")
    try waitUntil("the run", of: command) {
      try assay.ask("SELECT count(*) FROM runs WHERE name = 'long';") == "1\n"
    }
    let busy = try assay.run("runs", "delete", "long")
    #expect(busy.status == 75, "\(busy.error)")
    let tail = try assay.start("runs", "tail", "long", "--follow")
    try waitUntil("the handler of signals", of: tail) { tail.catches(SIGINT) }
    tail.send(SIGINT)
    #expect(try tail.wait().status == 130)
    try assay.write("", to: "go")
    #expect(try command.wait().status == 0)
  }
}
