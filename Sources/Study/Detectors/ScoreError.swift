internal import Interchange

/// Why images cannot be scored, or a detector cannot be fitted or applied.
public enum ScoreError: Error, Sendable, CustomStringConvertible {
  /// There is no measure of that name.
  case unknownMeasure(String, known: [String])
  /// There is no voter of that name.
  case unknownVoter(String, known: [String])
  /// There is no voter set of that name.
  case unknownVoterSet(String, known: [String])
  /// There is no learner of that name.
  case unknownLearner(String, known: [String])
  /// There is no detector of that name.
  case unknownDetector(String, known: [String])
  /// The measure is a detector's score, which applying the detector gives.
  case isDetector(String)
  /// The measure was made elsewhere: nothing here computes it.
  case isImported(String)
  /// A measure of that name gives an image no number.
  case notFinite(measure: String, image: Int)
  /// Another program made the scores of this measurement: there are no images to look at.
  case hasNoImages(measurement: String)
  /// The model is not capable of what a measure needs; others are possible.
  case notOfModel(problem: String, possible: [String])
  /// The images of this measurement have no crops.
  case hasNoCrops(measurement: String)
  /// A file has no voters, of which a voter set was to be made.
  case hasNoVoters(file: String)
  /// The model is only known by name.
  case isExternal(model: String)
  /// A name is taken by something else, such as a detector's by a measure.
  case nameInUse(String, by: String)
  /// A detector of that name was fitted with other settings.
  case otherDetector(String, run: String)
  /// Values that a detector is to be fitted or applied to are not recorded.
  case missingInputs(of: String, measures: [String], voters: [String], set: String?)
  /// No measured set of the model was found.
  case noSets(model: String, attacks: [String])
  /// Nothing is recorded to fit a detector to.
  case noInputs(model: String)
  /// A part of a measurement has no images, or none of one kind.
  case emptyPart(String)
  /// A set of the model is not measured.
  case notMeasured(set: String)
  /// A detector reads something that cannot be computed of images that no measurement has.
  case notOfNewImages(String, detector: String)
  /// No thresholds of a measure are recorded for a model.
  case noThresholds(measure: String, model: String)
  /// A detector defends another model than the images were made against.
  case otherModel(detector: String, model: String)
  /// Scores of a model are said to be of other data than the model's.
  case otherData(model: String, data: String, given: String)
  /// A measure was imported before with the other orientation.
  case otherOrientation(String, recorded: String)
  /// Values of the same images were imported before, and were others.
  case otherValues(String, images: String, run: String)

  /// One line that says what is wrong.
  public var description: String {
    switch self {
    case .unknownMeasure(let name, _): "there is no measure '\(Self.shown(name))'"
    case .unknownVoter(let name, _): "there is no voter '\(Self.shown(name))'"
    case .unknownVoterSet(let name, _): "there is no voter set '\(Self.shown(name))'"
    case .unknownLearner(let name, let known):
      "there is no learner '\(Self.shown(name))'; there are: \(known.joined(separator: ", "))"
    case .unknownDetector(let name, _): "there is no detector '\(Self.shown(name))'"
    case .isDetector(let name): "\(name) is a detector, whose scores come from applying it"
    case .isImported(let name):
      "the values of \(name) came from another program, and nothing here computes them"
    case .notFinite(let measure, let image):
      "\(measure) of test image \(image) is not a finite number"
    case .hasNoImages(let measurement):
      "the scores of measurement \(measurement.prefix(8)) came from another program, which gave no "
        + "images to measure"
    case .notOfModel(let problem, _): problem
    case .hasNoCrops(let measurement):
      "measurement \(measurement.prefix(8)) has no crops, since its model gives no stochastic passes"
    case .hasNoVoters(let file): "\(file) has no voters, so there is no voter set to record"
    case .isExternal(let model):
      "model \(model.prefix(8)) is known by name alone: its network is elsewhere"
    case .nameInUse(let name, let user): "'\(Self.shown(name))' is the name of \(user)"
    case .otherDetector(let name, let run):
      "there is a detector '\(name)', run \(run.prefix(8)), fitted with other settings or on other sets"
    case .missingInputs(let title, let measures, let voters, _):
      "the images of \(title) have no "
        + InterchangeError.list(measures + voters.map { "vote of \($0)" })
    case .noSets(let model, let attacks):
      "model \(model.prefix(8)) has no measured set"
        + (attacks.isEmpty ? "" : " of \(InterchangeError.list(attacks))")
    case .noInputs(let model):
      "nothing is recorded of the sets of model \(model.prefix(8)) that a detector could be fitted to"
    case .emptyPart(let part):
      "the \(part == "heldout" ? "held-out half" : part) lacks clean or adversarial images to fit a "
        + "detector to"
    case .notMeasured(let set): "set \(set.prefix(8)) is not measured"
    case .notOfNewImages(let input, let detector):
      "\(detector) reads \(input), which came from elsewhere and is not known of new images"
    case .noThresholds(let measure, let model):
      "no thresholds of \(measure) are recorded for model \(model.prefix(8))"
    case .otherModel(let detector, let model):
      "\(detector) defends model \(model.prefix(8)), and these images are another model's"
    case .otherData(let model, let data, let given):
      "model \(model.prefix(8)) is of data set \(Self.shown(data)), not of \(Self.shown(given))"
    case .otherOrientation(let name, let recorded):
      "\(recorded) values of \(name) mean adversarial by an earlier import"
    case .otherValues(let name, let images, let run):
      "\(name) of these \(images) images was imported before with other values, by run "
        + "\(run.prefix(8)), and a finished run never changes"
    }
  }

  private static func shown(_ name: String) -> String { InterchangeError.shown(name) }
}
