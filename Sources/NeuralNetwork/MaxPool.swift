/// Max-pooling over square windows that do not overlap; rows and columns that fill no window are
/// left out.
public struct MaxPool: Layer {
  /// The layer's name.
  public let name: String
  /// The shape of one input.
  public let input: ImageShape
  /// The side of a window.
  public let window: Int

  /// Creates a layer that keeps the maximum of each window of `window` x `window` pixels.
  ///
  /// - Precondition: At least one window fits into the input.
  public init(name: String, input: ImageShape, window: Int) {
    precondition(
      window > 0 && window <= min(input.height, input.width),
      "a window of side \(window) does not fit into \(input.height) x \(input.width)")
    self.name = name
    self.input = input
    self.window = window
  }

  /// One pixel a window.
  public var output: ImageShape {
    ImageShape(
      height: input.height / window, width: input.width / window, channels: input.channels)
  }

  /// Calls `body` for each output pixel with the offsets of its first element and of its window's.
  private func forEachWindow(rows: Int, _ body: (_ output: Int, _ input: Int) -> Void) {
    var outputOffset = 0
    for row in 0..<rows {
      for y in 0..<output.height {
        for x in 0..<output.width {
          let pixel = (row * input.height + y * window) * input.width + x * window
          body(outputOffset, pixel * input.channels)
          outputOffset += input.channels
        }
      }
    }
  }

  /// Computes the maximum of each window.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    let channels = input.channels
    let rowStride = input.width * channels
    if window == 2 {
      forEachWindow(rows: call.rows) { outputOffset, inputOffset in
        let top = x + inputOffset
        let bottom = top + rowStride
        let maxima = y + outputOffset
        for channel in 0..<channels {
          let upper = larger(top[channel], top[channels + channel])
          let lower = larger(bottom[channel], bottom[channels + channel])
          maxima[channel] = larger(upper, lower)
        }
      }
      return
    }
    forEachWindow(rows: call.rows) { outputOffset, inputOffset in
      let maxima = y + outputOffset
      maxima.update(from: x + inputOffset, count: channels)
      for tap in 1..<max(1, window * window) {
        let values = x + inputOffset + tap / window * rowStride + tap % window * channels
        for channel in 0..<channels { maxima[channel] = larger(maxima[channel], values[channel]) }
      }
    }
  }

  /// Hands each window's gradient to its maximum, to the first in reading order if several are
  /// equal.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    guard let inputGradient else { return }
    let channels = input.channels
    let rowStride = input.width * channels
    if input.height % window != 0 || input.width % window != 0 {
      inputGradient.update(repeating: 0, count: call.rows * input.count)
    }
    forEachWindow(rows: call.rows) { outputOffset, inputOffset in
      let maxima = y + outputOffset
      // What is still to be handed out; a channel's becomes zero once its maximum is found.
      let pending = call.scratch
      pending.update(from: outputGradient + outputOffset, count: channels)
      for tap in 0..<window * window {
        let offset = inputOffset + tap / window * rowStride + tap % window * channels
        let values = x + offset
        let gradients = inputGradient + offset
        for channel in 0..<channels {
          let isMaximum = values[channel] == maxima[channel]
          gradients[channel] = isMaximum ? pending[channel] : 0
          pending[channel] = isMaximum ? 0 : pending[channel]
        }
      }
    }
  }

  /// One float a channel.
  public var scratchCount: Int { input.channels }
}

/// The larger of two numbers, in a form that becomes one vector instruction.
@inline(__always)
private func larger(_ a: Float, _ b: Float) -> Float { a > b ? a : b }
