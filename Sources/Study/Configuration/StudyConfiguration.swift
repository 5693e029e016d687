public import Attack
public import Dataset
internal import Detection
internal import NeuralNetwork

/// The settings of a study: with data and program, they determine its results.
///
/// The defaults are the papers' study: LeNet on MNIST, attacked by FGSM, BIM and JSMA. A configuration
/// file gives the settings that differ, under the coding keys.
public struct StudyConfiguration: Codable, Sendable, Equatable {
  /// A data set of the catalogue, or a directory in one of the formats of data sets.
  public var dataset = "mnist"
  /// Where arrays of images in colour have the channels, if their shape doesn't tell; nil: it does.
  public var layout: ImageLayout?
  /// The seed of all random numbers.
  public var seed: Int64 = 0
  /// Whether this is the small study for a first look.
  ///
  /// Reports say so.
  public var quick = false
  /// The classifier's layers.
  public var network = NetworkConfiguration()
  /// The training of the classifier.
  public var training = TrainingConfiguration()
  /// The test images to attack and measure.
  public var selection = SelectionConfiguration()
  /// The attacks, by name, with their parameters; those of the papers unless they are null, and others
  /// of the catalogue.
  public var attacks: [String: AttackConfiguration]
  /// The passes and crops of a measurement.
  public var measurement = MeasurementConfiguration()
  /// The measures and thresholds of detectors.
  public var detection = DetectionConfiguration()

  /// The settings that are not there unless they are given.
  static let optionalSettings = ["layout"]

  /// The papers' study.
  public init() {
    attacks = Dictionary(
      uniqueKeysWithValues: AttackCatalogue.kinds.filter { kind in
        AttackCatalogue.study.contains(kind.name)
      }.map { kind in
        let defaults = kind.parameters.map { ($0.name, $0.defaultValue) }
        return (kind.name, AttackConfiguration(Dictionary(uniqueKeysWithValues: defaults)))
      })
  }

  /// The same study in small: one epoch, and 500 images if it has more.
  public func quickened() -> StudyConfiguration {
    var quick = self
    quick.quick = true
    quick.training.epochs = 1
    quick.selection.size = min(selection.size, 250)
    quick.selection.heldoutSize = min(selection.heldoutSize, 250)
    return quick
  }
}

/// The test images to attack and measure.
public struct SelectionConfiguration: Codable, Sendable, Equatable {
  /// A way to choose images from the test images.
  public enum Method: String, Codable, Sendable, CaseIterable {
    /// The seed draws them at random, and the held-out half from the rest.
    case random
    /// The first images; the following ones are held out.
    case first
    /// The last images; those right before are held out.
    case last
    /// The images from `start` on; the following ones are held out, cyclically.
    case range
  }

  /// The way to choose the images.
  public var method = Method.random
  /// The number of images to report.
  public var size = 5000
  /// The number of held-out images, on which thresholds of protocol heldout are chosen.
  public var heldoutSize = 5000
  /// The first image of a range; ignored by other methods.
  public var start = 0

  enum CodingKeys: String, CodingKey {
    case method, size, start
    case heldoutSize = "heldout_size"
  }
}

/// One attack's parameters, by name.
public struct AttackConfiguration: Codable, Sendable, Equatable {
  /// The parameters.
  public var values: [String: AttackValue]

  /// Creates a configuration of these parameters.
  public init(_ values: [String: AttackValue]) {
    self.values = values
  }

  /// Reads numbers and words by name.
  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    values = try container.decode([String: Value].self).mapValues(\.value)
  }

  /// Writes numbers and words by name.
  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(values.mapValues(Value.init))
  }

  private struct Value: Codable {
    let value: AttackValue

    init(_ value: AttackValue) {
      self.value = value
    }

    init(from decoder: any Decoder) throws {
      let container = try decoder.singleValueContainer()
      if let number = try? container.decode(Double.self) {
        value = .number(number)
      } else {
        value = .word(try container.decode(String.self))
      }
    }

    func encode(to encoder: any Encoder) throws {
      var container = encoder.singleValueContainer()
      switch value {
      case .number(let number): try container.encode(number)
      case .word(let word): try container.encode(word)
      }
    }
  }
}

/// The passes and crops of a measurement.
public struct MeasurementConfiguration: Codable, Sendable, Equatable {
  /// The number of stochastic passes, N.
  public var passes = 50
  /// The side of the crops, in pixels; nil for 6/7 of the images' shorter side, 24 of 28.
  public var cropSide: Int?

  enum CodingKeys: String, CodingKey {
    case passes
    case cropSide = "crop_side"
  }

  /// The settings that are not there unless they are given.
  static let optionalSettings = ["crop_side"]
}

/// The passes and crops by which images of a known size are measured.
struct MeasurementSettings: Sendable, Equatable {
  /// The number of stochastic passes, N.
  let passes: Int
  /// The side of the crops, in pixels.
  let cropSide: Int
}

/// The measures and thresholds of detectors.
public struct DetectionConfiguration: Codable, Sendable, Equatable {
  /// The measures of uncertainty to compare.
  ///
  /// Tables show the first one.
  public var measures = Self.knownMeasures
  /// A threshold on the first measure's score to try as well as choosing the best ones; nil: none.
  ///
  /// The score is the measure, negated where low values mean adversarial. The three thresholds are
  /// given together. Of the two on the score the lower one is L, in whichever order they are given.
  public var lowThreshold: Double?
  /// The other threshold on the score.
  public var highThreshold: Double?
  /// C: the number of crops that must agree, 0...5.
  public var agreementThreshold: Int?

  /// The measures that are stored for every image.
  public static let knownMeasures = MonteCarloMeasure.allCases.map(\.rawValue)

  /// The measures that say how far passes differ: one pass alone gives 0 for every image.
  static let measuresOfSpread = MonteCarloMeasure.allCases.filter(\.isSpread).map(\.rawValue)

  enum CodingKeys: String, CodingKey {
    case measures
    case lowThreshold = "low_threshold"
    case highThreshold = "high_threshold"
    case agreementThreshold = "agreement_threshold"
  }

  /// The settings that are not there unless they are given.
  static let optionalSettings = ["low_threshold", "high_threshold", "agreement_threshold"]

  /// The thresholds that are given; nil if there are none.
  var given: GivenThresholds? {
    guard let lowThreshold, let highThreshold, let agreementThreshold else { return nil }
    return GivenThresholds(
      low: min(lowThreshold, highThreshold), high: max(lowThreshold, highThreshold),
      agreement: agreementThreshold)
  }
}

/// Thresholds of Algorithm 1 that are given instead of chosen.
struct GivenThresholds: Sendable, Equatable {
  /// L.
  let low: Double
  /// H, at least L.
  let high: Double
  /// C.
  let agreement: Int
}
