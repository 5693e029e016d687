/// The smallest step along a direction that changes the class, among images of whole bytes: doubled
/// from 1/255 until the class changes, then bisected to 1/255.
///
/// Rozsa, Rudd, Boult: Adversarial Diversity and Hard Positive Generation (2016), whose hard positives
/// go further by a factor.
public struct MinimalStep: Sendable, Equatable {
  /// The largest step that is tried.
  public let limit: Float
  /// By which factor the smallest step is exceeded, at least 1.
  public let scale: Float

  /// Creates the rule.
  public init(limit: Float, scale: Float = 1) {
    self.limit = limit
    self.scale = scale
  }

  /// What is known of one image, in steps of 1/255.
  private struct Bounds {
    /// The largest step that left the class.
    var low = 0
    /// The smallest step that changed it; nil if none did yet.
    var high: Int?

    /// The step to try next; nil if there is none.
    func next(limit: Int) -> Int? {
      guard let high else { return low < limit ? min(max(1, 2 * low), limit) : nil }
      return high - low > 1 ? (low + high) / 2 : nil
    }
  }

  /// Moves each image of a batch by its smallest step.
  func search(
    _ batch: AttackBatch, directions: UnsafePointer<Float>, isMisled: [Bool]
  ) throws {
    let limit = Int((Double(self.limit) * 255).rounded(.down))
    var bounds = isMisled.map { Bounds(low: 0, high: $0 ? 0 : nil) }
    while true {
      let tried = bounds.indices.compactMap { member in
        bounds[member].next(limit: limit).map { (member: member, step: $0) }
      }
      if tried.isEmpty { break }
      for (member, step) in tried { move(member, of: batch, directions, by: Float(step) / 255) }
      let members = tried.map(\.member)
      let logits = try batch.logits(of: members)
      let answers = predictions(logits, rows: members.count, classes: batch.classes)
      for ((member, step), answer) in zip(tried, answers) {
        if batch.isMisled(member, answer: answer) {
          bounds[member].high = step
        } else {
          bounds[member].low = step
        }
        batch.iterations[member] += 1
      }
    }
    for (member, bound) in bounds.enumerated() {
      let step = Float(bound.high ?? limit) / 255
      move(member, of: batch, directions, by: bound.high == nil ? step : step * scale)
      if bound.high != nil { batch.record("smallest_step", Double(step), of: member) }
    }
  }

  /// Moves a clean image by a step, to the nearest image of whole bytes.
  private func move(
    _ member: Int, of batch: AttackBatch, _ directions: UnsafePointer<Float>, by step: Float
  ) {
    for place in member * batch.size..<(member + 1) * batch.size {
      let moved = batch.clean[place] + step * directions[place]
      batch.adversarial[place] = (min(max(moved, 0), 1) * 255).rounded() / 255
    }
  }
}
