import Foundation
import Interchange
import TestSupport
import Testing

/// Assay against what PyTorch, ART and Foolbox computed with the same weights and images; the files of
/// Tests/Fixtures/comparison are written by Tests/Comparison/compare.py.
@Suite(.startsPrograms) struct ComparisonTests {
  let assay: Assay
  let model: String
  let expected: [String: NumericArray]
  private static let fixtures = packageRoot.appending(path: "Tests/Fixtures")
  private static let tolerance: Float = 1e-4

  init() throws {
    assay = try Assay()
    expected = try Self.arrays(Self.fixtures.appending(path: "comparison/expected.npz").path)
    try assay.write(
      """
      dataset: \(Self.fixtures.appending(path: "mnist-sample").path)
      selection: {method: first, size: 12, heldout_size: 4}

      """, to: "study.yaml")
    model = try assay.stage(
      "models", "import", Self.fixtures.appending(path: "comparison/small.safetensors").path)
    try FileManager.default.copyItem(
      at: Self.fixtures.appending(path: "comparison/expected.npz"),
      to: assay.directory.url.appending(path: "expected.npz"))
  }

  static func arrays(_ path: String) throws -> [String: NumericArray] {
    try Npz.arrays(from: InputFile.read(path), file: path)
  }

  private static func output(_ assay: Assay, _ arguments: [String]) throws -> String {
    let result = try assay.run(arguments + ["--config", "study.yaml", "--quiet"])
    #expect(result.status == 0, "\(arguments): \(result.error)")
    return result.output
  }

  /// The arrays that a command writes.
  private func arrays(_ arguments: String...) throws -> [String: NumericArray] {
    _ = try Self.output(assay, arguments + ["--model", model, "-o", "out.npz"])
    return try Self.arrays(assay.directory.path("out.npz"))
  }

  private func attacked(_ name: String) throws -> [String: NumericArray] {
    let set = try assay.stage("attack", name, "--model", model)
    _ = try Self.output(assay, ["sets", "export", set, "-o", "set.npz"])
    return try Self.arrays(assay.directory.path("set.npz"))
  }

  /// How many images differ by more than the tolerance in any pixel.
  private func differing(_ ours: NumericArray?, _ theirs: NumericArray?) throws -> Int {
    let (ours, theirs) = (try #require(ours?.floats), try #require(theirs?.floats))
    try #require(ours.count == theirs.count)
    return stride(from: 0, to: ours.count, by: 784).count { first in
      (first..<first + 784).contains { abs(ours[$0] - theirs[$0]) > Self.tolerance }
    }
  }

  private func largestDifference(_ ours: NumericArray?, _ theirs: NumericArray?) throws -> Float {
    let (ours, theirs) = (try #require(ours?.floats), try #require(theirs?.floats))
    return zip(ours, theirs).map { abs($0 - $1) }.max() ?? .infinity
  }

  @Test("logits, input gradients and the Jacobian are PyTorch's")
  func gradients() throws {
    let ours = try arrays("gradients", "--images", "expected.npz")
    #expect(try largestDifference(ours["logits"], expected["logits"]) < Self.tolerance)
    #expect(
      try largestDifference(ours["input_gradients"], expected["input_gradients"]) < Self.tolerance)
    // The fixture has the first images' Jacobian.
    #expect(try largestDifference(ours["jacobian"], expected["jacobian"]) < Self.tolerance)
    #expect(expected["jacobian"]?.shape == [4, 10, 1, 28, 28])
  }

  @Test("FGSM, BIM-A and BIM-B images are Foolbox's")
  func signAttacks() throws {
    #expect(try differing(attacked("fgsm")["images"], expected["fgsm"]) == 0)
    let first = try attacked("bim-a")
    #expect(try differing(first["images"], expected["bim_a"]) == 0)
    #expect(first["iterations"]?.integers == expected["bim_a_steps"]?.integers)
    #expect(try differing(attacked("bim-b")["images"], expected["bim_b"]) == 0)
  }

  @Test("JSMA images and the targets they reach are ART's")
  func saliencyAttack() throws {
    let ours = try attacked("jsma")
    #expect(ours["targets"]?.integers == expected["jsma_targets"]?.integers)
    #expect(try differing(ours["images"], expected["jsma"]) == 0)
  }

  @Test("crops are classified as PyTorch does, and uncertainties lie within the sampling error")
  func instruments() throws {
    let ours = try arrays("predict", "--images", "expected.npz", "--passes", "10000")
    #expect(ours["crop_predictions"]?.integers == expected["crop_predictions"]?.integers)
    let (mine, theirs, errors) = (
      try #require(ours["softmax_std"]?.floats), try #require(expected["softmax_std"]?.floats),
      try #require(expected["softmax_std_error"]?.floats)
    )
    #expect(mine.count == theirs.count)
    for (index, value) in mine.enumerated() {
      #expect(abs(value - theirs[index]) < 4.5 * errors[index], "image \(index)")
    }
  }
}
