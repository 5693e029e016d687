internal import Classifier
internal import Tensor

/// How training varies images: it shifts and mirrors them at random.
///
/// What happens to an image depends on the seed, the image and the step alone.
public struct Augmentation: Sendable, Equatable {
  /// The largest shift in each direction, in pixels, at least 0.
  ///
  /// Every shift from its negative to itself is equally likely, down and to the right apart. What
  /// comes in from outside is black.
  public var shift: Int
  /// Whether one image in two is mirrored, left to right.
  public var flip: Bool

  /// Creates an augmentation.
  ///
  /// - Precondition: The shift is not negative.
  public init(shift: Int = 0, flip: Bool = false) {
    precondition(shift >= 0, "a shift of at most \(shift) pixels")
    self.shift = shift
    self.flip = flip
  }

  /// Writes the pixels of one image as a step of training sees them, 0...1.
  ///
  /// - Parameters:
  ///   - index: The image.
  ///   - images: The images that it is one of.
  ///   - seed: The seed of the random numbers.
  ///   - step: The number of the step, over all epochs.
  ///   - destination: Room for the image.
  func copyPixels(
    of index: Int, from images: LabeledImages, seed: UInt64, step: Int,
    into destination: UnsafeMutablePointer<Float>
  ) {
    let words = RandomStream(seed: seed, stream: RandomPurpose.augmentation << 8).words(
      image: UInt32(index), pass: UInt32(step), block: 0)
    let (down, right) = (offset(words[0]), offset(words[1]))
    let isMirrored = flip && words[2] >> 31 == 1
    let shape = images.shape
    let (height, width, channels) = (shape.height, shape.width, shape.channels)
    let first = index * shape.count
    var place = 0
    for y in 0..<height {
      for x in 0..<width {
        let row = y - down
        let shifted = x - right
        let column = isMirrored ? width - 1 - shifted : shifted
        let isInside = row >= 0 && row < height && column >= 0 && column < width
        let source = first + (row * width + column) * channels
        for channel in 0..<channels {
          destination[place] = isInside ? Float(images.pixels[source + channel]) / 255 : 0
          place += 1
        }
      }
    }
  }

  private func offset(_ word: UInt32) -> Int {
    Int((UInt64(word) * UInt64(2 * shift + 1)) >> 32) - shift
  }
}
