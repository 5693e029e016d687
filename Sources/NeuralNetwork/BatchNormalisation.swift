public import Classifier
internal import CKernels
public import Tensor

/// Batch normalisation: each channel shifted and scaled to mean 0 and variance 1, then by two learned
/// parameters.
///
/// Ioffe and Szegedy 2015. A step of training takes mean and variance of the images of its call,
/// which is a shard of the batch (ghost batch normalisation, Hoffer et al. 2017): what a shard is
/// depends on the batch alone, so that the number of threads does not matter. Everything else takes
/// the running statistics. Parameters are scales, shifts, running means and running variances.
public struct BatchNormalisation: Layer {
  /// What is added to a variance before its root divides.
  public static let epsilon: Float = 1e-5

  /// The layer's name within its network, such as "batchnorm1".
  public let name: String
  /// The shape of inputs and outputs.
  public let input: ImageShape

  /// Creates a normalisation of the channels of images.
  public init(name: String, input: ImageShape) {
    self.name = name
    self.input = input
  }

  /// The shape of the outputs, which is that of the inputs.
  public var output: ImageShape { input }
  /// Four numbers for each channel.
  public var parameterCount: Int { 4 * channels }
  /// Scales and shifts, which weight decay leaves alone.
  public var biasCount: Int { 2 * channels }
  /// Running means and variances.
  public var statisticCount: Int { 2 * channels }
  /// Room for sums in double precision, and for what each channel is multiplied with.
  public var scratchCount: Int { 7 * channels }
  /// The mean and variance of the forward pass.
  public var keptWordCount: Int { 2 * channels }

  private var channels: Int { input.channels }

  /// Scales of 1, shifts and means of 0, variances of 1.
  public func initialParameters(
    _ initialisation: Initialisation, from stream: RandomStream, pass: UInt32
  ) -> [Float] {
    [Float(1), 0, 0, 1].flatMap { [Float](repeating: $0, count: channels) }
  }

  /// Normalises each row, by the statistics of all rows where this is a step of training.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    let memory = Memory(call, channels: channels)
    let pixels = Int64(call.rows * input.height * input.width)
    if call.isTraining {
      kernels_channel_statistics(
        x, pixels, Int64(channels), memory.sums, memory.means, memory.variances)
    } else {
      memory.means.update(from: call.parameters + 2 * channels, count: 2 * channels)
    }
    for channel in 0..<channels {
      let factor = call.parameters[channel] * memory.inverseDeviation(channel)
      memory.factors[channel] = factor
      memory.terms[channel] =
        call.parameters[channels + channel] - memory.means[channel] * factor
    }
    kernels_scale_channels(x, pixels, Int64(channels), memory.factors, memory.terms, y)
  }

  /// Computes the gradients, in a step of training through mean and variance, too.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    let memory = Memory(call, channels: channels)
    let pixels = call.rows * input.height * input.width
    let sums = memory.sums + channels
    kernels_channel_products(
      x, outputGradient, Int64(pixels), Int64(channels), memory.means, memory.sums, sums)
    if let parameterGradient {
      for channel in 0..<channels {
        parameterGradient[channel] =
          Float(memory.sums[channel]) * memory.inverseDeviation(channel)
        parameterGradient[channels + channel] = Float(sums[channel])
      }
      let weight = call.isTraining ? Float(call.rows) : 0
      for statistic in 0..<2 * channels {
        parameterGradient[2 * channels + statistic] = memory.means[statistic] * weight
      }
    }
    guard let inputGradient else { return }
    for channel in 0..<channels {
      let inverse = memory.inverseDeviation(channel)
      let factor = call.parameters[channel] * inverse
      let mean = call.isTraining ? Float(sums[channel] / Double(pixels)) : 0
      let product = call.isTraining ? Float(memory.sums[channel] / Double(pixels)) : 0
      let share = -factor * inverse * inverse * product
      memory.factors[channel] = factor
      memory.shares[channel] = share
      memory.terms[channel] = -factor * mean - share * memory.means[channel]
    }
    kernels_combine_channels(
      outputGradient, x, Int64(pixels), Int64(channels), memory.factors, memory.shares,
      memory.terms, inputGradient)
  }

  /// Where a call's memory holds what.
  private struct Memory {
    /// Twice as many as there are channels.
    let sums: UnsafeMutablePointer<Double>
    let factors: UnsafeMutablePointer<Float>
    let shares: UnsafeMutablePointer<Float>
    let terms: UnsafeMutablePointer<Float>
    /// The means of the forward pass, and right behind them the variances.
    let means: UnsafeMutablePointer<Float>
    let variances: UnsafeMutablePointer<Float>

    init(_ call: LayerCall, channels: Int) {
      sums = UnsafeMutableRawPointer(call.scratch).assumingMemoryBound(to: Double.self)
      factors = call.scratch + 4 * channels
      shares = factors + channels
      terms = shares + channels
      means = UnsafeMutableRawPointer(call.kept).assumingMemoryBound(to: Float.self)
      variances = means + channels
    }

    func inverseDeviation(_ channel: Int) -> Float {
      1 / (variances[channel] + BatchNormalisation.epsilon).squareRoot()
    }
  }
}
