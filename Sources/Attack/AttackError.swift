/// Why an attack cannot be made, or ends.
public enum AttackError: Error, Sendable, CustomStringConvertible {
  /// There is no attack of that name.
  case unknownAttack(String, known: [String])
  /// The attack does not depend on a value of that name.
  case unknownParameter(String, attack: String, known: [String])
  /// The parameter cannot have that value.
  case impossibleValue(AttackValue, parameter: AttackParameter, attack: String)
  /// The attack evades a detector, and none was given.
  case needsDetector(attack: String)
  /// The user has asked the attack to stop.
  case cancelled

  /// One line: what is wrong and what is allowed.
  public var description: String {
    switch self {
    case .unknownAttack(let name, let known):
      "there is no attack '\(name)'; there are: \(known.joined(separator: ", "))"
    case .unknownParameter(let name, let attack, let known):
      "\(attack) has no parameter '\(name)'; it has: \(known.joined(separator: ", "))"
    case .impossibleValue(let value, let parameter, let attack):
      "\(attack)'s \(parameter.name) cannot be \(value); it must be \(parameter.domainDescription)"
    case .needsDetector(let attack): "\(attack) evades a detector, and none was named"
    case .cancelled: "the attack was stopped"
    }
  }
}
