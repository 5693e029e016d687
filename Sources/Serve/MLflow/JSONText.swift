internal import Tracker

/// JSON under way, written member by member.
struct JSONText {
  private(set) var text = ""

  /// Writes a list.
  mutating func list<Element>(
    _ elements: some Sequence<Element>, _ write: (inout JSONText, Element) throws -> Void
  ) rethrows {
    text += "["
    var isFirst = true
    for element in elements {
      if !isFirst { text += "," }
      isFirst = false
      try write(&self, element)
    }
    text += "]"
  }

  /// Writes an object.
  mutating func object(_ write: (inout Members) throws -> Void) rethrows {
    text += "{"
    var members = Members(json: self)
    self = JSONText()
    try write(&members)
    self = members.json
    text += "}"
  }

  mutating func string(_ value: String) { text += JSONValue.string(value).canonical }

  /// Writes a number, or the word for what JSON has no number for.
  mutating func number(_ value: Double) {
    switch value {
    case _ where value.isNaN: text += "\"NaN\""
    case .infinity: text += "\"Infinity\""
    case -.infinity: text += "\"-Infinity\""
    default: text += "\(value)"
    }
  }

  mutating func integer(_ value: Int64) { text += String(value) }

  mutating func raw(_ json: String) { text += json }

  /// The members of an object.
  struct Members {
    fileprivate var json: JSONText
    private var isFirst = true

    fileprivate init(json: JSONText) { self.json = json }

    /// Writes a member by a body.
    mutating func member(_ name: StaticString, _ write: (inout JSONText) throws -> Void) rethrows {
      json.text += isFirst ? "\"\(name)\":" : ",\"\(name)\":"
      isFirst = false
      try write(&json)
    }

    mutating func string(_ name: StaticString, _ value: String?) {
      if let value { member(name) { $0.string(value) } }
    }

    mutating func integer(_ name: StaticString, _ value: Int64?) {
      if let value { member(name) { $0.integer(value) } }
    }
  }

  /// The answer that consists of it.
  func response() -> HTTPResponse { .text(text, type: "application/json") }
}
