import Classifier
import NeuralNetwork
import Tensor
import Testing

/// A convolution of any stride and padding and its gradients, as plain loops compute them in double
/// precision: the oracle of the kernels.
struct CorrelationCase: CustomTestStringConvertible {
  let layer: Convolution
  let rows: Int
  let input: [Float]
  let parameters: [Float]
  let outputGradient: [Float]

  var testDescription: String {
    "\(layer.filters) filters of \(layer.kernel), stride \(layer.stride), on \(rows) of "
      + "\(layer.input.height) x \(layer.input.width) x \(layer.input.channels)"
  }

  init(
    _ rows: Int, _ height: Int, _ width: Int, _ channels: Int, kernel: Int, filters: Int,
    stride: Int = 1, padding: Padding = .valid
  ) {
    self.rows = rows
    layer = Convolution(
      name: "conv", input: ImageShape(height: height, width: width, channels: channels),
      kernel: kernel, filters: filters, stride: stride, padding: padding)
    let stream = RandomStream(seed: 5, stream: 0)
    input = stream.uniform(count: rows * layer.input.count, bound: 1, pass: 0)
    parameters = stream.uniform(count: layer.parameterCount, bound: 0.5, pass: 1)
    outputGradient = stream.uniform(count: rows * layer.output.count, bound: 1, pass: 2)
  }

  /// Shapes at the edges of vectors, panels of filters and tiles of pixels, with few channels and
  /// many, lone pixels, and strides that leave pixels out.
  static let all: [CorrelationCase] = [
    CorrelationCase(2, 28, 28, 1, kernel: 3, filters: 64),
    CorrelationCase(2, 9, 11, 32, kernel: 3, filters: 33, padding: .same),
    CorrelationCase(3, 8, 8, 3, kernel: 5, filters: 16, padding: .same),
    CorrelationCase(1, 4, 4, 70, kernel: 3, filters: 17, padding: .pixels(1)),
    CorrelationCase(2, 11, 8, 5, kernel: 3, filters: 7, stride: 2, padding: .same),
    CorrelationCase(2, 10, 9, 18, kernel: 3, filters: 40, stride: 3),
    CorrelationCase(2, 7, 7, 9, kernel: 1, filters: 65, stride: 2),
    CorrelationCase(1, 1, 1, 1, kernel: 1, filters: 1),
    CorrelationCase(2, 3, 2, 4, kernel: 4, filters: 3, padding: .pixels(3)),
    CorrelationCase(1, 5, 6, 16, kernel: 2, filters: 8, padding: .same),
    // Few channels, whose gradients take several lines of a filter at once.
    CorrelationCase(2, 9, 8, 1, kernel: 5, filters: 20, padding: .same),
    CorrelationCase(2, 8, 9, 1, kernel: 4, filters: 16, stride: 2),
    CorrelationCase(2, 6, 5, 1, kernel: 2, filters: 5),
    CorrelationCase(2, 7, 6, 2, kernel: 3, filters: 48),
    CorrelationCase(2, 9, 10, 1, kernel: 7, filters: 33, padding: .pixels(1)),
    CorrelationCase(1, 6, 6, 2, kernel: 2, filters: 64),
    CorrelationCase(1, 12, 11, 1, kernel: 11, filters: 32, padding: .same),
    // Several panels of filters that pass a tile of pixels at once, and more behind them.
    CorrelationCase(2, 6, 7, 4, kernel: 4, filters: 100),
    // Taps that leave no registers for the biases' gradients.
    CorrelationCase(2, 7, 8, 3, kernel: 4, filters: 20),
  ]

  /// Outputs and gradients by the definition.
  func expected() -> ConvolutionResult {
    let (shape, output) = (layer.input, layer.output)
    var outputs: [Float] = []
    var inputTerms = [Double](repeating: 0, count: input.count)
    var parameterTerms = [Double](repeating: 0, count: parameters.count)
    let biases = parameters.count - layer.filters
    for image in 0..<rows {
      for y in 0..<output.height {
        for x in 0..<output.width {
          for filter in 0..<layer.filters {
            var sum = Double(parameters[biases + filter])
            let gradient = Double(outputGradient[outputs.count])
            parameterTerms[biases + filter] += gradient
            for row in 0..<layer.kernel {
              for column in 0..<layer.kernel {
                let line = y * layer.stride + row - layer.rowPadding.before
                let place = x * layer.stride + column - layer.columnPadding.before
                guard (0..<shape.height).contains(line), (0..<shape.width).contains(place) else {
                  continue
                }
                for channel in 0..<shape.channels {
                  let weight =
                    ((filter * layer.kernel + row) * layer.kernel + column) * shape.channels
                    + channel
                  let pixel =
                    ((image * shape.height + line) * shape.width + place) * shape.channels + channel
                  sum += Double(parameters[weight]) * Double(input[pixel])
                  parameterTerms[weight] += gradient * Double(input[pixel])
                  inputTerms[pixel] += gradient * Double(parameters[weight])
                }
              }
            }
            outputs.append(Float(sum))
          }
        }
      }
    }
    return ConvolutionResult(
      outputs: outputs, inputGradient: inputTerms.map(Float.init),
      parameterGradient: parameterTerms.map(Float.init))
  }
}
