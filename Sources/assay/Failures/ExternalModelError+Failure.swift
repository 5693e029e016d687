import ExternalModel
import Study

extension ExternalModelError: Reportable {
  var fact: String { problem == .cancelled ? "interrupted" : "\(self)" }

  var status: ExitStatus {
    switch problem {
    case .notFound, .cannotStart: .missingInput
    case .ended, .closed: .inputOutput
    case .timedOut: .tryAgain
    case .printed, .malformed, .otherVersion, .refused, .wrongArrays, .notFinite, .wrongIdentity,
      .otherModel:
      .badData
    case .cancelled: .interrupted
    }
  }

  var remedy: String? {
    switch problem {
    case .ended, .closed: "what was committed stays, and the same command resumes"
    case .timedOut: "--model-timeout allows more, and the same command resumes"
    case .printed: "print to standard error instead"
    case .otherModel(what: "digest", _, _):
      "add what it serves now as a model of its own: assay models add\(GivenFiles.database) NAME"
    default: nil
    }
  }
}

extension ServedModelError: Reportable {
  var status: ExitStatus { .badData }

  var remedy: String? {
    if case .otherImages(_, let takes, _, let has) = self, takes.sorted() == has.sorted() {
      return "the program may have named the other layout, channels_first or channels_last"
    }
    return "name the data set that the model classifies: --dataset"
  }
}

/// A served model does not do what the protocol asks.
struct ServedModelCheckFailure: Reportable {
  let failed: Int
  let checks: Int

  var fact: String {
    "\(failed) of \(checks) checks failed: the model does not do what docs/model-protocol.md asks"
  }
  var status: ExitStatus { .badData }
}
