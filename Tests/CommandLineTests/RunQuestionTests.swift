import TestSupport
import Testing

/// The questions of docs/schema.md about runs, seeds and sweeps, held against other computations.
@Suite(.startsPrograms) struct RunQuestionTests {
  static let titles = [
    "How long did each stage of a study take?",
    "What changed between two runs?",
    "Which program computed the numbers, on which machine?",
    "What was a result made from?",
    "In which epochs did the network do best on the test images?",
    "How much does detection differ from seed to seed, by epsilon?",
    "What are the best trial's parameters, beside the second's?",
    "How soon did a sweep find its best trial?",
  ]

  @Test("how long each stage took is what its processes took")
  func stages() throws {
    let assay = try Assay(copyOf: .study)
    let answer = try assay.answer(to: Self.titles[0])
    let runs = try assay.rows(
      """
      SELECT kind, sum(duration_ms) / 1000.0 AS seconds
      FROM run JOIN execution ON run_id = run.id
      WHERE kind <> 'reproduce' GROUP BY run.id ORDER BY run.id
      """)
    #expect(answer.count == runs.count)
    for (row, run) in zip(answer, runs) {
      let stage = try #require(row[text: "stage"]), kind = try #require(run[text: "kind"])
      #expect(stage.hasPrefix(kind) && isNear(row[number: "seconds"], run[number: "seconds"]))
    }
    #expect(isNear(answer.compactMap { $0[number: "percent"] }.reduce(0, +), 100))
  }

  @Test("two seeds of one configuration differ in the seed")
  func changes() throws {
    let answer = try Assay(copyOf: .threeSeeds).answer(to: Self.titles[1])
    #expect(answer.count == 1)
    #expect(answer[0][text: "parameter"] == "seed")
    #expect(answer[0][number: "earlier"] == 1 && answer[0][number: "later"] == 2)
  }

  @Test("one program on one machine computed all stages, on two threads")
  func program() throws {
    let assay = try Assay(copyOf: .study)
    let answer = try assay.answer(to: Self.titles[2])
    #expect(answer.count == 1 && answer[0][number: "threads"] == 2)
    let count = try assay.rows("SELECT count(*) AS executions FROM execution")
    #expect(answer[0][number: "stages"] == count[0][number: "executions"])
    let version = try assay.succeed("--version").output
    #expect(version.contains(try #require(answer[0][text: "program_version"])))
  }

  @Test("a result was made from the runs that lineage lists")
  func origin() throws {
    let assay = try Assay(copyOf: .study)
    let answer = try assay.answer(to: Self.titles[3])
    let newest = try assay.rows(
      "SELECT uuid FROM run WHERE kind = 'thresholds' ORDER BY id DESC LIMIT 1")
    let links = try assay.rows(
      query: "lineage", "--run", try #require(newest[0][text: "uuid"]), "--direction",
      "ancestors")
    let ancestors = Set(links.compactMap { $0[text: "run"]?.prefix(8) }.map(String.init))
    #expect(Set(answer.dropFirst().compactMap { $0[text: "run"] }) == ancestors)
    #expect(
      answer.compactMap { $0[text: "kind"] } == [
        "thresholds", "measure", "attack", "measure", "select", "train",
      ])
  }

  @Test("the best epochs are those of the training's curve")
  func epochs() throws {
    let assay = try Assay(copyOf: .study)
    let answer = try assay.answer(to: Self.titles[4])
    let curve = try assay.rows(query: "training_curve").sorted {
      ($1[number: "test_accuracy"] ?? 0, $0[number: "epoch"] ?? 0)
        < ($0[number: "test_accuracy"] ?? 0, $1[number: "epoch"] ?? 0)
    }
    #expect(answer.count == 3)
    for (row, epoch) in zip(answer, curve) {
      for name in row.columns { #expect(isNear(row[number: name], epoch[number: name])) }
    }
  }

  @Test("the mean and deviation over seeds are the report's")
  func seeds() throws {
    let assay = try Assay(copyOf: .threeSeeds)
    let answer = try assay.answer(to: Self.titles[5])
    let reported = try assay.rows(query: "seeds").filter {
      $0[text: "metric"] == "detection_accuracy" && $0[text: "protocol"] == "heldout"
        && $0[text: "detector"] == "hybrid" && $0[text: "measure"] == "softmax_std"
    }
    #expect(answer.count == 3 && reported.count == 3)
    for row in answer {
      let other = try #require(reported.first { $0[text: "attack"] == row[text: "attack"] })
      for name in ["seeds", "mean", "deviation"] {
        #expect(isNear(row[number: name], other[number: name]), "\(name)")
      }
      #expect((row[number: "deviation"] ?? 0) > 0)
    }
    #expect(answer.first { $0[text: "attack"] == "fgsm" }?[number: "epsilon"] == 0.3)
  }

  @Test("the best trial and the second stand side by side")
  func bestTrials() throws {
    let assay = try Assay(copyOf: .studyAndSweep)
    let answer = try assay.answer(to: Self.titles[6])
    let trials = try assay.rows(
      """
      SELECT parameters ->> '$."measurement.passes"' AS passes, value
      FROM trial JOIN trial_value ON trial_id = trial.id ORDER BY value DESC, number
      """)
    let passes = try #require(answer.first { $0[text: "parameter"] == "measurement.passes" })
    #expect(passes[number: "best"] == trials[0][number: "passes"])
    #expect(passes[number: "second"] == trials[1][number: "passes"])
    let score = try #require(answer.first { $0[text: "parameter"] == "detection_score" })
    #expect(isNear(score[number: "best"], trials[0][number: "value"]))
    #expect(isNear(score[number: "second"], trials[1][number: "value"]))
  }

  @Test("the best value so far never falls, and time adds up")
  func history() throws {
    let assay = try Assay(copyOf: .studyAndSweep)
    let answer = try assay.answer(to: Self.titles[7])
    let history = try assay.rows(query: "sweep_history")
    #expect(answer.count == 2 && history.count == 2)
    var best = -Double.infinity, seconds = 0.0
    for row in answer {
      best = max(best, try #require(row[number: "value"]))
      #expect(isNear(row[number: "best_so_far"], best))
      let passed = try #require(row[number: "seconds"])
      #expect(passed > seconds)
      seconds = passed
    }
    let total = try assay.rows("SELECT sum(duration_ms) / 1000.0 AS seconds FROM trial_attempt")
    #expect(isNear(seconds, total[0][number: "seconds"]))
  }
}
