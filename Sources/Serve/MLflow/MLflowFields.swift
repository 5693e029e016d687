internal import Tracker

/// What a client of MLflow sends with a request, by name: in the body, or behind the question mark.
struct MLflowFields {
  private let members: [String: JSONValue]
  /// Where these are, for messages, such as `metrics[3]` with a dot behind it.
  private let path: String

  init(_ members: [String: JSONValue], path: String = "") {
    (self.members, self.path) = (members, path)
  }

  /// Reads a request.
  ///
  /// - Throws: ``HTTPFailure``.
  init(of request: HTTPRequest, atMost limit: Int) throws(HTTPFailure) {
    path = ""
    var members: [String: JSONValue] = [:]
    for (name, value) in request.query {
      // A name that comes again is a list's.
      switch members[name] {
      case nil: members[name] = .string(value)
      case .array(let elements): members[name] = .array(elements + [.string(value)])
      case let first?: members[name] = .array([first, .string(value)])
      }
    }
    let bytes = try request.body.bytes(atMost: limit)
    if !bytes.isEmpty {
      var scanner = JSONScanner(bytes, 0..<bytes.count)
      do {
        scanner.skipSpace()
        guard case .object(let body) = try scanner.value() else {
          throw JSONScanner.Failure.malformed
        }
        try scanner.finish()
        members.merge(body) { $1 }
      } catch {
        throw .invalid("The request's body is not a JSON object")
      }
    }
    self.members = members
  }

  private func value(_ name: String) -> JSONValue? {
    let value = members[name]
    return value == .null ? nil : value
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
  /// - Throws: ``HTTPFailure``.
  func objects(_ name: String) throws(HTTPFailure) -> [MLflowFields] {
    guard let value = value(name) else { return [] }
    guard case .array(let elements) = value else {
      throw .invalidValue(value.canonical, of: path + name)
    }
    var objects: [MLflowFields] = []
    for (index, element) in elements.enumerated() {
      guard case .object(let members) = element else {
        throw .invalidValue(element.canonical, of: "\(path)\(name)[\(index)]")
      }
      objects.append(MLflowFields(members, path: "\(path)\(name)[\(index)]."))
    }
    return objects
  }

  /// Everything that was sent, as JSON.
  var json: JSONValue { .object(members) }

  /// An object as JSON; nil if there is none.
  func object(_ name: String) -> JSONValue? {
    guard case .object = members[name] else { return nil }
    return members[name]
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
