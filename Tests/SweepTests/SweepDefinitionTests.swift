import Foundation
import Search
import Sweep
import Testing
import Tracker

@Suite struct SweepDefinitionTests {
  /// Reads a file whose trials another program asks for.
  func parse(_ text: String) throws -> SweepPlan {
    try SweepFile.parse(
      text, name: "s.yaml", defaultName: "s", directory: URL(fileURLWithPath: "/nowhere"),
      kinds: [], usual: AskedTrials.self)
  }

  static let space = "space: {lr: {log_uniform: [1e-4, 1]}, size: [1, 2.0, 2.5, big, [1, 2]]}\n"

  @Test("a parameter's value is the same in the file, the sampler and the database")
  func values() throws {
    let plan = try parse(Self.space + "objective: {minimise: loss}\nbudget: 3")
    let size = plan.definition.space.parameters[1]
    #expect(
      size.range
        == .choices([
          .integer(1), .integer(2), .real(2.5), .text("big"), .list([.integer(1), .integer(2)]),
        ]))
    for value in [ParameterValue.integer(2), .real(2.5), .list([.integer(1), .integer(2)])] {
      let recorded = JSONValue(["lr": .real(1), "size": value]).canonical
      let read = try plan.definition.point(try JSONValue(parsing: recorded))
      #expect(read == ["lr": .real(1), "size": value], "\(recorded)")
    }
    #expect(throws: TrackerError.self) {
      try plan.definition.point(.object(["size": .integer(3)]))
    }
  }

  @Test("what is recorded of a sweep is read to the same sweep")
  func recorded() throws {
    let plan = try parse(
      Self.space
        + """
        objectives:
          - {maximise: accuracy, of: mean, k: 3}
          - {minimise: {sql: SELECT 1, name: size}}
        sampler: {tpe: {startup: 4}}
        pruner: {median: {warmup: 2}}
        budget: 3
        """)
    let text = plan.description.definition.canonical
    let again = try SweepDefinition(try JSONValue(parsing: text), kinds: [])
    #expect(again.json.canonical == text)
    #expect(again.space == plan.definition.space && again.goals == plan.definition.goals)
    #expect(again.goals[0].source == .metric("accuracy", .mean(3)))
    #expect(again.goals[1].objective == SweepObjective("size", .minimise))
    #expect(again.pruner == plan.definition.pruner && again.sampler == plan.definition.sampler)
  }

  @Test(
    "what is wrong with an objective or a choice is said with its line",
    arguments: [
      ("objective: {metric: loss}", "s.yaml:2: objectives.0 needs a direction: {maximise: loss}"),
      ("objective: {maximise: a, minimise: b}", "s.yaml:2: objectives.0 needs one direction"),
      ("objective: {maximise: a, metric: b}", "s.yaml:2: objectives.0.metric is there twice"),
      ("objective: {maximise: [a]}", "objectives.0.maximise must be a metric's name"),
      ("objective: {maximise: a, of: median}", "objectives.0.of is 'median'; there are last"),
      ("objective: {maximise: a, k: 3}", "objectives.0.k is a setting of 'of: mean' alone"),
      ("objective: {maximise: {query: sets}, of: best}", "objectives.0.of is for metrics alone"),
      (
        "objective: {maximise: {query: detection_score}}\npruner: median",
        "s.yaml:3: pruner needs the metric"
      ),
      (
        "objective: {maximise: a}\npruner: {median: {metric: b}}",
        "s.yaml:3: pruner needs the direction of b"
      ),
    ])
  func mistakes(text: String, message: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      _ = try parse(Self.space + text + "\nbudget: 3")
    }
    #expect("\(error)".contains(message), "\(error)")
    let nested = try #require(throws: ConfigurationError.self) {
      _ = try parse("space:\n  a: [{b: 1}]\nobjective: {maximise: a}\nbudget: 3")
    }
    #expect("\(nested)".hasPrefix("s.yaml:2: space.a has a choice that is neither"), "\(nested)")
  }

  @Test(
    "a range that samplers cannot divide is refused with its line",
    arguments: [
      ("integer: [0, 9223372036854775807]", "has more than 4611686018427387904 numbers"),
      ("log_integer: [1, 9223372036854775807]", "has more than 4611686018427387904 numbers"),
      ("integer: [-9223372036854775807, 1]", "has bounds that are more than"),
      (
        "integer: [-9223372036854775808, 9223372036854775807], step: 9223372036854775807",
        "has bounds that are more than 9223372036854775807 apart"
      ),
      ("uniform: [-1.7e308, 1.7e308]", "has bounds whose difference is infinite"),
    ])
  func wideRanges(range: String, problem: String) throws {
    for sampler in ["random", "grid"] {
      let error = try #require(throws: ConfigurationError.self) {
        _ = try parse(
          "space:\n  a: {\(range)}\nobjective: {minimise: loss}\nbudget: 3\nsampler: \(sampler)")
      }
      #expect("\(error)".hasPrefix("s.yaml:2: space.a \(problem)"), "\(error)")
    }
  }

  @Test("the widest range that samplers can divide is read")
  func widestRange() throws {
    let plan = try parse(
      "space: {a: {integer: [-1, 4611686018427387902]}}\nobjective: {minimise: loss}\nbudget: 3")
    #expect(plan.definition.space.parameters[0].range == .integer(-1...4_611_686_018_427_387_902))
  }

  @Test("a grid of too many points is refused with the line of the space")
  func hugeGrid() throws {
    for range in ["{uniform: [0, 1], points: 3000000000}", "{integer: [0, 4503599627370496]}"] {
      let error = try #require(throws: ConfigurationError.self) {
        _ = try parse(
          "space:\n  a: \(range)\nobjective: {minimise: loss}\nbudget: 3\nsampler: grid")
      }
      #expect("\(error)".hasPrefix("s.yaml:1: space has more than 1000000 comb"), "\(error)")
    }
  }
}
