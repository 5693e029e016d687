import NeuralNetwork
import Tensor
import Testing

/// The kernels in C are compared with the plain layers that they stand for.
@Suite struct PooledConvolutionTests {
  struct Sizes: CustomTestStringConvertible {
    let input: ImageShape
    let kernel: Int
    let filters: Int
    var testDescription: String {
      "\(filters) filters of \(kernel) on \(input.height) x \(input.width) x \(input.channels)"
    }

    static let all: [Sizes] = [
      Sizes(input: ImageShape(height: 28, width: 28, channels: 1), kernel: 5, filters: 20),
      Sizes(input: ImageShape(height: 12, width: 12, channels: 20), kernel: 5, filters: 50),
      Sizes(input: ImageShape(height: 9, width: 12, channels: 1), kernel: 3, filters: 3),
      Sizes(input: ImageShape(height: 11, width: 8, channels: 3), kernel: 4, filters: 37),
      Sizes(input: ImageShape(height: 7, width: 10, channels: 1), kernel: 2, filters: 65),
      Sizes(input: ImageShape(height: 6, width: 6, channels: 70), kernel: 1, filters: 1),
    ]
  }

  /// Outputs and gradients of a network of some layers.
  func run(
    _ layers: [any Layer], rows: Int, input: [Float], parameters: [Float], weights: [Float]
  ) -> (outputs: [Float], inputGradient: [Float], parameterGradient: [Float]) {
    let architecture = Architecture(name: "test", layers: layers)
    let propagation = Propagation(
      architecture: architecture, capacity: rows, dropout: false, gradients: true)
    propagation.input.update(from: input, count: input.count)
    propagation.forward(rows: rows, parameters: parameters)
    propagation.outputGradient.update(from: weights, count: weights.count)
    let gradient = Scratch<Float>(parameters.count)
    propagation.backward(
      rows: rows, parameters: parameters, parameterGradient: gradient.base, toInput: true)
    return (
      Array(UnsafeBufferPointer(start: propagation.output, count: weights.count)),
      Array(UnsafeBufferPointer(start: propagation.inputGradient, count: input.count)),
      Array(UnsafeBufferPointer(start: gradient.base, count: parameters.count))
    )
  }

  @Test("it is convolution, pooling and rectifier in one", arguments: Sizes.all)
  func equivalence(sizes: Sizes) {
    let rows = 7
    let pooled = PooledConvolution(
      name: "pooled", input: sizes.input, kernel: sizes.kernel, filters: sizes.filters)
    let convolution = Convolution(
      name: "convolution", input: sizes.input, kernel: sizes.kernel, filters: sizes.filters)
    let pool = MaxPool(name: "pool", input: convolution.output, window: 2)
    #expect(pooled.output == pool.output && pooled.parameterCount == convolution.parameterCount)

    let stream = RandomStream(seed: 4, stream: 0)
    let input = stream.uniform(count: rows * sizes.input.count, bound: 1, pass: 0)
    let parameters = stream.uniform(count: pooled.parameterCount, bound: 0.5, pass: 1)
    // Some gradients are zero, as dropout leaves them.
    let weights = stream.uniform(count: rows * pooled.output.count, bound: 1, pass: 2)
      .map { abs($0) < 0.3 ? 0 : $0 }
    let actual = run(
      [pooled], rows: rows, input: input, parameters: parameters, weights: weights)
    let expected = run(
      [convolution, pool, ReLU(name: "rectifier", input: pool.output)], rows: rows, input: input,
      parameters: parameters, weights: weights)
    #expect(isClose(actual.outputs, expected.outputs))
    #expect(isClose(actual.inputGradient, expected.inputGradient))
    #expect(isClose(actual.parameterGradient, expected.parameterGradient))
  }

  private func isClose(_ a: [Float], _ b: [Float]) -> Bool {
    a.count == b.count && zip(a, b).allSatisfy { abs($0 - $1) < 1e-4 * max(1, abs($1)) }
  }
}
