import Foundation
import TestSupport
import Testing

@Suite(.startsPrograms) struct FaultInjectionTests {
  /// A study too small to be of use, with every kind of stage.
  private static let configuration = """
    dataset: \(packageRoot.appending(path: "Tests/Fixtures/mnist-sample").path)
    network: {conv1: 2, conv2: 3, dense1: 8}
    training: {epochs: 2, batch_size: 50}
    selection: {size: 20, heldout_size: 20}
    attacks: {bim-a: null, bim-b: null, jsma: null}
    measurement: {passes: 3}
    detection: {measures: [softmax_std]}

    """

  private static let sweep = """
    configuration: study.yaml
    space: {training.learning_rate: {log_uniform: [1e-4, 1e-2]}}
    sampler: halton
    objective: {metric: test_accuracy}
    budget: {trials: 2, attempts: 1000}

    """

  private static let metrics =
    "run,step,loss\n" + (0..<300).map { "a,\($0),\(1 / Double($0 + 1))\n" }.joined()

  private static let recorded = """
    SELECT kind, name, state FROM runs ORDER BY kind, name;
    SELECT kind, name, step, quote(value) FROM metrics ORDER BY kind, name, step;
    """

  /// A database that has the metrics. Making the schema takes some hundred writes: each is struck
  /// where a file is imported, and not in every scenario again.
  private static let imported = TemplateFile { path in
    let assay = try Assay()
    try assay.write(metrics, to: "metrics.csv")
    try assay.succeed("import", "csv", "metrics.csv", "--db", path)
  }

  /// The metrics, and the study's finished training, whose own faults are another scenario's.
  private static let trained = TemplateFile { path in
    let assay = try Assay()
    try imported.copy(to: path)
    try assay.write(configuration, to: "study.yaml")
    try assay.succeed("train", "--config", "study.yaml", "--quiet", "--db", path)
  }

  private static let scenarios = [
    FaultScenario(
      name: "import", arguments: ["import", "csv", "metrics.csv"],
      prepare: { try $0.write(metrics, to: "metrics.csv") },
      results: { try $0.ask(recorded) }),
    FaultScenario(
      name: "backup", arguments: ["db", "backup", "copy.db"],
      prepare: { try imported.copy(to: $0.directory.path("assay.db")) },
      results: { assay in
        // Asked of a file that is not there, the shell makes one.
        guard FileManager.default.fileExists(atPath: assay.directory.path("copy.db")) else {
          return "no copy"
        }
        return try assay.ask(recorded, of: "copy.db") + assay.ask(recorded)
      }, isRepeatable: false),
    FaultScenario(
      name: "migration", arguments: ["db", "migrate"],
      prepare: { try ReleasedDatabase.make(version: 6, at: $0.directory.path("assay.db")) },
      results: { try ReleasedDatabase.dump($0.directory.path("assay.db")) }),
    FaultScenario(
      name: "train", arguments: ["train", "--config", "study.yaml", "--quiet"],
      prepare: { assay in
        try imported.copy(to: assay.directory.path("assay.db"))
        try assay.write(configuration, to: "study.yaml")
      },
      results: { try StudyCommandTests.results(of: $0) }),
    FaultScenario(
      name: "sweep", arguments: ["sweep", "run", "sweep.yaml", "--quiet"],
      prepare: { assay in
        try imported.copy(to: assay.directory.path("assay.db"))
        try assay.write(configuration, to: "study.yaml")
        try assay.write(sweep, to: "sweep.yaml")
      },
      results: { try $0.ask(SweepCommandTests.trials) }, hasWorkers: true),
    FaultScenario(
      name: "study", arguments: ["reproduce", "--config", "study.yaml", "--quiet"],
      prepare: { assay in
        try trained.copy(to: assay.directory.path("assay.db"))
        try assay.write(configuration, to: "study.yaml")
      },
      results: { try StudyCommandTests.results(of: $0) }),
  ]

  /// How many faults of each kind are tried of a command; nil for every one there is, as `make torture`
  /// asks for.
  private static let sample =
    ProcessInfo.processInfo.environment["ASSAY_TORTURE_FAULTS"] == nil ? 1 : nil

  /// With every fault there is, the kinds are tried side by side.
  private static let series = scenarios.flatMap { scenario in
    (sample == nil ? Fault.kinds.map { [$0] } : [Fault.kinds]).map {
      FaultSeries(scenario: scenario, kinds: $0)
    }
  }

  @Test(
    "a read, write, sync or truncation that fails, a full disk, a kill and a power cut end well",
    arguments: series)
  func faults(series: FaultSeries) throws {
    let scenario = series.scenario
    let (expected, counts) = try scenario.undisturbed()
    var random = SeededGenerator.ofTests("faults of \(series.testDescription)")
    var faults: [Fault] = []
    for kind in series.kinds {
      let count = counts[kind.operation]
      guard count > 0, !(scenario.hasWorkers && kind.effect == .power) else { continue }
      let numbers =
        Self.sample.map { sample in
          (0..<sample).map { _ in Int.random(in: 1...count, using: &random) }
        } ?? Array(1...count)
      faults += numbers.map { number in
        Fault(
          operation: kind.operation, number: number, goesOn: kind.goesOn, effect: kind.effect,
          seed: random.next())
      }
    }
    var progress = ProgressReport("faults of \(series.testDescription)", of: faults.count)
    for (done, fault) in faults.enumerated() {
      progress.advance(to: done)
      try scenario.strike(fault, expecting: expected)
    }
    progress.finish()
  }
}
