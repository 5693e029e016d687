/// What an attack wants the classifier to answer.
public enum AttackGoal: String, Sendable, CaseIterable {
  /// The class that was chosen for the image.
  case targeted
  /// Any class but the true one.
  case untargeted
}

/// By how much the answer that an attack does not want leads.
struct AnswerMargin {
  /// The output that should fall.
  let unwanted: Int
  /// The output that should rise.
  let wanted: Int
  /// The unwanted logit minus the wanted one; negative when the classifier answers as wanted.
  let value: Float
  /// Below minus this the answer stays as wanted, even where sums of another order round otherwise.
  let rounding: Float

  /// Finds the two outputs that decide.
  ///
  /// The answer "outlier" is never wanted.
  ///
  /// - Parameters:
  ///   - logits: One a class.
  ///   - classes: The number of classes.
  ///   - goal: What is wanted.
  ///   - label: The true class.
  ///   - target: The chosen class, if the goal is a target.
  ///   - outlierClass: The output that stands for outliers; nil if there is none.
  init(
    logits: UnsafePointer<Float>, classes: Int, goal: AttackGoal, label: Int, target: Int,
    outlierClass: Int?
  ) {
    func largest(where isMeant: (Int) -> Bool) -> Int {
      var best = -1
      for index in 0..<classes where isMeant(index) && (best < 0 || logits[index] > logits[best]) {
        best = index
      }
      return max(best, 0)
    }
    switch goal {
    case .targeted:
      wanted = target
      unwanted = largest { $0 != target }
    case .untargeted:
      wanted = largest { $0 != label && $0 != outlierClass }
      unwanted = outlierClass.map { logits[$0] > logits[label] ? $0 : label } ?? label
    }
    value = logits[unwanted] - logits[wanted]
    rounding = 1e-5 * max(1, abs(logits[unwanted]), abs(logits[wanted]))
  }

  /// Whether the wanted output leads by at least `confidence`, whatever the order of sums.
  func isMet(confidence: Float) -> Bool { value < -confidence - rounding }

  /// Carlini and Wagner's f: how much is missing from a lead of `confidence`, 0 if nothing is.
  func loss(confidence: Float) -> Float { max(value + confidence, 0) }
}
