internal import Classifier

/// A function of an image's logits that is the larger, the nearer the image is to misclassification.
///
/// An answer "outlier" counts as the true class does: it is none that an attack wants.
package struct LogitLoss: Sendable {
  /// The functions.
  package enum Form: Sendable {
    /// -ln p(label).
    case crossEntropy
    /// The difference of logits ratio of Croce and Hein 2020, which neither shifting nor scaling the
    /// logits changes: the lead of the best wrong class, in units of how far the first of all classes
    /// is ahead of the third.
    case logitsRatio
  }

  let form: Form
  /// The number of logits.
  let classes: Int
  /// The output that stands for outliers; nil if there is none.
  let outlierClass: Int?

  /// A loss of a number of logits.
  package init(form: Form, classes: Int, outlierClass: Int?) {
    self.form = form
    self.classes = classes
    self.outlierClass = outlierClass
  }

  /// The loss of a batch's images.
  init(_ form: Form, of batch: AttackBatch) {
    self.init(form: form, classes: batch.classes, outlierClass: batch.outlierClass)
  }

  /// Keeps a ratio finite when its divisor is zero, as in the authors' code.
  private static let tiny = 1e-12

  /// Computes the loss of an image.
  ///
  /// - Parameters:
  ///   - logits: The image's logits.
  ///   - label: Its true class.
  ///   - target: The wrong class that counts for the ratio; nil takes the best one at present, and the
  ///     divisor of attacks without a target.
  ///   - gradient: Room for the gradient with respect to the logits.
  /// - Returns: The loss.
  @discardableResult
  package func evaluate(
    _ logits: UnsafePointer<Float>, label: Int, target: Int? = nil,
    gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    switch form {
    case .crossEntropy:
      var loss = CrossEntropy()
      loss.add(logits: logits, label: label, count: classes, scale: 1, gradient: gradient)
      return loss.loss
    case .logitsRatio:
      return ratio(logits, label: label, target: target, gradient: gradient)
    }
  }

  private func ratio(
    _ logits: UnsafePointer<Float>, label: Int, target: Int?,
    gradient: UnsafeMutablePointer<Float>
  ) -> Double {
    gradient.update(repeating: 0, count: classes)
    let margin = untargetedMargin(logits, label: label)
    let (unwanted, wrong) = (margin.unwanted, target ?? margin.wanted)
    let lead = Double(logits[wrong]) - Double(logits[unwanted])
    // Two classes have no third one: the lead stands by itself.
    guard classes > 2 else {
      (gradient[wrong], gradient[unwanted]) = (1, -1)
      return lead
    }
    let order = leaders(logits)
    let (third, fourth) = (order[2], target == nil || classes == 3 ? order[2] : order[3])
    let spread =
      Double(logits[order[0]]) - (Double(logits[third]) + Double(logits[fourth])) / 2 + Self.tiny
    gradient[wrong] += Float(1 / spread)
    gradient[unwanted] -= Float(1 / spread)
    let slope = lead / (spread * spread)
    gradient[order[0]] -= Float(slope)
    gradient[third] += Float(slope / 2)
    gradient[fourth] += Float(slope / 2)
    return lead / spread
  }

  /// How far the true class, or "outlier", is ahead of the best wrong class; negative if it is behind.
  package func margin(_ logits: UnsafePointer<Float>, label: Int) -> Double {
    Double(untargetedMargin(logits, label: label).value)
  }

  private func untargetedMargin(_ logits: UnsafePointer<Float>, label: Int) -> AnswerMargin {
    AnswerMargin(
      logits: logits, classes: classes, goal: .untargeted, label: label, target: label,
      outlierClass: outlierClass)
  }

  /// The likelier of the answers that the attack does not want: the true class and "outlier".
  package func unwantedAnswer(_ logits: UnsafePointer<Float>, label: Int) -> Int {
    untargetedMargin(logits, label: label).unwanted
  }

  /// How far a wrong class is ahead of the likelier unwanted answer; negative if it is behind.
  func lead(of wrong: Int, _ logits: UnsafePointer<Float>, label: Int) -> Double {
    Double(logits[wrong]) - Double(logits[unwantedAnswer(logits, label: label)])
  }

  /// Writes the gradient of that lead with respect to the logits.
  func writeLeadGradient(
    of wrong: Int, _ logits: UnsafePointer<Float>, label: Int,
    to gradient: UnsafeMutablePointer<Float>
  ) {
    gradient.update(repeating: 0, count: classes)
    gradient[wrong] = 1
    gradient[unwantedAnswer(logits, label: label)] -= 1
  }

  /// The wrong classes of some images of a batch by the logits of each, the likeliest first.
  func wrongClasses(
    of members: [Int], in batch: AttackBatch, logits: UnsafePointer<Float>
  ) -> [[Int]] {
    members.enumerated().map { row, member in
      wrongClasses(logits + row * classes, label: batch.labels[member])
    }
  }

  /// The wrong classes, the likeliest first; of equals the first.
  package func wrongClasses(_ logits: UnsafePointer<Float>, label: Int) -> [Int] {
    (0..<classes).filter { $0 != label && $0 != outlierClass }.sorted {
      logits[$0] != logits[$1] ? logits[$0] > logits[$1] : $0 < $1
    }
  }

  /// The outputs with the four largest logits, the largest first; fewer if there are fewer, zeros then.
  private func leaders(_ logits: UnsafePointer<Float>) -> SIMD4<Int> {
    var order = SIMD4<Int>(repeating: 0)
    var found = 0
    for index in 0..<classes {
      var place = found
      while place > 0, logits[index] > logits[order[place - 1]] {
        if place < 4 { order[place] = order[place - 1] }
        place -= 1
      }
      if place < 4 { order[place] = index }
      found = min(4, found + 1)
    }
    return order
  }
}
