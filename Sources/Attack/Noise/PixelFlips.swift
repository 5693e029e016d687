public import Classifier
internal import Tensor

/// Pixels set to 1 at random, as many as an attack changed.
///
/// As the code of Feinman and others does it for attacks that change few pixels: the positions are
/// drawn among the pixels below 0.99, with replacement, so that fewer may change. (Their paper
/// speaks of the smallest or the largest value.)
public struct PixelFlips: Sendable {
  private let images: LabeledImages
  private let seed: UInt64

  /// Prepares the flips of images.
  public init(of images: LabeledImages, seed: UInt64) {
    self.images = images
    self.seed = seed
  }

  /// Writes a noisy image.
  ///
  /// - Parameters:
  ///   - index: The image.
  ///   - flips: How many positions to draw.
  ///   - result: Room for the image.
  public func write(_ index: Int, flips: Int, into result: UnsafeMutablePointer<Float>) {
    images.copyPixels(of: index, into: result)
    let dark = (0..<images.shape.count).filter { result[$0] < 0.99 }
    guard !dark.isEmpty else { return }
    let stream = RandomStream(seed: seed, stream: RandomPurpose.noise << 8 | 1)
    for flip in 0..<flips {
      let place = stream.integer(below: dark.count, image: UInt32(index), pass: UInt32(flip))
      result[dark[place]] = 1
    }
  }
}
