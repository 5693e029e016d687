import Classifier

/// One image that an attack asks the model about.
struct AskedImage {
  /// Its pixels.
  let pixels: UnsafePointer<Float>
  /// Its index in the data set, which addresses random numbers.
  let index: Int
  /// How often the attack has asked about this image before: each time draws are new ones.
  let question: Int
}

/// How an attack reaches a model: as it is, on average over draws, or behind a transform.
///
/// A worker's memory, which belongs to one thread at a time.
protocol AttackedModel: AnyObject {
  /// Computes the logits of some images.
  ///
  /// - Returns: Logits, [images, classes], valid until the next call.
  /// - Throws: What keeps the model from answering.
  func logits(of images: [AskedImage]) throws -> UnsafePointer<Float>

  /// Computes the gradient of a function of the logits with respect to the images that were last
  /// asked about, as often as needed.
  ///
  /// - Parameters:
  ///   - logits: What ``logits(of:)`` returned.
  ///   - rows: How many images it was asked about.
  ///   - logitGradient: Writes the function's gradient at some logits of an image; called for each draw
  ///     of the image.
  /// - Returns: Gradients, [images, size], valid until the next call.
  /// - Throws: What keeps the model from answering.
  func inputGradient(
    from logits: UnsafePointer<Float>, rows: Int, of logitGradient: LogitGradient
  ) throws -> UnsafePointer<Float>
}

/// Writes the gradient of a function of the logits of an image.
typealias LogitGradient = (
  _ row: Int, _ logits: UnsafePointer<Float>, _ gradient: UnsafeMutablePointer<Float>
) -> Void

/// The model as it is, with nothing random.
final class PlainModel: AttackedModel {
  private let pass: any ClassifierPass
  private let size: Int
  private let classes: Int

  init(_ pass: any ClassifierPass, of classifier: any Classifier) {
    self.pass = pass
    size = classifier.input.count
    classes = classifier.classCount
  }

  func logits(of images: [AskedImage]) throws -> UnsafePointer<Float> {
    for (row, image) in images.enumerated() {
      (pass.input + row * size).update(from: image.pixels, count: size)
    }
    return try pass.forward(rows: images.count)
  }

  func inputGradient(
    from logits: UnsafePointer<Float>, rows: Int, of logitGradient: LogitGradient
  ) throws -> UnsafePointer<Float> {
    let gradients = pass.logitGradient
    for row in 0..<rows {
      logitGradient(row, logits + row * classes, gradients + row * classes)
    }
    return try pass.backward(rows: rows)
  }
}
