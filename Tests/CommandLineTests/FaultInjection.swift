import Foundation
import Synchronization
import TestSupport
import Testing

/// One fault of the layer that Tests/FaultVFS describes.
struct Fault: CustomStringConvertible {
  enum Operation: String, CaseIterable {
    case read, write, sync, truncate, open, delete, any
  }

  enum Effect: String {
    case error, full, short, kill, power
  }

  let operation: Operation
  let number: Int
  /// Whether all operations from that number on are struck.
  let goesOn: Bool
  let effect: Effect
  /// Decides what a power cut loses.
  let seed: UInt64

  var description: String {
    "\(operation.rawValue):\(number)\(goesOn ? "+" : ""):\(effect.rawValue), seed \(seed)"
  }

  /// What the layer is told.
  var environment: [String: String] {
    [
      "ASSAY_FAULT": "\(operation.rawValue):\(number)\(goesOn ? "+" : ""):\(effect.rawValue)",
      "ASSAY_FAULT_SEED": "\(seed)",
    ]
  }

  /// What can become of an operation, whichever in the row it is.
  struct Kind: Sendable {
    let operation: Operation
    let effect: Effect
    var goesOn = false
  }

  /// The kinds of fault that are tried of each operation.
  static let kinds = [
    Kind(operation: .read, effect: .error), Kind(operation: .write, effect: .error),
    Kind(operation: .write, effect: .full, goesOn: true), Kind(operation: .write, effect: .short),
    Kind(operation: .sync, effect: .error), Kind(operation: .truncate, effect: .error),
    Kind(operation: .open, effect: .error), Kind(operation: .delete, effect: .error),
    Kind(operation: .any, effect: .kill), Kind(operation: .any, effect: .power),
  ]
}

/// How often a command did each operation.
struct OperationCounts {
  private let counts: [Int]

  /// Reads what the layer wrote: a line a process, of which the busiest counts.
  init(_ text: String) throws {
    let lines = text.split(separator: "\n").map { $0.split(separator: " ").compactMap { Int($0) } }
    counts = try #require(lines.max { ($0.last ?? 0) < ($1.last ?? 0) })
    try #require(counts.count == Fault.Operation.allCases.count)
  }

  subscript(operation: Fault.Operation) -> Int {
    Fault.Operation.allCases.firstIndex(of: operation).map { counts[$0] } ?? 0
  }
}

/// A command whose every fault must end well.
struct FaultScenario: Sendable {
  let name: String
  /// The command.
  let arguments: [String]
  /// Puts what the command needs into a directory that is empty.
  let prepare: @Sendable (Assay) throws -> Void
  /// What must be there in the end, as one text: the same after any fault and another attempt.
  let results: @Sendable (Assay) throws -> String
  /// Whether the command may be run again once all that it does is done.
  let isRepeatable: Bool
  /// Whether several processes share the file. A power cut ends all of them, which one layer cannot
  /// play: it does not know what the others have synced.
  let hasWorkers: Bool
  private let undisturbedRun = UndisturbedRun()

  init(
    name: String, arguments: [String], prepare: @escaping @Sendable (Assay) throws -> Void,
    results: @escaping @Sendable (Assay) throws -> String, isRepeatable: Bool = true,
    hasWorkers: Bool = false
  ) {
    self.name = name
    self.arguments = arguments
    self.prepare = prepare
    self.results = results
    self.isRepeatable = isRepeatable
    self.hasWorkers = hasWorkers
  }

  /// The layer beside the tests.
  static let library = Bundle.main.executableURL.map {
    $0.deletingLastPathComponent().appending(path: "libFaultVFS.so").path
  }

  /// Runs the command with the layer in between.
  func run(in assay: Assay, _ environment: [String: String]) throws -> ProgramResult {
    let library = try #require(Self.library)
    let more = ["LD_PRELOAD": library].merging(environment) { $1 }
    return try TestSupport.run(
      Assay.executable ?? "assay", arguments, in: assay.directory.url, environment: more)
  }

  /// A directory in which the command can be run.
  func prepared() throws -> Assay {
    let assay = try Assay()
    try prepare(assay)
    return assay
  }

  /// What the command gives undisturbed, and how often it does each operation on the way.
  func undisturbed() throws -> UndisturbedRun.Outcome {
    try undisturbedRun.outcome { try runUndisturbed() }
  }

  private func runUndisturbed() throws -> UndisturbedRun.Outcome {
    let assay = try prepared()
    let result = try run(in: assay, ["ASSAY_FAULT_COUNTS": assay.directory.path("counts")])
    try #require(result.status == 0, "\(name): \(result.error)")
    let counts = try String(contentsOfFile: assay.directory.path("counts"), encoding: .utf8)
    return (try results(assay), try OperationCounts(counts))
  }

  /// Strikes the command with a fault, runs it once more without, and compares.
  func strike(_ fault: Fault, expecting expected: String) throws {
    let assay = try prepared()
    let mark = ["ASSAY_FAULT_MARK": assay.directory.path("mark")]
    let struck = try run(in: assay, fault.environment.merging(mark) { $1 })
    let dies = fault.effect == .kill || fault.effect == .power
    if struck.status == -SIGKILL {
      #expect(dies, "\(name), \(fault): killed")
    } else {
      #expect([0, 65, 74, 75].contains(struck.status), "\(name), \(fault): \(struck)")
      // What it has done, such as a copy, may be told besides.
      let lines = struck.error.split(separator: "\n").filter { $0.hasPrefix("assay: ") }
      #expect(
        lines.count == (struck.status == 0 ? 0 : 1),
        "\(name), \(fault), status \(struck.status): \(struck.error)")
    }
    if try isRepeatable || results(assay) != expected {
      let again = try TestSupport.run(
        Assay.executable ?? "assay", arguments, in: assay.directory.url)
      #expect(again.status == 0, "\(name), \(fault), again: \(again.error)")
    }
    #expect(try results(assay) == expected, "\(name), \(fault): other results")
    if FileManager.default.fileExists(atPath: assay.directory.path("assay.db")) {
      #expect(
        try assay.ask("PRAGMA integrity_check; PRAGMA foreign_key_check;") == "ok\n",
        "\(name), \(fault)")
    }
  }
}

/// A scenario's undisturbed run, which is made once for all its faults.
final class UndisturbedRun: Sendable {
  typealias Outcome = (results: String, counts: OperationCounts)

  private let made = Mutex<Result<Outcome, any Error>?>(nil)

  func outcome(_ make: () throws -> Outcome) throws -> Outcome {
    try made.withLock { made in
      let result = made ?? Result { try make() }
      made = result
      return try result.get()
    }
  }
}

/// Faults of a scenario that are tried one after another.
struct FaultSeries: CustomTestStringConvertible, Sendable {
  let scenario: FaultScenario
  let kinds: [Fault.Kind]

  var testDescription: String {
    guard kinds.count == 1 else { return scenario.name }
    return "\(scenario.name), \(kinds[0].operation) \(kinds[0].effect)"
  }
}
