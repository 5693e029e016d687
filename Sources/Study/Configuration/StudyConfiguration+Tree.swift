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
      throw ConfigurationError(decoding: error)
    } catch {
      throw ConfigurationError(setting: "", problem: "\(error)")
    }
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
