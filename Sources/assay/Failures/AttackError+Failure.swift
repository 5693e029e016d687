import Attack

extension AttackError: Reportable {
  var status: ExitStatus {
    switch self {
    case .unknownAttack, .unknownParameter, .impossibleValue, .needsDetector: .usage
    case .cancelled: .interrupted
    }
  }

  var remedy: String? {
    guard case .needsDetector = self else { return nil }
    return "--detector names one: a learned detector, a measure, or wang-zhang"
  }
}
