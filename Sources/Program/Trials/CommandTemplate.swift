/// A text in which {NAME} stands for a value and {{NAME}} for {NAME} itself.
struct CommandTemplate: Sendable, Equatable {
  private enum Part: Equatable {
    case text(String)
    case place(String)
  }

  private let parts: [Part]

  init(_ text: String) {
    var parts: [Part] = []
    var rest = text[...]
    while let open = rest.firstIndex(of: "{") {
      parts.append(.text(String(rest[..<open])))
      let inner = rest[rest.index(after: open)...]
      if inner.first == "{", let end = inner.firstRange(of: "}}") {
        parts.append(.text(String(inner[..<end.lowerBound]) + "}"))
        rest = inner[end.upperBound...]
      } else if let close = inner.firstIndex(where: { "{}".contains($0) }), inner[close] == "}" {
        parts.append(.place(String(inner[..<close])))
        rest = inner[inner.index(after: close)...]
      } else {
        parts.append(.text("{"))
        rest = inner
      }
    }
    self.parts = parts + [.text(String(rest))]
  }

  /// The names in braces that look like names of values.
  ///
  /// Other braces, such as those of JSON, are text.
  func names(besides known: Set<String>) -> [String] {
    parts.compactMap { part in
      guard case .place(let name) = part else { return nil }
      return known.contains(name) || Self.isName(name) ? name : nil
    }
  }

  /// The text with values in the places of their names; a name without a value stays.
  func filled(_ values: [String: String]) -> String {
    parts.map { part in
      switch part {
      case .text(let text): text
      case .place(let name): values[name] ?? "{\(name)}"
      }
    }.joined()
  }

  private static func isName(_ text: String) -> Bool {
    guard let first = text.first, first.isLetter || first == "_" else { return false }
    return text.allSatisfy { $0.isLetter || $0.isNumber || "_.-/:".contains($0) }
  }
}
