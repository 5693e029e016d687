public import Classifier
public import Tensor

/// A residual block: the sum of a branch of layers and of its input, or of a shortcut's output.
///
/// He et al. 2016. The block holds its layers' outputs for the backward pass in its own kept words.
public struct Residual: Layer {
  /// The layer's name within its network, such as "residual1".
  public let name: String
  /// The shape of one input, which branch and shortcut share.
  public let input: ImageShape
  /// The layers of the branch.
  public let branch: [any Layer]
  /// The layers that the input passes on its way around the branch; empty if it is added as it is.
  public let shortcut: [any Layer]

  /// Creates a block.
  ///
  /// - Precondition: The branch has a layer, and its output has the shape of the shortcut's.
  public init(name: String, input: ImageShape, branch: [any Layer], shortcut: [any Layer] = []) {
    precondition(
      branch.last?.output == shortcut.last?.output ?? input,
      "\(name) adds a branch of another shape than its shortcut")
    self.name = name
    self.input = input
    self.branch = branch
    self.shortcut = shortcut
  }

  /// The layers of the branch, then those of the shortcut, in the order of their parameters.
  public var layers: [any Layer] { branch + shortcut }
  /// The shape of the sum.
  public var output: ImageShape { branch.last?.output ?? input }
  /// The parameters of the branch, then those of the shortcut.
  public var parameterCount: Int { layers.reduce(0) { $0 + $1.parameterCount } }
  /// Those of all layers.
  public var parameterGroups: [ParameterGroup] { layers.flatMap(\.parameterGroups) }
  /// Whether any layer of the branch or shortcut does.
  public var dropsElements: Bool { layers.contains(where: \.dropsElements) }
  /// That of the layer that needs most.
  public var scratchCount: Int { layers.map(\.scratchCount).max() ?? 0 }
  /// All outputs and kept words of the layers, and the gradients on either side of one of them.
  public var keptWordCount: Int { partCounts.reduce(0) { $0 + $1 + Self.slack } }

  /// What kernels may touch behind the end of a part.
  private static let slack = 64

  /// The words per image of two gradients, then of each layer's output and kept words.
  private var partCounts: [Int] {
    let largest = layers.map { max($0.input.count, $0.output.count) }.max() ?? 0
    return [largest, largest] + layers.flatMap { [$0.output.count, $0.keptWordCount] }
  }

  /// Draws the parameters of all layers.
  public func initialParameters(
    _ initialisation: Initialisation, from stream: RandomStream, pass: UInt32
  ) -> [Float] {
    layers.enumerated().flatMap { index, layer in
      layer.initialParameters(
        initialisation, from: stream, pass: (pass + 1) * 1000 + UInt32(index))
    }
  }

  /// Adds the outputs of branch and shortcut.
  public func forward(
    _ x: UnsafePointer<Float>, into y: UnsafeMutablePointer<Float>, _ call: LayerCall
  ) {
    let memory = Memory(self, call)
    for range in [0..<branch.count, branch.count..<memory.layers.count] {
      var value = x
      for index in range {
        memory.layers[index].forward(value, into: memory.outputs[index], memory.calls[index])
        value = UnsafePointer(memory.outputs[index])
      }
      let count = call.rows * output.count
      if range.lowerBound == 0 {
        y.update(from: value, count: count)
      } else {
        addRows(of: value, rows: 1, to: y, count: count)
      }
    }
  }

  /// Computes the gradients of branch and shortcut, whose sum is the input's.
  public func backward(
    x: UnsafePointer<Float>, y: UnsafePointer<Float>,
    outputGradient: UnsafePointer<Float>, inputGradient: UnsafeMutablePointer<Float>?,
    parameterGradient: UnsafeMutablePointer<Float>?, _ call: LayerCall
  ) {
    let memory = Memory(self, call)
    for range in [0..<branch.count, branch.count..<memory.layers.count] {
      var gradient = outputGradient
      for index in range.reversed() {
        let isFirst = index == range.lowerBound
        let room = memory.gradients[index % 2]
        memory.layers[index].backward(
          x: isFirst ? x : UnsafePointer(memory.outputs[index - 1]),
          y: UnsafePointer(memory.outputs[index]), outputGradient: gradient,
          inputGradient: isFirst && inputGradient == nil ? nil : room,
          parameterGradient: parameterGradient.map { $0 + memory.offsets[index] },
          memory.calls[index])
        gradient = UnsafePointer(room)
      }
      guard let inputGradient else { continue }
      let count = call.rows * input.count
      if range.lowerBound == 0 {
        inputGradient.update(from: gradient, count: count)
      } else {
        addRows(of: gradient, rows: 1, to: inputGradient, count: count)
      }
    }
  }

  /// Where a call's memory holds what, with a call for each layer.
  private struct Memory {
    let layers: [any Layer]
    /// The place of each layer's parameters among the block's.
    var offsets: [Int] = []
    var outputs: [UnsafeMutablePointer<Float>] = []
    var calls: [LayerCall] = []
    let gradients: [UnsafeMutablePointer<Float>]

    init(_ block: Residual, _ call: LayerCall) {
      layers = block.layers
      let counts = block.partCounts
      var place = call.kept
      var parts: [UnsafeMutablePointer<UInt32>] = []
      for count in counts {
        parts.append(place)
        place += count * call.rows + Residual.slack
      }
      let floats = parts.map {
        UnsafeMutableRawPointer($0).assumingMemoryBound(to: Float.self)
      }
      gradients = Array(floats.prefix(2))
      var offset = 0
      for (index, layer) in layers.enumerated() {
        offsets.append(offset)
        outputs.append(floats[2 + 2 * index])
        calls.append(
          LayerCall(
            rows: call.rows, parameters: call.parameters + offset, scratch: call.scratch,
            dropout: call.dropout, kept: parts[3 + 2 * index], isTraining: call.isTraining))
        offset += layer.parameterCount
      }
    }
  }
}
