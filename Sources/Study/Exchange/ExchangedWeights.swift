internal import Interchange
internal import Classifier
internal import NeuralNetwork

/// An array of weights as PyTorch has it, and where its elements lie in the network's parameters.
///
/// PyTorch puts channels before rows and columns, Assay behind them: the filters of a convolution
/// are [filters, channels, rows, columns] there, and the first dense layer takes its inputs in that
/// order too.
private struct WeightArray {
  let name: String
  let shape: [Int]
  /// For each element in PyTorch's order its place in the parameters.
  let places: [Int]
}

extension Architecture {
  /// The arrays of all layers, in order.
  fileprivate var weightArrays: [WeightArray] {
    Self.arrays(of: layers, at: 0)
  }

  private static func arrays(of layers: [any Layer], at start: Int) -> [WeightArray] {
    var offset = start
    return layers.flatMap { layer -> [WeightArray] in
      defer { offset += layer.parameterCount }
      switch layer {
      case let layer as PooledConvolution:
        return arrays(of: layer, kernel: layer.kernel, at: offset)
      case let layer as Convolution: return arrays(of: layer, kernel: layer.kernel, at: offset)
      case let layer as Dense: return arrays(of: layer, at: offset)
      case let layer as BatchNormalisation: return arrays(of: layer, at: offset)
      case let layer as Residual: return arrays(of: layer.layers, at: offset)
      default:
        precondition(layer.parameterCount == 0, "\(layer.name) has weights that PyTorch has not")
        return []
      }
    }
  }

  private static func arrays(of layer: BatchNormalisation, at offset: Int) -> [WeightArray] {
    let channels = layer.input.channels
    return ["weight", "bias", "running_mean", "running_var"].enumerated().map { index, part in
      let first = offset + index * channels
      return WeightArray(
        name: "\(layer.name).\(part)", shape: [channels],
        places: Array(first..<first + channels))
    }
  }

  /// The arrays of a layer of square filters of side `kernel`.
  private static func arrays(
    of layer: any Layer, kernel: Int, at offset: Int
  ) -> [WeightArray] {
    let (filters, channels) = (layer.output.channels, layer.input.channels)
    let taps = kernel * kernel
    var places: [Int] = []
    places.reserveCapacity(filters * taps * channels)
    for filter in 0..<filters {
      for channel in 0..<channels {
        for tap in 0..<taps {
          places.append(offset + (filter * taps + tap) * channels + channel)
        }
      }
    }
    return [
      WeightArray(
        name: "\(layer.name).weight", shape: [filters, channels, kernel, kernel],
        places: places)
    ] + (layer.biasCount > 0 ? [bias(layer, name: layer.name, at: offset)] : [])
  }

  private static func arrays(of layer: Dense, at offset: Int) -> [WeightArray] {
    let (inputs, channels) = (layer.input.count, layer.input.channels)
    let pixels = inputs / channels
    // "dense1" is what PyTorch's users call fc1.
    let name = layer.name.replacing("dense", with: "fc")
    var places: [Int] = []
    places.reserveCapacity(layer.output.count * inputs)
    for output in 0..<layer.output.count {
      for channel in 0..<channels {
        for pixel in 0..<pixels {
          places.append(offset + output * inputs + pixel * channels + channel)
        }
      }
    }
    return [
      WeightArray(name: "\(name).weight", shape: [layer.output.count, inputs], places: places),
      bias(layer, name: name, at: offset),
    ]
  }

  private static func bias(_ layer: any Layer, name: String, at offset: Int) -> WeightArray {
    let end = offset + layer.parameterCount
    return WeightArray(
      name: "\(name).bias", shape: [layer.biasCount], places: Array(end - layer.biasCount..<end))
  }
}

extension Network {
  /// The weights in PyTorch's names and layout, in the order of the layers.
  var exchangedWeights: [(name: String, array: NumericArray)] {
    architecture.weightArrays.map { part in
      (part.name, NumericArray(shape: part.shape, .float32(part.places.map { parameters[$0] })))
    }
  }

  /// Reads weights in PyTorch's names and layout.
  ///
  /// - Parameters:
  ///   - architecture: The layers.
  ///   - weights: Exactly the arrays of these layers.
  ///   - file: Their file, for messages.
  /// - Throws: `InterchangeError` naming the first array that is missing, too many, or of another
  ///   type or shape.
  init(
    architecture: Architecture, weights: [String: NumericArray], file: String
  ) throws(InterchangeError) {
    let parts = architecture.weightArrays
    for name in weights.keys.sorted() where !parts.contains(where: { $0.name == name }) {
      throw .unknownArray(file: file, name: name, expected: parts.map(\.name))
    }
    var parameters = [Float](repeating: 0, count: architecture.parameterCount)
    for part in parts {
      guard let array = weights[part.name] else {
        throw .missingArray(file: file, name: part.name, present: weights.keys.sorted())
      }
      guard array.shape == part.shape else {
        throw .wrongShape(
          file: file, name: part.name, expected: "\(part.shape)", found: array.shape)
      }
      guard case .float32(let values) = array.elements else {
        throw .wrongType(
          file: file, name: part.name, expected: "float32", found: array.elements.typeName)
      }
      guard values.allSatisfy(\.isFinite) else {
        throw .wrongValue(file: file, name: part.name, problem: "has weights that are not finite")
      }
      for (place, value) in zip(part.places, values) { parameters[place] = value }
    }
    self.init(architecture: architecture, parameters: parameters)
  }
}

extension NetworkConfiguration {
  /// The LeNet whose weights a file has, by their shapes; what the file cannot say is given.
  ///
  /// - Throws: `InterchangeError` if an array that says a width is missing or has no such shape.
  init(
    weights: [String: NumericArray], dropoutRate: Double, dropoutSites: [String], file: String
  ) throws(InterchangeError) {
    self.init()
    conv1 = try Self.width("conv1.weight", sides: 4, of: weights, file: file)
    conv2 = try Self.width("conv2.weight", sides: 4, of: weights, file: file)
    dense1 = try Self.width("fc1.weight", sides: 2, of: weights, file: file)
    self.dropoutRate = dropoutRate
    self.dropoutSites = dropoutSites
  }

  private static func width(
    _ name: String, sides: Int, of weights: [String: NumericArray], file: String
  ) throws(InterchangeError) -> Int {
    guard let array = weights[name] else {
      throw .missingArray(file: file, name: name, present: weights.keys.sorted())
    }
    guard array.shape.count == sides, array.shape[0] > 0 else {
      let expected = sides == 4 ? "[filters, channels, 5, 5]" : "[outputs, inputs]"
      throw .wrongShape(file: file, name: name, expected: expected, found: array.shape)
    }
    return array.shape[0]
  }
}
