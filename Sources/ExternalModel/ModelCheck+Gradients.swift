internal import Classifier
internal import Tensor

extension ModelCheck {
  /// Lengths of the steps of finite differences.
  ///
  /// Long ones leave the region where a network is
  /// linear, short ones drown in rounding, so the best of them counts.
  private static let steps = [0.2, 0.1, 0.05, 0.02, 0.01, 0.005]

  /// Compares gradients of random functions of the logits with differences of those functions, along
  /// the gradient and along random signs.
  func gradient() throws -> Finding {
    let pass = model.makePass(capacity: images.count, gradients: true)
    return try compare(
      width: model.classCount, input: pass.input, weights: pass.logitGradient,
      forward: { try pass.forward(rows: images.count) },
      backward: { try pass.backward(rows: images.count) })
  }

  /// The same of random functions of the logits of draws.
  func drawGradient() throws -> Finding {
    let draws = 3
    let pass = model.makeDrawnPass(
      capacity: images.count, draws: draws, seed: 1, purpose: 1)
    return try compare(
      width: draws * model.classCount, input: pass.input, weights: pass.logitGradient,
      forward: { try pass.forward(images: Array(0..<images.count), firstDraw: 2) },
      backward: { try pass.backward() })
  }

  /// The same of random functions of the features of the default layer.
  func featureGradient() throws -> Finding {
    let layer = model.defaultFeatureLayer
    let pass = model.makeFeaturePass(layer: layer, capacity: images.count, gradients: true)
    return try compare(
      width: model.featureCount(of: layer) ?? 0, input: pass.input,
      weights: pass.featureGradient, forward: { try pass.forward(rows: images.count) },
      backward: { try pass.backward(rows: images.count) })
  }

  /// Compares the gradient of a randomly weighted sum of outputs with differences of the sum.
  ///
  /// - Parameters:
  ///   - width: The outputs of an image.
  ///   - input: Where images go.
  ///   - weights: Where the outputs' weights go.
  ///   - forward: Gives the outputs of all images.
  ///   - backward: Gives the gradients.
  /// - Returns: What was found.
  /// - Throws: What keeps the model from answering.
  private func compare(
    width: Int, input: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>,
    forward: () throws -> UnsafePointer<Float>, backward: () throws -> UnsafePointer<Float>
  ) throws -> Finding {
    let size = model.input.count
    images.load(0..<images.count, into: input)
    _ = try forward()
    let chosen = RandomStream(seed: 0, stream: 2).uniform(
      count: images.count * width, bound: 1, pass: 0)
    for (place, weight) in chosen.enumerated() { weights[place] = weight }
    let gradient = Array(
      UnsafeBufferPointer(start: try backward(), count: images.count * size)
    ).map(Double.init)
    let lengths = (0..<images.count).map { image in
      gradient[image * size..<(image + 1) * size].reduce(0) { $0 + $1 * $1 }.squareRoot()
    }
    guard lengths.contains(where: { $0 > 0 }) else { return (.failed, "every gradient is zero") }
    let signs = RandomStream(seed: 0, stream: 3).uniform(
      count: gradient.count, bound: 1, pass: 0
    ).map { ($0 < 0 ? -1 : 1) / Double(size).squareRoot() }
    let along = gradient.indices.map { element in
      gradient[element] / max(lengths[element / size], .leastNonzeroMagnitude)
    }
    var errors: [Double] = []
    for directions in [along, signs] {
      errors += try self.errors(of: gradient, lengths, along: directions) { step in
        images.load(moved: step, along: directions, into: input)
        let outputs = try forward()
        return (0..<images.count).map { image in
          (image * width..<(image + 1) * width).reduce(0) {
            $0 + Double(chosen[$1]) * Double(outputs[$1])
          }
        }
      }
    }
    errors.sort()
    let median = errors[errors.count / 2]
    let text = "median error \(median.short), largest \((errors.last ?? 0).short)"
    return median <= Self.gradientTolerance
      ? (.passed, "agrees with finite differences: \(text) of \(errors.count)")
      : (.failed, "disagrees with finite differences: \(text) of \(errors.count)")
  }

  /// The error of each image's gradient along its direction, as a share.
  ///
  /// - Parameters:
  ///   - gradient: The gradients, [images, input].
  ///   - lengths: Their lengths.
  ///   - directions: A direction an image.
  ///   - values: The sums of all images, each moved by so much along its direction.
  /// - Returns: An error an image.
  /// - Throws: What `values` throws.
  private func errors(
    of gradient: [Double], _ lengths: [Double], along directions: [Double],
    values: (_ step: Double) throws -> [Double]
  ) throws -> [Double] {
    let size = model.input.count
    let expected = (0..<images.count).map { image in
      (image * size..<(image + 1) * size).reduce(0) { $0 + gradient[$1] * directions[$1] }
    }
    var best = [Double](repeating: .infinity, count: images.count)
    for step in Self.steps {
      let (ahead, behind) = (try values(step), try values(-step))
      for image in best.indices {
        let slope = (ahead[image] - behind[image]) / (2 * step)
        let scale = max(abs(expected[image]), lengths[image] / Double(size).squareRoot())
        let error = abs(slope - expected[image])
        best[image] = min(best[image], error == 0 ? 0 : error / scale)
      }
    }
    return best
  }

  /// Asks for a gradient at once, and again after other images were asked about.
  func keptGradient() throws -> Finding {
    let size = model.input.count
    let (one, other) = (
      model.makePass(capacity: images.count, gradients: true),
      model.makePass(capacity: 1, gradients: true)
    )
    images.load(0..<images.count, into: one.input)
    _ = try one.forward(rows: images.count)
    func gradient() throws -> [Float] {
      for row in 0..<images.count {
        for label in 0..<model.classCount {
          one.logitGradient[row * model.classCount + label] = label == 0 ? 1 : 0
        }
      }
      let gradient = try one.backward(rows: images.count)
      return Array(UnsafeBufferPointer(start: gradient, count: images.count * size))
    }
    let (first, second) = (try gradient(), try gradient())
    images.load(1..<2, into: other.input)
    _ = try other.forward(rows: 1)
    let third = try gradient()
    let error = max(difference(first, second), difference(first, third))
    return error <= Self.tolerance
      ? (.passed, "the same gradient again, and after other images, to \(error.short)")
      : (.failed, "the gradient differs when asked again or after other images, by \(error.short)")
  }

  /// Asks for draws again, of parts of the images, of other indices and with another seed.
  func draws() throws -> Finding {
    let passes = 4
    let indices = Array(100..<100 + images.count)
    func draws(_ range: Range<Int>, _ indices: [Int], seed: UInt64) throws -> [Float] {
      let draws = model.makeDraws(
        images: range.count, passes: passes, seed: seed, purpose: 1)
      images.load(range, into: draws.input)
      let logits = try draws.forward(images: indices)
      return Array(
        UnsafeBufferPointer(start: logits, count: range.count * passes * model.classCount))
    }
    let whole = 0..<images.count
    let first = try draws(whole, indices, seed: 1)
    let again = try draws(whole, indices, seed: 1)
    let parts = try whole.flatMap { try draws($0..<$0 + 1, [indices[$0]], seed: 1) }
    for (what, other) in [("asked again", again), ("asked for one image at a time", parts)] {
      let error = difference(first, other)
      guard error <= Self.tolerance else {
        return (.failed, "the same draws differ when \(what), by \(error.short)")
      }
    }
    let width = model.classCount
    let isRandom = (1..<passes).contains { pass in
      (0..<width).contains { first[pass * width + $0] != first[$0] }
    }
    guard isRandom else { return (.failed, "all passes are the same: nothing is random") }
    guard try draws(whole, indices, seed: 2) != first else {
      return (.failed, "another seed gives the same draws")
    }
    guard try draws(whole, indices.map { $0 + 1000 }, seed: 1) != first else {
      return (.failed, "other indices of the images give the same draws")
    }
    return (
      .passed, "\(passes) passes: given by seed, index and pass, whatever else is in the batch"
    )
  }
}
