internal import Foundation
internal import Tracker

/// What a program says of itself that is recorded without a supervisor: the first line that it writes
/// to `assay record`, or the first of its events file.
public struct RecordedStart: Sendable {
  /// What is recorded of it.
  public var request: ProgramRequest
  /// The run's UUID, if the program has chosen one; nil: it has not.
  let run: String?
  /// The number of its process; nil: it does not say.
  let process: Int32?
  /// When its process started, as others see it; nil: it does not say.
  let processStarted: String?

  /// Reads a line, a JSON object.
  ///
  /// - Throws: ``ProgramError/wrongStart(detail:)``.
  public init(_ line: String) throws(ProgramError) {
    let bytes = Array(line.utf8)
    var scanner = JSONScanner(bytes, 0..<bytes.count)
    scanner.skipSpace()
    let value: JSONValue
    do throws(JSONScanner.Failure) {
      value = try scanner.value()
      try scanner.finish()
    } catch {
      throw .wrongStart(detail: "it is not a JSON object in one line")
    }
    try self.init(value)
  }

  init(_ value: JSONValue) throws(ProgramError) {
    guard case .object = value else { throw .wrongStart(detail: "it is not a JSON object") }
    if let version = value["version"], version != .integer(1) {
      throw .wrongStart(detail: "its version is \(version.canonical), and only 1 is known")
    }
    let directory = try Self.text("working_directory", of: value)
    request = ProgramRequest(
      try Self.texts("command_line", of: value),
      in: directory ?? FileManager.default.currentDirectoryPath)
    request.name = try Self.text("name", of: value)
    request.group = try Self.text("group", of: value)
    request.note = try Self.text("note", of: value)
    request.tags = try Self.texts("tags", of: value)
    request.parameters = value["parameters"] ?? .object([:])
    if request.parameters == .null { request.parameters = .object([:]) }
    guard case .object = request.parameters else {
      throw .wrongStart(detail: "\"parameters\" is no object")
    }
    request.resume = ResumePolicy(try Self.text("resume", of: value) ?? "allow")
    run = try Self.text("run", of: value).flatMap(UUID.init(uuidString:))?.uuidString.lowercased()
    process = value["process_id"]?.integer.flatMap { Int32(exactly: $0) }
    processStarted = value["process_started"]?.string
  }

  private static func text(
    _ name: String, of value: JSONValue
  ) throws(ProgramError) -> String? {
    switch value[name] {
    case nil, .null: return nil
    case .string(let text):
      guard !text.isEmpty else { return nil }
      guard !text.utf8.contains(0) else {
        throw .wrongStart(detail: "\"\(name)\" holds a NUL character")
      }
      return text
    default: throw .wrongStart(detail: "\"\(name)\" is no text")
    }
  }

  private static func texts(
    _ name: String, of value: JSONValue
  ) throws(ProgramError) -> [String] {
    switch value[name] {
    case nil, .null: return []
    case .array(let elements):
      let texts = elements.compactMap(\.string)
      guard texts.count == elements.count else {
        throw .wrongStart(detail: "\"\(name)\" is no list of texts")
      }
      return texts
    default: throw .wrongStart(detail: "\"\(name)\" is no list")
    }
  }
}

extension ResumePolicy {
  /// The policy of a word: allow, must or never, or else the beginning of a run's UUID.
  public init(_ word: String) {
    self =
      switch word {
      case "allow": .allow
      case "must": .must
      case "never": .never
      default: .run(word)
      }
  }
}
