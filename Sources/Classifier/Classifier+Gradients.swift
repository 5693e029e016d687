public import Tensor

extension Classifier {
  /// Computes gradients of functions of the logits with respect to images, with nothing random.
  ///
  /// - Parameters:
  ///   - count: The number of images.
  ///   - functions: The number of functions.
  ///   - parallelism: The threads to use.
  ///   - load: Writes the pixels of one image, 0...1. Several threads call it at a time.
  ///   - logitGradient: Writes a function's gradient with respect to the logits of an image.
  ///     Several threads call it at a time.
  /// - Returns: The gradients, [count, functions, input].
  /// - Throws: What keeps a served model from answering.
  /// - Precondition: The classifier is capable of gradients.
  public func inputGradients(
    count: Int, functions: Int, parallelism: Parallelism,
    load: (_ image: Int, _ pixels: UnsafeMutablePointer<Float>) -> Void,
    of logitGradient: (
      _ image: Int, _ function: Int, _ logits: UnsafePointer<Float>,
      _ gradient: UnsafeMutablePointer<Float>
    ) -> Void
  ) throws -> [Float] {
    let (size, classes) = (input.count, classCount)
    let shard = batchSize ?? 50
    let shards = (count + shard - 1) / shard
    let parallelism = workers(parallelism, shards: shards)
    let passes = try (0..<parallelism.threads).map { _ in
      try makePass(capacity: shard, gradients: true)
    }
    return try [Float](unsafeUninitializedCapacity: count * functions * size) {
      gradients, initialized in
      guard let gradients = gradients.baseAddress else { return }
      try parallelism.forEachShard(shards) { index, worker in
        let pass = passes[worker]
        let first = index * shard
        let rows = min(shard, count - first)
        for row in 0..<rows { load(first + row, pass.input + row * size) }
        let logits = try pass.forward(rows: rows)
        for function in 0..<functions {
          for row in 0..<rows {
            logitGradient(
              first + row, function, logits + row * classes, pass.logitGradient + row * classes)
          }
          let gradient = try pass.backward(rows: rows)
          for row in 0..<rows {
            (gradients + ((first + row) * functions + function) * size).update(
              from: gradient + row * size, count: size)
          }
        }
      }
      initialized = count * functions * size
    }
  }
}
