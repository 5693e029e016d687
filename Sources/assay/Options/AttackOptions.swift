import ArgumentParser
import Attack

/// The options of all attacks, as the catalogue has them: an attack that is added brings its own.
///
/// The parser finds the options of a type by its mirror, which this type makes of the catalogue.
struct AttackOptions: ParsableArguments, CustomReflectable {
  /// What was given, as it stands on the command line, by the names of parameters.
  private var given: [String: String] = [:]

  init() {}

  init(from decoder: any Decoder) throws {
    let container = try decoder.container(keyedBy: ParameterKey.self)
    for name in Self.all.map(\.name) {
      given[name] = try container.decodeIfPresent(String.self, forKey: ParameterKey(name))
    }
  }

  var customMirror: Mirror {
    Mirror(
      self,
      children: Self.all.map { parameter -> Mirror.Child in
        let option = Option<String?>(
          name: .customLong(parameter.option),
          help: ArgumentHelp(stringLiteral: parameter.help),
          completion: parameter.completion)
        return (label: parameter.name, value: option)
      }, displayStyle: .struct)
  }

  /// The given values of an attack's parameters, by their names.
  ///
  /// - Throws: `AttackError` if a value is no value of its parameter, or if the attack has no parameter
  ///   of that name.
  func values(for kind: AttackKind) throws(AttackError) -> [String: AttackValue] {
    var values: [String: AttackValue] = [:]
    let parameters = kind.parameters + kind.options
    for (name, text) in given {
      guard let parameter = parameters.first(where: { $0.name == name }) else {
        throw .unknownParameter(name, attack: kind.name, known: parameters.map(\.name))
      }
      values[name] = parameter.value(text)
    }
    // What no parameter admits is told as for values of configurations.
    _ = try kind.complete(values)
    return values
  }

  /// Every parameter of the catalogue by its name, and the attacks that have it.
  private static var all: [SharedParameter] {
    var all: [SharedParameter] = []
    for kind in AttackCatalogue.kinds {
      for parameter in kind.parameters + kind.options {
        if let place = all.firstIndex(where: { $0.name == parameter.name }) {
          all[place].add(parameter, of: kind)
        } else {
          var shared = SharedParameter(name: parameter.name)
          shared.add(parameter, of: kind)
          all.append(shared)
        }
      }
    }
    return all
  }
}

/// A parameter's name as a key of the parser's decoder.
private struct ParameterKey: CodingKey {
  let stringValue: String
  let intValue: Int? = nil

  init(_ name: String) { stringValue = name }
  init?(stringValue: String) { self.stringValue = stringValue }
  init?(intValue: Int) { return nil }
}

/// Parameters of one name, which several attacks have.
private struct SharedParameter {
  let name: String
  /// Each meaning with the attacks in which the parameter has it.
  private var meanings: [(text: String, attacks: [String])] = []
  private var words: Set<String> = []

  init(name: String) { self.name = name }

  /// The name on the command line.
  var option: String { name.replacing("_", with: "-") }

  mutating func add(_ parameter: AttackParameter, of kind: AttackKind) {
    if case .word(let words) = parameter.domain { self.words.formUnion(words) }
    let isOption = kind.options.contains { $0.name == parameter.name }
    let text = "\(parameter.summary)\(parameter.shortDomain)"
    let attack = isOption ? "attacks by gradients" : kind.name
    guard let place = meanings.firstIndex(where: { $0.text == text }) else {
      return meanings.append((text, [attack]))
    }
    if !meanings[place].attacks.contains(attack) { meanings[place].attacks.append(attack) }
  }

  /// The attacks and what the parameter is there.
  var help: String {
    meanings.map { "\($0.attacks.joined(separator: ", ")): \($0.text)" }.joined(separator: "; ")
      + "."
  }

  var completion: CompletionKind? {
    if name == "through" { return .custom { words, _, _ in Completions.transforms(words) } }
    return words.isEmpty ? nil : .list(words.sorted())
  }
}

extension AttackParameter {
  /// The domain behind a comma, in few words.
  fileprivate var shortDomain: String {
    switch domain {
    case .number(let range):
      ", \(AttackValue.number(range.lowerBound))...\(AttackValue.number(range.upperBound))"
    case .integer(let range): ", \(range.lowerBound)...\(range.upperBound)"
    case .word(let words): ": " + words.joined(separator: ", ")
    case .name: ""
    }
  }

  /// The value that a text stands for; where it must be a number and is none, the text itself, which
  /// the parameter does not admit.
  fileprivate func value(_ text: String) -> AttackValue {
    switch domain {
    case .number, .integer: Double(text).map(AttackValue.number) ?? .word(text)
    case .word, .name: .word(text)
    }
  }
}
