public import Tensor

extension Network {
  /// Computes gradients of functions of the logits with respect to images, with dropout off.
  ///
  /// - Parameters:
  ///   - count: The number of images.
  ///   - functions: The number of functions.
  ///   - parallelism: The threads to use.
  ///   - load: Writes the pixels of one image, 0...1. Several threads call it at a time.
  ///   - logitGradient: Writes a function's gradient with respect to the logits of an image.
  ///     Several threads call it at a time.
  /// - Returns: The gradients, [count, functions, input].
  public func inputGradients(
    count: Int, functions: Int, parallelism: Parallelism,
    load: (_ image: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void,
    of logitGradient: (
      _ image: Int, _ function: Int, _ logits: UnsafePointer<Float>,
      _ gradient: UnsafeMutablePointer<Float>
    ) -> Void
  ) -> [Float] {
    let shard = 50
    let (size, classes) = (architecture.input.count, architecture.classCount)
    let workers = (0..<parallelism.threads).map { _ in
      Propagation(architecture: architecture, capacity: shard, dropout: false, gradients: true)
    }
    return [Float](unsafeUninitializedCapacity: count * functions * size) {
      gradients, initialized in
      guard let gradients = gradients.baseAddress else { return }
      parallelism.forEachShard((count + shard - 1) / shard) { index, worker in
        let propagation = workers[worker]
        let first = index * shard
        let rows = min(shard, count - first)
        for row in 0..<rows { load(first + row, propagation.input + row * size) }
        propagation.forward(rows: rows, parameters: parameters)
        for function in 0..<functions {
          for row in 0..<rows {
            logitGradient(
              first + row, function, propagation.output + row * classes,
              propagation.outputGradient + row * classes)
          }
          propagation.backward(rows: rows, parameters: parameters, toInput: true)
          for row in 0..<rows {
            (gradients + ((first + row) * functions + function) * size).update(
              from: propagation.inputGradient + row * size, count: size)
          }
        }
      }
      initialized = count * functions * size
    }
  }
}
