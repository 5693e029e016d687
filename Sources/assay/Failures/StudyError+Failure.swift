import Study

extension StudyError: Reportable {
  var status: ExitStatus {
    switch self {
    case .interrupted, .stopped: .interrupted
    case .selectionTooLarge, .cropTooLarge, .imagesTooSmall, .studyNeedsDropout, .differentData,
      .damagedRecord, .notReproduced, .tooFewImages, .diverged, .weightsNotFinite, .logitsNotFinite,
      .constantMeasure, .hasNoWeights:
      .badData
    case .pruned: .defect
    case .wrongKind, .thresholdsOfAnotherModel, .takenName, .similarName, .unknownStudy: .usage
    case .nothingRecorded, .unknownPlace: .missingInput
    case .memoryShort: .tryAgain
    }
  }

  var remedy: String? {
    switch self {
    case .interrupted: "run the same command again to resume"
    case .nothingRecorded(Kind.model):
      "train a model first: assay train\(GivenFiles.database)\(GivenFiles.data)"
    case .nothingRecorded(Kind.measurement):
      "measure an adversarial set first: assay measure\(GivenFiles.database)\(GivenFiles.data)"
    case .memoryShort:
      "raise the limit (ulimit -v), or try fewer images, passes or threads at a time"
    case .studyNeedsDropout:
      "train and attack it alone (assay train, assay attack) and measure what needs none: "
        + "assay measure --set all --measures all"
    case .diverged: "a lower training.learning_rate may help"
    case .unknownPlace: "say where it is: --dataset ./DIRECTORY"
    case .takenName(let name): "give the set another name, such as \(ShellWord("art-" + name))"
    case .unknownStudy(let name, let known):
      Suggestions.near(name, among: known).first.map { "did you mean --study \($0)?" }
    case .similarName: "give the set another name"
    default: nil
    }
  }

  /// Kinds of runs that a command of their own makes.
  private enum Kind {
    static let model = "train"
    static let measurement = "measure"
  }
}
