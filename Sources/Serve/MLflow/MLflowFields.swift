internal import Tracker

/// What a client of MLflow sends with a request, by name: in the body, or behind the question mark.
struct MLflowFields {
  /// A value under a name; of several with the same name the last one counts.
  private struct Member {
    let name: String
    let value: Value
  }

  private enum Value {
    case json(JSONValue)
    /// A list of objects, as batches have them with thousands of elements: to hash the names of all of
    /// them would take as long as to record them.
    case objects([[Member]])
  }

  private let members: [Member]
  /// The list that these are an element of, and their place in it; nil: the request itself.
  private let element: (list: String, index: Int)?

  /// Where these are, for messages, such as `metrics[3]` with a dot behind it.
  private var path: String { element.map { "\($0.list)[\($0.index)]." } ?? "" }

  private init(_ members: [Member], at index: Int, of list: String) {
    (self.members, element) = (members, (list, index))
  }

  /// Reads a request.
  ///
  /// - Throws: ``HTTPFailure``.
  init(of request: HTTPRequest, atMost limit: Int) throws(HTTPFailure) {
    element = nil
    var words: [String: JSONValue] = [:]
    for (name, value) in request.query {
      // A name that comes again is a list's.
      switch words[name] {
      case nil: words[name] = .string(value)
      case .array(let elements): words[name] = .array(elements + [.string(value)])
      case let first?: words[name] = .array([first, .string(value)])
      }
    }
    var members = words.map { Member(name: $0, value: .json($1)) }
    let bytes = try request.body.bytes(atMost: limit)
    if !bytes.isEmpty {
      var scanner = JSONScanner(bytes, 0..<bytes.count)
      do {
        scanner.skipSpace()
        try scanner.object { (scanner, name) throws(JSONScanner.Failure) in
          let name = scanner.text(name)
          guard let objects = Self.objects(&scanner) else {
            return members.append(Member(name: name, value: .json(try scanner.value(depth: 1))))
          }
          members.append(Member(name: name, value: objects))
        }
        try scanner.finish()
      } catch {
        throw .invalid("The request's body is not a JSON object")
      }
    }
    self.members = members
  }

  /// Reads a list of objects; nil, with nothing read, if something else comes next.
  private static func objects(_ scanner: inout JSONScanner) -> Value? {
    var ahead = scanner
    var objects: [[Member]] = []
    do {
      try ahead.array { (scanner) throws(JSONScanner.Failure) in
        var members: [Member] = []
        members.reserveCapacity(4)
        try scanner.object { (scanner, name) throws(JSONScanner.Failure) in
          let name = scanner.text(name)
          members.append(Member(name: name, value: .json(try scanner.value(depth: 3))))
        }
        objects.append(members)
      }
    } catch {
      return nil
    }
    scanner = ahead
    return .objects(objects)
  }

  private static func json(_ members: [Member]) -> JSONValue {
    .object(Dictionary(members.map { ($0.name, json($0.value)) }) { $1 })
  }

  private static func json(_ value: Value) -> JSONValue {
    switch value {
    case .json(let value): value
    case .objects(let objects): .array(objects.map { json($0) })
    }
  }

  private func member(_ name: String) -> Value? { members.last { $0.name == name }?.value }

  private func value(_ name: String) -> JSONValue? {
    guard let value = member(name).map(Self.json), value != .null else { return nil }
    return value
  }

  /// Whether something was sent under a name.
  func has(_ name: String) -> Bool { value(name) != nil }

  /// A text; nil if there is none.
  ///
  /// - Throws: ``HTTPFailure`` if it is no text.
  func text(_ name: String) throws(HTTPFailure) -> String? {
    switch value(name) {
    case nil: return nil
    case .string(let text): return text
    case let other?: throw .invalidValue(other.canonical, of: path + name)
    }
  }

  /// A text that must be there and not be empty.
  ///
  /// - Throws: ``HTTPFailure``.
  func required(_ name: String) throws(HTTPFailure) -> String {
    guard let text = try text(name), !text.isEmpty else { throw .missing(path + name) }
    return text
  }

  /// An integer, as a number or in a text; nil if there is none.
  ///
  /// - Throws: ``HTTPFailure``.
  func integer(_ name: String) throws(HTTPFailure) -> Int64? {
    switch value(name) {
    case nil: return nil
    case .integer(let number): return number
    case .number(let number):
      if let whole = Int64(exactly: number) { return whole }
    case .string(let text):
      if let whole = Int64(text) { return whole }
    default: break
    }
    throw .invalidValue(value(name)?.canonical ?? "", of: path + name)
  }

  /// A number, which may be a text that says NaN or an infinity; nil if there is none.
  ///
  /// - Throws: ``HTTPFailure``.
  func number(_ name: String) throws(HTTPFailure) -> Double? {
    switch value(name) {
    case nil: return nil
    case .integer(let number): return Double(number)
    case .number(let number): return number
    case .string(let text):
      if let number = JSONScanner.numberWord(text) ?? Double(text) { return number }
    default: break
    }
    throw .invalidValue(value(name)?.canonical ?? "", of: path + name)
  }

  /// Texts; none if nothing was sent.
  ///
  /// - Throws: ``HTTPFailure``.
  func texts(_ name: String) throws(HTTPFailure) -> [String] {
    switch value(name) {
    case nil: return []
    case .string(let text): return [text]
    case .array(let elements):
      var texts: [String] = []
      for element in elements {
        guard case .string(let text) = element else {
          throw .invalidValue(element.canonical, of: path + name)
        }
        texts.append(text)
      }
      return texts
    case let other?: throw .invalidValue(other.canonical, of: path + name)
    }
  }

  /// Objects; none if nothing was sent.
  ///
  /// - Throws: ``HTTPFailure`` if one of them is something else.
  func objects(_ name: String) throws(HTTPFailure) -> [MLflowFields] {
    let list = path + name
    switch member(name) {
    case nil, .json(.null): return []
    case .objects(let objects):
      return objects.enumerated().map { MLflowFields($1, at: $0, of: list) }
    case .json(.array(let elements)):
      var objects: [MLflowFields] = []
      for (index, element) in elements.enumerated() {
        guard case .object(let members) = element else {
          throw .invalidValue(element.canonical, of: "\(list)[\(index)]")
        }
        let fields = members.map { Member(name: $0, value: .json($1)) }
        objects.append(MLflowFields(fields, at: index, of: list))
      }
      return objects
    case .json(let other): throw .invalidValue(other.canonical, of: list)
    }
  }

  /// Everything that was sent, as JSON.
  var json: JSONValue { Self.json(members) }

  /// An object as JSON; nil if there is none.
  func object(_ name: String) -> JSONValue? {
    guard let value = value(name), case .object = value else { return nil }
    return value
  }
}

extension HTTPFailure {
  /// A value cannot be what it is.
  static func invalid(_ message: String) -> HTTPFailure {
    HTTPFailure(.badRequest, message, code: "INVALID_PARAMETER_VALUE")
  }

  static func invalidValue(_ value: String, of name: String) -> HTTPFailure {
    invalid("Invalid value \(value.prefix(500)) for parameter '\(name)' supplied.")
  }

  static func missing(_ name: String) -> HTTPFailure {
    invalid("Missing value for required parameter '\(name)'.")
  }

  /// What is asked about is not there.
  static func unknown(_ message: String) -> HTTPFailure {
    HTTPFailure(.notFound, message, code: "RESOURCE_DOES_NOT_EXIST")
  }

  static func unknownRun(_ id: String) -> HTTPFailure { unknown("Run with id=\(id) not found") }

  /// What is to be made is there.
  static func exists(_ message: String) -> HTTPFailure {
    HTTPFailure(.badRequest, message, code: "RESOURCE_ALREADY_EXISTS")
  }
}
