/// How far the softmax varies between Monte Carlo passes: Feinman's uncertainty.
///
/// Feinman, Curtin, Shintre, Gardner 2017, section 4.2: the mean over passes of y · y less the mean
/// y times itself, which is the sum over classes of the population variance. Their code takes the
/// mean over classes instead, which ranks images alike.
struct SoftmaxVariance: Measure, PreparedMeasure {
  static let name = "softmax_variance"
  static let kind = MeasureKind(
    pattern: name, title: "softmax variance",
    summary: "sum over classes of the variance of the softmax over the passes",
    source: "Feinman, Curtin, Shintre, Gardner 2017", standard: [name]
  ) { $0 == name ? SoftmaxVariance() : nil }

  var description: MeasureDescription {
    MeasureDescription(
      name: Self.name, orientation: .high, unit: "1", title: Self.kind.title,
      summary: Self.kind.summary, source: Self.kind.source)
  }

  var dependencies: MeasureDependencies { MeasureDependencies(passes: true) }

  var isDifferentiable: Bool { true }

  func prepare(_ material: MeasureMaterial) -> any PreparedMeasure { self }

  func values(of batch: ImageBatch) throws -> [Double] {
    try batch.uncertainties().map(\.softmaxVariance)
  }
}
