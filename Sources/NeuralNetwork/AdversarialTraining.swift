internal import Classifier
internal import Tensor

/// Training on images that are attacked anew in each step, by projected gradient descent.
///
/// Madry, Makelov, Schmidt, Tsipras, Vladu: Towards Deep Learning Models Resistant to Adversarial
/// Attacks (2018). The attack sees the network of the step without anything random: dropout is off,
/// and batches are normalised by running statistics.
public struct AdversarialTraining: Sendable, Equatable {
  /// The largest change of a pixel, 0...1.
  public var epsilon: Float
  /// The change of a pixel in one step of the attack.
  public var stepSize: Float
  /// The number of steps of the attack.
  public var iterations: Int
  /// Whether the attack starts anywhere within epsilon instead of at the image.
  public var randomStart: Bool
  /// The share of the images that are attacked, 0...1, drawn for each image and step.
  public var share: Double

  /// Creates the training, by default with the steps that Madry's group takes on MNIST.
  ///
  /// - Precondition: Epsilon, step size and iterations are positive, and the share is in 0...1.
  public init(
    epsilon: Float, stepSize: Float = 0.01, iterations: Int = 40, randomStart: Bool = true,
    share: Double = 1
  ) {
    precondition(epsilon > 0 && stepSize > 0 && iterations > 0, "an attack needs steps")
    precondition((0...1).contains(share), "a share of \(share)")
    self.epsilon = epsilon
    self.stepSize = stepSize
    self.iterations = iterations
    self.randomStart = randomStart
    self.share = share
  }

  /// Whether an image is attacked in a step of training.
  func attacks(image: Int, seed: UInt64, step: Int) -> Bool {
    guard share < 1 else { return true }
    let word = stream(seed).words(image: UInt32(image), pass: UInt32(step), block: 0)[0]
    return Double(word) * 0x1p-32 < share
  }

  /// Moves an image to where its attack starts.
  ///
  /// - Parameters:
  ///   - pixels: The image, 0...1, changed in place.
  ///   - count: The number of its elements.
  ///   - image: Its index.
  ///   - seed: The seed of the random numbers.
  ///   - step: The number of the step, over all epochs.
  func start(
    _ pixels: UnsafeMutablePointer<Float>, count: Int, image: Int, seed: UInt64, step: Int
  ) {
    guard randomStart else { return }
    let stream = stream(seed)
    for first in stride(from: 0, to: count, by: 4) {
      let words = stream.words(
        image: UInt32(image), pass: UInt32(step), block: UInt32(1 + first / 4))
      for index in first..<min(first + 4, count) {
        let unit = Float(words[index - first] >> 8) * 0x1p-24
        pixels[index] = min(1, max(0, pixels[index] + epsilon * (2 * unit - 1)))
      }
    }
  }

  /// Moves images one step up the loss, within epsilon of the originals and within 0...1.
  ///
  /// - Parameters:
  ///   - pixels: The images, changed in place.
  ///   - originals: The images before the attack.
  ///   - gradient: The loss's gradient with respect to the images.
  ///   - count: The number of elements of all images.
  func advance(
    _ pixels: UnsafeMutablePointer<Float>, originals: UnsafePointer<Float>,
    gradient: UnsafePointer<Float>, count: Int
  ) {
    for index in 0..<count {
      let slope = gradient[index]
      let sign: Float = slope > 0 ? 1 : slope < 0 ? -1 : 0
      let (low, high) = (originals[index] - epsilon, originals[index] + epsilon)
      let moved = min(high, max(low, pixels[index] + stepSize * sign))
      pixels[index] = min(1, max(0, moved))
    }
  }

  private func stream(_ seed: UInt64) -> RandomStream {
    RandomStream(seed: seed, stream: RandomPurpose.adversarialTraining << 8)
  }
}
