import Classifier
import Tensor

/// What an image goes through before the model sees it, and how gradients come back.
public protocol AttackTransform: Sendable {
  /// Its name, such as "random_crops_30_24".
  var name: String { get }
  /// The number of images that it makes of one.
  var copies: Int { get }
  /// Whether it draws; then any number from 0 on is a copy, a draw of its own.
  var isRandom: Bool { get }

  /// Writes one transformed copy of an image.
  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>)

  /// Takes a gradient with respect to a copy back to the image: exactly where the transform is linear,
  /// and as if it did nothing where it has no useful gradient.
  ///
  /// Athalye, Carlini, Wagner: Obfuscated Gradients Give a False Sense of Security (2018).
  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>)
}

/// A model behind a transform: logits are the mean over copies, gradients the mean of what comes back.
final class TransformedModel: AttackedModel {
  private let inner: any AttackedModel
  private let transform: any AttackTransform
  /// Copies of an image each time that it is asked about.
  private let copies: Int
  private let size: Int
  private let classes: Int
  private let images: Scratch<Float>
  private let means: Scratch<Float>
  private let gradients: Scratch<Float>
  private let share: Scratch<Float>
  private var asked: [AskedImage] = []
  /// What the inner model said of the copies.
  private var copyLogits: UnsafePointer<Float>?

  /// Puts a transform before a model.
  ///
  /// - Parameters:
  ///   - inner: The model, with room for `copies` times as many images.
  ///   - transform: What images go through.
  ///   - copies: The transform's, or several times that if it draws.
  ///   - capacity: The largest number of images.
  ///   - classifier: The classifier whose images and logits they are.
  init(
    _ inner: any AttackedModel, behind transform: any AttackTransform, copies: Int, capacity: Int,
    of classifier: any Classifier
  ) {
    self.inner = inner
    self.transform = transform
    self.copies = copies
    size = classifier.input.count
    classes = classifier.classCount
    images = Scratch(capacity * copies * size)
    means = Scratch(capacity * classes)
    gradients = Scratch(capacity * size)
    share = Scratch(size)
  }

  func logits(of images: [AskedImage]) throws -> UnsafePointer<Float> {
    asked = images
    var changed: [AskedImage] = []
    for image in images {
      for copy in 0..<copies {
        let pixels = self.images.base + changed.count * size
        transform.write(
          image.pixels, index: image.index, copy: number(of: copy, in: image), into: pixels)
        changed.append(
          AskedImage(
            pixels: pixels, index: image.index, question: image.question * copies + copy))
      }
    }
    let logits = try inner.logits(of: changed)
    copyLogits = logits
    for row in images.indices {
      mean(
        of: logits + row * copies * classes, rows: copies, count: classes,
        into: means.base + row * classes)
    }
    return UnsafePointer(means.base)
  }

  func inputGradient(
    from logits: UnsafePointer<Float>, rows: Int, of logitGradient: LogitGradient
  ) throws -> UnsafePointer<Float> {
    guard let copyLogits else { preconditionFailure("a gradient needs logits before") }
    let gradient = try inner.inputGradient(from: copyLogits, rows: rows * copies) {
      row, logits, gradient in
      logitGradient(row / copies, logits, gradient)
    }
    for (row, image) in asked.enumerated() {
      let result = gradients.base + row * size
      result.update(repeating: 0, count: size)
      for copy in 0..<copies {
        transform.pullBack(
          gradient + (row * copies + copy) * size, count: size, index: image.index,
          copy: number(of: copy, in: image), into: share.base)
        for pixel in 0..<size { result[pixel] += share.base[pixel] / Float(copies) }
      }
    }
    return UnsafePointer(gradients.base)
  }

  /// The number that addresses a copy's random numbers: new ones each time that the image is asked
  /// about.
  private func number(of copy: Int, in image: AskedImage) -> Int {
    transform.isRandom ? image.question * copies + copy : copy
  }
}

/// Writes the mean of rows.
func mean(
  of rows: UnsafePointer<Float>, rows count: Int, count width: Int,
  into result: UnsafeMutablePointer<Float>
) {
  result.update(repeating: 0, count: width)
  for row in 0..<count {
    for place in 0..<width { result[place] += rows[row * width + place] / Float(count) }
  }
}
