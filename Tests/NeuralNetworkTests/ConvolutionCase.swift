import Classifier
import NeuralNetwork
import Tensor
import Testing

/// A pooled convolution of some images and the gradients back, as plain loops compute it in double
/// precision: the oracle of the kernels.
struct ConvolutionCase: CustomTestStringConvertible {
  let layer: PooledConvolution
  let rows: Int
  let input: [Float]
  let parameters: [Float]
  /// The loss's gradient with respect to the outputs; some are zero, as dropout leaves them.
  let outputGradient: [Float]

  var testDescription: String {
    "\(layer.filters) filters of \(layer.kernel) on \(rows) of \(layer.input.height) x "
      + "\(layer.input.width) x \(layer.input.channels)"
  }

  init(
    _ rows: Int, _ height: Int, _ width: Int, _ channels: Int, kernel: Int, filters: Int
  ) {
    self.rows = rows
    layer = PooledConvolution(
      name: "pooled", input: ImageShape(height: height, width: width, channels: channels),
      kernel: kernel, filters: filters)
    let stream = RandomStream(seed: 4, stream: 0)
    input = stream.uniform(count: rows * layer.input.count, bound: 1, pass: 0)
    parameters = stream.uniform(count: layer.parameterCount, bound: 0.5, pass: 1)
    outputGradient = stream.uniform(count: rows * layer.output.count, bound: 1, pass: 2)
      .map { abs($0) < 0.3 ? 0 : $0 }
  }

  /// The study's layers, and shapes at the edges of vectors, tiles, panels and blocks of images:
  /// fewer and more filters than a vector, odd sides, lone windows, lone images.
  static let all: [ConvolutionCase] = [
    ConvolutionCase(7, 28, 28, 1, kernel: 5, filters: 20),
    ConvolutionCase(3, 12, 12, 20, kernel: 5, filters: 50),
    ConvolutionCase(3, 28, 28, 1, kernel: 5, filters: 1),
    ConvolutionCase(3, 12, 12, 1, kernel: 5, filters: 3),
    ConvolutionCase(2, 12, 12, 3, kernel: 5, filters: 1),
    ConvolutionCase(1, 27, 25, 1, kernel: 5, filters: 17),
    ConvolutionCase(7, 9, 12, 1, kernel: 3, filters: 3),
    ConvolutionCase(1, 4, 4, 1, kernel: 3, filters: 1),
    ConvolutionCase(5, 6, 6, 1, kernel: 5, filters: 16),
    ConvolutionCase(7, 11, 8, 3, kernel: 4, filters: 37),
    ConvolutionCase(2, 7, 10, 1, kernel: 2, filters: 65),
    ConvolutionCase(1, 17, 16, 1, kernel: 7, filters: 33),
    ConvolutionCase(2, 6, 6, 70, kernel: 1, filters: 1),
    ConvolutionCase(1, 2, 2, 1, kernel: 1, filters: 1),
    ConvolutionCase(1, 2, 3, 2, kernel: 1, filters: 48),
    ConvolutionCase(6, 40, 41, 1, kernel: 3, filters: 2),
    ConvolutionCase(2, 13, 13, 32, kernel: 6, filters: 49),
  ]
}

/// What comes of a case.
struct ConvolutionResult {
  var outputs: [Float]
  var inputGradient: [Float]
  var parameterGradient: [Float]

  /// Whether all numbers agree up to rounding.
  func isClose(to other: ConvolutionResult) -> Bool {
    Self.isClose(outputs, other.outputs) && Self.isClose(inputGradient, other.inputGradient)
      && Self.isClose(parameterGradient, other.parameterGradient)
  }

  private static func isClose(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) }
  }
}

extension ConvolutionCase {
  private struct Terms {
    var input: [Double]
    var parameters: [Double]
  }

  /// The result by the definitions: each window's largest pixel, rectified; the gradient goes to the
  /// first of the largest, if it is positive.
  func expected() -> ConvolutionResult {
    let (shape, output, filters) = (layer.input, layer.output, layer.filters)
    var outputs: [Float] = []
    var terms = Terms(
      input: [Double](repeating: 0, count: input.count),
      parameters: [Double](repeating: 0, count: parameters.count))
    for image in 0..<rows {
      for y in 0..<output.height {
        for x in 0..<output.width {
          for filter in 0..<filters {
            let pixels = [(0, 0), (0, 1), (1, 0), (1, 1)].map { row, column in
              ((image * shape.height + 2 * y + row) * shape.width + 2 * x + column)
                * shape.channels
            }
            let sums = pixels.map { sum(filter: filter, pixel: $0) }
            let largest = sums.max() ?? 0
            let gradient = Double(outputGradient[outputs.count])
            outputs.append(Float(max(0, largest)))
            guard largest > 0, let winner = sums.firstIndex(of: largest) else { continue }
            add(gradient, filter: filter, pixel: pixels[winner], to: &terms)
          }
        }
      }
    }
    return ConvolutionResult(
      outputs: outputs, inputGradient: terms.input.map(Float.init),
      parameterGradient: terms.parameters.map(Float.init))
  }

  /// Calls `body` with the offsets of each weight of a filter and of what it is multiplied with.
  private func forEachTap(
    filter: Int, pixel: Int, _ body: (_ weight: Int, _ input: Int) -> Void
  ) {
    let run = layer.kernel * layer.input.channels
    for row in 0..<layer.kernel {
      for tap in 0..<run {
        body(
          (filter * layer.kernel + row) * run + tap,
          pixel + row * layer.input.width * layer.input.channels + tap)
      }
    }
  }

  private func bias(of filter: Int) -> Int { parameters.count - layer.filters + filter }

  private func sum(filter: Int, pixel: Int) -> Double {
    var sum = Double(parameters[bias(of: filter)])
    forEachTap(filter: filter, pixel: pixel) {
      sum += Double(parameters[$0]) * Double(input[$1])
    }
    return sum
  }

  private func add(_ gradient: Double, filter: Int, pixel: Int, to terms: inout Terms) {
    terms.parameters[bias(of: filter)] += gradient
    forEachTap(filter: filter, pixel: pixel) {
      terms.parameters[$0] += gradient * Double(input[$1])
      terms.input[$1] += gradient * Double(parameters[$0])
    }
  }
}
