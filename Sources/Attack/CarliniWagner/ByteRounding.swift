/// Makes whole bytes of adversarial images, and repairs those that are no longer adversarial.
///
/// Carlini and Wagner 2017, section V: a greedy search, one element at a time.
struct ByteRounding {
  let batch: AttackBatch

  /// Rounds images to multiples of 1/255; then moves the element that promises the most by 1/255,
  /// as often as needed, but not more often than an image has elements.
  ///
  /// Records "repairs", how many elements were moved.
  ///
  /// - Parameters:
  ///   - members: Positions in the batch.
  ///   - objective: What is adversarial.
  /// - Throws: What the objective throws.
  func run(_ members: [Int], objective: some MisleadingObjective) throws {
    for member in members {
      let image = batch.adversarial + member * batch.size
      for element in 0..<batch.size { image[element] = (image[element] * 255).rounded() / 255 }
    }
    var moves = [Int](repeating: 0, count: batch.count)
    var broken = members
    while !broken.isEmpty {
      try batch.checkCancelled()
      let (verdicts, gradients) = try objective.judge(broken)
      var moved: [Int] = []
      for (row, member) in broken.enumerated() where !verdicts[row].isMisleading {
        guard moves[member] < batch.size,
          moveOneElement(of: member, against: gradients + row * batch.size)
        else { continue }
        moves[member] += 1
        moved.append(member)
      }
      broken = moved
    }
    for member in members { batch.record("repairs", Double(moves[member]), of: member) }
  }

  /// Moves the element of the steepest slope that can still go down it.
  ///
  /// - Returns: False if there is none.
  private func moveOneElement(of member: Int, against gradient: UnsafePointer<Float>) -> Bool {
    let image = batch.adversarial + member * batch.size
    var best: (element: Int, byte: Float)?
    for element in 0..<batch.size
    where abs(gradient[element]) > best.map({ abs(gradient[$0.element]) }) ?? 0 {
      let byte = (image[element] * 255).rounded() - sign(gradient[element])
      if byte >= 0 && byte <= 255 { best = (element, byte) }
    }
    guard let best else { return false }
    image[best.element] = best.byte / 255
    return true
  }
}
