import Classifier
import NeuralNetwork
import Tensor
import Testing

@Suite struct PooledConvolutionTests {
  @Test("it is convolution, pooling and rectifier in one", arguments: ConvolutionCase.all)
  func equivalence(test: ConvolutionCase) {
    let architecture = Architecture(name: "test", layers: [test.layer])
    let propagation = Propagation(
      architecture: architecture, capacity: test.rows, dropout: false, gradients: true)
    propagation.input.update(from: test.input, count: test.input.count)
    propagation.forward(rows: test.rows, parameters: test.parameters)
    propagation.outputGradient.update(from: test.outputGradient, count: test.outputGradient.count)
    let gradient = Scratch<Float>(test.parameters.count)
    propagation.backward(
      rows: test.rows, parameters: test.parameters, parameterGradient: gradient.base,
      toInput: true)
    func array(_ base: UnsafePointer<Float>, _ count: Int) -> [Float] {
      Array(UnsafeBufferPointer(start: base, count: count))
    }
    let result = ConvolutionResult(
      outputs: array(propagation.output, test.outputGradient.count),
      inputGradient: array(propagation.inputGradient, test.input.count),
      parameterGradient: array(gradient.base, test.parameters.count))
    #expect(result.isClose(to: test.expected()))
  }

  @Test("a filter that leaves no window is a programmer's error")
  func noWindow() async {
    await #expect(processExitsWith: .failure) {
      _ = PooledConvolution(
        name: "whole", input: ImageShape(height: 5, width: 5, channels: 1), kernel: 5, filters: 1)
    }
  }
}
