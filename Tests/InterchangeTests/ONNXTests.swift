import Interchange
import Testing

@Suite struct ONNXTests {
  @Test("a model is what the onnx package writes, byte by byte")
  func model() throws {
    let model = ONNXModel(
      name: "tiny", input: .init("images", shape: [1, 1, 2]), output: .init("logits", shape: [1]),
      nodes: [
        .init(
          "Conv", ["images", "weight"], "conv",
          attributes: [("kernel_shape", .integers([1, 2]))]),
        .init("Flatten", ["conv"], "logits", attributes: [("axis", .integer(1))]),
      ],
      weights: [("weight", NumericArray(shape: [1, 1, 1, 2], .float32([1.5, -2])))])
    #expect(try model.bytes == fixture("tiny.onnx"))
  }
}
