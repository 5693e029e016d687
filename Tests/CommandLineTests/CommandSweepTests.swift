import Foundation
import TestSupport
import Testing

/// Sweeps over commands, here over scripts of the shell.
@Suite(.startsPrograms) struct CommandSweepTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .empty)
  }

  /// A command that reports six epochs, each after a moment, and goes on behind those in its
  /// checkpoint; logs/N has a line for each epoch that trial N has finished.
  static let training = """
    epochs=$ASSAY_CHECKPOINTS/epochs
    done=$(cat "$epochs" 2>/dev/null | wc -l)
    while [ "$done" -lt 6 ]; do
      loss=$((($1 * 7 + done * 13) % 101))
      echo "{\\"metrics\\": {\\"loss\\": $loss}, \\"step\\": $done}" >> "$ASSAY_EVENTS"
      sleep 0.02
      echo "$done" >> "$epochs"
      echo "$done" >> "logs/$ASSAY_TRIAL"
      done=$((done + 1))
    done

    """

  static func sweep(trials: Int, more: String = "") -> String {
    """
    command: [sh, train.sh, "{x}"]
    space: {x: {integer: [1, 1000]}}
    sampler: halton
    objective: {minimise: loss}
    budget: {trials: \(trials), attempts: 1000}
    \(more)

    """
  }

  /// Writes a sweep over a script, and an empty directory for its logs.
  func write(
    _ sweep: String, script: String = Self.training, in assay: Assay? = nil
  ) throws {
    let assay = assay ?? self.assay
    try FileManager.default.createDirectory(
      at: assay.directory.url.appending(path: "logs"), withIntermediateDirectories: true)
    try assay.write(script, to: "train.sh")
    try assay.write(sweep, to: "sweep.yaml")
  }

  /// How much a sweep has done, by what its commands reported and by how often they were started.
  private static let progress =
    "SELECT (SELECT count(*) FROM metric) + (SELECT count(*) FROM execution)"

  /// How many trials the disturbed sweep has: 200 and more by `make torture`.
  static let tortureTrials =
    ProcessInfo.processInfo.environment["ASSAY_TORTURE_TRIALS"].flatMap(Int.init) ?? 12

  private enum Victim {
    case worker, command, sweep

    /// A sweep that is started anew takes longer than the others to go on, so it is killed less often.
    static let byChance: [Victim] = [
      .sweep, .worker, .worker, .worker, .command, .command, .command,
    ]

    /// The processes of this kind that are under way; none for the sweep, which the test has started.
    func processes(in assay: Assay) throws -> [Int32] {
      let query: String? =
        switch self {
        case .sweep: nil
        case .worker:
          "SELECT process_id FROM trial_attempts WHERE outcome = 'running' ORDER BY process_id;"
        case .command:
          """
          SELECT child_process_id FROM program_executions
          WHERE outcome = 'running' AND child_process_id IS NOT NULL ORDER BY child_process_id;
          """
        }
      guard let query else { return [] }
      return try assay.ask(query).split(separator: "\n").compactMap { Int32($0) }
    }
  }

  @Test("kills of workers, of their commands and of the sweep cost nothing and repeat no epoch")
  func torture() throws {
    let count = Self.tortureTrials
    // However fast the machine is, no trial ends before each kind has been killed.
    let gate = """
        [ "$done" -lt 5 ] || while ! [ -e open ]; do sleep 0.01; done

      """
    let script = Self.training.replacing("  loss=", with: gate + "  loss=")
    let undisturbed = try Assay()
    try write(Self.sweep(trials: count), script: script, in: undisturbed)
    try undisturbed.write("", to: "open")
    try undisturbed.succeed("sweep", "run", "sweep.yaml", "--workers", "3", "--quiet")

    try write(Self.sweep(trials: count), script: script)
    func start() throws -> RunningProgram {
      try assay.start("sweep", "run", "sweep.yaml", "--workers", "3", "--quiet")
    }
    var random = SeededGenerator.ofTests("kills of command sweeps")
    var running = try start()
    func killOne(_ kind: Victim) throws -> Bool {
      usleep(UInt32.random(in: 0...20_000, using: &random))
      if kind == .sweep {
        running.send(SIGKILL)
        _ = try running.wait()
        running = try start()
        return true
      }
      guard let victim = try kind.processes(in: assay).randomElement(using: &random) else {
        return false
      }
      return kill(victim, SIGKILL) == 0
    }
    for kind in [Victim.worker, .command, .sweep].shuffled(using: &random) {
      try waitUntil("a kill of a \(kind)", of: running) { try killOne(kind) }
    }
    try assay.write("", to: "open")
    while running.isRunning {
      let next = try assay.number(Self.progress) + Int.random(in: 1...12, using: &random)
      try waitUntil("progress of the sweep") {
        try !running.isRunning || assay.number(Self.progress) >= next
      }
      _ = try killOne(Victim.byChance.randomElement(using: &random) ?? .worker)
    }
    let result = try running.wait()
    #expect(result.status == 0, "\(result.error)")
    #expect(!result.error.contains("locked"))
    let (ours, theirs) = (
      try assay.ask(SweepCommandTests.trials), try undisturbed.ask(SweepCommandTests.trials)
    )
    #expect(ours == theirs)
    #expect(
      try assay.ask("SELECT count(*), count(DISTINCT number), sum(state = 'finished') FROM trials;")
        == "\(count)|\(count)|\(count)\n")
    let metrics = """
      SELECT name, count(*), count(DISTINCT step), min(step), max(step) FROM metrics
      JOIN trial_runs USING (run) GROUP BY trial_runs.trial, name;
      """
    #expect(try assay.ask(metrics) == String(repeating: "loss|6|6|0|5\n", count: count))
    #expect(try assay.ask("SELECT count(*) FROM runs WHERE state <> 'finished';") == "0\n")
    // A line is written after its epoch is in the checkpoint: one may be missing, none is there twice.
    for trial in 0..<count {
      let epochs = try assay.text("logs/\(trial)").split(separator: "\n")
      #expect(epochs == Set(epochs).sorted(), "trial \(trial)")
    }
    #expect(try assay.ask("PRAGMA integrity_check; PRAGMA foreign_key_check;") == "ok\n")
  }

  @Test("a failed command is a failed trial with the last line of its errors; others go on")
  func failing() throws {
    try write(
      """
      command: [sh, train.sh, "{x}"]
      space: {x: [1, 2, 3]}
      sampler: grid
      objective: {maximise: score, of: mean, k: 2}
      budget: 3
      """,
      script: """
        for step in 0 1 2; do
          echo "{\\"metrics\\": {\\"score\\": $(($1 * step))}, \\"step\\": $step}" >> "$ASSAY_EVENTS"
        done
        echo on standard output
        [ "$1" != 2 ] || [ -e mended ] || { echo first >&2; echo 'bad x' >&2; exit 3; }
        """)
    let result = try assay.run("sweep", "run", "sweep.yaml")
    #expect(result.status == 0, "\(result.error)")
    #expect(!result.output.contains("on standard output"))
    #expect(result.error.contains("trial 1 failed: the command exited with code 3: bad x\n"))
    #expect(result.error.contains("trial 2 finished: score 4.5 (x 3)\n"))
    #expect(try assay.ask("SELECT value FROM trial_values ORDER BY number;") == "1.5\n4.5\n")
    #expect(
      try assay.ask("SELECT name, group_name, state FROM runs ORDER BY recorded;")
        == "sweep 0|sweep|finished\nsweep 1|sweep|failed\nsweep 2|sweep|finished\n")
    // With one more trial possible nothing is proposed: the grid is spent. Then the failed one goes on.
    try assay.write("", to: "mended")
    let again = try assay.run("sweep", "run", "sweep", "--retry-failed", "--quiet")
    #expect(again.status == 0, "\(again.error)")
    #expect(
      try assay.ask("SELECT number, value FROM trial_values ORDER BY number;")
        == "0|1.5\n1|3.0\n2|4.5\n")
    #expect(try assay.ask("SELECT count(*), max(executions) FROM runs;") == "3|2\n")
  }

  @Test("a sweep whose trials have no number as their loss says so, and points at no best trial")
  func withoutNumbers() throws {
    try write(
      """
      command: [sh, train.sh, "{x}"]
      space: {x: {integer: [1, 9]}}
      objective: {minimise: loss}
      budget: 2
      """, script: #"echo '{"metrics": {"loss": NaN}, "step": 0}' >> "$ASSAY_EVENTS""#)
    let message =
      "none of the 2 finished trials of the sweep 'sweep' has a number as its loss; "
      + "assay sweep show sweep --trial 0 --db assay.db shows the first\n"
    let run = try assay.run("sweep", "run", "sweep.yaml", "--quiet", "--db", "assay.db")
    #expect(run.status == 0, "\(run.error)")
    #expect(run.output == "sweep: 2/2 finished, 0 running\n" + message)
    let best = try assay.run("sweep", "best", "sweep", "--db", "assay.db")
    #expect(best.status == 65 && best.error == "assay: " + message, "\(best.error)")
    try assay.succeed("sweep", "show", "sweep", "--trial", "0")
  }

  @Test("the best trial is repeated by the commands that are shown")
  func recipe() throws {
    try write(
      """
      command: [sh, train.sh, "{config}"]
      environment: {NAME: "it's {name}"}
      space: {name: ["a b", c], rate: [0.5, 1.0]}
      sampler: grid
      objective: {minimise: exit_code}
      budget: 4
      """,
      script: """
        echo "$NAME: $(tr -d '\n ' < "$1")" >> "logs/${ASSAY_TRIAL:-again}"
        grep -q '"c"' "$1" || exit 7
        """)
    try assay.succeed("sweep", "run", "sweep.yaml", "--quiet")
    #expect(
      try assay.ask("SELECT value FROM trial_values ORDER BY number;")
        == "7.0\n7.0\n0.0\n0.0\n")
    #expect(try assay.ask("SELECT count(*) FROM runs WHERE state = 'finished';") == "4\n")
    let best = try assay.run("sweep", "best", "sweep").output
    let recipe = best.split(separator: "\n").filter { $0.hasPrefix("  ") }.joined(separator: "\n")
    let result = try TestSupport.run(
      "sh", ["-ec", "assay() { \"$0\" \"$@\"; }\n\(recipe)", Assay.executable ?? "assay"],
      in: assay.directory.url)
    #expect(result.status == 0, "\(best): \(result.error)")
    #expect(try assay.text("logs/again") == assay.text("logs/2"))
    #expect(try assay.text("logs/2") == "it's c: {\"name\":\"c\",\"rate\":0.5}\n")
    for words in [
      ["sweep", "show", "sweep", "--trial", "2"], ["sweep", "export", "sweep"],
      ["sweep", "status", "sweep"], ["report", "sweep-history", "--sweep", "sweep", "-o", "a.svg"],
      ["query", "sweep_parameter_effect", "--sweep", "sweep"],
    ] {
      let result = try assay.run(words)
      #expect(result.status == 0, "\(words): \(result.error)")
    }
  }

  @Test("a trial that falls behind is told to stop, first by its control file and a signal")
  func pruning() throws {
    // Odd trials never get better; they end at once when they are told to.
    try write(
      """
      command: [sh, train.sh, "{x}"]
      space: {x: {integer: [1, 1000]}}
      sampler: halton
      objective: {minimise: loss}
      pruner: {median: {warmup: 0, startup: 2}}
      grace: 5
      budget: {trials: 4, limit: 20}
      """,
      script: """
        trap 'cat "$ASSAY_CONTROL" >> logs/stops; exit 0' TERM
        odd=$((ASSAY_TRIAL % 2))
        step=0
        while [ "$step" -lt 4 ]; do
          echo "{\\"metrics\\": {\\"loss\\": $((odd * 100 + step))}, \\"step\\": $step}" >> "$ASSAY_EVENTS"
          waits=0
          [ "$step" = 1 ] && [ "$ASSAY_TRIAL" = 3 ] && waits=3000
          while [ "$waits" -gt 0 ]; do sleep 0.01; waits=$((waits - 1)); done
          step=$((step + 1))
        done
        """)
    let result = try assay.run("sweep", "run", "sweep.yaml", "--quiet")
    #expect(result.status == 0, "\(result.error)")
    #expect(
      try assay.ask("SELECT number, state FROM trials WHERE state <> 'finished';") == "3|pruned\n")
    #expect(try assay.text("logs/stops") == "{\"stop\":\"pruned\"}\n")
    let states = "SELECT runs.state FROM runs JOIN trial_runs USING (run) WHERE trial = 3;"
    #expect(try assay.ask(states) == "interrupted\n")
  }

  @Test("a trial that takes too long fails; a command that is not there ends the sweep")
  func limits() throws {
    try write(
      Self.sweep(trials: 1).replacing("attempts: 1000", with: "limit: 1"), script: "sleep 60")
    let slow = try assay.run("sweep", "run", "sweep.yaml", "--timeout", "0.2", "--quiet")
    #expect(slow.status == 65 && slow.error.contains("time limit"), "\(slow.error)")
    #expect(
      try assay.ask("SELECT error FROM trials;") == "the command took longer than its time limit\n")
    try assay.write(
      Self.sweep(trials: 1).replacing("[sh,", with: "[/nowhere/sh,"), to: "other.yaml")
    let missing = try assay.run("sweep", "run", "other.yaml", "--db", "other.db")
    #expect(missing.status != 0)
    #expect(missing.error == "assay: there is no command '/nowhere/sh'\n")
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("other.db")))
  }

  @Test(
    "a signal to the sweep, or to all of its group, ends the commands and gives their trials back",
    arguments: [SIGINT, SIGTERM], [false, true])
  func signals(signal: Int32, isToGroup: Bool) throws {
    try write(
      Self.sweep(trials: 2),
      script: """
        trap 'sleep 0.3; exit 0' TERM
        echo $$ > logs/$ASSAY_TRIAL
        sleep 300 &
        wait
        """)
    let running = try assay.start("sweep", "run", "sweep.yaml", "--workers", "2")
    func command(_ trial: Int) -> Int32? {
      (try? assay.text("logs/\(trial)")).flatMap {
        Int32($0.trimmingCharacters(in: .whitespacesAndNewlines))
      }
    }
    try waitUntil("two commands", of: running) { command(0) != nil && command(1) != nil }
    kill(isToGroup ? -running.processIdentifier : running.processIdentifier, signal)
    let result = try running.wait()
    #expect(result.status == 130)
    #expect(result.error.contains("run the same command again to resume"))
    for trial in 0...1 { #expect(kill(try #require(command(trial)), 0) == -1) }
    #expect(try assay.ask("SELECT state FROM trials;") == "queued\nqueued\n")
    #expect(try assay.ask("SELECT state FROM runs;") == "interrupted\ninterrupted\n")
  }

  @Test("another program asks for trials, reports to them, and tells how they went")
  func asking() throws {
    try assay.write(
      "space: {x: [1, 2, 3]}\nsampler: grid\nobjective: {minimise: loss}\nbudget: 3\n",
      to: "asked.yaml")
    let program = """
      import json, subprocess, sys
      asked = subprocess.Popen(
          [sys.argv[1], "sweep", "ask", "asked.yaml"], stdin=subprocess.PIPE,
          stdout=subprocess.PIPE, text=True)
      def say(message):
          asked.stdin.write(json.dumps(message) + "\\n")
          asked.stdin.flush()
          return json.loads(asked.stdout.readline())
      print(say({"tell": {}})["code"], say({"nonsense": 1})["code"])
      first = say({"ask": True})
      with open(first["events"], "a") as events:
          events.write('{"metrics": {"loss": 0.25}, "step": 0}\\n')
      print(first["trial"], first["parameters"], say({"ask": True})["error"])
      print(say({"tell": {}}))
      print(say({"ask": True})["trial"], say({"tell": {"values": [1, 2]}})["code"])
      print(say({"tell": {"values": [float("nan")]}}))
      print(say({"ask": True})["trial"], say({"fail": "no luck"}))
      print(say({"ask": True}))
      asked.stdin.close()
      print(asked.wait())
      """
    try assay.write(program, to: "ask.py")
    let result = try TestSupport.run(
      "python3", ["ask.py", Assay.executable ?? "assay"], in: assay.directory.url)
    #expect(result.error == "")
    #expect(
      result.output == """
        64 65
        0 {'x': 1} trial 0 is held; tell of it before you ask for the next
        {'state': 'finished', 'told': True}
        1 64
        {'state': 'finished', 'told': True}
        2 {'state': 'failed', 'told': True}
        {'end': 'finished'}
        0

        """)
    #expect(
      try assay.ask("SELECT number, value FROM trial_values ORDER BY number;") == "0|0.25\n1|\n")
    #expect(try assay.ask("SELECT state FROM runs;") == "finished\nfinished\nfailed\n")
    let run = try assay.run("sweep", "run", "asked")
    #expect(run.status == 64 && run.error.contains("ask with: assay sweep ask asked"))
    let file = try assay.run("sweep", "run", "asked.yaml")
    #expect(file.error.contains("let a program ask: assay sweep ask"))
    #expect(file.status == 65 && file.error.contains("asked.yaml:3: objectives.0.metric is"))
  }

  @Test("asked trials may have infinite values, and blank lines are passed over")
  func askingLines() throws {
    try assay.write(
      "space: {x: [1, 2, 3]}\nsampler: grid\nobjective: {minimise: loss}\nbudget: 3\n",
      to: "asked.yaml")
    let values = ["1e999", "-Infinity", "\"Infinity\""]
    try assay.write(
      values.map { "{\"ask\": true}\n\n{\"tell\": {\"values\": [\($0)]}}\r\n \t\r\n" }.joined(),
      to: "lines")
    let result = try TestSupport.run(
      "sh", ["-c", "\"$0\" sweep ask asked.yaml < lines", Assay.executable ?? "assay"],
      in: assay.directory.url)
    let answers = result.output.split(separator: "\n")
    #expect(result.status == 0 && answers.count == 6, "\(result.output) \(result.error)")
    #expect(answers.count { $0 == #"{"state":"finished","told":true}"# } == 3)
    #expect(
      try assay.ask(
        "SELECT number, value > 1e308, value < -1e308 FROM trial_values ORDER BY number;")
        == "0|1|0\n1|0|1\n2|1|0\n")
  }

  @Test("an asked trial whose program goes away is given back, with what it has reported")
  func askingEnds() throws {
    try assay.write(
      "space: {x: [1]}\nobjective: {minimise: loss}\nbudget: 1\n", to: "asked.yaml")
    let result = try TestSupport.run(
      "sh",
      [
        "-c",
        """
        echo '{"ask": true}' | "$0" sweep ask asked.yaml
        """, Assay.executable ?? "assay",
      ], in: assay.directory.url)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("\"parameters\":{\"x\":1}"))
    #expect(try assay.ask("SELECT state FROM trials;") == "queued\n")
    #expect(try assay.ask("SELECT state FROM runs;") == "interrupted\n")
  }
}
