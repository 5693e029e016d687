#if os(Linux)
  import Foundation
  import TestSupport
  import Testing

  /// Work while the host's clock is set, as by NTP or where a laptop wakes up.
  @Suite(.startsPrograms) struct ClockCommandTests {
    let assay: Assay
    let library: String

    init() throws {
      assay = try Assay()
      library = assay.directory.path("clock_jump.so")
      try assay.write(Assay.configuration, to: "study.yaml")
      let source = packageRoot.appending(path: "Tests/ClockJump/clock_jump.c").path
      // Swift brings a C compiler along.
      let made = try TestSupport.run(
        "clang", ["-shared", "-fPIC", "-O1", "-o", library, source, "-ldl"])
      #expect(made.status == 0, "\(made.error)")
    }

    private func train(seed: Int, jump: Int, every seconds: Double = 0) throws {
      let result = try assay.run(
        "train", "--config", "study.yaml", "--seed", "\(seed)", "--quiet",
        environment: ["LD_PRELOAD": library, "JUMP": "\(jump)", "EVERY": "\(seconds)"])
      #expect(result.status == 0, "\(result.error)")
    }

    @Test("the newest model is the one that was recorded last, though the clock was set back a day")
    func newest() throws {
      try train(seed: 1, jump: 0)
      try train(seed: 2, jump: -86400)
      _ = try assay.stage("attack", "fgsm")
      let seeds = try assay.ask(
        """
        SELECT training_runs.seed FROM adversarial_sets
        JOIN training_runs ON training_runs.run = adversarial_sets.model;
        SELECT seed FROM runs WHERE kind = 'train' ORDER BY created;
        """)
      #expect(seeds.split(separator: "\n") == ["2", "2", "1"])
    }

    @Test(
      "work takes as long as it takes, whichever way the clock is set meanwhile",
      arguments: [-1, 1])
    func duration(direction: Int) throws {
      try train(seed: 3, jump: 86400 * direction, every: 0.02)
      let times = try assay.ask(
        """
        SELECT duration_seconds BETWEEN 0.01 AND 600 FROM runs WHERE kind = 'train';
        SELECT duration_seconds BETWEEN 0.01 AND 600 FROM executions WHERE kind = 'train';
        SELECT abs(julianday(ended) - julianday(started)) > 0.9 FROM executions WHERE kind = 'train';
        """)
      #expect(times.split(separator: "\n") == ["1", "1", "1"])
    }
  }

  /// Work in containers that share a host name and a file but count their processes apart.
  @Suite(.startsPrograms) struct ContainerTests {
    /// Whether this process may make namespaces.
    static let canMakeNamespaces: Bool = {
      let made = try? TestSupport.run("unshare", ["--pid", "--fork", "--mount-proc", "true"])
      return made?.status == 0
    }()

    @Test(
      "workers in two containers of one host name leave each other's trials alone",
      .enabled(
        if: canMakeNamespaces,
        "unshare --pid needs root here; LeaseTests makes such a holder up in any case"))
    func workers() throws {
      let assay = try Assay()
      try assay.write(SweepCommandTests.sweep(trials: 6, epochs: "[6, 12]"), to: "sweep.yaml")
      let workers = try (0..<2).map { _ in
        try TestSupport.start(
          "unshare",
          [
            "--pid", "--fork", "--mount-proc", Assay.executable ?? "assay", "sweep", "run",
            "sweep.yaml", "--threads", "1", "--quiet",
          ], in: assay.directory.url)
      }
      for worker in workers {
        let result = try worker.wait()
        #expect(result.status == 0, "\(result.error)")
      }
      let ended = try assay.ask(
        """
        SELECT outcome, count(*) FROM trial_attempts GROUP BY outcome;
        SELECT count(DISTINCT pid_namespace), count(DISTINCT process_id) FROM trial_attempt;
        """)
      #expect(ended.split(separator: "\n").first == "finished|6")
      // Both have worked, each as the first process of its namespace or near it.
      #expect(ended.split(separator: "\n").last?.hasPrefix("2|") == true)
    }
  }
#endif
