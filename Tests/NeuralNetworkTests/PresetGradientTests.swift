import Classifier
import NeuralNetwork
import Tensor
import Testing

/// Each preset in small: its layers in their order, with few filters and units, on small images.
struct SmallPreset: CustomTestStringConvertible {
  let name: String
  let input: ImageShape
  var testDescription: String { name }

  static let all: [SmallPreset] = [
    SmallPreset(name: "lenet", input: ImageShape(height: 16, width: 16, channels: 1)),
    SmallPreset(name: "feinman-mnist", input: ImageShape(height: 8, width: 8, channels: 1)),
    SmallPreset(name: "feinman-cifar", input: ImageShape(height: 8, width: 8, channels: 3)),
    SmallPreset(name: "feinman-svhn", input: ImageShape(height: 8, width: 8, channels: 3)),
    SmallPreset(name: "carlini-mnist", input: ImageShape(height: 16, width: 16, channels: 1)),
    SmallPreset(name: "carlini-cifar", input: ImageShape(height: 16, width: 16, channels: 3)),
    SmallPreset(name: "madry-mnist", input: ImageShape(height: 8, width: 8, channels: 1)),
  ]

  func architecture() throws -> Architecture {
    var network = try #require(NetworkDescription.preset(named: name))
    network.layers = network.layers.map { layer in
      var layer = layer
      switch layer.kind {
      case .convolution(let filters, let kernel, let stride, let padding, let bias):
        layer.kind = .convolution(
          filters: max(3, filters / 16), kernel: kernel, stride: stride, padding: padding,
          bias: bias)
      case .dense(let units?, let l2): layer.kind = .dense(units: max(8, units / 64), l2: l2)
      default: break
      }
      return layer
    }
    return try network.makeArchitecture(input: input, classes: 4)
  }
}

@Suite struct PresetGradientTests {
  private static let rows = 2
  private static let step: Float = 2e-3

  /// A weighted sum of the logits of images and parameters under dropout, and its gradients.
  private struct Objective {
    let architecture: Architecture
    let propagation: Propagation
    let weights: [Float]

    init(_ architecture: Architecture, weights: [Float]) {
      self.architecture = architecture
      self.weights = weights
      propagation = Propagation(
        architecture: architecture, capacity: PresetGradientTests.rows, dropout: true,
        gradients: true)
    }

    func value(_ input: [Float], _ parameters: [Float]) -> Double {
      propagation.input.update(from: input, count: input.count)
      withDropout {
        propagation.forward(
          rows: PresetGradientTests.rows, parameters: parameters, dropout: $0, isTraining: true)
      }
      return weights.indices.reduce(0) {
        $0 + Double(weights[$1]) * Double(propagation.output[$1])
      }
    }

    func gradients(_ input: [Float], _ parameters: [Float]) -> (input: [Float], all: [Float]) {
      _ = value(input, parameters)
      let gradient = Scratch<Float>(parameters.count)
      propagation.outputGradient.update(from: weights, count: weights.count)
      withDropout {
        propagation.backward(
          rows: PresetGradientTests.rows, parameters: parameters,
          parameterGradient: gradient.base, toInput: true, dropout: $0, isTraining: true)
      }
      return (
        (0..<input.count).map { propagation.inputGradient[$0] },
        (0..<parameters.count).map { gradient.base[$0] }
      )
    }

    private func withDropout(_ body: (DropoutMode) -> Void) {
      let rows = (0..<PresetGradientTests.rows).map { SampledRow(image: UInt32($0), pass: 1) }
      rows.withUnsafeBufferPointer { rows in
        guard let rows = rows.baseAddress else { return }
        body(.sampled(seed: 8, purpose: 3, rows: rows))
      }
    }
  }

  /// How far a derivative is from the slopes on its two sides, or from the nearer of the two.
  ///
  /// Such a network is linear in each number between its kinks. A kink that is nearer than a step
  /// spoils the slope on its own side only.
  private func error(
    _ derivative: Float, of function: ([Float]) -> Double, at values: [Float], _ index: Int
  ) -> Double {
    var (above, below) = (values, values)
    above[index] += Self.step
    below[index] -= Self.step
    let middle = function(values)
    let after = (function(above) - middle) / Double(above[index] - values[index])
    let before = (middle - function(below)) / Double(values[index] - below[index])
    return [after, before, (after + before) / 2].map { abs($0 - Double(derivative)) }.min()
      ?? .infinity
  }

  @Test("a preset's gradients agree with differences", arguments: SmallPreset.all)
  func differences(preset: SmallPreset) throws {
    let architecture = try preset.architecture()
    let stream = RandomStream(seed: 21, stream: 0)
    let input = stream.uniform(count: Self.rows * architecture.input.count, bound: 1, pass: 0)
    // Biases that are not zero, so that no activation is.
    let parameters = zip(
      architecture.initialParameters(seed: 4),
      stream.uniform(count: architecture.parameterCount, bound: 0.05, pass: 1)
    ).map { $0 + $1 }
    let objective = Objective(
      architecture,
      weights: stream.uniform(count: Self.rows * architecture.classCount, bound: 1, pass: 2))
    let gradients = objective.gradients(input, parameters)
    // Outputs are exact to about 1e-6, so a slope over 2e-3 is to about 1e-3.
    var errors: [Double] = []
    for index in Swift.stride(from: 0, to: input.count, by: max(1, input.count / 61)) {
      errors.append(
        error(
          gradients.input[index], of: { objective.value($0, parameters) }, at: input, index))
    }
    for index in Swift.stride(from: 0, to: parameters.count, by: max(1, parameters.count / 61)) {
      errors.append(
        error(gradients.all[index], of: { objective.value(input, $0) }, at: parameters, index))
    }
    #expect(errors.allSatisfy { $0 < 4e-3 }, "\(errors.max() ?? 0)")
    // The slopes are much larger than what they may differ by.
    #expect(gradients.input.contains { abs($0) > 0.02 })
    #expect(gradients.all.contains { abs($0) > 0.5 })
  }
}
