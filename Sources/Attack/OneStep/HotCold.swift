/// Towards a class that is close and away from the true one: the gradient of
/// `|Z_hot| Z_hot - Z_cold Z_cold` with the factors held fixed, Z being the logits.
///
/// Rozsa, Rudd, Boult: Adversarial Diversity and Hard Positive Generation (2016).
public struct HotCold: StepDirection {
  private let norm: Ball.Norm
  private let rank: Int

  /// Creates the direction of length 1 in a norm.
  ///
  /// - Parameters:
  ///   - norm: The norm.
  ///   - rank: Which class is hot: 1 for that of the largest logit beside the true class's, 2 for the
  ///     next one. Where there are fewer classes, the last one.
  package init(norm: Ball.Norm, rank: Int) {
    self.norm = norm
    self.rank = rank
  }

  /// Writes the gradient, divided by its length.
  public func write(
    of batch: AttackBatch, logits: UnsafePointer<Float>,
    into directions: UnsafeMutablePointer<Float>
  ) throws {
    let hot = (0..<batch.count).map { member in
      hotClass(
        logits + member * batch.classes, label: batch.labels[member], outlier: batch.outlierClass,
        classes: batch.classes)
    }
    let gradient = try batch.inputGradient(from: logits, rows: batch.count) {
      member, logits, gradient in
      gradient.update(repeating: 0, count: batch.classes)
      gradient[hot[member]] = abs(logits[hot[member]])
      gradient[batch.labels[member]] = -logits[batch.labels[member]]
    }
    directions.update(from: gradient, count: batch.count * batch.size)
    for member in 0..<batch.count {
      norm.normalise(directions + member * batch.size, count: batch.size)
      batch.record("hot_class", Double(hot[member]), of: member)
    }
  }

  private func hotClass(
    _ logits: UnsafePointer<Float>, label: Int, outlier: Int?, classes: Int
  ) -> Int {
    // Of equal logits the first class comes first.
    let others = (0..<classes).filter { $0 != label && $0 != outlier }
      .sorted { logits[$0] > logits[$1] || (logits[$0] == logits[$1] && $0 < $1) }
    return others[min(rank, others.count) - 1]
  }
}

extension HotCold {
  private static let rank = AttackParameter(
    name: "rank", domain: .integer(1...1000), defaultValue: .number(1),
    summary: "the place of the wanted class among the others, by their logits")

  static let kind = OneStep.kind(
    "hot-cold", title: "Hot/cold",
    summary: "Hot/cold: one step towards a close class and away from the true one",
    source: OneStep.rozsa, parameters: [Ball.Norm.parameter, rank]
  ) { HotCold(norm: Ball.Norm($0), rank: Int($0.number("rank"))) }

  static let minimalKind = OneStep.minimalKind(
    "hot-cold", title: "Hot/cold", source: OneStep.rozsa, parameters: [Ball.Norm.parameter, rank]
  ) { HotCold(norm: Ball.Norm($0), rank: Int($0.number("rank"))) }
}
