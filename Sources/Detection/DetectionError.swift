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
  /// The transform takes grey images only.
  case needsOneChannel(transform: String, channels: Int)
  /// The transform copies from training images, and there are none at hand.
  case needsTrainingImages(transform: String)
  /// There is no voter set of that name.
  case unknownVoterSet(String, known: [String])

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
    case .needsOneChannel(let transform, let channels):
      "\(transform) takes grey images, of one channel; these have \(channels)"
    case .needsTrainingImages(let transform):
      "\(transform) needs training images, which are not at hand"
    case .unknownVoterSet(let name, let known):
      "there is no voter set '\(name)'; there are: \(known.joined(separator: ", "))"
    }
  }
}
