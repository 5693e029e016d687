internal import Classifier
internal import Interchange
internal import NeuralNetwork

extension Network {
  /// The deterministic network as ONNX has it: images [images, channels, height, width] in, logits
  /// out; dropout is left out.
  var onnx: ONNXModel {
    var graph = Graph(architecture.input)
    let last = architecture.layers.count - 1
    for (index, layer) in architecture.layers.enumerated() {
      graph.add(layer, outputName: index == last ? "logits" : nil)
    }
    let input = architecture.input
    return ONNXModel(
      name: architecture.name,
      input: .init("images", shape: [input.channels, input.height, input.width]),
      output: .init("logits", shape: [architecture.classCount]), nodes: graph.nodes,
      weights: exchangedWeights)
  }
}

/// The nodes of a network, in order.
private struct Graph {
  var nodes: [ONNXModel.Node] = []
  private var value = "images"
  /// The shape of the value, as Assay has it.
  private var shape: ImageShape
  private var isFlat = false

  init(_ input: ImageShape) {
    shape = input
  }

  mutating func add(_ layer: any Layer, outputName: String? = nil) {
    if layer.input != shape { flatten() }
    defer { shape = layer.output }
    switch layer {
    case let layer as PooledConvolution:
      add(
        "Conv", ["\(layer.name).weight", "\(layer.name).bias"], as: layer.name,
        [("kernel_shape", .integers([layer.kernel, layer.kernel]))])
      add(
        "MaxPool", as: "\(layer.name).pooled",
        [("kernel_shape", .integers([2, 2])), ("strides", .integers([2, 2]))])
      add("Relu", as: "\(layer.name).rectified")
    case let layer as Convolution:
      let (rows, columns) = (layer.rowPadding, layer.columnPadding)
      add(
        "Conv", ["\(layer.name).weight"] + (layer.hasBias ? ["\(layer.name).bias"] : []),
        as: layer.name,
        [
          ("kernel_shape", .integers([layer.kernel, layer.kernel])),
          ("strides", .integers([layer.stride, layer.stride])),
          ("pads", .integers([rows.before, columns.before, rows.behind, columns.behind])),
        ])
    case let layer as Pooling:
      add(
        layer.kind == .maximum ? "MaxPool" : "AveragePool", as: layer.name,
        [
          ("kernel_shape", .integers([layer.window.height, layer.window.width])),
          ("strides", .integers([layer.stride, layer.stride])),
        ])
    case let layer as BatchNormalisation:
      // Its default epsilon is that of the layer.
      let parts = ["weight", "bias", "running_mean", "running_var"]
      add("BatchNormalization", parts.map { "\(layer.name).\($0)" }, as: layer.name)
    case is ReLU: add("Relu", as: layer.name)
    case is Dense:
      flatten()
      let name = layer.name.replacing("dense", with: "fc")
      add(
        "Gemm", ["\(name).weight", "\(name).bias"], as: outputName ?? name,
        [("transB", .integer(1))])
    case let layer as Residual: addBlock(layer)
    default: precondition(layer is Dropout, "\(layer.name) has no counterpart in ONNX")
    }
  }

  private mutating func addBlock(_ block: Residual) {
    // The sum is of what branch and shortcut see alike.
    if block.layers.contains(where: { $0 is Dense }) { flatten() }
    let (start, startShape) = (value, shape)
    block.branch.forEach { add($0) }
    let branch = value
    (value, shape) = (start, startShape)
    block.shortcut.forEach { add($0) }
    add("Add", [branch], as: block.name)
  }

  private mutating func flatten() {
    guard !isFlat else { return }
    add("Flatten", as: "flat", [("axis", .integer(1))])
    isFlat = true
  }

  private mutating func add(
    _ operation: String, _ others: [String] = [], as name: String,
    _ attributes: [(name: String, value: ONNXModel.Attribute)] = []
  ) {
    nodes.append(.init(operation, [value] + others, name, attributes: attributes))
    value = name
  }
}
