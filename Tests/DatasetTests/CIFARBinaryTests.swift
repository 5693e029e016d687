import TestSupport
import Testing

import Dataset

@Suite struct CIFARBinaryTests {
  /// The value that the records here have at a place.
  private static func value(_ row: Int, _ column: Int, _ channel: Int, image: Int) -> UInt8 {
    UInt8((row * 5 + column * 3 + channel * 71 + image * 17) % 256)
  }

  private static func records(_ labels: [UInt8], first: Int = 0) -> [UInt8] {
    labels.enumerated().flatMap { index, label in
      [label]
        + (0..<3).flatMap { channel in
          (0..<32).flatMap { row in
            (0..<32).map { value(row, $0, channel, image: first + index) }
          }
        }
    }
  }

  private func writeAll(to scratch: Scratch, in folder: String) throws {
    for number in 1...5 {
      try scratch.write(
        Self.records([UInt8(number), 9], first: 2 * number),
        to: "\(folder)/data_batch_\(number).bin")
    }
    try scratch.write(Self.records([0, 3, 1]), to: "\(folder)/test_batch.bin")
  }

  @Test func `The planes of a record become pixels`() throws {
    let set = try CIFARBinary.images([
      ("a", Self.records([7, 2])), ("b", Self.records([9], first: 2)),
    ])
    #expect(set.labels == [7, 2, 9])
    #expect(set.rows == 32 && set.columns == 32 && set.channels == 3)
    var expected: [UInt8] = []
    for image in 0..<3 {
      for row in 0..<32 {
        for column in 0..<32 {
          for channel in 0..<3 { expected.append(Self.value(row, column, channel, image: image)) }
        }
      }
    }
    #expect(set.pixels == expected)
  }

  @Test func `A record cut off and a label beyond the classes are refused`() {
    let whole = Self.records([1, 2])
    #expect(
      throws: DatasetError.malformed(
        file: "a", format: "CIFAR-10 binary",
        problem: "its 6145 bytes are not whole records of 3073")
    ) { try CIFARBinary.images([("a", Array(whole.dropLast()))]) }
    #expect(throws: DatasetError.labelOutOfRange(file: "b", index: 1, label: 10, classCount: 10)) {
      try CIFARBinary.images([("a", whole), ("b", Self.records([1, 10]))])
    }
  }

  @Test(arguments: ["data", "data/cifar-10-batches-bin"])
  func `A directory has the files itself or in the archive's folder`(folder: String) throws {
    let scratch = try Scratch()
    try writeAll(to: scratch, in: folder)
    let dataset = try ImageDataset(folder: scratch.path + "/data")
    #expect(dataset.name == "data" && dataset.classNames[3] == "cat")
    #expect(dataset.train.labels == [1, 9, 2, 9, 3, 9, 4, 9, 5, 9])
    #expect(dataset.test.labels == [0, 3, 1])
    #expect(dataset.train.pixels(of: [9])[0] == Float(Self.value(0, 0, 0, image: 11)) / 255)
  }

  @Test func `A missing batch is not passed over`() throws {
    let scratch = try Scratch()
    try writeAll(to: scratch, in: "data")
    #expect(scratch.remove("data/data_batch_4.bin"))
    let error = #expect(throws: DatasetError.self) {
      try ImageDataset(folder: scratch.path + "/data")
    }
    guard case .missingFiles(nil, _, ["data_batch_4.bin"], _) = error else {
      Issue.record("\(String(describing: error))")
      return
    }
  }
}
