internal import Classifier
internal import CKernels
internal import Tensor

/// The last layer behind dropout, for all stochastic passes over images at once.
///
/// If only the last, narrow layer follows the first dropout, all passes over an image share their
/// input. They therefore share the products of inputs and weights, and each pass sums the products
/// that its mask keeps. An instance holds the memory of one worker and belongs to it alone.
final class MaskedDense {
  private let dropout: Dropout
  private let dense: Dense
  private let parameterOffset: Int
  private let passes: Int
  private let masks: Scratch<UInt32>
  private let scratch: Scratch<Float>

  /// Takes memory for batches, or returns nil if the architecture does not qualify.
  ///
  /// An architecture qualifies if its first dropout comes right before a narrow last layer.
  ///
  /// - Parameters:
  ///   - architecture: The layers of the network.
  ///   - images: The largest number of images in a batch.
  ///   - passes: The number of stochastic passes over each image.
  init?(_ architecture: Architecture, images: Int, passes: Int) {
    let first = architecture.firstDropout
    guard first == architecture.layers.count - 2,
      let dropout = architecture.layers[first] as? Dropout,
      let dense = architecture.layers[first + 1] as? Dense, dense.isNarrow
    else { return nil }
    self.dropout = dropout
    self.dense = dense
    self.passes = passes
    parameterOffset = architecture.parameterRanges[first + 1].lowerBound
    masks = Scratch(images * passes * dropout.keptWordCount)
    scratch = Scratch(
      Int(kernels_masked_scratch_count(Int64(dense.input.count), Int64(passes))))
  }

  /// Computes the logits of each pass over each image.
  ///
  /// - Parameters:
  ///   - x: The input of the dropout layer, [images, input].
  ///   - images: The images' indices, which address their random numbers.
  ///   - seed: The seed of the random numbers.
  ///   - purpose: What the numbers are for, one of ``RandomPurpose``.
  ///   - parameters: The parameters of the whole network.
  ///   - logits: Room for the logits, [images, passes, classes].
  func forward(
    _ x: UnsafePointer<Float>, images: some Collection<Int>, seed: UInt64, purpose: UInt32,
    parameters: [Float], into logits: UnsafeMutablePointer<Float>
  ) {
    let words = passes * dropout.keptWordCount
    precondition(images.count * words <= masks.count, "\(images.count) images in too little memory")
    for (row, image) in images.enumerated() {
      dropout.fillMasks(
        masks.base + row * words, passes: passes, seed: seed, purpose: purpose,
        first: SampledRow(image: UInt32(image), pass: 0))
    }
    parameters.withUnsafeBufferPointer { parameters in
      guard let base = parameters.baseAddress else { return }
      kernels_masked_dense(
        masks.base, Int64(images.count), Int64(passes), x, Int64(dense.input.count),
        Int64(dense.output.count), dropout.scale, base + parameterOffset, logits, scratch.base)
    }
  }
}
