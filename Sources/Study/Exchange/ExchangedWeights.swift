internal import Interchange
internal import Classifier
internal import NeuralNetwork

/// An array of weights as PyTorch has it, and where its elements lie in the network's parameters.
///
/// PyTorch puts channels before rows and columns, Assay behind them: the filters of a convolution
/// are [filters, channels, rows, columns] there, and what takes a flattened image takes its elements in
/// that order too.
private struct WeightArray {
  let name: String
  let shape: [Int]
  /// For each element in PyTorch's order its place in the parameters.
  let places: [Int]
}

extension Architecture {
  /// The arrays of all layers, in order.
  fileprivate var weightArrays: [WeightArray] {
    var walk = WeightWalk(input)
    walk.visit(layers)
    return walk.arrays
  }
}

/// Collects the arrays of layers on the way from the images to the logits.
private struct WeightWalk {
  private(set) var arrays: [WeightArray] = []
  private var offset = 0
  /// The shape whose elements come next, of an image also where layers take it flattened.
  private var shape: ImageShape

  init(_ input: ImageShape) {
    shape = input
  }

  /// Visits layers in order.
  ///
  /// - Parameters:
  ///   - layers: The layers.
  ///   - sum: The shape of what a block adds to their output, nil if that isn't known.
  mutating func visit(_ layers: [any Layer], sum: ImageShape? = nil) {
    let lastDense = layers.lastIndex { $0 is Dense }
    for (index, layer) in layers.enumerated() {
      let isFlattened = layer.input == .vector(shape.count)
      if !isFlattened { shape = layer.input }
      switch layer {
      case let layer as PooledConvolution: add(layer, kernel: layer.kernel)
      case let layer as Convolution: add(layer, kernel: layer.kernel)
      case let layer as Dense: add(layer, sum: index == lastDense ? sum : nil)
      case let layer as BatchNormalisation: add(layer)
      case let layer as Residual:
        let start = shape
        visit(layer.branch, sum: layer.shortcut.isEmpty ? start : nil)
        let end = shape
        shape = start
        visit(layer.shortcut, sum: end)
        shape = end
        continue
      default:
        precondition(layer.parameterCount == 0, "\(layer.name) has weights that PyTorch has not")
      }
      // Whatever keeps a flattened image's elements keeps their order.
      if !(isFlattened && layer.output == .vector(shape.count)) { shape = layer.output }
    }
  }

  private mutating func add(_ layer: BatchNormalisation) {
    let order = Self.order(of: shape, for: layer.input)
    for part in ["weight", "bias", "running_mean", "running_var"] {
      arrays.append(
        WeightArray(
          name: "\(layer.name).\(part)", shape: [order.count], places: order.map { offset + $0 }))
      offset += order.count
    }
  }

  /// Adds a layer of square filters of side `kernel`.
  private mutating func add(_ layer: any Layer, kernel: Int) {
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
    arrays.append(
      WeightArray(
        name: "\(layer.name).weight", shape: [filters, channels, kernel, kernel], places: places))
    if layer.biasCount > 0 { addBias(layer, name: layer.name, order: Array(0..<filters)) }
    offset += layer.parameterCount
  }

  private mutating func add(_ layer: Dense, sum: ImageShape?) {
    let inputs = layer.input.count
    let order = Self.order(of: shape, for: .vector(inputs))
    let outputs = Self.order(of: sum ?? layer.output, for: layer.output)
    // "dense1" is what PyTorch's users call fc1.
    let name = layer.name.replacing("dense", with: "fc")
    var places: [Int] = []
    places.reserveCapacity(outputs.count * inputs)
    for output in outputs {
      for input in order { places.append(offset + output * inputs + input) }
    }
    arrays.append(
      WeightArray(name: "\(name).weight", shape: [outputs.count, inputs], places: places))
    addBias(layer, name: name, order: outputs)
    offset += layer.parameterCount
    shape = sum ?? layer.output
  }

  /// Adds the biases, which are a layer's last parameters.
  private mutating func addBias(_ layer: any Layer, name: String, order: [Int]) {
    let first = offset + layer.parameterCount - layer.biasCount
    arrays.append(
      WeightArray(
        name: "\(name).bias", shape: [order.count], places: order.map { first + $0 }))
  }

  /// Where the elements of PyTorch's order lie, of an image that a layer takes as a vector, or of a
  /// layer's channels.
  private static func order(of shape: ImageShape, for taken: ImageShape) -> [Int] {
    guard taken == .vector(shape.count) else { return Array(0..<taken.channels) }
    let pixels = shape.height * shape.width
    return (0..<shape.count).map { $0 % pixels * shape.channels + $0 / pixels }
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
