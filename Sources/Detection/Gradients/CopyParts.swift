internal import Classifier

extension ScorePart {
  /// The L1 distance of the softmax before and behind a transform, whose copies' softmax is averaged.
  static func distance(behind transform: TransformSpecification) -> ScorePart {
    .copies(transform) { logits, copies, gradient, copiesGradient in
      let classes = logits.count
      let (own, others) = (
        DrawnLogits(logits, classes: classes), DrawnLogits(copies, classes: classes)
      )
      let (before, each) = (own.softmax(), others.softmax())
      let after = others.means(each)
      let signs = zip(before, after).map { $0 > $1 ? 1.0 : ($0 < $1 ? -1 : 0) }
      own.write(softmax: before, slopes: signs, into: gradient)
      others.write(
        softmax: each, slopes: each.indices.map { -signs[$0 % classes] / Double(others.draws) },
        into: copiesGradient)
      return zip(before, after).reduce(0) { $0 + abs($1.0 - $1.1) }
    }
  }

  /// By how much a voter's logits favour another class than the image's own, a little more included,
  /// and 0 where they favour none so far.
  ///
  /// A vote itself has no gradient. The copies' mean logits stand for the voter.
  static func dissent(of transform: TransformSpecification) -> ScorePart {
    .copies(transform) { logits, copies, gradient, copiesGradient in
      let classes = logits.count
      gradient.update(repeating: 0, count: classes)
      copiesGradient.update(repeating: 0, count: copies.count)
      let others = DrawnLogits(copies, classes: classes)
      let means = others.means(others.values())
      let own = logits.indices.reduce(0) { logits[$1] > logits[$0] ? $1 : $0 }
      var rival = own == 0 ? 1 : 0
      for label in means.indices where label != own && means[label] > means[rival] {
        rival = label
      }
      let dissent = means[rival] - means[own] + dissentMargin
      guard dissent > 0 else { return 0 }
      let share = 1 / Float(others.draws)
      for first in stride(from: 0, to: copies.count, by: classes) {
        copiesGradient[first + rival] = share
        copiesGradient[first + own] = -share
      }
      return dissent
    }
  }

  /// How far, in logits, a voter has to be on the image's side.
  static let dissentMargin = 0.05
}

extension TransformDistance: DifferentiableMeasure {
  var parts: [ScorePart] { [.distance(behind: transform)] }
}

extension Disagreement: DifferentiableMeasure {
  var parts: [ScorePart] { self.set.voters.map(ScorePart.dissent) }
}

extension TransformSpecification {
  /// What attacks lower to have the network answer behind the transform as it does without it.
  public var dissent: ScorePart { .dissent(of: self) }
}
