import Bytes
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

  static let matlabFiles = ["train_32x32.mat", "test_32x32.mat"]

  @Test(arguments: matlabFiles)
  func `A data set with a broken MATLAB file is read or refused`(broken: String) throws {
    try tryAll(broken, of: try Self.matlabFiles.map { ($0, try Self.fixture($0)) })
  }

  @Test func `Broken records of CIFAR are read or refused`() throws {
    var record = (0..<3073).map { UInt8($0 % 251) }
    record[0] = 7
    let counts = try MutatedInputs("cifar", of: [record, record + record]).tryAll(
      refusing: { $0 is DatasetError }
    ) { _ = try CIFARBinary.images([("a", record), ("b", $0)]) }
    #expect(counts.refused > 0)
  }

  static let packedFiles: KeyValuePairs<String, DatasetPart> = [
    "train-images-idx3-ubyte.gz": .trainImages, "train-labels-idx1-ubyte.gz": .trainLabels,
    "t10k-images-idx3-ubyte.gz": .testImages, "t10k-labels-idx1-ubyte.gz": .testLabels,
  ]

  @Test(arguments: packedFiles.map(\.key))
  func `A data set with a broken gzip file is read or refused`(broken: String) throws {
    try tryAll(
      broken,
      of: Self.packedFiles.map { ($0.key, Deflate.pack(TinyDataset.content($0.value), .gzip)) })
  }

  /// Reads a data set of files of which one is broken.
  private func tryAll(_ broken: String, of files: [(name: String, bytes: [UInt8])]) throws {
    let scratch = try Scratch()
    for file in files { try scratch.write(file.bytes, to: file.name) }
    _ = try ImageDataset(folder: scratch.path)
    let originals = files.filter { $0.name == broken }.map(\.bytes)
    let counts = try MutatedInputs(broken, of: originals).tryAll(
      refusing: { $0 is DatasetError }
    ) { bytes in
      try scratch.write(bytes, to: broken)
      _ = try ImageDataset(folder: scratch.path)
    }
    #expect(counts.refused > 0)
  }

  private static func fixture(_ name: String) throws -> [UInt8] {
    Array(try Data(contentsOf: packageRoot.appending(path: "Tests/Fixtures/datasets/\(name)")))
  }
}
