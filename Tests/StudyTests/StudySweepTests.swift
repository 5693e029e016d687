import Foundation
import Search
import Study
import Sweep
import TestSupport
import Testing
import Tracker

@Suite struct StudySweepTests {
  func parse(_ text: String) throws -> SweepPlan {
    try SweepFile.parse(
      text, name: "s.yaml", defaultName: "s", directory: URL(fileURLWithPath: "/nowhere"),
      kinds: [StudyTrials.self], usual: StudyTrials.self)
  }

  static let rest = "\nobjective: {metric: test_accuracy}\nbudget: 5\n"

  @Test("a file says what varies, under which condition, and what is searched for")
  func whole() throws {
    let plan = try parse(
      """
      seed: 7
      configuration: {training: {epochs: 3}}
      space:
        training.momentum: {uniform: [0.5, 0.9], when: {training.optimizer: sgd}}
        training.optimizer: [adam, sgd]
        training.learning_rate: {log_uniform: [1e-4, 1e-2]}
        network.conv1: {integer: [8, 32], step: 8}
        network.dropout_sites: {choices: [[dense1], [pool2, dense1]]}
        training.batch_size: {fixed: 64}
      sampler: {tpe: {startup: 4}}
      objectives:
        - {metric: test_accuracy}
        - {metric: train_loss, name: loss}
      pruner: {median: {warmup: 2}}
      budget: {trials: 9, attempts: 2}
      keep: {pixels: none, models: best}
      """)
    let sweep = plan.description
    #expect(sweep.name == "s")
    #expect(sweep.seed == 7)
    #expect(sweep.objectives == [.init("test_accuracy", .maximise), .init("loss", .minimise)])
    #expect(sweep.budget == SweepBudget(trials: 9, attemptLimit: 2))
    #expect(sweep.retention == SweepRetention(pixels: .none, models: .best))
    guard case .array(let space)? = sweep.definition["space"] else {
      Issue.record("the definition has no space")
      return
    }
    #expect(space.first?["name"] == .string("training.optimizer"))
    #expect(sweep.definition["sampler"]?["startup"] == .integer(4))
    let configuration = try #require(plan.definition.studies).configuration(for: [
      "training.learning_rate": .real(0.003), "network.conv1": .integer(16),
      "network.dropout_sites": .list([.text("dense1")]), "training.optimizer": .text("adam"),
      "training.batch_size": .integer(64),
    ])
    #expect(configuration.training.learningRate == 0.003)
    #expect(configuration.training.epochs == 3)
    #expect(configuration.network.conv1 == 16)
    #expect(configuration.network.dropoutSites == ["dense1"])
  }

  @Test(
    "what is wrong is said with file, line and what would be right",
    arguments: [
      (
        "space:\n  training.epochs: {integer: [5, 1]}" + rest,
        "s.yaml:2: space.training.epochs needs two bounds"
      ),
      ("space:\n  training.epoch: [1, 2]" + rest, "s.yaml:2: space.training.epoch is no setting"),
      (
        "space:\n  training.epochs: [1, 0]" + rest,
        "s.yaml:2: space.training.epochs is 0; it must be from 1"
      ),
      (
        "space:\n  training.epochs: {ints: [1, 2]}" + rest,
        "s.yaml:2: space.training.epochs.ints is unknown"
      ),
      (
        "space:\n  seed: [1]\n  training.epochs: {integer: [1, 2], when: {seed: 3}}" + rest,
        "s.yaml:3: space.training.epochs depends on a value"
      ),
      (
        "space:\n  seed: {integer: [1, 3], when: {x: 3}}" + rest,
        "s.yaml:2: space.seed depends on 'x'"
      ),
      ("space: {seed: [1]}\nsampler: best" + rest, "s.yaml:2: sampler is 'best'; there are grid"),
      (
        "space:\n  training.learning_rate: {uniform: [0.1, 0.2]}\nsampler: grid" + rest,
        "s.yaml:2: space.training.learning_rate has no end"
      ),
      (
        "space: {seed: [1]}\nobjective: {metric: speed}\nbudget: 3",
        "objectives.0.metric is 'speed'"
      ),
      (
        "space: {seed: [1]}\nobjective: {query: nothing}\nbudget: 3",
        "which is no query of this program"
      ),
      (
        "space: {seed: [1]}" + rest + "pruner: {median: {eta: 3}}",
        "s.yaml:4: pruner.eta is unknown"
      ),
      ("space: {seed: [1]}\nobjective: {metric: test_accuracy}", "budget is missing"),
      ("space: {seed: [1]}\nbudgets: 3" + rest, "s.yaml:2: budgets is unknown"),
      (
        "configuration: {training: {epochs: x}}\nspace: {seed: [1]}" + rest,
        "s.yaml:1: training.epochs must be a whole number"
      ),
      ("space: [", "is no YAML"),
    ])
  func mistakes(text: String, message: String) throws {
    let error = try #require(throws: ConfigurationError.self) { _ = try parse(text) }
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test("the examples are right", arguments: ["thresholds", "detector"])
  func examples(name: String) throws {
    let path = packageRoot.appending(path: "examples/\(name).yaml").path
    let plan = try SweepFile.read(path, kinds: [StudyTrials.self], usual: StudyTrials.self)
    #expect(plan.definition.goals.count == 1)
  }
}
