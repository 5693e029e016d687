import Study

extension EvaluationError: Reportable {
  var status: ExitStatus {
    switch self {
    case .otherNorm, .sameBaseline, .sameSurrogate: .usage
    case .noImages: .badData
    }
  }

  var remedy: String? {
    guard case .otherNorm = self else { return nil }
    return "--norm takes another one, --attacks other attacks"
  }
}
