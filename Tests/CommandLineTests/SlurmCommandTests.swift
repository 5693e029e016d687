import Foundation
import TestSupport
import Testing

/// Sweeps that Slurm does, with stand-ins for its commands; `make cluster` has real ones.
@Suite(.startsPrograms) struct SlurmCommandTests {
  let assay: Assay
  let slurm: StandInSlurm

  init() throws {
    assay = try Assay()
    slurm = try StandInSlurm()
  }

  private func start(_ more: String...) throws -> RunningProgram {
    try TestSupport.start(
      Assay.executable ?? "assay",
      ["sweep", "run", "sweep.yaml", "--slurm", "--poll", "0.05", "--copy-every", "0.1"] + more,
      in: assay.directory.url, environment: slurm.environment)
  }

  private func write(_ sweep: String, script: String = CommandSweepTests.training) throws {
    try CommandSweepTests().write(sweep, script: script, in: assay)
  }

  @Test("shards that are lost are submitted again, and the result is that of one file")
  func losses() throws {
    try write(CommandSweepTests.sweep(trials: 8))
    try assay.succeed("sweep", "run", "sweep.yaml", "--workers", "3", "--quiet", "--db", "one.db")
    let running = try start("--workers", "3", "--partition", "gpu", "--slurm-option", "gres=gpu:1")
    try waitUntil("a lost shard", of: running) { try slurm.elements().contains(2) && slurm.lose(2) }
    let status = try assay.run(
      "sweep", "status", "sweep", "--format", "json", environment: slurm.environment)
    #expect(status.output.contains("\"shards\": 3"), "\(status)")
    let result = try running.wait()
    #expect(result.status == 0, "\(result.error)")
    #expect(result.error.contains("submitting again: shard 2"), "\(result.error)")
    let lists = slurm.submissions().compactMap { $0.firstMatch(of: /--array=(\S+)/)?.1 }
    #expect(lists == ["1-3", "2"])
    let results = ShardCommandTests.results
    #expect(try assay.ask(results) == assay.ask(results, of: "one.db"))
    #expect(try assay.ask("SELECT state FROM sweeps;") == "finished\n")
    let after = try assay.run("sweep", "status", "sweep", "--format", "json")
    #expect(!after.output.contains("shards"))
    let folder = assay.directory.path("shards")
    let script = try FileManager.default.contentsOfDirectory(atPath: folder)
      .first { $0.hasSuffix(".sh") }
    let text = try assay.text("shards/" + (script ?? ""))
    #expect(text.contains("#SBATCH --partition=gpu\n#SBATCH --gres=gpu:1\n"), "\(text)")
  }

  @Test("a sampler that learns proposes in rounds; each sees what the others gave")
  func rounds() throws {
    try write(
      CommandSweepTests.sweep(trials: 5).replacing("halton", with: "{tpe: {startup: 2}}"),
      script: "echo \"{\\\"metrics\\\": {\\\"loss\\\": $1}, \\\"step\\\": 0}\" >> \"$ASSAY_EVENTS\""
    )
    let result = try start("--workers", "2").wait()
    #expect(result.status == 0, "\(result.error)")
    #expect(
      try assay.ask("SELECT number, state, proposed_after FROM trials ORDER BY number;")
        == "0|finished|0\n1|finished|0\n2|finished|2\n3|finished|2\n4|finished|4\n")
    let lists = slurm.submissions().compactMap { $0.firstMatch(of: /--array=(\S+)/)?.1 }
    #expect(lists == ["1-2", "1-2", "1"])
  }

  @Test("Ctrl-C leaves the jobs; the same command goes on watching; stop cancels them")
  func leaving() throws {
    try write(
      CommandSweepTests.sweep(trials: 2),
      script: """
        while ! [ -e go ]; do sleep 0.01; done
        echo '{"metrics": {"loss": 1}, "step": 0}' >> "$ASSAY_EVENTS"
        """)
    let first = try start("--workers", "2")
    try waitUntil("two jobs", of: first) { slurm.elements() == [1, 2] }
    first.send(SIGINT)
    let left = try first.wait()
    #expect(left.status == 130)
    #expect(left.error.contains("the jobs go on in Slurm"), "\(left.error)")
    #expect(slurm.elements() == [1, 2])
    let second = try start("--workers", "2")
    // Once it watches: one that begins after the stop would go on with the sweep.
    try waitUntil("a line of it", of: second) { try second.errorSoFar().contains("2 running") }
    let stop = try assay.run("sweep", "stop", "sweep", environment: slurm.environment)
    #expect(stop.status == 0, "\(stop.error)")
    #expect(slurm.elements() == [])
    let stopped = try second.wait()
    #expect(stopped.status == 0 && stopped.output.contains("sweep was stopped"), "\(stopped)")
    try assay.write("", to: "go")
    let third = try start("--workers", "2").wait()
    #expect(third.status == 0, "\(third.error)")
    #expect(try assay.ask("SELECT count(*) FROM trial_values;") == "2\n")
  }

  @Test("a shard that always fails is given up with the last line of its output")
  func givingUp() throws {
    try write(CommandSweepTests.sweep(trials: 1))
    let result = try start("--workers", "1", "--resubmit", "1", "--scratch", "train.sh").wait()
    #expect(result.status == 74)
    #expect(result.error.contains("was submitted 2 times"), "\(result.error)")
    #expect(slurm.submissions().count == 2)
  }

  @Test("a job that Slurm refuses, and Slurm that is not there or does not answer, are a line each")
  func refusals() throws {
    try write(CommandSweepTests.sweep(trials: 1))
    try slurm.refuse("sbatch: error: invalid partition specified: nowhere")
    let refused = try start("--partition", "nowhere").wait()
    #expect(refused.status == 64)
    #expect(refused.error.contains("refuses: invalid partition specified: nowhere;"))
    try slurm.refuse("squeue: error: Unable to contact slurm controller (connect failure)")
    let waiting = try start()
    try waitUntil("a note", of: waiting) { try waiting.errorSoFar().contains("does not answer") }
    try slurm.answer()
    #expect(try waiting.wait().status == 0)
    let shell = try #require(
      ["/bin/sh", "/usr/bin/sh"].first(where: FileManager.default.fileExists(atPath:)))
    let folder = try TemporaryDirectory()
    try FileManager.default.createSymbolicLink(
      atPath: folder.path("sh"), withDestinationPath: shell)
    let missing = try assay.run(
      "sweep", "run", "sweep.yaml", "--slurm", "--shards", "other", "--db", "other.db",
      environment: ["PATH": folder.url.path])
    #expect(missing.status == 66, "\(missing.error)")
    #expect(missing.error.contains("there is no command 'squeue' here"), "\(missing.error)")
  }

  @Test("the script alone is printed, and submits nothing")
  func scriptOnly() throws {
    try write(CommandSweepTests.sweep(trials: 4))
    let result = try assay.run(
      "sweep", "run", "sweep.yaml", "--slurm-script-only", "--workers", "2", "--time", "1:00:00",
      environment: slurm.environment)
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.hasPrefix("#!/bin/bash\n"))
    #expect(result.output.contains("#SBATCH --array=1-2\n"))
    #expect(result.output.contains("#SBATCH --time=1:00:00\n"))
    #expect(slurm.submissions() == [])
  }
}
