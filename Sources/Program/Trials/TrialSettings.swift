internal import Foundation
internal import Search
internal import Sweep
internal import Tracker

/// A trial's parameters as a command takes them.
struct TrialSettings: Sendable {
  /// The formats of files of parameters.
  enum Format: String, CaseIterable {
    case json
    case yaml
  }

  private let parameters: SearchPoint

  /// Takes a trial's parameters.
  init(_ parameters: SearchPoint) {
    self.parameters = parameters
  }

  /// The parameters as words, by name.
  var words: [String: String] { parameters.mapValues(Self.word) }

  /// A value as a word: texts as they are, numbers such that they are read back, lists as JSON.
  static func word(_ value: ParameterValue) -> String {
    switch value {
    case .text(let text): text
    case .real(let number): "\(number)"
    default: json(value)
    }
  }

  /// A file's text with all parameters.
  func file(_ format: Format) -> String {
    let members = parameters.sorted { $0.key < $1.key }
      .map { JSONValue.string($0.key).canonical + ": " + Self.json($0.value) }
    return switch format {
    case .json: "{\n" + members.map { "  " + $0 }.joined(separator: ",\n") + "\n}\n"
    // JSON's texts and lists are YAML too.
    case .yaml: members.isEmpty ? "{}\n" : members.joined(separator: "\n") + "\n"
    }
  }

  private static func json(_ value: ParameterValue) -> String {
    switch value {
    case .real(let number): real(number)
    case .list(let values): "[" + values.map(json).joined(separator: ", ") + "]"
    default: value.json.canonical
    }
  }

  /// A number with a point, without which some readers of YAML take 1e-05 for a text.
  private static func real(_ number: Double) -> String {
    let text = "\(number)"
    guard !text.contains("."), let exponent = text.firstIndex(of: "e") else { return text }
    return text[..<exponent] + ".0" + text[exponent...]
  }
}
