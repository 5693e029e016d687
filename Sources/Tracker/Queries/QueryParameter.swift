public import SQLite

/// What a query can be asked about, as its file's head states it.
///
/// A head has one entry for each, `:NAME KIND = WHEN UNBOUND; MEANING`.
public struct QueryParameter: Sendable, Equatable {
  /// The values that make sense.
  public enum Kind: Sendable, Equatable {
    case text, integer, real, blob
    /// A number or a text.
    case any
    /// A run by its UUID, of one of these kinds; of any kind if there are none.
    case run(kinds: [String])
    /// One of these texts.
    case choice([String])
  }

  /// Its name, without a colon.
  public let name: String
  /// The values that make sense.
  public let kind: Kind
  /// What the query takes instead of a value, in words; empty if the head does not say.
  public let unbound: String
  /// What it means, in one line; may be empty.
  public let meaning: String

  /// The words of a head for kinds that need no more.
  private static let kinds: [Substring: Kind] = [
    "TEXT": .text, "INTEGER": .integer, "REAL": .real, "BLOB": .blob, "ANY": .any,
  ]

  /// Reads an entry of a head.
  init(_ entry: String) {
    let words = entry.split(separator: " ", maxSplits: 1)
    name = String(words.first.map { $0.drop { $0 == ":" } } ?? "")
    var rest = words.count > 1 ? words[1] : ""
    if let texts = Self.takeTexts(from: &rest) {
      kind = .choice(texts)
    } else if let kinds = Self.takeKinds(from: &rest) {
      kind = .run(kinds: kinds)
    } else {
      let word = rest.prefix { $0 != " " && $0 != ";" }
      kind = Self.kinds[word] ?? .any
      if Self.kinds[word] != nil { rest = rest.dropFirst(word.count) }
    }
    rest = rest.drop { $0 == " " }
    if rest.hasPrefix("=") {
      let end = rest.firstIndex(of: ";") ?? rest.endIndex
      unbound = String(rest[..<end].dropFirst().drop { $0 == " " })
      rest = rest[end...]
    } else {
      unbound = ""
    }
    meaning = String(rest.drop { $0 == ";" || $0 == " " })
  }

  // By hand: a list of queries has a hundred entries, and a regular expression would be compiled
  // for each.

  /// Takes `'value'|'value'` from the beginning of an entry; nil if there is none.
  private static func takeTexts(from rest: inout Substring) -> [String]? {
    var texts: [String] = []
    var after = rest
    while after.hasPrefix("'") {
      let text = after.dropFirst().prefix { $0 != "'" }
      guard !text.isEmpty, text.endIndex < after.endIndex else { break }
      texts.append(String(text))
      rest = after[after.index(after: text.endIndex)...]
      guard rest.hasPrefix("|") else { break }
      after = rest.dropFirst()
    }
    return texts.isEmpty ? nil : texts
  }

  /// Takes `RUN` or `RUN kind|kind` from the beginning of an entry; nil if it is something else.
  private static func takeKinds(from rest: inout Substring) -> [String]? {
    func isEnd(_ text: Substring) -> Bool { text.first.map { $0 == " " || $0 == ";" } ?? true }
    guard rest.hasPrefix("RUN"), isEnd(rest.dropFirst(3)) else { return nil }
    rest = rest.dropFirst(3)
    let words = rest.dropFirst().prefix { $0 == "_" || $0 == "|" || ("a"..."z").contains($0) }
    let kinds = words.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    let after = rest[words.endIndex...]
    guard rest.hasPrefix(" "), !kinds.contains(""), isEnd(after) else { return [] }
    rest = after
    return kinds
  }

  /// The value that stands for none, where it is a text or a number; nil where words say what
  /// happens.
  public var defaultValue: SQLValue? {
    if unbound.count > 1, unbound.hasPrefix("'"), unbound.hasSuffix("'") {
      return .text(String(unbound.dropFirst().dropLast()))
    }
    if let number = Int64(unbound) {
      return kind == .real ? .real(Double(number)) : .integer(number)
    }
    return unbound.first.map { "-0123456789".contains($0) } == true
      ? Double(unbound).map { .real($0) } : nil
  }

  /// A value from what a user wrote; a run must be named in full.
  ///
  /// - Throws: ``TrackerError/unusableValue(parameter:value:expected:)``.
  public func value(of text: String) throws(TrackerError) -> SQLValue {
    switch kind {
    case .integer:
      guard let number = Int64(text) else { throw unusable(text, expected: "a whole number") }
      return .integer(number)
    case .real:
      guard let number = Double(text), !number.isNaN else {
        throw unusable(text, expected: "a number")
      }
      return .real(number)
    case .choice(let texts):
      guard texts.contains(text) else {
        throw unusable(text, expected: "one of " + texts.joined(separator: ", "))
      }
      return .text(text)
    case .text, .blob, .run: return .text(text)
    case .any: return Self.guessed(text)
    }
  }

  /// A value that names a run.
  ///
  /// - Throws: ``TrackerError/unusableValue(parameter:value:expected:)`` if the run is of another
  ///   kind than the query asks about.
  public func value(of run: Run) throws(TrackerError) -> SQLValue {
    if case .run(let kinds) = kind, !kinds.isEmpty, !kinds.contains(run.kind) {
      throw unusable(
        String(run.uuid.prefix(8)),
        expected:
          "a run of kind \(kinds.joined(separator: " or ")); that one is of kind \(run.kind)")
    }
    return .text(run.uuid)
  }

  private func unusable(_ text: String, expected: String) -> TrackerError {
    .unusableValue(parameter: name, value: text, expected: expected)
  }

  /// A value whose type nobody states: a number if it reads as one, else a text.
  public static func guessed(_ text: String) -> SQLValue {
    if let number = Int64(text) { return .integer(number) }
    if let number = Double(text), number.isFinite { return .real(number) }
    return .text(text)
  }
}
