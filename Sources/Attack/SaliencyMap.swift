/// Two different pixels of an image.
package struct PixelPair: Equatable, Sendable {
  /// The pixel with the lower index.
  package let first: Int
  /// The pixel with the higher index.
  package let second: Int

  init(_ a: Int, _ b: Int) {
    first = min(a, b)
    second = max(a, b)
  }
}

/// The pixels that JSMA may still move: those that are not at the end of the range they are moved
/// to.
package struct SearchDomain: Sendable {
  /// The pixels, in no particular order.
  package private(set) var pixels: [Int]

  /// The pixels of an image that can be moved by `theta`.
  package init(_ image: UnsafePointer<Float>, count: Int, theta: Float) {
    pixels = (0..<count).filter { theta > 0 ? image[$0] < 1 : image[$0] > 0 }
  }

  /// Takes out a pixel that was moved to `value`, if it can be moved no further.
  mutating func remove(_ pixel: Int, ifSaturated value: Float, theta: Float) {
    guard theta > 0 ? value >= 1 : value <= 0 else { return }
    pixels.removeAll { $0 == pixel }
  }
}

/// The saliency map over pairs of pixels.
///
/// Papernot et al. 2016, equations 8 to 10 and algorithm 3.
///
/// For a pair, let alpha be the sum of the target's gradients and beta that of all other classes'
/// together. Moving the pair up by theta helps if alpha > 0 and beta < 0, moving it down if alpha <
/// 0 and beta > 0; its salience is then -alpha * beta.
package enum SaliencyMap {
  /// Searches all pairs for the one of the greatest salience.
  ///
  /// - Parameters:
  ///   - targetGradient: The gradient of the target's output with respect to the pixels.
  ///   - otherGradient: That of the sum of all other outputs.
  ///   - domain: The pixels that may be moved.
  ///   - theta: How far they would be moved; only its sign matters.
  /// - Returns: The pair, of equal ones the first in reading order; nil if no pair helps.
  /// - Complexity: O(n²) in the size of the domain.
  package static func bestPair(
    targetGradient: UnsafePointer<Float>, otherGradient: UnsafePointer<Float>,
    domain: SearchDomain, theta: Float
  ) -> PixelPair? {
    let direction: Float = theta > 0 ? 1 : -1
    let pixels = domain.pixels.sorted()
    let alphas = pixels.map { direction * targetGradient[$0] }
    let betas = pixels.map { direction * otherGradient[$0] }
    var best: (salience: Float, pair: (Int, Int))?
    for first in pixels.indices {
      for second in first + 1..<max(first + 1, pixels.count) {
        let alpha = alphas[first] + alphas[second]
        let beta = betas[first] + betas[second]
        guard alpha > 0, beta < 0 else { continue }
        let salience = -alpha * beta
        if salience > best?.salience ?? 0 { best = (salience, (first, second)) }
      }
    }
    return best.map { PixelPair(pixels[$0.pair.0], pixels[$0.pair.1]) }
  }

  /// Finds that pair where the others' gradient is minus the target's, as with softmax
  /// probabilities.
  ///
  /// The salience is then alpha², so the best pair is the two pixels with the largest gradients.
  ///
  /// - Parameters:
  ///   - targetGradient: The gradient of the target's output with respect to the pixels.
  ///   - domain: The pixels that may be moved.
  ///   - theta: How far they would be moved; only its sign matters.
  /// - Returns: The pair, of equal pixels the first ones; nil if no pair helps.
  /// - Complexity: O(n) in the size of the domain.
  package static func bestPair(
    targetGradient: UnsafePointer<Float>, domain: SearchDomain, theta: Float
  ) -> PixelPair? {
    let direction: Float = theta > 0 ? 1 : -1
    var largest: (pixel: Int, gradient: Float)?
    var second: (pixel: Int, gradient: Float)?
    for pixel in domain.pixels {
      let candidate = (pixel: pixel, gradient: direction * targetGradient[pixel])
      if isBetter(candidate, than: largest) {
        second = largest
        largest = candidate
      } else if isBetter(candidate, than: second) {
        second = candidate
      }
    }
    guard let largest, let second, largest.gradient + second.gradient > 0 else { return nil }
    return PixelPair(largest.pixel, second.pixel)
  }

  private static func isBetter(
    _ a: (pixel: Int, gradient: Float), than b: (pixel: Int, gradient: Float)?
  ) -> Bool {
    guard let b else { return true }
    return a.gradient > b.gradient || (a.gradient == b.gradient && a.pixel < b.pixel)
  }
}
