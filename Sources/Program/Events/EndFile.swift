internal import Foundation
internal import Tracker

/// How a command ended, as a file: whoever closes the run knows it then, though the process that saw
/// the end was killed.
struct EndFile {
  /// How it ended; nil: that is not known yet.
  var end: ProgramEnd?
  /// What it used.
  var usage = ProgramUsage()
  /// What it said of its end; nil: nothing.
  var told: ToldEnd?
  /// When it ended; nil: that is not known, as in files of older versions.
  var seen: ExecutionEnd?

  private init(told: ToldEnd) {
    self.told = told
  }

  init(_ end: ProgramEnd, _ usage: ProgramUsage, seen: ExecutionEnd) {
    (self.end, self.usage, self.seen, told) = (end, usage, seen, end.told)
  }

  /// Writes what a command said of its end to a file, and leaves what else is known there.
  ///
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``.
  static func add(_ told: ToldEnd, to path: String) throws(ProgramError) {
    var file = EndFile(at: path) ?? EndFile(told: told)
    file.told = told
    try file.write(to: path)
  }

  /// Writes the file anew.
  ///
  /// - Throws: ``ProgramError/inputOutput(path:detail:)``.
  func write(to path: String) throws(ProgramError) {
    // Another thread may be writing what the command said of its end.
    let draft = "\(path).\(UInt32.random(in: .min ... .max))"
    try StartedProgram.write(Array(value.canonical.utf8), to: draft)
    guard rename(draft, path) == 0 else {
      throw .inputOutput(path: path, detail: String(cString: strerror(errno)))
    }
  }

  /// Reads the file; nil if there is none, or it is not whole.
  init?(at path: String) {
    guard let text = try? String(contentsOfFile: path, encoding: .utf8),
      let value = try? JSONValue(parsing: text)
    else { return nil }
    if let state = value["told"]?["state"]?.string.flatMap(RunState.init) {
      told = ToldEnd(state: state, error: value["told"]?["error"]?.string)
    }
    usage.exitCode = value["exit_code"]?.integer.map { Int($0) }
    usage.signal = value["signal"]?.integer.map { Int($0) }
    usage.userSeconds = value["user_seconds"]?.real
    usage.systemSeconds = value["system_seconds"]?.real
    usage.peakMemoryBytes = value["peak_memory_bytes"]?.integer
    usage.outputBytes = value["output_bytes"]?.integer
    usage.errorBytes = value["error_bytes"]?.integer
    if let ended = value["ended_ms"]?.integer, let duration = value["duration_ms"]?.integer {
      seen = ExecutionEnd(milliseconds: ended, durationMilliseconds: duration)
    }
    let stop = value["stop"]?.string.flatMap(StopReason.init)
    if let code = usage.exitCode {
      end = ProgramEnd(.exited(code), stop: stop, told: told)
    } else if let signal = usage.signal {
      end = ProgramEnd(.signalled(signal), stop: stop, told: told)
    }
  }

  private var value: JSONValue {
    func integer(_ value: Int?) -> JSONValue { value.map { .integer(Int64($0)) } ?? .null }
    func whole(_ value: Int64?) -> JSONValue { value.map(JSONValue.integer) ?? .null }
    func number(_ value: Double?) -> JSONValue { value.map(JSONValue.number) ?? .null }
    let told = told.map { told in
      JSONValue.object([
        "state": .string(told.state.rawValue), "error": told.error.map(JSONValue.string) ?? .null,
      ])
    }
    return .object([
      "told": told ?? .null, "stop": end?.stop.map { .string($0.rawValue) } ?? .null,
      "exit_code": integer(usage.exitCode), "signal": integer(usage.signal),
      "user_seconds": number(usage.userSeconds), "system_seconds": number(usage.systemSeconds),
      "peak_memory_bytes": whole(usage.peakMemoryBytes),
      "output_bytes": whole(usage.outputBytes), "error_bytes": whole(usage.errorBytes),
      "ended_ms": whole(seen?.milliseconds), "duration_ms": whole(seen?.durationMilliseconds),
    ])
  }
}

extension JSONValue {
  /// The integer; nil for any other value.
  var integer: Int64? {
    if case .integer(let value) = self { value } else { nil }
  }

  /// The number; nil for any other value.
  var real: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }
}
