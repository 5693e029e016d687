import Detection
import Study

extension ScoreError: Reportable {
  var status: ExitStatus {
    switch self {
    case .unknownMeasure, .unknownVoter, .unknownVoterSet, .unknownLearner, .unknownDetector,
      .isDetector, .isImported, .nameInUse, .otherDetector, .otherModel, .notOfNewImages,
      .notOfModel, .hasNoCrops, .otherData, .hasNoVoters:
      .usage
    case .notFinite, .hasNoImages, .isExternal, .emptyPart, .otherOrientation, .otherValues:
      .badData
    case .missingInputs, .noSets, .noInputs, .notMeasured, .noThresholds: .missingInput
    }
  }

  var remedy: String? {
    let files = GivenFiles.database + GivenFiles.data
    switch self {
    case .unknownMeasure(let name, let known):
      return suggestion(name, known) ?? "assay measures list\(GivenFiles.database) shows them"
    case .unknownVoter(let name, let known), .unknownVoterSet(let name, let known):
      return suggestion(name, known) ?? "assay measures voters\(GivenFiles.database) shows them"
    case .unknownDetector(let name, let known):
      return suggestion(name, known) ?? "assay detectors list\(GivenFiles.database) shows them"
    case .isDetector(let name):
      return "assay detectors apply \(ShellWord(name))\(GivenFiles.database)"
    case .missingInputs(_, let measures, let voters, let set):
      let options =
        (set.map { [" --set \($0.prefix(8))"] } ?? [])
        + (measures.isEmpty ? [] : [" --measures \(ShellWord(measures.joined(separator: ",")))"])
        + (voters.isEmpty ? [] : [" --voters \(ShellWord(voters.joined(separator: ",")))"])
      return "measure them with: assay measure\(options.joined())\(files)"
    case .notOfModel(_, let possible):
      return possible.isEmpty
        ? nil
        : "what can be measured: assay measure --measures "
          + ShellWord(possible.joined(separator: ",")).description + files
    case .hasNoCrops: return "--voters names a voter set that is recorded"
    case .hasNoVoters: return "leave out --voter-set, or add a voter's classes as whole numbers"
    case .noThresholds:
      return "give them with --low and --high, or choose some with: assay thresholds\(files)"
    case .noSets, .notMeasured: return "assay measure --set RUN\(files) measures one"
    case .noInputs: return "assay measure --set all --measures all\(files) records some"
    case .otherDetector: return "give this one another name"
    case .nameInUse: return "take another name"
    case .otherOrientation: return "--low names the measures whose low values mean adversarial"
    case .otherValues: return "give the array another name"
    case .otherData: return "leave --dataset out"
    case .unknownLearner, .isImported, .notFinite, .hasNoImages, .isExternal, .emptyPart,
      .otherModel, .notOfNewImages:
      return nil
    }
  }

  private func suggestion(_ name: String, _ known: [String]) -> String? {
    let near = Suggestions.near(name, among: known)
    return near.isEmpty ? nil : "did you mean \(near.joined(separator: " or "))?"
  }
}

extension DetectionError: Reportable {
  var status: ExitStatus {
    switch self {
    case .unknownTransform, .tooManyValues, .impossibleValue, .unknownVoterSet, .unknownMeasure,
      .impossibleMeasure, .unknownLayer, .unknownLearner, .notDifferentiable:
      .usage
    case .doesNotFit, .neitherGreyNorColour, .differentChannels, .notFinite, .unfitExamples,
      .damagedDetector:
      .badData
    case .needsTrainingImages, .measureNeedsTrainingImages: .missingInput
    case .cancelled: .interrupted
    }
  }

  var remedy: String? {
    let (name, known): (String, [String]) =
      switch self {
      case .unknownTransform(let name, let known), .unknownVoterSet(let name, let known),
        .unknownMeasure(let name, let known), .unknownLearner(let name, let known),
        .unknownLayer(let name, _, let known):
        (name, known)
      default: ("", [])
      }
    let near = Suggestions.near(name, among: known)
    return near.isEmpty ? nil : "did you mean \(near.joined(separator: " or "))?"
  }
}
