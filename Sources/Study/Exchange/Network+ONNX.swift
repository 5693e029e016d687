internal import Interchange
internal import Classifier
internal import NeuralNetwork

extension Network {
  /// The deterministic network as ONNX has it: images [images, channels, height, width] in, logits
  /// out; dropout is left out.
  var onnx: ONNXModel {
    var nodes: [ONNXModel.Node] = []
    var value = "images"
    var isFlat = false
    func add(
      _ operation: String, _ weights: [String] = [], as name: String,
      _ attributes: [(name: String, value: ONNXModel.Attribute)] = []
    ) {
      nodes.append(.init(operation, [value] + weights, name, attributes: attributes))
      value = name
    }
    let last = architecture.layers.indices.last
    for (index, layer) in architecture.layers.enumerated() {
      switch layer {
      case let layer as PooledConvolution:
        add(
          "Conv", ["\(layer.name).weight", "\(layer.name).bias"], as: layer.name,
          [("kernel_shape", .integers([layer.kernel, layer.kernel]))])
        add(
          "MaxPool", as: "\(layer.name).pooled",
          [("kernel_shape", .integers([2, 2])), ("strides", .integers([2, 2]))])
        add("Relu", as: "\(layer.name).rectified")
      case is ReLU: add("Relu", as: layer.name)
      case is Dense:
        if !isFlat {
          add("Flatten", as: "flat", [("axis", .integer(1))])
          isFlat = true
        }
        let name = layer.name.replacing("dense", with: "fc")
        add(
          "Gemm", ["\(name).weight", "\(name).bias"], as: index == last ? "logits" : name,
          [("transB", .integer(1))])
      default:
        precondition(layer is Dropout, "\(layer.name) has no counterpart in ONNX")
      }
    }
    let input = architecture.input
    return ONNXModel(
      name: architecture.name,
      input: .init("images", shape: [input.channels, input.height, input.width]),
      output: .init("logits", shape: [architecture.classCount]), nodes: nodes,
      weights: exchangedWeights)
  }
}
