/// Why something of the detection catalogues cannot be made.
public enum DetectionError: Error, Sendable, Equatable, CustomStringConvertible {
  /// There is no transform of that name.
  case unknownTransform(String, known: [String])
  /// The transform has fewer parameters than values are given.
  case tooManyValues(transform: String, pattern: String)
  /// The parameter cannot have that value.
  case impossibleValue(String, parameter: TransformParameter, transform: String)
  /// The transform does not fit images of that size.
  case doesNotFit(transform: String, height: Int, width: Int)
  /// The transform takes grey and RGB images only.
  case neitherGreyNorColour(transform: String, channels: Int)
  /// The training images have other channels than the images.
  case differentChannels(transform: String, training: Int, channels: Int)
  /// The transform copies from training images, and there are none at hand.
  case needsTrainingImages(transform: String)
  /// There is no voter set of that name.
  case unknownVoterSet(String, known: [String])
  /// There is no measure of that name.
  case unknownMeasure(String, known: [String])
  /// A value in a measure's name is impossible.
  case impossibleMeasure(String, pattern: String, problem: String)
  /// The model has no such layer.
  case unknownLayer(String, model: String, known: [String])
  /// A measure needs the images that the model was trained on, and they are not at hand.
  case measureNeedsTrainingImages(measure: String)
  /// A measure's value is not a finite number.
  case notFinite(measure: String, image: Int)
  /// There is no learner of that name.
  case unknownLearner(String, known: [String])
  /// A detector cannot be fitted to these examples.
  case unfitExamples(problem: String)
  /// A detector's record cannot be read.
  case damagedDetector(problem: String)
  /// Attacks cannot follow a measure or a detector, since it has no gradient.
  case notDifferentiable(String, followable: [String])
  /// The work was cancelled.
  case cancelled

  /// One line: what is wrong and what is allowed.
  public var description: String {
    switch self {
    case .unknownTransform(let name, let known):
      "there is no transform '\(name)'; there are: \(known.joined(separator: ", "))"
    case .tooManyValues(let transform, let pattern):
      "'\(transform)' has too many values; it is written \(pattern)"
    case .impossibleValue(let value, let parameter, let transform):
      "\(transform)'s \(parameter.name) cannot be '\(value)'; it must be "
        + parameter.domainDescription
    case .doesNotFit(let transform, let height, let width):
      "\(transform) does not fit images of \(height) x \(width) pixels"
    case .neitherGreyNorColour(let transform, let channels):
      "\(transform) takes grey or RGB images, of one or three channels; these have \(channels)"
    case .differentChannels(let transform, let training, let channels):
      "\(transform) copies from training images with \(training) channels; the images have \(channels)"
    case .needsTrainingImages(let transform):
      "\(transform) needs training images, which are not at hand"
    case .unknownVoterSet(let name, let known):
      "there is no voter set '\(name)'; there are: \(known.joined(separator: ", "))"
    case .unknownMeasure(let name, let known):
      "there is no measure '\(name)'; there are: \(known.joined(separator: ", "))"
    case .impossibleMeasure(let name, let pattern, let problem):
      "'\(name)' is no measure: \(problem); it is written \(pattern)"
    case .unknownLayer(let layer, let model, let known):
      "\(model) has no layer '\(layer)'; it has: \(known.joined(separator: ", "))"
    case .measureNeedsTrainingImages(let measure):
      "\(measure) needs the images that the model was trained on, which are not at hand"
    case .notFinite(let measure, let image):
      "\(measure) of image \(image) is not a finite number"
    case .unknownLearner(let name, let known):
      "there is no learner '\(name)'; there are: \(known.joined(separator: ", "))"
    case .unfitExamples(let problem): "no detector can be fitted: \(problem)"
    case .damagedDetector(let problem): "the detector's record is damaged: \(problem)"
    case .notDifferentiable(let name, let followable):
      "'\(name)' has no gradient that an attack could follow; these have: "
        + followable.joined(separator: ", ")
    case .cancelled: "the work was cancelled"
    }
  }
}
