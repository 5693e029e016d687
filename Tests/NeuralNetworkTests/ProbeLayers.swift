import Classifier
import NeuralNetwork
import Synchronization

/// A layer that changes nothing and remembers what training shows it, one image after another.
struct Probe: Layer {
  /// What was seen, in the order of the passes.
  final class Log: Sendable {
    private let images = Mutex<[[Float]]>([])

    var seen: [[Float]] { images.withLock { $0 } }

    func add(_ image: [Float]) { images.withLock { $0.append(image) } }
  }

  let name = "probe"
  let input: ImageShape
  let log: Log

  var output: ImageShape { input }

  func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall) {
    y.update(from: x, count: call.rows * input.count)
    guard call.isTraining else { return }
    for row in 0..<call.rows {
      log.add(Array(UnsafeBufferPointer(start: x + row * input.count, count: input.count)))
    }
  }

  func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    inputGradient?.update(from: outputGradient, count: call.rows * input.count)
  }
}

/// A layer that subtracts running means, which are its only parameters.
struct Centring: Layer {
  let name = "centring"
  let input: ImageShape

  var output: ImageShape { input }
  var parameterCount: Int { input.count }
  var statisticCount: Int { input.count }

  func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall) {
    for row in 0..<call.rows {
      for index in 0..<input.count {
        y[row * input.count + index] = x[row * input.count + index] - call.parameters[index]
      }
    }
  }

  func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    inputGradient?.update(from: outputGradient, count: call.rows * input.count)
    guard let parameterGradient else { return }
    for index in 0..<input.count {
      parameterGradient[index] = (0..<call.rows).reduce(0) { $0 + x[$1 * input.count + index] }
    }
  }
}

/// A dense layer whose squared parameters are in the loss.
struct Penalised: Layer {
  let dense: Dense
  let l2: Double

  var name: String { dense.name }
  var input: ImageShape { dense.input }
  var output: ImageShape { dense.output }
  var parameterCount: Int { dense.parameterCount }
  var fanIn: Int? { dense.fanIn }
  var biasCount: Int { dense.biasCount }
  var scratchCount: Int { dense.scratchCount }

  func forward(_ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall) {
    dense.forward(x, into: y, call)
  }

  func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    dense.backward(
      x: x, y: y, outputGradient: outputGradient, inputGradient: inputGradient,
      parameterGradient: parameterGradient, call)
  }
}
