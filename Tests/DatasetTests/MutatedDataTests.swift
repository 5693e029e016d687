import Dataset
import Foundation
import TestSupport
import Testing

@Suite struct MutatedDataTests {
  @Test func `Broken IDX files are read or refused`() throws {
    let originals = [
      IDXArray(dimensions: [3, 28, 28], elements: .init(repeating: 9, count: 2352)).encoded(),
      IDXArray(dimensions: [40], elements: .init(0..<40)).encoded(),
    ]
    let counts = try MutatedInputs("idx", of: originals).tryAll(
      refusing: { $0 is DatasetError }
    ) { _ = try IDXArray(decoding: $0, file: "f") }
    #expect(counts.refused > 0)
  }

  @Test func `Broken pickles of MNIST are read or refused`() throws {
    let image = (0..<784).map { Float($0 % 256) / 256 }
    let pair = (image, [Int64(7)])
    let counts = try MutatedInputs("pickle", of: [PickleBytes.mnist([pair, pair, pair])]).tryAll(
      refusing: { $0 is DatasetError }
    ) { _ = try MNISTPickle.decode($0) }
    #expect(counts.refused > 0)
  }

  @Test func `Broken MATLAB files are read or refused`() throws {
    let originals = try ["train_32x32.mat", "test_32x32.mat"].map(Self.fixture)
    let counts = try MutatedInputs("matlab", of: originals).tryAll(
      refusing: { $0 is DatasetError }
    ) { _ = try SVHN.images($0, file: "f", isCancelled: { false }) }
    #expect(counts.refused > 0)
  }

  private static func fixture(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: packageRoot.appending(path: "Tests/Fixtures/datasets/\(name)")))
  }
}
