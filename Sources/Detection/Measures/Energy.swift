internal import Foundation

/// The logarithm of the sum of the logits' exponentials, the negative energy of a network.
///
/// Liu, Wang, Owens, Li 2020 (arXiv 2010.03759), at temperature 1.
struct Energy: Measure, PreparedMeasure {
  static let name = "energy"
  static let kind = MeasureKind(
    pattern: name, title: "negative energy",
    summary: "logarithm of the sum of the exponentials of the logits",
    source: "Liu, Wang, Owens, Li 2020", standard: [name]
  ) { $0 == name ? Energy() : nil }

  var description: MeasureDescription {
    MeasureDescription(
      name: Self.name, orientation: .low, unit: "nat", title: Self.kind.title,
      summary: Self.kind.summary, source: Self.kind.source)
  }

  var isDifferentiable: Bool { true }

  func prepare(_ material: MeasureMaterial) -> any PreparedMeasure { self }

  func values(of batch: ImageBatch) throws -> [Double] {
    let (logits, classes) = try (batch.logits, batch.classCount)
    return (0..<batch.count).map { image in
      let row = logits[image * classes..<(image + 1) * classes].map(Double.init)
      let largest = row.max() ?? 0
      return largest + log(row.reduce(0) { $0 + exp($1 - largest) })
    }
  }
}
