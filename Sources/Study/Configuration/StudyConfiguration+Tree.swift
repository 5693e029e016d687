internal import Sweep
internal import Tracker

extension StudyConfiguration {
  /// All settings by name; those that are not given are null.
  var tree: JSONValue {
    get throws(ConfigurationError) {
      do {
        var tree = try JSONValue(encoding: self)
        for (part, settings) in [
          ("detection", DetectionConfiguration.optionalSettings),
          ("measurement", MeasurementConfiguration.optionalSettings),
          ("training", TrainingConfiguration.optionalSettings),
        ] {
          for name in settings where tree[part]?[name] == nil { tree[part]?[name] = .null }
        }
        for name in Self.optionalSettings where tree[name] == nil { tree[name] = .null }
        return tree
      } catch {
        throw ConfigurationError(setting: "", problem: "\(error)")
      }
    }
  }

  /// The configuration of some settings by name, validated.
  ///
  /// - Throws: ``ConfigurationError`` naming the setting that is missing, of another type, or
  ///   impossible.
  init(tree: JSONValue) throws(ConfigurationError) {
    try self.init(unvalidated: tree)
    try validate()
  }

  /// The configuration of some settings by name, whether or not their values are possible.
  ///
  /// - Throws: ``ConfigurationError`` naming the setting that is missing or of another type.
  init(unvalidated tree: JSONValue) throws(ConfigurationError) {
    do {
      self = try tree.decode(StudyConfiguration.self)
    } catch let error as DecodingError {
      throw Self.wrongWholeNumber(in: tree) ?? ConfigurationError(decoding: error)
    } catch {
      throw ConfigurationError(setting: "", problem: "\(error)")
    }
  }

  /// What is wrong with a number that must be whole; nil if nothing else is wrong with the settings.
  ///
  /// Foundation only says that the text was no JSON. Numbers that may be at fault are replaced one
  /// after another until it takes the rest.
  private static func wrongWholeNumber(in tree: JSONValue) -> ConfigurationError? {
    guard isUnreadable(tree) else { return nil }
    var rest = tree
    for (path, number) in tree.fractions(at: []) {
      rest = rest.replacing(path[...], by: number == nil ? .array([]) : .integer(1))
      guard !isUnreadable(rest) else { continue }
      let isTooLarge = number.map { Int64(exactly: $0.rounded()) == nil } ?? false
      return ConfigurationError(
        setting: path.joined(separator: "."),
        problem: "must be a whole number"
          + (isTooLarge ? " from \(Int64.min) to \(Int64.max)" : ""))
    }
    return nil
  }

  private static func isUnreadable(_ tree: JSONValue) -> Bool {
    do {
      _ = try tree.decode(StudyConfiguration.self)
      return false
    } catch DecodingError.dataCorrupted {
      return true
    } catch {
      return false
    }
  }
}

extension JSONValue {
  /// The settings that have a number which is no whole one of 64 bits, nil where it is in a list.
  fileprivate func fractions(at path: [String]) -> [(path: [String], number: Double?)] {
    switch self {
    case .object(let members):
      members.sorted { $0.key < $1.key }.flatMap { $1.fractions(at: path + [$0]) }
    case .array(let elements):
      elements.contains { !$0.fractions(at: []).isEmpty } ? [(path, nil)] : []
    case .number(let number): Int64(exactly: number) == nil ? [(path, number)] : []
    default: []
    }
  }

  /// The same settings with another value of one of them.
  fileprivate func replacing(_ path: ArraySlice<String>, by value: JSONValue) -> JSONValue {
    guard let name = path.first else { return value }
    var result = self
    result[name] = self[name]?.replacing(path.dropFirst(), by: value)
    return result
  }
}

extension ConfigurationError {
  /// What a setting of another type than it must be stands for.
  init(decoding error: DecodingError) {
    let (context, problem): (DecodingError.Context, String) =
      switch error {
      case .typeMismatch(let type, let context): (context, "must be \(Self.phrase(for: type))")
      case .valueNotFound(let type, let context): (context, "must be \(Self.phrase(for: type))")
      case .keyNotFound(let key, let context): (context, "lacks \(key.stringValue)")
      case .dataCorrupted(let context): (context, "is impossible: \(context.debugDescription)")
      @unknown default: (DecodingError.Context(codingPath: [], debugDescription: ""), "\(error)")
      }
    let setting = context.codingPath.map(\.stringValue)
      .filter { !$0.hasPrefix("Index ") }.joined(separator: ".")
    self.init(setting: setting, problem: problem)
  }

  private static func phrase(for type: any Any.Type) -> String {
    switch type {
    case is Int.Type, is Int64.Type: "a whole number"
    case is Double.Type: "a number"
    case is Bool.Type: "true or false"
    case is String.Type: "a word"
    default: "a list"
    }
  }
}
