import Attack

extension AttackError: Reportable {
  var status: ExitStatus {
    switch self {
    case .unknownAttack, .unknownParameter, .impossibleValue, .needsDetector: .usage
    case .cancelled: .interrupted
    }
  }

  var remedy: String? {
    switch self {
    case .unknownAttack(let name, let known), .unknownParameter(let name, _, let known):
      let near = Suggestions.near(name, among: known)
      return near.isEmpty ? nil : "did you mean \(near.joined(separator: " or "))?"
    case .needsDetector:
      return "--detector names one: a learned detector, a measure, or wang-zhang"
    case .impossibleValue, .cancelled: return nil
    }
  }
}
