/// The images within a distance of a clean one, and steps in it.
struct AdaptiveBall: Sendable {
  /// The norms that distances are measured in.
  enum Norm: String, Sendable, CaseIterable {
    /// The largest change of a value; steps go along signs.
    case linf
    /// The Euclidean length; steps go along the direction itself.
    case l2
  }

  let norm: Norm
  /// The largest distance, pixels in 0...1.
  let epsilon: Float
  /// The length of a step.
  let step: Float

  /// Moves an image one step against a direction, back into the ball and to 0...1.
  ///
  /// - Parameters:
  ///   - image: The image, [count].
  ///   - direction: Where the loss rises, [count].
  ///   - clean: The middle of the ball, [count].
  ///   - count: The number of elements of an image.
  func descend(
    _ image: UnsafeMutablePointer<Float>, against direction: UnsafePointer<Float>,
    around clean: UnsafePointer<Float>, count: Int
  ) {
    switch norm {
    case .linf:
      for pixel in 0..<count {
        let moved = image[pixel] - step * sign(direction[pixel])
        let lowest = max(0, clean[pixel] - epsilon)
        let highest = min(1, clean[pixel] + epsilon)
        image[pixel] = min(max(moved, lowest), highest)
      }
    case .l2:
      var squares = 0.0
      for pixel in 0..<count { squares += Double(direction[pixel]) * Double(direction[pixel]) }
      guard squares > 0 else { return }
      let scale = step / Float(squares.squareRoot())
      var distances = 0.0
      for pixel in 0..<count {
        image[pixel] -= scale * direction[pixel]
        let change = Double(image[pixel]) - Double(clean[pixel])
        distances += change * change
      }
      // A hair less than epsilon, so that rounding leaves no image outside. Clipping to 0...1 only
      // brings it nearer to the clean one, which lies there.
      let distance = distances.squareRoot()
      let factor = distance > Double(epsilon) ? Float(Double(epsilon) * (1 - 1e-6) / distance) : 1
      for pixel in 0..<count {
        image[pixel] = min(max(clean[pixel] + factor * (image[pixel] - clean[pixel]), 0), 1)
      }
    }
  }
}

extension AdaptiveBall {
  /// The parameters of every attack within a ball.
  static func parameters(iterations: Int, step: String) -> [AttackParameter] {
    [
      AttackParameter(
        name: "norm", domain: .word(Norm.allCases.map(\.rawValue)),
        defaultValue: .word(Norm.linf.rawValue), summary: "the norm of the change"),
      AttackParameter(
        name: "epsilon", domain: .number(0...100), defaultValue: .number(0.3),
        summary: "the largest change, in that norm"),
      AttackParameter(
        name: "step_size", domain: .number(0...100), defaultValue: .number(0),
        summary: "the change in one step; 0: \(step)"),
      AttackParameter(
        name: "iterations", domain: .integer(1...100_000),
        defaultValue: .number(Double(iterations)),
        summary: "the number of steps"),
    ]
  }

  /// The ball that values describe; `step` is what a step of 0 stands for.
  init(_ values: [String: AttackValue], step: (_ epsilon: Double, _ iterations: Double) -> Double) {
    let epsilon = values.number("epsilon")
    let given = values.number("step_size")
    norm = values["norm"] == .word(Norm.l2.rawValue) ? .l2 : .linf
    self.epsilon = Float(epsilon)
    self.step = Float(given > 0 ? given : step(epsilon, values.number("iterations")))
  }
}
