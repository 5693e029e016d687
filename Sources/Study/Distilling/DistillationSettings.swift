/// What a network learns where that isn't its images' labels: part of its training's configuration.
struct DistillationSettings: Codable, Sendable, Equatable {
  /// The member of a training's configuration.
  static let key = "objective"

  /// What the network is to answer.
  enum Targets: String, Codable, Sendable {
    /// The images' labels.
    case labels
    /// Another network's softmax.
    case softLabels = "soft_labels"
    /// The labels, with a share of an outlier class by the uncertainty of another network.
    case outlierClass = "outlier_class"
  }

  typealias Normalisation = OutlierNormalisation

  /// What the network is to answer.
  var targets = Targets.labels
  /// The divisor of the logits in training, above 0.
  var temperature = 1.0
  /// The outlier class's share of the most uncertain image, 0...1; nil without an outlier class.
  var alpha: Double?
  /// What an image's uncertainty is the deviation of; nil without an outlier class.
  var spread: TrainingUncertaintyStage.Spread?
  /// What the uncertainties are divided by; nil without an outlier class.
  var normalisation: Normalisation?

  /// The number of outputs of a network for so many classes.
  func outputs(classes: Int) -> Int { targets == .outlierClass ? classes + 1 : classes }

  /// The outlier class's share of each image, 0...alpha, for uncertainties of at least 0.
  func outlierShares(of uncertainties: [Float]) -> [Float] {
    (normalisation ?? .max).shares(of: uncertainties, alpha: Float(alpha ?? 0))
  }
}

/// The number that uncertainties are divided by, to be shares of an outlier class.
package enum OutlierNormalisation: String, Codable, Sendable, CaseIterable {
  /// The largest of the training set.
  case max
  /// The 99th percentile of the training set; what lies above counts as 1.
  case percentile = "p99"

  /// The outlier class's share of each image.
  ///
  /// - Parameters:
  ///   - uncertainties: One number an image, at least 0.
  ///   - alpha: The share of the most uncertain image, 0...1.
  /// - Returns: Numbers from 0 to alpha, in the same order.
  package func shares(of uncertainties: [Float], alpha: Float) -> [Float] {
    let sorted = uncertainties.sorted()
    let reference: Float =
      switch self {
      case .max: sorted.last ?? 0
      case .percentile: sorted.isEmpty ? 0 : sorted[(sorted.count - 1) * 99 / 100]
      }
    guard reference > 0 else { return uncertainties.map { _ in 0 } }
    return uncertainties.map { alpha * min(1, $0 / reference) }
  }
}
