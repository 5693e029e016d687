import Dataset
import Detection
import Foundation
import Interchange
import Study
import Tensor
import TestSupport
import Testing

/// Broken files that other programs exchange with a study, read as its commands read them.
@Suite struct MutatedExchangeTests {
  private func tryAll(
    _ name: String, of originals: [[UInt8]], _ read: (_ path: String) throws -> Void
  ) throws {
    let directory = try TemporaryDirectory()
    let path = directory.path("file")
    func tryOne(_ bytes: [UInt8]) throws {
      try Data(bytes).write(to: URL(fileURLWithPath: path))
      try read(path)
    }
    for original in originals { try tryOne(original) }
    let counts = try MutatedInputs(name, of: originals).tryAll(
      refusing: { $0 is InterchangeError }, tryOne)
    #expect(counts.refused > 0, "no mutation of \(name) was noticed")
  }

  private func whole(_ values: [Int]) -> NumericArray {
    NumericArray(shape: [values.count], .int64(values.map(Int64.init)))
  }

  @Test("broken files of scores are read or refused")
  func scores() throws {
    let arrays: [(String, NumericArray)] = [
      ("labels", whole([3, 1, 3, 1])), ("predictions", whole([3, 1, 7, 1])),
      ("adversarial", whole([0, 0, 1, 1])), ("index", whole([0, 1, 0, 1])),
      ("heldout", whole([0, 1, 0, 1])),
      ("distance", NumericArray(shape: [4], .float64([0.25, 1, 8, 9]))),
      ("confidence", NumericArray(shape: [4], .float32([1, 0.5, 0.25, 0.125]))),
      ("smoothed", whole([3, 1, 3, 2])),
    ]
    try tryAll("scores", of: [try Npz.bytes(of: arrays, file: "scores.npz")]) {
      _ = try ScoresFile(reading: $0, isCancelled: { false })
    }
  }

  @Test("broken files of images are read or refused")
  func images() throws {
    let pixels = (0..<32).map { Float($0) / 32 }
    let grey = NumericArray(shape: [2, 4, 4], .float32(pixels))
    let colours = NumericArray(shape: [2, 3, 2, 2], .uint8((0..<24).map { UInt8($0 * 10) }))
    let fixtures = packageRoot.appending(path: "Tests/Fixtures/interchange")
    let pictures = try ["grey.png", "colours.png"].map {
      Array(try Data(contentsOf: fixtures.appending(path: $0)))
    }
    let arrays: [(String, NumericArray)] = [
      ("images", colours), ("labels", whole([1, 0])), ("indices", whole([4, 2])),
      ("targets", whole([-1, 3])), ("iterations", whole([1, 9])), ("heldout", whole([1, 0])),
      ("predictions", whole([1, 7])),
    ]
    let archive = try Npz.bytes(of: arrays, file: "images.npz")
    let alone = try Npz.bytes(of: [("x", grey)], file: "images.npz")
    let originals = [archive, alone, Npy.bytes(of: grey), Npy.bytes(of: colours)] + pictures
    try tryAll("images", of: originals) { path in
      _ = try TransformedImages(
        reading: path, under: [], seed: 0, training: nil, parallelism: Parallelism(threads: 1),
        isCancelled: { false })
    }
  }
}
