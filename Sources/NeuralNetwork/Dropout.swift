public import Classifier
internal import CKernels
public import Tensor

/// Whether dropout layers drop elements, and which random numbers they use.
public enum DropoutMode {
  /// Dropout layers keep every element, so the network is deterministic.
  case off
  /// Dropout layers drop elements by the random numbers of `seed` and `purpose`.
  ///
  /// For each row of the batch, `rows` says which image and pass the numbers belong to.
  case sampled(seed: UInt64, purpose: UInt32, rows: UnsafePointer<SampledRow>)
}

/// The image and pass whose random numbers a row of a batch uses.
public struct SampledRow: BitwiseCopyable, Sendable {
  /// The image's index in its data set.
  public var image: UInt32
  /// The number of the stochastic pass, or of the training step.
  public var pass: UInt32

  /// Selects the random numbers of one image in one pass.
  public init(image: UInt32, pass: UInt32) {
    self.image = image
    self.pass = pass
  }
}

/// Dropout: sets each element to zero with probability `rate` and divides the others by 1 - rate.
///
/// Srivastava et al. 2014, in the inverted form, which leaves expectations unchanged. The layer
/// rounds the rate to a multiple of 1/65,536.
public struct Dropout: Layer {
  /// The layer's name within its network, such as "dropout after pool1".
  public let name: String
  /// The shape of inputs and outputs.
  public let input: ImageShape
  /// The site's number within its network, since sites never share random numbers.
  public let site: Int
  /// The probability that the layer keeps an element.
  public let keep: KeepProbability

  /// The factor of kept elements.
  var scale: Float { Float(1 / keep.value) }

  /// Creates a dropout site that drops elements with probability `rate`, at least 0 and below 1.
  public init(name: String, input: ImageShape, site: Int, rate: Double) {
    self.name = name
    self.input = input
    self.site = site
    keep = KeepProbability(1 - rate)
  }

  /// The shape of the outputs, which is that of the inputs.
  public var output: ImageShape { input }

  /// True: that is what the layer is for.
  public var dropsElements: Bool { true }

  /// The words of one image's mask, which has one bit per element.
  public var keptWordCount: Int { RandomStream.maskWordCount(input.count) }

  /// Drops elements of each row, or copies all of them if dropout is off.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    guard case .sampled(let seed, let purpose, let rows) = call.dropout else {
      y.update(from: x, count: call.rows * input.count)
      return
    }
    for row in 0..<call.rows {
      drop(
        x + row * input.count, into: y + row * input.count, seed: seed, purpose: purpose,
        row: rows[row], mask: call.kept + row * keptWordCount)
    }
  }

  /// Drops elements of one image.
  ///
  /// - Parameters:
  ///   - x: The image, [input].
  ///   - y: Room for the result, [input].
  ///   - seed: The seed of the random numbers.
  ///   - purpose: What the numbers are for, one of ``RandomPurpose``.
  ///   - row: The image and pass whose numbers to use.
  ///   - mask: Room for `keptWordCount` words.
  public func drop(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, seed: UInt64, purpose: UInt32,
    row: SampledRow, mask: UnsafeMutablePointer<UInt32>
  ) {
    fillMasks(mask, passes: 1, seed: seed, purpose: purpose, first: row)
    applyMask(mask, to: x, into: y)
  }

  /// Writes the masks of consecutive passes over one image.
  ///
  /// - Parameters:
  ///   - masks: Room for `passes` times `keptWordCount` words.
  ///   - passes: The number of passes.
  ///   - seed: The seed of the random numbers.
  ///   - purpose: What they are for.
  ///   - first: Whose numbers those of the first pass are.
  func fillMasks(
    _ masks: UnsafeMutablePointer<UInt32>, passes: Int, seed: UInt64, purpose: UInt32,
    first: SampledRow
  ) {
    kernels_fill_masks(
      masks, Int64(passes), Int64(input.count), keep.numerator, seed,
      purpose << 8 | UInt32(site), first.image, first.pass)
  }

  /// Scales the gradient like the forward pass where that kept the element, and writes 0 elsewhere.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    guard let inputGradient else { return }
    guard case .sampled = call.dropout else {
      inputGradient.update(from: outputGradient, count: call.rows * input.count)
      return
    }
    for row in 0..<call.rows {
      applyMask(
        call.kept + row * keptWordCount, to: outputGradient + row * input.count,
        into: inputGradient + row * input.count)
    }
  }

  /// Writes `x` divided by the keep probability where the mask's bit is set, and zero elsewhere.
  private func applyMask(
    _ mask: UnsafePointer<UInt32>, to x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>
  ) {
    kernels_apply_mask(mask, x, Int64(input.count), scale, y)
  }
}
