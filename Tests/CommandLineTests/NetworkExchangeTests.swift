import Foundation
import Interchange
import TestSupport
import Testing

/// Every kind of layer in and out, against what PyTorch and onnxruntime computed with the same
/// weights and images; Tests/Comparison/layers.py writes the files of Tests/Fixtures/networks.
@Suite(.startsPrograms) struct NetworkExchangeTests {
  let assay: Assay
  private static let fixtures = packageRoot.appending(path: "Tests/Fixtures")

  init() throws {
    assay = try Assay()
    try assay.write(
      """
      dataset: \(Self.fixtures.appending(path: "mnist-sample").path)
      selection: {method: first, size: 12, heldout_size: 4}

      """, to: "study.yaml")
  }

  private func run(_ arguments: String...) throws {
    let result = try assay.run(arguments + ["--config", "study.yaml", "--quiet"])
    #expect(result.status == 0, "\(arguments): \(result.error)")
  }

  @Test(
    "a network's weights, export and logits are those of PyTorch and onnxruntime",
    arguments: ["layers", "blocks"])
  func layers(name: String) throws {
    let folder = Self.fixtures.appending(path: "networks")
    let weights = folder.appending(path: "\(name).safetensors")
    let model = try assay.stage(
      "models", "import", weights.path, "--architecture",
      folder.appending(path: "\(name).yaml").path)
    try run("models", "export", model, "-o", "back.safetensors")
    func arrays(_ path: String) throws -> [String: NumericArray] {
      try Safetensors.arrays(from: InputFile.read(path), file: path)
    }
    #expect(try arrays(assay.directory.path("back.safetensors")) == arrays(weights.path))
    // The very file that onnxruntime has run.
    try run("models", "export", model, "-o", "network.onnx")
    #expect(
      try assay.data("network.onnx")
        == Data(contentsOf: folder.appending(path: "\(name).onnx")))
    try run(
      "gradients", "--model", model, "--images",
      Self.fixtures.appending(path: "comparison/expected.npz").path, "-o", "out.npz")
    func logits(_ path: String, _ array: String) throws -> [Float] {
      try #require(Npz.arrays(from: InputFile.read(path), file: path)[array]?.floats)
    }
    let ours = try logits(assay.directory.path("out.npz"), "logits")
    let expected = try logits(folder.appending(path: "logits.npz").path, name)
    #expect(ours.count == expected.count)
    #expect(zip(ours, expected).allSatisfy { abs($0 - $1) < 1e-4 })
  }
}
