internal import Interchange
internal import NeuralNetwork
internal import Tensor

/// Gradients at the images of a file, to be written as arrays.
struct GradientFile {
  /// 'input_gradients' [N, 1, rows, columns], 'jacobian' [N, classes, 1, rows, columns], 'logits',
  /// and the 'labels' that the gradients are at.
  let arrays: [(name: String, array: NumericArray)]

  /// Computes the gradient of the cross-entropy at the labels of the file, or else at the network's
  /// own classes, and the Jacobian of the logits or of the softmax.
  init(_ file: ImageFile, network: Network, ofSoftmax: Bool, parallelism: Parallelism) {
    let shape = network.architecture.input
    let classes = network.architecture.classCount
    let logits = network.logits(count: file.count, parallelism: parallelism, load: file.copyPixels)
    let labels =
      file.labels
      ?? (0..<file.count).map { image in
        let row = logits[image * classes..<(image + 1) * classes]
        return (row.firstIndex(of: row.max() ?? 0) ?? row.startIndex) - row.startIndex
      }
    let gradients = network.inputGradients(
      count: file.count, functions: 1, parallelism: parallelism, load: file.copyPixels
    ) { image, _, logits, gradient in
      var loss = CrossEntropy()
      loss.add(
        logits: logits, label: labels[image], count: classes, scale: 1, gradient: gradient)
    }
    let jacobian = network.inputGradients(
      count: file.count, functions: classes, parallelism: parallelism, load: file.copyPixels
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
    let sides = [1, shape.height, shape.width]
    arrays = [
      ("input_gradients", NumericArray(shape: [file.count] + sides, .float32(gradients))),
      ("jacobian", NumericArray(shape: [file.count, classes] + sides, .float32(jacobian))),
      ("logits", NumericArray(shape: [file.count, classes], .float32(logits))),
      ("labels", NumericArray(shape: [file.count], .int64(labels.map(Int64.init)))),
    ]
  }
}
