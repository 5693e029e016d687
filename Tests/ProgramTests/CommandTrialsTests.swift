import Foundation
import Program
import Search
import Sweep
import TestSupport
import Testing
import Tracker

@Suite struct CommandTrialsTests {
  static let rest =
    "\nspace: {lr: [0.1, 1e-05], name: [a, 'b c']}\nobjective: {maximise: accuracy}\nbudget: 3\n"

  func parse(_ text: String) throws -> CommandTrials {
    let plan = try SweepFile.parse(
      text, name: "s.yaml", defaultName: "s", directory: URL(fileURLWithPath: "/tmp"),
      kinds: [CommandTrials.self], usual: AskedTrials.self)
    let again = try SweepDefinition(plan.description.definition, kinds: [CommandTrials.self])
    #expect(again.json.canonical == plan.definition.json.canonical)
    return try #require(again.commands)
  }

  static let point: SearchPoint = ["lr": .real(1e-05), "name": .text("b c")]

  @Test(
    "a command is split as a shell would, and its parameters are one word each",
    arguments: [
      ("python train.py --lr {lr}", ["python", "train.py", "--lr", "1e-05"]),
      ("a 'b  c' \"d \\\"e\" f\\ g '' {name}", ["a", "b  c", "d \"e", "f g", "", "b c"]),
      ("[a, '--lr={lr}', 0.10, '{{lr}}']", ["a", "--lr=1e-05", "0.10", "{lr}"]),
      ("[a, '{\"lr\": {lr}}', '{1}']", ["a", "{\"lr\": 1e-05}", "{1}"]),
      ("a {config}", ["a", "{config}"]),
      ("a {lr}\nflags: set", ["a", "1e-05", "--name", "b c"]),
      ("a\nflags: set", ["a", "--lr", "1e-05", "--name", "b c"]),
    ])
  func words(command: String, words: [String]) throws {
    #expect(try parse("command: " + command + Self.rest).command(for: Self.point) == words)
  }

  @Test("flags leave out what has no value, and take lists and negative numbers as programs do")
  func flags() throws {
    let trials = try parse(
      """
      command: a
      flags: set
      space: {x: [-1, 2], list: [[1, 2], [3]], none: [null, 1], flag: [true, false]}
      objective: {maximise: accuracy}
      budget: 3
      """)
    let point: SearchPoint = [
      "x": .integer(-1), "list": .list([.integer(1), .integer(2)]), "none": .null,
      "flag": .bool(true),
    ]
    #expect(
      trials.command(for: point) == ["a", "--flag", "true", "--list", "1", "2", "--x=-1"])
  }

  @Test("files of parameters are JSON and YAML that other programs read as the same values")
  func files() throws {
    let point: SearchPoint = [
      "lr": .real(1e-05), "n": .integer(3), "on": .bool(true), "text": .text("a: \"b\"\n"),
      "list": .list([.integer(1), .real(2)]), "none": .null,
    ]
    let json = try parse("command: a {config}" + Self.rest)
    let expected = """
      {"list": [1, 2.0], "lr": 1.0e-05, "n": 3, "none": null, "on": true, "text": "a: \\"b\\"\\n"}
      """
    let read = try JSONDecoder().decode(
      [String: JSONText].self, from: Data(json.text(of: point).utf8))
    #expect(
      try read == JSONDecoder().decode([String: JSONText].self, from: Data(expected.utf8)))
    let yaml = try parse("command: a {config:yaml}" + Self.rest)
    #expect(yaml.configurationFile == "yaml" && json.configurationFile == "json")
    #expect(yaml.text(of: point).contains("\"lr\": 1.0e-05\n\"n\": 3\n"))
    #expect(yaml.command(for: point, file: "/x/c.yaml") == ["a", "/x/c.yaml"])
  }

  /// Any JSON, to be compared.
  private enum JSONText: Decodable, Equatable {
    case bool(Bool)
    case number(Double)
    case text(String)
    case list([JSONText])
    case null

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if container.decodeNil() {
        self = .null
      } else if let flag = try? container.decode(Bool.self) {
        self = .bool(flag)
      } else if let number = try? container.decode(Double.self) {
        self = .number(number)
      } else if let text = try? container.decode(String.self) {
        self = .text(text)
      } else {
        self = .list(try container.decode([JSONText].self))
      }
    }
  }

  @Test(
    "what is wrong with a command is said with its line",
    arguments: [
      ("command: ''", "s.yaml:1: command is empty"),
      ("command: {a: b}", "s.yaml:1: command must be a list of words"),
      ("command: [a, [b]]", "s.yaml:1: command must be a list of single words"),
      ("command: a | b", "s.yaml:1: command has a |, which needs a shell"),
      ("command: a 'b", "s.yaml:1: command has a ' without its end"),
      ("command: a {rate}", "s.yaml:1: command names {rate}, which is no parameter"),
      ("command: a\nflags: all", "s.yaml:2: flags must be 'set'"),
      ("command: a\ntimeout: -1", "s.yaml:2: timeout must be a positive number"),
      ("command: a\ntimeout: soon", "s.yaml:2: timeout must be a number"),
      ("command: a\nenvironment: [A]", "s.yaml:2: environment must hold values"),
      ("command: a\nenvironment:\n  A: [1]", "s.yaml:3: environment.A must be a single value"),
      ("command: a\nenvironment:\n  ASSAY_DB: x", "s.yaml:3: environment.ASSAY_DB is set by"),
      ("command: a\nenvironment: {A: '{x}'}", "s.yaml:2: environment.A names {x}, which is no"),
      ("command: a\nworking_directory: /nowhere", "s.yaml:2: working_directory is '/nowhere'"),
      ("command: a\nscrape: 3", "s.yaml:2: scrape must be true or a regular expression"),
      ("command: a\nartifacts: ''", "s.yaml:2: artifacts must not hold an empty pattern"),
      ("command: a\nartifacts: [out, '']", "s.yaml:2: artifacts must not hold an empty pattern"),
      ("command: a\nkeep: {models: none}", "s.yaml:2: keep is unknown; there are name, seed"),
    ])
  func mistakes(text: String, message: String) throws {
    let error = try #require(throws: ConfigurationError.self) {
      _ = try parse(text + Self.rest)
    }
    #expect("\(error)".contains(message), "\(error)")
  }

  @Test("the examples are right", arguments: ["command.yaml", "pytorch/sweep.yaml"])
  func examples(name: String) throws {
    let plan = try SweepFile.read(
      packageRoot.appending(path: "examples/\(name)").path, kinds: [CommandTrials.self],
      usual: AskedTrials.self)
    #expect(plan.definition.commands?.program == "python3")
  }

  @Test("a parameter that may have no value cannot stand in a command")
  func conditional() throws {
    let error = try #require(throws: ConfigurationError.self) {
      _ = try parse(
        """
        command: a {momentum}
        space: {rule: [adam, sgd], momentum: {uniform: [0, 1], when: {rule: sgd}}}
        objective: {maximise: accuracy}
        budget: 3
        """)
    }
    #expect("\(error)".contains("has a value only under a condition on rule"), "\(error)")
  }
}
