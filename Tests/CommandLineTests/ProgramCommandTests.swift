import Foundation
import TestSupport
import Testing

/// What `assay run` does with a command, and what it records of it.
@Suite("Running a command", .startsPrograms)
struct ProgramCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .empty)
  }

  /// Runs a shell's command line as a run.
  private func shell(
    _ script: String, options: [String] = [], environment: [String: String] = [:]
  ) throws -> ProgramResult {
    try assay.run(["run"] + options + ["--", "sh", "-c", script], environment: environment)
  }

  @Test("Output, errors, input and the exit code are the command's own")
  func passing() throws {
    let result = try shell("printf 'one\\n\\000\\377two'; printf problem >&2; exit 3")
    #expect(result.status == 3)
    #expect(result.error == "problem")
    #expect(Array(result.output.utf8.prefix(4)) == Array("one\n".utf8))
    let sizes = try assay.ask("SELECT artifact, size FROM artifacts ORDER BY artifact;")
    #expect(sizes == "errors|7\noutput|9\n")
    #expect(
      try assay.ask("SELECT state, error, kind FROM runs;")
        == "failed|exited with code 3|program\n")
    let input = try TestSupport.run(
      try #require(Assay.executable), ["run", "--", "cat"], in: assay.directory.url,
      input: "to be copied")
    #expect(input.output == "to be copied")
  }

  @Test(
    "What cannot be executed ends as in shells, with one line, and nothing is recorded",
    arguments: [
      (["no-such-command"], 127), (["./plain"], 126), (["/"], 126), (["./directory/none"], 127),
    ] as [([String], Int32)])
  func missing(_ command: [String], _ status: Int32) throws {
    let assay = try Assay()
    try assay.write("text", to: "plain")
    let result = try assay.run(["run", "--"] + command)
    #expect(result.status == status)
    #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
  }

  @Test("A script without an interpreter is the shell's, and a signal gives 128 and its number")
  func scripts() throws {
    try assay.directory.writeProgram("echo from a script\n", to: "script")
    #expect(try assay.run("run", "--", "./script").output == "from a script\n")
    #expect(try shell("kill -9 $$").status == 137)
    #expect(
      try assay.ask("SELECT signal, exit_code IS NULL FROM program_executions WHERE signal > 0;")
        == "9|1\n")
  }

  @Test("The words of a command are its own, whatever they look like")
  func words() throws {
    let words = ["--lr", "-1", "--text", "-- a b", "--db", "x.db", "--"]
    let result = try assay.run(["run", "--", "printf", "%s|"] + words)
    #expect(result.output == words.map { $0 + "|" }.joined())
    let recorded = try assay.ask("SELECT json_array_length(command_line) FROM program_executions;")
    #expect(recorded == "9\n")
  }

  @Test("Names, parameters, tags, notes, groups and files are recorded")
  func labels() throws {
    let result = try shell(
      "mkdir -p out/deep; echo a > out/a.txt; echo b > out/deep/b.txt; exit 1",
      options: [
        "--name", "first", "--param", "lr=0.01", "--param", "layers=3", "--param", "deep=true",
        "--param", "text=a=b", "--tag", "one", "--tag", "two", "--note", "to see", "--group", "g",
        "--artifact", "out", "--artifact", "none*",
      ])
    #expect(result.status == 1)
    #expect(result.error.contains("no file is like 'none*'"))
    #expect(
      try assay.ask("SELECT name, group_name, tags FROM runs;")
        == "first|g|[\"one\",\"two\"]\n")
    #expect(
      try assay.ask("SELECT name, typeof(value), value FROM parameters ORDER BY name;")
        == "deep|integer|1\nlayers|integer|3\nlr|real|0.01\ntext|text|a=b\n")
    #expect(
      try assay.ask("SELECT artifact FROM artifacts WHERE artifact LIKE 'out/%' ORDER BY 1;")
        == "out/a.txt\nout/deep/b.txt\n")
    #expect(try assay.ask("SELECT text FROM run_notes ORDER BY note_number LIMIT 1;") == "to see\n")
  }

  @Test("Patterns of files leave out the database and what is kept beside it")
  func ownFiles() throws {
    let script = """
      mkdir out; echo a > out/a.txt; echo b > b.txt
      echo c > "$ASSAY_CHECKPOINTS/c"; ln -s "$ASSAY_CHECKPOINTS/c" c.txt
      """
    let result = try shell(
      script,
      options: ["*", "**/*", "assay.db*", "$PWD/*"].flatMap { pattern in
        ["--artifact", pattern.replacing("$PWD", with: assay.directory.url.path)]
      })
    #expect(result.status == 0)
    #expect(result.error.contains("what is like 'assay.db*' is Assay's own"), "\(result.error)")
    let names = try assay.ask(
      "SELECT DISTINCT replace(artifact, '\(assay.directory.url.path)/', '') FROM artifacts "
        + "WHERE artifact NOT LIKE 'output%' ORDER BY 1;")
    #expect(names == "b.txt\nc.txt\nout/a.txt\n")
  }

  @Test("The commit, what differs from it, and variables without secrets are recorded")
  func provenance() throws {
    // Git would list it.
    try FileManager.default.removeItem(atPath: assay.directory.path("assay.db"))
    let setUp = """
      git init -q -b main . && git config user.email a@b && git config user.name n
      git remote add origin https://user:hunter2@example.com/x.git
      echo one > file && git add file && git commit -qm first && echo two > file && echo new > other
      """
    #expect(try TestSupport.run("sh", ["-c", setUp], in: assay.directory.url).status == 0)
    let head = try TestSupport.run("git", ["rev-parse", "HEAD"], in: assay.directory.url).output
    let result = try shell(
      "true", options: ["--db", "../\(assay.directory.url.lastPathComponent)/x.db"],
      environment: [
        "CUDA_VISIBLE_DEVICES": "0", "PYTHON_TOKEN": "s3cret", "CUDA_X": "ghp_s3cret",
        "SLURM_JOB_ID": "7", "UNKNOWN_NAME": "s3cret",
      ])
    #expect(result.status == 0, "\(result.error)")
    #expect(
      try assay.ask(
        "SELECT git_commit, git_dirty, git_branch, git_remote FROM program_executions;", of: "x.db")
        == "\(head.trimmingCharacters(in: .newlines))|1|main|https://example.com/x.git\n")
    let environment = try assay.ask("SELECT environment FROM program_executions;", of: "x.db")
    #expect(environment.contains("\"CUDA_VISIBLE_DEVICES\":\"0\""))
    #expect(environment.contains("\"SLURM_JOB_ID\":\"7\"") && !environment.contains("s3cret"))
    let patch = try assay.ask(
      "SELECT CAST(content AS TEXT) FROM blob JOIN artifact ON blob.id = blob_id "
        + "WHERE name = 'diff.patch';", of: "x.db")
    #expect(patch.contains("-one\n+two"))
    let untracked = try assay.ask(
      "SELECT CAST(content AS TEXT) FROM blob JOIN artifact ON blob.id = blob_id "
        + "WHERE name = 'untracked-files.txt';", of: "x.db")
    #expect(untracked == "other\n\n")
    let refused = try assay.run("run", "--require-clean", "--db", "x.db", "--", "touch", "touched")
    #expect(refused.status == 64)
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("touched")))
  }

  @Test("Of a long output the beginning and the end are kept, and how much is left out is said")
  func limits() throws {
    let result = try shell(
      "seq 1 200000; printf 'no end' >&2", options: ["--output-limit", "5000"])
    #expect(result.output.utf8.count == 1_288_895)
    let kept = try assay.ask(
      "SELECT CAST(content AS TEXT) FROM blob JOIN artifact ON blob.id = blob_id "
        + "WHERE name = 'output';")
    #expect(kept.hasPrefix("1\n2\n3\n"))
    #expect(kept.contains("\n[assay left out 1278895 bytes]\n"))
    #expect(kept.hasSuffix("199999\n200000\n\n"))
    #expect(
      try assay.ask("SELECT output_bytes, error_bytes FROM program_executions;") == "1288895|6\n")
  }

  @Test("The memory that is recorded is the command's, however large Assay is")
  func memory() throws {
    // Assay looks how much a command takes before it hands a signal on.
    let looked = "trap 'exit 0' CONT; kill -CONT $PPID; while :; do sleep 0.01; done"
    for (megabytes, least, most) in [(0, 0, 15), (300, 300, 400)] {
      _ = try assay.run(
        "run", "--db", "m\(megabytes).db", "--", "sh", "-c",
        megabytes == 0 ? looked : "exec python3 -c 'b\"x\" * (\(megabytes) << 20)'")
      let recorded = try assay.ask(
        "SELECT peak_memory_bytes >> 20 FROM runs;", of: "m\(megabytes).db")
      let found = try #require(Int(recorded.trimmingCharacters(in: .newlines)))
      #expect(found >= least && found <= most, "\(found) MB of \(megabytes)")
    }
  }

  @Test("A command that leaves a process behind, which holds its output, ends when it ends")
  func daemons() throws {
    let clock = ContinuousClock()
    let time = try clock.measure {
      let result = try shell("sleep 30 & echo started")
      #expect(result.output == "started\n" && result.status == 0)
    }
    #expect(time < .seconds(15))
  }

  @Test("A reader that goes away ends the command as it would without Assay")
  func brokenPipes() throws {
    let program = try #require(Assay.executable)
    let result = try TestSupport.run(
      "sh", ["-c", "'\(program)' run -- sh -c 'yes; echo survived > mark' | head -n 1"],
      in: assay.directory.url, within: 60)
    #expect(result.output == "y\n")
    #expect(try assay.ask("SELECT state FROM runs;").isEmpty == false)
  }

  @Test("SIGTERM is handed on, and SIGKILL follows the grace period")
  func grace() throws {
    let program = try assay.start(
      "run", "--grace", "0.3", "--", "sh", "-c",
      "trap '' TERM; touch ready; while true; do sleep 0.05; done")
    try waitUntil("the command is ready", of: program) {
      FileManager.default.fileExists(atPath: assay.directory.path("ready"))
    }
    program.send(SIGTERM)
    let result = try program.wait()
    #expect(result.status == 137)
    #expect(try assay.ask("SELECT state FROM runs;") == "interrupted\n")
  }

  @Test(
    "Other signals reach the command, which decides what they mean",
    arguments: [SIGINT, SIGHUP, SIGQUIT, SIGUSR1, SIGUSR2])
  func signals(_ number: Int32) throws {
    let program = try assay.start(
      "run", "--", "sh", "-c",
      "trap 'echo got; exit 5' \(number); touch ready; while true; do sleep 0.05; done")
    try waitUntil("the command is ready", of: program) {
      FileManager.default.fileExists(atPath: assay.directory.path("ready"))
    }
    program.send(number)
    let result = try program.wait()
    #expect(result.status == 5 && result.output == "got\n")
  }

  @Test("A command that takes too long is told why, stopped, and failed")
  func timeout() throws {
    let result = try shell(
      "trap 'cat $ASSAY_CONTROL; exit 7' TERM; while true; do sleep 0.05; done",
      options: ["--timeout", "0.3"])
    #expect(result.status == 7)
    #expect(result.output == "{\"stop\":\"timeout\"}\n")
    #expect(
      try assay.ask("SELECT state, error FROM runs;") == "failed|took longer than its time limit\n")
  }

  @Test("Without a database that can be used the command does not start")
  func unusable() throws {
    try assay.write("this is no database, but a text of some length", to: "assay.db")
    let result = try shell("touch touched")
    #expect(result.status == 65)
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("touched")))
  }

  @Test(
    "A wrong call is refused before anything starts",
    arguments: [
      ["run"], ["run", "--param", "lr", "--", "true"], ["run", "--timeout", "0", "--", "true"],
      ["run", "--param", "a=1", "--param", "a=2", "--", "true"],
      ["run", "--scrape", "(?<name>x", "--", "true"], ["run", "--scrape", "x", "--", "true"],
      ["run", "--resume", "nothing", "--", "true"], ["run", "--name", "", "--", "true"],
      ["run", "--artifact", "", "--", "true"],
    ])
  func wrongCalls(_ words: [String]) throws {
    let result = try assay.run(words)
    #expect(result.status == 64, "\(words): \(result.error)")
    #expect(result.error.hasPrefix("assay: "))
  }

  @Test("A named run goes on with what was interrupted, and a finished one never does")
  func resuming() throws {
    let script = """
      n=$(cat "$ASSAY_CHECKPOINTS/n" 2> /dev/null || echo 0)
      echo "attempt $ASSAY_ATTEMPT at $n of $1"
      echo $((n + 1)) > "$ASSAY_CHECKPOINTS/n"
      echo '{"checkpoint": {"path": "n", "step": '$n'}, "progress": {"done": '$((n + 1))', "total": 3}}' \
        >> "$ASSAY_EVENTS"
      grep -oE '"done":[0-9]+' "$ASSAY_STATE"
      [ "$n" -ge 2 ]
      """
    try assay.write(script, to: "train.sh")
    func attempt(_ options: String...) throws -> ProgramResult {
      try assay.run(["run", "--name", "r"] + options + ["--", "sh", "train.sh", "x"])
    }
    #expect(try attempt("--resume", "must").status == 66)
    #expect(try attempt().output == "attempt 1 at 0 of x\n\"done\":0\n")
    // The directory is lost, as on another machine: the checkpoint comes from the database.
    try FileManager.default.removeItem(atPath: assay.directory.path("assay.db-runs"))
    #expect(try attempt("--resume", "must").output == "attempt 2 at 1 of x\n\"done\":1\n")
    // A checkpoint that was torn as its writer died is replaced by what was recorded.
    let run = try assay.onlyRun("program")
    try assay.write("torn", to: "assay.db-runs/\(run)/checkpoints/n")
    let last = try attempt("--resume", String(run.prefix(8)))
    #expect(last.status == 0 && last.output == "attempt 3 at 2 of x\n\"done\":2\n")
    #expect(
      try assay.ask("SELECT state, executions, progress_done, progress_total FROM runs;")
        == "finished|3|3|3\n")
    #expect(try assay.ask("SELECT count(*), sum(is_kept) FROM checkpoints;") == "3|1\n")
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db-runs")))
    #expect(try attempt("--resume", String(run.prefix(8))).status == 64)
    #expect(try attempt().output.hasPrefix("attempt 1 at 0"))
    #expect(try attempt("--resume", "never").output.hasPrefix("attempt 1 at 0"))
    // Another parameter is another run.
    #expect(try attempt("--param", "lr=1").output.hasPrefix("attempt 1 at 0"))
    #expect(try assay.ask("SELECT count(*) FROM runs;") == "4\n")
  }
}
