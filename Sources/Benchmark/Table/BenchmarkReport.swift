import Foundation
import NeuralNetwork
import Tensor

/// All rows of one run of the benchmark, with what they were measured on.
struct BenchmarkReport: Codable {
  /// The threads of the rows that name no number of their own.
  let threads: Int
  /// What computes matrix products.
  let matrixProduct: String
  /// The instruction set of the layers' kernels; nil in reports from before there were any.
  let kernels: String?
  /// The rows, in the order of the table.
  private(set) var rows: [BenchmarkRow] = []

  init(threads: Int) {
    self.threads = threads
    matrixProduct = MatrixProduct.implementation
    kernels = Kernels.variant
  }

  /// Adds a row and prints it, so that a long run shows how far it has got.
  mutating func add(_ row: BenchmarkRow) {
    if rows.isEmpty { print(BenchmarkTable.header) }
    rows.append(row)
    print(BenchmarkTable.line(row))
  }

  /// Writes the report as JSON.
  func write(to path: String) throws {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.prettyPrinted, .sortedKeys]
    try encoder.encode(self).write(to: URL(fileURLWithPath: path))
  }

  /// Reads what `write(to:)` wrote.
  init(contentsOf path: String) throws {
    self = try JSONDecoder().decode(
      Self.self, from: Data(contentsOf: URL(fileURLWithPath: path)))
  }
}
