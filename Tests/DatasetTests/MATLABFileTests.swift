import Bytes
import Foundation
import TestSupport
import Testing

import Dataset

@Suite struct MATLABFileTests {
  private static func fixture(_ name: String) throws -> [UInt8] {
    Array(
      try Data(contentsOf: packageRoot.appending(path: "Tests/Fixtures/datasets/\(name)")))
  }

  private static func images(_ bytes: [UInt8]) throws -> ImageSet {
    try SVHN.images(bytes, file: "f", isCancelled: { false })
  }

  /// The images that Tests/Fixtures/datasets/make.py describes.
  private static func expected(_ count: Int) -> ImageSet {
    var pixels: [UInt8] = []
    for image in 0..<count {
      for row in 0..<4 {
        for column in 0..<5 {
          for channel in 0..<3 {
            pixels.append(UInt8((7 * row + 13 * column + 59 * channel + 101 * image) % 256))
          }
        }
      }
    }
    return ImageSet(
      rows: 4, columns: 5, channels: 3, pixels: pixels,
      labels: (0..<count).map { UInt8(($0 * 3 % 10 + 1) % 10) })
  }

  @Test func `Files of SciPy, packed and plain, are images that stand upright`() throws {
    let directory = packageRoot.appending(path: "Tests/Fixtures/datasets").path
    let dataset = try ImageDataset(folder: directory)
    #expect(dataset.train == Self.expected(6))
    #expect(dataset.test == Self.expected(3))
    #expect(dataset.train.labels == [1, 4, 7, 0, 3, 6])
    #expect(dataset.name == "datasets" && dataset.classNames == (0...9).map(String.init))
  }

  @Test func `Numbers are read by the type in which they are stored`() throws {
    // MATLAB stores an array of class double in bytes where its numbers allow it.
    let bytes = MATLABBytes.file([
      MATLABBytes.matrix("y", kind: 6, [1, 1], type: 2, [10]),
      MATLABBytes.matrix("X", kind: 9, [1, 2, 3], type: 2, [1, 2, 3, 4, 5, 6]),
    ])
    let set = try Self.images(bytes)
    #expect(set.labels == [0])
    #expect(set.pixels == [1, 3, 5, 2, 4, 6])
    let halves = MATLABBytes.file([
      MATLABBytes.matrix(
        "y", kind: 6, [1, 1], type: 9, littleEndianBytes([(1.5 as Double).bitPattern])),
      MATLABBytes.matrix("X", kind: 9, [1, 1, 3], type: 2, [1, 2, 3]),
    ])
    #expect(throws: DatasetError.self) { try Self.images(halves) }
  }

  @Test func `What does not fit its dimensions, or follows them, is refused`() throws {
    let label = MATLABBytes.matrix("y", kind: 9, [1, 1], type: 2, [1])
    let pixels = MATLABBytes.matrix("X", kind: 9, [1, 1, 3], type: 2, [1, 2, 3])
    func problem(_ elements: [[UInt8]]) -> String? {
      let error = #expect(throws: DatasetError.self) {
        try Self.images(MATLABBytes.file(elements))
      }
      return error?.description
    }
    #expect(throws: Never.self) { try Self.images(MATLABBytes.file([label, pixels])) }
    let short = MATLABBytes.matrix("X", kind: 9, [1, 2, 3], type: 2, [1, 2, 3])
    #expect(problem([label, short])?.contains("length of an array") == true)
    #expect(problem([label])?.hasSuffix("it has no variable 'X'") == true)
    #expect(problem([label, label, pixels])?.hasSuffix("it has 'y' twice") == true)
    #expect(problem([label, Array(pixels.dropLast())])?.hasSuffix("it is cut off") == true)
    let eleven = MATLABBytes.matrix("y", kind: 9, [1, 1], type: 2, [11])
    #expect(problem([eleven, pixels])?.hasSuffix("label 0 of 'y' is 11, outside 1...10") == true)
    let two = MATLABBytes.matrix("y", kind: 9, [2, 1], type: 2, [1, 1])
    #expect(problem([two, pixels]) == "'X' of f has 1 images, but its 'y' has 2 labels")
    // Trailing data inside the packed array, and after it.
    #expect(problem([label, MATLABBytes.packed(pixels + [0])])?.contains("length") == true)
    #expect(
      problem([label, MATLABBytes.packed(pixels, trailing: [0])])?.contains("length") == true)
    #expect(
      problem([label, MATLABBytes.packed(pixels, brokenSum: true)])?.hasSuffix("damaged") == true)
    #expect(throws: Never.self) {
      try Self.images(MATLABBytes.file([MATLABBytes.packed(pixels), label]))
    }
  }

  @Test func `Other versions and orders of bytes are told apart`() throws {
    var swapped = try Self.fixture("train_32x32.mat")
    swapped.replaceSubrange(126..<128, with: Array("MI".utf8))
    let error = #expect(throws: DatasetError.self) { try Self.images(swapped) }
    #expect(error?.description.contains("highest byte first") == true)
    var newer = try Self.fixture("train_32x32.mat")
    newer[125] = 2
    let other = #expect(throws: DatasetError.self) { try Self.images(newer) }
    #expect(other?.description.hasSuffix("its version is 2, not 1") == true)
  }
}

/// MATLAB files of version 5, put together by hand.
private enum MATLABBytes {
  static func file(_ elements: [[UInt8]]) -> [UInt8] {
    [UInt8](repeating: 0x20, count: 124) + [0, 1] + Array("IM".utf8) + elements.joined()
  }

  static func matrix(
    _ name: String, kind: UInt8, _ dimensions: [Int32], type: UInt32, _ content: [UInt8]
  ) -> [UInt8] {
    let parts =
      element(6, [kind, 0, 0, 0, 0, 0, 0, 0]) + element(5, littleEndianBytes(dimensions))
      + element(1, Array(name.utf8)) + element(type, content)
    return littleEndianBytes([UInt32(14), UInt32(parts.count)]) + parts
  }

  /// In the small form if four bytes are enough.
  private static func element(_ type: UInt32, _ content: [UInt8]) -> [UInt8] {
    if (1...4).contains(content.count) {
      return littleEndianBytes([type | UInt32(content.count) << 16])
        + content + [UInt8](repeating: 0, count: 4 - content.count)
    }
    return littleEndianBytes([type, UInt32(content.count)]) + content
      + [UInt8](repeating: 0, count: (8 - content.count % 8) % 8)
  }

  static func packed(
    _ matrix: [UInt8], trailing: [UInt8] = [], brokenSum: Bool = false
  ) -> [UInt8] {
    var packed = Deflate.pack(matrix, .zlib)
    if brokenSum { packed[packed.count - 1] ^= 1 }
    packed += trailing
    return littleEndianBytes([UInt32(15), UInt32(packed.count)]) + packed
  }
}
