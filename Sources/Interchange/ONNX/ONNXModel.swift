/// A network as an Open Neural Network Exchange file.
///
/// It has one input and one output. The first side of both is open for the number of images.
public struct ONNXModel: Sendable {
  /// One operation of the network.
  public struct Node: Sendable {
    /// The operator's name in ONNX, such as "Conv".
    public let operation: String
    /// The names of the inputs: ports, weights or outputs of other nodes.
    public let inputs: [String]
    /// The name of the output, which is also the node's name.
    public let output: String
    /// The attributes of the operator, by name.
    public let attributes: [(name: String, value: Attribute)]

    /// Describes an operation, with its inputs in the operator's order.
    public init(
      _ operation: String, _ inputs: [String], _ output: String,
      attributes: [(name: String, value: Attribute)] = []
    ) {
      self.operation = operation
      self.inputs = inputs
      self.output = output
      self.attributes = attributes
    }
  }

  /// An attribute's value, a whole number or a list of them.
  public enum Attribute: Sendable {
    /// A single whole number, such as an axis.
    case integer(Int)
    /// A list of whole numbers, such as the sides of a kernel.
    case integers([Int])
  }

  /// The input or output of a network.
  public struct Port: Sendable {
    let name: String
    let shape: [Int]

    /// Describes a port, whose shape is that of one image.
    public init(_ name: String, shape: [Int]) {
      self.name = name
      self.shape = shape
    }
  }

  private let name: String
  private let input: Port
  private let output: Port
  private let nodes: [Node]
  private let weights: [(name: String, array: NumericArray)]

  /// The version of the operators, the oldest whose readers know all that is written here.
  private static let operatorSet = 13
  /// The version of the format that came with it.
  private static let formatVersion = 7

  /// Combines the parts of a network, whose weights are 32-bit floats.
  public init(
    name: String, input: Port, output: Port, nodes: [Node],
    weights: [(name: String, array: NumericArray)]
  ) {
    self.name = name
    self.input = input
    self.output = output
    self.nodes = nodes
    self.weights = weights
  }

  /// The model as the bytes of an .onnx file.
  public var bytes: [UInt8] {
    var model = ProtocolBuffer()
    model.write(1, Self.formatVersion)
    model.write(2, "assay")
    model.write(7) { graph in
      for node in nodes { graph.write(1) { write(node, &$0) } }
      graph.write(2, name)
      for (name, array) in weights { graph.write(5) { write(name, array, &$0) } }
      graph.write(11) { write(input, &$0) }
      graph.write(12) { write(output, &$0) }
    }
    model.write(8) { operators in
      operators.write(1, "")
      operators.write(2, Self.operatorSet)
    }
    return model.bytes
  }

  private func write(_ node: Node, _ message: inout ProtocolBuffer) {
    for input in node.inputs { message.write(1, input) }
    message.write(2, node.output)
    message.write(3, node.output)
    message.write(4, node.operation)
    for (name, value) in node.attributes {
      message.write(5) { attribute in
        attribute.write(1, name)
        switch value {
        case .integer(let number):
          attribute.write(3, number)
          attribute.write(20, 2)
        case .integers(let numbers):
          for number in numbers { attribute.write(8, number) }
          attribute.write(20, 7)
        }
      }
    }
  }

  private static let float32Code = 1

  private func write(_ name: String, _ array: NumericArray, _ tensor: inout ProtocolBuffer) {
    for side in array.shape { tensor.write(1, side) }
    tensor.write(2, Self.float32Code)
    tensor.write(8, name)
    tensor.write(9, array.elements.bytes)
  }

  private func write(_ port: Port, _ message: inout ProtocolBuffer) {
    message.write(1, port.name)
    message.write(2) { type in
      type.write(1) { tensor in
        tensor.write(1, Self.float32Code)
        tensor.write(2) { shape in
          shape.write(1) { $0.write(2, "images") }
          for side in port.shape { shape.write(1) { $0.write(1, side) } }
        }
      }
    }
  }
}
