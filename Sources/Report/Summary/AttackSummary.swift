internal import SQLite
internal import Tracker

/// What is known about one attack, in the numbers that people want first.
///
/// Fractions are 0...1, and null where they are not known.
struct AttackSummary: Sendable {
  /// Below it more than one image in ten is declared what it is not; detection counts as failed.
  static let reliableAccuracy = 0.9

  /// What tables call it, such as "fgsm".
  let name: String
  /// The share of images that the detector declares what they are.
  private(set) var detection = SQLValue.null
  /// The ends of its 95% interval.
  private(set) var low = SQLValue.null
  private(set) var high = SQLValue.null
  /// The same in the reproduction and in the original.
  private(set) var reproduction = SQLValue.null
  private(set) var original = SQLValue.null
  /// The share of the adversarial images that the detector declares clean.
  private(set) var missed: Double?
  /// The share of the clean images that the detector declares adversarial.
  private(set) var refused: Double?
  /// The share of images that the attack turned.
  var success = SQLValue.null
  /// The share of the mix that the network classifies correctly without a detector.
  var undefended = SQLValue.null

  /// Reads an attack's rows of the query table2.
  init(name: String, quantities: [Record]) {
    self.name = name
    func ours(_ quantity: String) -> Double? {
      quantities.first { $0.text("quantity") == quantity }?["ours"].real
    }
    func share(_ part: String, beside rest: String) -> Double? {
      guard let part = ours(part), let rest = ours(rest), part + rest > 0 else { return nil }
      return part / (part + rest)
    }
    if let accuracy = quantities.first(where: { $0.text("quantity") == "detection_accuracy" }) {
      detection = accuracy["ours"]
      (low, high) = (accuracy["ours_low"], accuracy["ours_high"])
      (reproduction, original) = (accuracy["reproduction"], accuracy["original"])
    }
    missed = share("adversarial_declared_clean", beside: "adversarial_declared_adversarial")
    refused = share("clean_declared_adversarial", beside: "clean_declared_clean")
  }

  /// Reads a row of the query ablations, for thresholds that were given and not chosen.
  init(detector: Record) {
    name = detector.text("attack")
    detection = detector["detection_accuracy"]
    low = detector["detection_accuracy_low"]
    high = detector["detection_accuracy_high"]
  }

  var heading: String { AttackName.heading(name) }

  /// The detection accuracy with its interval, such as "94.7% (94.3–95.2%)".
  var accuracy: String {
    Typesetting.text(of: detection, as: .percent)
      + " (\(Typesetting.interval(low, high, as: .percent)))"
  }

  /// Whether even the upper end of the interval is below ``reliableAccuracy``.
  var isUnreliable: Bool { (high.real ?? 1) < Self.reliableAccuracy }

  /// Whether the original paper's number lies above the interval.
  var isBelowOriginal: Bool {
    guard let original = original.real, let high = high.real else { return false }
    return original > high
  }
}
