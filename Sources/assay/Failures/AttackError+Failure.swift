import Attack

extension AttackError: Reportable {
  var status: ExitStatus {
    switch self {
    case .unknownAttack, .unknownParameter, .impossibleValue: .usage
    case .cancelled: .interrupted
    }
  }
}
