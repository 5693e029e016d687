internal import Foundation

extension RandomStream {
  /// Draws numbers from the standard normal distribution, by the method of Box and Muller.
  ///
  /// - Parameters:
  ///   - numbers: Room for `count` numbers.
  ///   - count: How many to draw.
  ///   - image: The image that they are for.
  ///   - pass: The pass that they are for.
  public func fillNormal(
    _ numbers: UnsafeMutablePointer<Float>, count: Int, image: UInt32, pass: UInt32
  ) {
    for first in stride(from: 0, to: count, by: 4) {
      let words = words(image: image, pass: pass, block: UInt32(first / 4))
      for pair in 0..<2 where first + 2 * pair < count {
        // Above 0, so that its logarithm is finite.
        let uniform = (Double(words[2 * pair]) + 1) * 0x1p-32
        let radius = (-2 * log(uniform)).squareRoot()
        let angle = 2 * Double.pi * (Double(words[2 * pair + 1]) * 0x1p-32)
        numbers[first + 2 * pair] = Float(radius * cos(angle))
        if first + 2 * pair + 1 < count {
          numbers[first + 2 * pair + 1] = Float(radius * sin(angle))
        }
      }
    }
  }
}
