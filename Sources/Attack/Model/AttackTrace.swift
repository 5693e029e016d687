internal import Classifier
internal import Foundation

/// What an image was after a number of steps of an attack.
public struct TracedStep: Sendable, Equatable {
  /// The cross-entropy at the true class, of the logits that the attack was given.
  public let loss: Double
  /// Whether the answer was a wrong class.
  public let isMisled: Bool
  /// The detector's score that the attack was given; nil if it asked for none.
  public var score: Double?
}

/// How an attack fares step by step: noted by the runner as the attack asks about its images.
final class AttackTrace {
  /// The steps of each image, from none taken on.
  private(set) var steps: [[TracedStep]]

  init(count: Int) { steps = Array(repeating: [], count: count) }

  /// Notes an answer.
  ///
  /// Of several at the same number of steps the last one counts: it is of the image that the next step
  /// begins at.
  ///
  /// - Parameters:
  ///   - logits: The answer.
  ///   - member: A position in the batch.
  ///   - label: The true class.
  ///   - taken: The number of steps that the attack has taken on the image.
  ///   - classes: The number of logits.
  ///   - isMisled: Whether the answer is a wrong class.
  func note(
    _ logits: UnsafePointer<Float>, of member: Int, label: Int, taken: Int, classes: Int,
    isMisled: Bool
  ) {
    let loss = Self.crossEntropy(logits, label: label, classes: classes)
    // Nothing is to be learnt of what is no number; the attack itself goes on as it likes.
    guard loss.isFinite else { return }
    let step = TracedStep(loss: loss, isMisled: isMisled)
    // The image stood still in steps that it was not asked about.
    let last = steps[member].last ?? step
    while steps[member].count < taken { steps[member].append(last) }
    if steps[member].count == taken {
      steps[member].append(step)
    } else {
      steps[member][taken] = step
    }
  }

  /// Notes the detector's score of an image as it was last asked about.
  func note(score: Double, of member: Int) {
    guard score.isFinite, let last = steps[member].indices.last else { return }
    steps[member][last].score = score
  }

  private static func crossEntropy(
    _ logits: UnsafePointer<Float>, label: Int, classes: Int
  ) -> Double {
    let largest = logits[indexOfMaximum(logits, count: classes)]
    var sum = 0.0
    for index in 0..<classes { sum += exp(Double(logits[index] - largest)) }
    return log(sum) - Double(logits[label] - largest)
  }
}

/// The loss of some images after each number of steps, summed, so that pieces of a set add up.
public struct TracedSum: Sendable, Equatable {
  /// The number of images.
  public private(set) var images = 0
  /// The sum of their losses.
  public private(set) var loss = 0.0
  /// The sum of the squares of their losses.
  public private(set) var lossSquares = 0.0
  /// How many were misled.
  public private(set) var misled = 0
  /// How many the attack was given a score of.
  public private(set) var scored = 0
  /// The sum of those scores.
  public private(set) var score = 0.0

  /// Sums up images step by step; one that an attack has left alone counts with its last step.
  ///
  /// - Parameter images: Images of one attack, in the order of the data set.
  /// - Returns: The sums after 0, 1, 2, ... steps; empty if no image was traced.
  public static func sums(of images: [AdversarialImage]) -> [TracedSum] {
    let traces = images.map(\.steps).filter { !$0.isEmpty }
    return (0..<(traces.map(\.count).max() ?? 0)).map { step in
      var sum = TracedSum()
      for trace in traces { sum.add(trace[min(step, trace.count - 1)]) }
      return sum
    }
  }

  private mutating func add(_ step: TracedStep) {
    images += 1
    loss += step.loss
    lossSquares += step.loss * step.loss
    if step.isMisled { misled += 1 }
    guard let given = step.score else { return }
    scored += 1
    score += given
  }
}
