internal import Classifier
internal import Tensor

/// Asks a served model everything that the protocol has, and compares the answers with each other.
public struct ModelCheck {
  /// What came of a check.
  public enum Outcome: String, Sendable {
    /// The model does what the protocol asks.
    case passed
    /// It may do so, and it is worth knowing.
    case noted
    /// It does not declare the capability.
    case absent
    /// It does not do what the protocol asks.
    case failed
  }

  /// One check.
  public struct Row: Sendable, Equatable {
    /// What was looked at, such as "gradient".
    public let check: String
    /// What came of it.
    public let outcome: Outcome
    /// What was found.
    public let detail: String
  }

  /// Numbers may differ by so much of the largest, since batches round differently.
  static let tolerance = 1e-3
  /// The median error of a gradient that finite differences may leave, as a share.
  static let gradientTolerance = 0.02

  let model: ExternalModel
  let images: CheckImages

  /// Prepares the checks of a model.
  public init(_ model: ExternalModel) {
    self.model = model
    images = CheckImages(shape: model.input, count: max(2, min(8, model.batchSize ?? 8)))
  }

  /// Makes all checks.
  ///
  /// - Parameter found: Receives each row as it is found.
  /// - Returns: All rows.
  /// - Throws: ``ExternalModelError``, `cancelled` alone; what else goes wrong is a row.
  public func rows(_ found: (Row) -> Void = { _ in }) throws -> [Row] {
    let checks: [(name: String, needs: ClassifierCapabilities, make: () throws -> Finding)] = [
      ("hello", [], { hello }), ("logits", [], logits), ("batches", [], batches),
      ("determinism", [], determinism), ("gradient", .gradient, gradient),
      ("kept gradient", .gradient, keptGradient), ("draws", .draws, draws),
      ("draw gradient", [.draws, .drawGradient], drawGradient),
      ("features", .features, features),
      ("feature gradient", [.features, .featureGradient], featureGradient),
    ]
    return try checks.map { check in
      let row: Row
      if !model.capabilities.isSuperset(of: check.needs) {
        row = Row(check: check.name, outcome: .absent, detail: "the model declares none")
      } else {
        row = try self.row(check.name, check.make)
      }
      found(row)
      return row
    }
  }

  typealias Finding = (outcome: Outcome, detail: String)

  private func row(_ name: String, _ make: () throws -> Finding) throws -> Row {
    do {
      let (outcome, detail) = try make()
      return Row(check: name, outcome: outcome, detail: detail)
    } catch let error as ExternalModelError where error.problem != .cancelled {
      return Row(check: name, outcome: .failed, detail: "\(error)")
    }
  }

  private var hello: Finding {
    let identity = model.identity
    let place = [identity.framework, identity.device].filter { !$0.isEmpty }
      .joined(separator: " on ")
    return (
      .passed,
      "\(identity.name): \(identity.classCount) classes, images \(identity.wireShape)"
        + " (\(identity.layout.rawValue))" + (place.isEmpty ? "" : ", \(place)")
    )
  }

  private func logits() throws -> Finding {
    let logits = try all(images.count)
    let (least, most) = (logits.min() ?? 0, logits.max() ?? 0)
    guard least < most else { return (.failed, "every logit is \(least)") }
    return (.passed, "\(images.count) images, from \(least.short) to \(most.short)")
  }

  private func batches() throws -> Finding {
    let together = try all(images.count)
    let alone = try (0..<images.count).flatMap { try all(1, from: $0) }
    let error = difference(together, alone)
    return error <= Self.tolerance
      ? (.passed, "an image alone has the logits that it has among others, to \(error.short)")
      : (
        .failed,
        "an image alone has other logits than among others, by \(error.short) of the largest: is a "
          + "layer in training mode?"
      )
  }

  private func determinism() throws -> Finding {
    let (first, second) = (try all(images.count), try all(images.count))
    guard first != second else { return (.passed, "the same logits twice, to the bit") }
    return (
      .noted,
      "the logits differ from one request to the next, by \(difference(first, second).short) of the "
        + "largest: results are recorded as not deterministic"
    )
  }

  private func features() throws -> Finding {
    for layer in model.featureLayers {
      let pass = model.makeFeaturePass(
        layer: layer, capacity: images.count, gradients: false)
      images.load(0..<images.count, into: pass.input)
      _ = try pass.forward(rows: images.count)
    }
    let widths = model.featureLayers.map { "\($0) \(model.featureCount(of: $0) ?? 0)" }
    return (.passed, widths.joined(separator: ", ") + "; default \(model.defaultFeatureLayer)")
  }

  /// The logits of some of the images in one request.
  func all(_ count: Int, from first: Int = 0) throws -> [Float] {
    let pass = model.makePass(capacity: count, gradients: false)
    images.load(first..<first + count, into: pass.input)
    let logits = try pass.forward(rows: count)
    return Array(UnsafeBufferPointer(start: logits, count: count * model.classCount))
  }

  /// The largest difference, as a share of the largest number.
  func difference(_ one: [Float], _ other: [Float]) -> Double {
    let largest = one.reduce(0) { max($0, abs(Double($1))) }
    let error = zip(one, other).reduce(0) { max($0, abs(Double($1.0) - Double($1.1))) }
    return largest == 0 ? error : error / largest
  }
}

/// Images made up for checks: grey noise around the middle.
struct CheckImages {
  let shape: ImageShape
  let count: Int
  private let pixels: [Float]

  init(shape: ImageShape, count: Int) {
    self.shape = shape
    self.count = count
    pixels = RandomStream(seed: 0, stream: 1).uniform(
      count: count * shape.count, bound: 0.25, pass: 0
    ).map { 0.5 + $0 }
  }

  /// Writes some of the images, one after the other.
  func load(_ range: Range<Int>, into pixels: UnsafeMutablePointer<Float>) {
    for (place, element) in (range.lowerBound * shape.count..<range.upperBound * shape.count)
      .enumerated()
    {
      pixels[place] = self.pixels[element]
    }
  }

  /// Writes all images, each moved along a direction of its own.
  func load(
    moved step: Double, along directions: [Double], into pixels: UnsafeMutablePointer<Float>
  ) {
    for element in self.pixels.indices {
      pixels[element] = Float(Double(self.pixels[element]) + step * directions[element])
    }
  }
}

extension BinaryFloatingPoint {
  /// The number in three digits, for people.
  var short: String {
    let value = Double(self)
    guard value != 0, value.isFinite else { return "\(value)" }
    let exponent = value.exponent10
    guard (-3...3).contains(exponent) else {
      let digits = (value / power10(exponent) * 100).rounded() / 100
      return "\(digits)e\(exponent)"
    }
    let factor = power10(2 - exponent)
    return "\((value * factor).rounded() / factor)"
  }
}

private func power10(_ exponent: Int) -> Double {
  (0..<abs(exponent)).reduce(1.0) { power, _ in exponent < 0 ? power / 10 : power * 10 }
}

extension Double {
  /// The decimal exponent of the first digit.
  fileprivate var exponent10: Int {
    var (value, exponent) = (abs(self), 0)
    while value >= 10 { (value, exponent) = (value / 10, exponent + 1) }
    while value < 1 { (value, exponent) = (value * 10, exponent - 1) }
    return exponent
  }
}
