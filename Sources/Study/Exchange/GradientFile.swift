internal import Dataset
internal import Interchange
internal import Classifier
internal import Tensor

/// Gradients at the images of a file, to be written as arrays.
struct GradientFile {
  /// 'input_gradients' [N, channels, height, width], 'jacobian' [N, classes, channels, height, width]
  /// or as the layout says, 'logits', and the 'labels' that the gradients are at.
  let arrays: [(name: String, array: NumericArray)]

  /// How many images are done between two looks at whether to stop: a fraction of a second.
  private static let imagesPerChunk = 200

  /// Computes the gradient of the cross-entropy at the labels, or where there are none at the
  /// model's own classes, and the Jacobian of the logits or of the softmax.
  ///
  /// - Throws: ``StudyError/stopped`` when asked to stop; `ClassifierError` if the model gives no
  ///   gradients; what keeps a served model from answering.
  init(
    _ file: ImageFile, labels given: [Int]?, classifier: any Classifier, ofSoftmax: Bool,
    layout: ImageLayout, in context: StudyContext
  ) throws {
    try classifier.require(.gradient, for: "the file of gradients")
    let shape = classifier.input
    let classes = classifier.classCount
    var logits: [Float] = []
    var labels: [Int] = []
    var gradients: [Float] = []
    var jacobian: [Float] = []
    gradients.reserveCapacity(file.count * shape.count)
    jacobian.reserveCapacity(file.count * classes * shape.count)
    try file.forEachChunk(
      of: Self.imagesPerChunk, isCancelled: context.isCancelled
    ) { rows, pixels in
      let chunk = Chunk(
        count: rows.count, pixels: pixels, classifier: classifier, parallelism: context.parallelism)
      let chunkLogits = try chunk.logits
      let chunkLabels =
        given.map { Array($0[rows]) } ?? Self.predictions(chunkLogits, classes: classes)
      logits += chunkLogits
      labels += chunkLabels
      gradients += try chunk.lossGradients(at: chunkLabels)
      jacobian += try chunk.jacobian(ofSoftmax: ofSoftmax)
    }
    arrays = [
      ("input_gradients", layout.array(gradients, leading: [file.count], shape: shape)),
      ("jacobian", layout.array(jacobian, leading: [file.count, classes], shape: shape)),
      ("logits", NumericArray(shape: [file.count, classes], .float32(logits))),
      ("labels", NumericArray(shape: [file.count], .int64(labels.map(Int64.init)))),
    ]
  }

  private static func predictions(_ logits: [Float], classes: Int) -> [Int] {
    stride(from: 0, to: logits.count, by: classes).map { first in
      let row = logits[first..<first + classes]
      return (row.firstIndex(of: row.max() ?? 0) ?? row.startIndex) - row.startIndex
    }
  }
}

/// Some images of a file in front of a classifier.
private struct Chunk {
  private let count: Int
  private let pixels: ImagePixels
  private let classifier: any Classifier
  private let parallelism: Parallelism
  private let classes: Int

  init(
    count: Int, pixels: ImagePixels, classifier: any Classifier, parallelism: Parallelism
  ) {
    self.count = count
    self.pixels = pixels
    self.classifier = classifier
    self.parallelism = parallelism
    classes = classifier.classCount
  }

  private func load(_ image: Int, _ destination: UnsafeMutablePointer<Float>) {
    pixels.copy(row: image, into: destination)
  }

  /// [rows, classes].
  var logits: [Float] {
    get throws { try classifier.logits(count: count, parallelism: parallelism, load: load) }
  }

  /// The gradients of the cross-entropy, [rows, size].
  func lossGradients(at labels: [Int]) throws -> [Float] {
    try classifier.inputGradients(
      count: count, functions: 1, parallelism: parallelism, load: load
    ) { image, _, logits, gradient in
      var loss = CrossEntropy()
      loss.add(
        logits: logits, label: labels[image], count: classes, scale: 1, gradient: gradient)
    }
  }

  /// The gradients of each output, [rows, classes, size].
  func jacobian(ofSoftmax: Bool) throws -> [Float] {
    try classifier.inputGradients(
      count: count, functions: classes, parallelism: parallelism, load: load
    ) { _, output, logits, gradient in
      if ofSoftmax {
        softmax(logits, into: gradient, count: classes)
        let probability = gradient[output]
        for index in 0..<classes { gradient[index] *= -probability }
        gradient[output] += probability
      } else {
        gradient.update(repeating: 0, count: classes)
        gradient[output] = 1
      }
    }
  }
}
