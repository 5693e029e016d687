/// The measures that are read off the Monte Carlo passes of every measurement.
///
/// Both papers use `softmaxStd`. They come from the same passes and are stored side by side.
public enum MonteCarloMeasure: String, Sendable, CaseIterable {
  /// The mean over classes of the standard deviation of the softmax.
  case softmaxStd = "softmax_std"
  /// The same of the logits.
  case logitStd = "logit_std"
  /// The entropy of the mean softmax.
  case predictiveEntropy = "predictive_entropy"
  /// The predictive entropy minus the mean entropy of the passes.
  case mutualInformation = "mutual_information"
  /// The largest element of the mean softmax.
  case maxProbability = "max_probability"
  /// The difference of the two largest mean logits.
  case margin
  /// The largest softmax of a single pass without dropout.
  case deterministicMaxProbability = "deterministic_max_probability"

  /// Whether the measure says how far passes differ: one pass alone gives 0 for every image.
  public var isSpread: Bool {
    switch self {
    case .softmaxStd, .logitStd, .mutualInformation: true
    case .predictiveEntropy, .maxProbability, .margin, .deterministicMaxProbability: false
    }
  }

  /// The measure's value for an image.
  ///
  /// - Parameters:
  ///   - uncertainty: What the image's passes gave.
  ///   - deterministicProbability: The image's largest softmax with dropout off.
  /// - Returns: The value, in the unit of the measure's description.
  public func value(_ uncertainty: Uncertainty, deterministicProbability: Double) -> Double {
    switch self {
    case .softmaxStd: uncertainty.softmaxStd
    case .logitStd: uncertainty.logitStd
    case .predictiveEntropy: uncertainty.predictiveEntropy
    case .mutualInformation: uncertainty.mutualInformation
    case .maxProbability: uncertainty.maxProbability
    case .margin: uncertainty.margin
    case .deterministicMaxProbability: deterministicProbability
    }
  }

  static let kinds = allCases.map { measure in
    MeasureKind(
      pattern: measure.rawValue, title: measure.description.title,
      summary: measure.description.summary, source: measure.description.source,
      standard: [measure.rawValue]
    ) { name in name == measure.rawValue ? measure : nil }
  }
}

extension MonteCarloMeasure: Measure {
  /// The measure's name, orientation and origin.
  public var description: MeasureDescription {
    let orientation: Orientation
    let (unit, title, summary): (String, String, String)
    switch self {
    case .softmaxStd:
      orientation = .high
      (unit, title) = ("1", "softmax deviation")
      summary = "mean over classes of the standard deviation of the softmax over the passes"
    case .logitStd:
      orientation = .low
      (unit, title) = ("1", "logit deviation")
      summary = "mean over classes of the standard deviation of the logits over the passes"
    case .predictiveEntropy:
      orientation = .high
      (unit, title) = ("nat", "predictive entropy")
      summary = "entropy of the mean softmax"
    case .mutualInformation:
      orientation = .high
      (unit, title) = ("nat", "mutual information")
      summary = "predictive entropy minus the mean entropy of the passes"
    case .maxProbability:
      orientation = .low
      (unit, title) = ("1", "maximum probability")
      summary = "largest mean softmax"
    case .margin:
      orientation = .low
      (unit, title) = ("1", "margin")
      summary = "difference of the two largest mean logits"
    case .deterministicMaxProbability:
      orientation = .low
      (unit, title) = ("1", "deterministic maximum probability")
      summary = "largest softmax of one pass with dropout off"
    }
    let source =
      switch self {
      case .softmaxStd: "Alshemali, Graham, Kalita 2019"
      case .mutualInformation: "Gal, Islam, Ghahramani 2017"
      case .deterministicMaxProbability: "Hendrycks, Gimpel 2017"
      case .logitStd, .predictiveEntropy, .maxProbability, .margin: "Gal, Ghahramani 2016"
      }
    return MeasureDescription(
      name: rawValue, orientation: orientation, unit: unit, title: title, summary: summary,
      source: source)
  }

  /// The passes, save for the one measure that makes none.
  public var dependencies: MeasureDependencies {
    MeasureDependencies(passes: self != .deterministicMaxProbability)
  }

  /// True: all are functions of logits.
  public var isDifferentiable: Bool { true }

  /// Is ready as it is.
  public func prepare(_ material: MeasureMaterial) -> any PreparedMeasure {
    Prepared(measure: self)
  }

  private struct Prepared: DifferentiableMeasure {
    let measure: MonteCarloMeasure

    var parts: [ScorePart] { [measure.part] }

    func values(of batch: ImageBatch) throws -> [Double] {
      let classes = batch.classCount
      let softmax = try batch.softmax
      let probabilities = (0..<batch.count).map {
        Double(softmax[$0 * classes..<($0 + 1) * classes].max() ?? 0)
      }
      if measure == .deterministicMaxProbability { return probabilities }
      return zip(try batch.uncertainties(), probabilities).map {
        measure.value($0, deterministicProbability: $1)
      }
    }
  }
}
