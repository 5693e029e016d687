import Classifier
import NeuralNetwork
import Tensor
import Testing

/// A network whose gradients are compared with central differences.
struct GradientCase: CustomTestStringConvertible {
  let architecture: Architecture
  let usesDropout: Bool
  /// Whether batches are normalised by their own statistics.
  var isTraining = false
  var testDescription: String { architecture.name }

  static let image = ImageShape(height: 6, width: 7, channels: 2)

  static func layer(
    _ layer: any Layer, usesDropout: Bool = false, isTraining: Bool = false
  ) -> GradientCase {
    GradientCase(
      architecture: Architecture(name: layer.name, layers: [layer]), usesDropout: usesDropout,
      isTraining: isTraining)
  }

  /// A small block with all that a branch may hold.
  static let block = Residual(
    name: "residual", input: image,
    branch: [
      Convolution(
        name: "a", input: image, kernel: 3, filters: 3, stride: 2, padding: .same, hasBias: false),
      BatchNormalisation(name: "b", input: ImageShape(height: 3, width: 4, channels: 3)),
      ReLU(name: "c", input: ImageShape(height: 3, width: 4, channels: 3)),
      Dropout(name: "d", input: ImageShape(height: 3, width: 4, channels: 3), site: 1, rate: 0.3),
      Convolution(
        name: "e", input: ImageShape(height: 3, width: 4, channels: 3), kernel: 3, filters: 5,
        padding: .pixels(1)),
    ],
    shortcut: [Convolution(name: "f", input: image, kernel: 1, filters: 5, stride: 2)])

  static let all: [GradientCase] = [
    .layer(Dense(name: "dense", input: image, outputs: 5)),
    .layer(
      PooledConvolution(
        name: "pooled convolution of two channels", input: image, kernel: 3, filters: 4)),
    .layer(
      PooledConvolution(
        name: "pooled convolution of one channel",
        input: ImageShape(height: 8, width: 7, channels: 1),
        kernel: 5, filters: 3)),
    .layer(ReLU(name: "rectifier", input: image)),
    .layer(Convolution(name: "convolution", input: image, kernel: 3, filters: 5)),
    .layer(
      Convolution(
        name: "convolution without biases, of zeros all around", input: image, kernel: 4,
        filters: 18, padding: .same, hasBias: false)),
    .layer(
      Convolution(
        name: "convolution of steps", input: image, kernel: 3, filters: 4, stride: 2,
        padding: .pixels(2))),
    .layer(
      Convolution(
        name: "convolution of many channels", input: ImageShape(height: 3, width: 4, channels: 37),
        kernel: 2, filters: 3)),
    .layer(Pooling(.maximum, name: "maximum", input: image, size: 3, stride: 2)),
    .layer(Pooling(.average, name: "average", input: image, size: 3, stride: 1)),
    .layer(Pooling.globalAverage(name: "global average", input: image)),
    .layer(BatchNormalisation(name: "normalisation by running statistics", input: image)),
    .layer(
      BatchNormalisation(name: "normalisation by the batch", input: image), isTraining: true),
    .layer(block),
    .layer(block, usesDropout: true, isTraining: true),
    .layer(
      Residual(
        name: "residual of an identity", input: image,
        branch: [
          Convolution(name: "a", input: image, kernel: 3, filters: 2, padding: .same),
          BatchNormalisation(name: "b", input: image),
        ])),
    .layer(Dropout(name: "dropout", input: image, site: 0, rate: 0.4), usesDropout: true),
    GradientCase(
      architecture: .leNet(
        LeNetConfiguration(conv1: 3, conv2: 4, dense1: 6),
        input: ImageShape(height: 16, width: 16, channels: 1), classes: 4), usesDropout: false),
    GradientCase(
      architecture: .leNet(
        LeNetConfiguration(conv1: 3, conv2: 4, dense1: 6),
        input: ImageShape(height: 16, width: 16, channels: 1), classes: 4), usesDropout: true),
  ]
}

@Suite struct GradientTests {
  static let rows = 3

  /// A weighted sum of the outputs, in double precision, as a function of inputs and parameters.
  func objective(
    _ test: GradientCase, input: [Float], parameters: [Float], weights: [Float]
  ) -> Double {
    let propagation = Propagation(
      architecture: test.architecture, capacity: Self.rows, dropout: test.usesDropout,
      gradients: false)
    propagation.input.update(from: input, count: input.count)
    withDropout(test) {
      propagation.forward(
        rows: Self.rows, parameters: parameters, dropout: $0, isTraining: test.isTraining)
    }
    return weights.indices.reduce(0) {
      $0 + Double(weights[$1]) * Double(propagation.output[$1])
    }
  }

  func withDropout(_ test: GradientCase, _ body: (DropoutMode) -> Void) {
    let rows = (0..<Self.rows).map { SampledRow(image: UInt32($0), pass: 5) }
    rows.withUnsafeBufferPointer { rows in
      guard test.usesDropout, let rows = rows.baseAddress else { return body(.off) }
      body(.sampled(seed: 3, purpose: 3, rows: rows))
    }
  }

  @Test("gradients agree with central differences", arguments: GradientCase.all)
  func centralDifferences(test: GradientCase) {
    let architecture = test.architecture
    let stream = RandomStream(seed: 11, stream: 0)
    let input = stream.uniform(count: Self.rows * architecture.input.count, bound: 1, pass: 0)
    let kinds = architecture.layers.flatMap(\.parameterGroups).flatMap { group in
      [ParameterGroup.Kind](repeating: group.kind, count: group.count)
    }
    // A variance is positive.
    let parameters = zip(
      stream.uniform(count: architecture.parameterCount, bound: 0.5, pass: 1), kinds
    ).map { $1 == .statistics ? $0 + 1 : $0 }
    let weights = stream.uniform(count: Self.rows * architecture.classCount, bound: 1, pass: 2)

    let propagation = Propagation(
      architecture: architecture, capacity: Self.rows, dropout: test.usesDropout, gradients: true)
    propagation.input.update(from: input, count: input.count)
    let parameterGradient = Scratch<Float>(max(1, parameters.count))
    withDropout(test) { dropout in
      propagation.forward(
        rows: Self.rows, parameters: parameters, dropout: dropout, isTraining: test.isTraining)
      propagation.outputGradient.update(from: weights, count: weights.count)
      propagation.backward(
        rows: Self.rows, parameters: parameters, parameterGradient: parameterGradient.base,
        toInput: true, dropout: dropout, isTraining: test.isTraining)
    }

    let step: Float = 1e-3
    func slope(_ values: [Float], at index: Int, _ function: ([Float]) -> Double) -> Double {
      var (above, below) = (values, values)
      above[index] += step
      below[index] -= step
      return (function(above) - function(below)) / Double(above[index] - below[index])
    }
    // Outputs are exact to about 1e-6, so a difference over 2e-3 is to about 1e-3.
    for index in Swift.stride(from: 0, to: input.count, by: max(1, input.count / 97)) {
      let expected = slope(input, at: index) {
        objective(test, input: $0, parameters: parameters, weights: weights)
      }
      #expect(abs(Double(propagation.inputGradient[index]) - expected) < 4e-3)
    }
    for index in Swift.stride(from: 0, to: parameters.count, by: max(1, parameters.count / 97))
    where kinds[index] != .statistics {
      let expected = slope(parameters, at: index) {
        objective(test, input: input, parameters: $0, weights: weights)
      }
      #expect(abs(Double(parameterGradient.base[index]) - expected) < 4e-3)
    }
  }

  @Test("the cross-entropy and its gradient follow their formulas")
  func crossEntropy() {
    let logits: [Float] = [0.5, -1.25, 3, 0]
    let exponentials = [1.6487212707, 0.2865047969, 20.0855369232, 1]
    let sum = exponentials.reduce(0, +)
    var gradient = [Float](repeating: 0, count: 4)
    var entropy = CrossEntropy()
    entropy.add(logits: logits, label: 0, count: 4, scale: 0.5, gradient: &gradient)
    // ln 23.0207629908 = 3.1364...
    #expect(abs(entropy.loss - 2.6364) < 1e-3)
    #expect(entropy.correct == 0)
    for index in 0..<4 {
      let expected = 0.5 * (exponentials[index] / sum - (index == 0 ? 1 : 0))
      #expect(abs(Double(gradient[index]) - expected) < 1e-6)
    }
  }
}
