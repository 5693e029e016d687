internal import Bytes
internal import SQLite

/// JSON under way, written member by member.
struct JSONText {
  private(set) var bytes: [UInt8] = []

  private mutating func add(_ text: StaticString) {
    text.withUTF8Buffer { bytes.append(contentsOf: $0) }
  }

  /// Writes a list.
  mutating func list<Element>(
    _ elements: some Sequence<Element>, _ write: (inout JSONText, Element) throws -> Void
  ) rethrows {
    add("[")
    var isFirst = true
    for element in elements {
      if !isFirst { add(",") }
      isFirst = false
      try write(&self, element)
    }
    add("]")
  }

  /// Writes an object.
  mutating func object(_ write: (inout Members) throws -> Void) rethrows {
    add("{")
    var members = Members(json: self)
    self = JSONText()
    defer { self = members.json }
    try write(&members)
    members.json.add("}")
  }

  mutating func string(_ value: String) { bytes.append(json: value) }

  /// Writes a text that a row has; an empty one for what is no text.
  mutating func string(_ row: Row, _ column: Int) {
    row.withText(column) { bytes.append(json: $0) }
  }

  /// Writes a number, or the word for what JSON has no number for.
  mutating func number(_ value: Double) {
    switch value {
    case _ where value.isNaN: add("\"NaN\"")
    case .infinity: add("\"Infinity\"")
    case -.infinity: add("\"-Infinity\"")
    default: bytes.append(contentsOf: "\(value)".utf8)
    }
  }

  mutating func integer(_ value: Int64) { bytes.append(contentsOf: String(value).utf8) }

  mutating func raw(_ json: String) { bytes.append(contentsOf: json.utf8) }

  mutating func raw(_ json: some Sequence<UInt8>) { bytes.append(contentsOf: json) }

  /// The members of an object.
  struct Members {
    fileprivate var json: JSONText
    private var isFirst = true

    fileprivate init(json: JSONText) { self.json = json }

    /// Writes a member by a body.
    mutating func member(_ name: StaticString, _ write: (inout JSONText) throws -> Void) rethrows {
      json.add(isFirst ? "\"" : ",\"")
      json.add(name)
      json.add("\":")
      isFirst = false
      try write(&json)
    }

    mutating func string(_ name: StaticString, _ value: String?) {
      if let value { member(name) { $0.string(value) } }
    }

    mutating func string(_ name: StaticString, _ row: Row, _ column: Int) {
      member(name) { $0.string(row, column) }
    }

    mutating func integer(_ name: StaticString, _ value: Int64?) {
      if let value { member(name) { $0.integer(value) } }
    }
  }

  /// The answer that consists of it.
  func response() -> HTTPResponse {
    HTTPResponse(headers: [HTTPHeader("Content-Type", "application/json")], content: .bytes(bytes))
  }
}

/// Lists of JSON, one for each of some things, written in the order of the things.
struct JSONLists {
  private var json = JSONText()
  private var ends: [Int] = []

  /// Adds an element to the list of a thing, which is the same as the last one or a later one.
  mutating func add(to index: Int, _ write: (inout JSONText) throws -> Void) rethrows {
    if index < ends.count {
      json.raw(CollectionOfOne(UInt8(ascii: ",")))
    } else {
      let end = json.bytes.count
      ends += repeatElement(end, count: index + 1 - ends.count)
    }
    try write(&json)
    ends[index] = json.bytes.count
  }

  /// The list of a thing.
  func write(_ index: Int, to text: inout JSONText) {
    text.raw(CollectionOfOne(UInt8(ascii: "[")))
    if index < ends.count { text.raw(json.bytes[(index == 0 ? 0 : ends[index - 1])..<ends[index]]) }
    text.raw(CollectionOfOne(UInt8(ascii: "]")))
  }
}
