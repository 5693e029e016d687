internal import CKernels
internal import Tensor

/// The last layer behind dropout, for all stochastic passes over images at once.
///
/// Where nothing but the last, narrow layer follows the first dropout, all passes over an image
/// share their input, and so the products of inputs and weights: a pass sums those that its mask
/// keeps. A worker's memory; it belongs to one worker at a time.
public final class MaskedDense {
  private let dropout: Dropout
  private let dense: Dense
  private let parameterOffset: Int
  private let passes: Int
  private let masks: Scratch<UInt32>
  private let scratch: Scratch<Float>

  /// Takes memory for some images; nil unless the first dropout lies right before a last layer that
  /// is narrow.
  ///
  /// - Parameters:
  ///   - architecture: The layers of the network.
  ///   - images: The largest number of images in a batch.
  ///   - passes: The number of passes over each.
  public init?(_ architecture: Architecture, images: Int, passes: Int) {
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
  ///   - x: What dropout is given, [images, input].
  ///   - images: The images' indices, which address their random numbers.
  ///   - seed: The seed of the random numbers.
  ///   - purpose: What they are for.
  ///   - parameters: The parameters of the whole network.
  ///   - logits: Room for the logits, [images, passes, classes].
  public func forward(
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
