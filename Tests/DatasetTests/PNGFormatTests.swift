import Bytes
import Interchange
import Testing

import Dataset

@Suite struct PNGFormatTests {
  private let scratch: Scratch
  private var folder: String { scratch.path + "/pets" }

  init() throws {
    scratch = try Scratch()
    try scratch.write(Self.grey(1), to: "pets/train/cat/2.png")
    try scratch.write(Self.grey(2), to: "pets/train/dog/1.png")
    try scratch.write(Self.grey(3), to: "pets/train/dog/2.png")
    try scratch.write(Self.grey(4), to: "pets/test/dog/1.PNG")
  }

  /// A picture of two rows of three pixels, or of other sizes.
  private static func picture(
    _ pixels: [UInt8], width: Int = 3, height: Int = 2, channels: Int = 1
  ) -> [UInt8] {
    func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
      let named = Array(name.utf8) + content
      return bigEndianBytes(UInt32(content.count)) + named
        + bigEndianBytes(UInt32(CRC32.sum(named[...])))
    }
    let size = bigEndianBytes(UInt32(width)) + bigEndianBytes(UInt32(height))
    let line = width * channels
    let lines = (0..<height).flatMap { [0] + pixels[$0 * line..<($0 + 1) * line] }
    return [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
      + chunk("IHDR", size + [8, channels == 1 ? 0 : 2, 0, 0, 0])
      + chunk("IDAT", Deflate.pack(lines, .zlib)) + chunk("IEND", [])
  }

  private static func grey(_ value: UInt8) -> [UInt8] {
    picture([value, 0, 0, 0, 0, 255])
  }

  private func problem() -> String? {
    let error = #expect(throws: DatasetError.self) { try ImageDataset(folder: folder) }
    return error?.description
  }

  @Test func `Folders of classes are a data set, in the order of the files' names`() throws {
    let dataset = try ImageDataset(folder: folder)
    #expect(dataset.name == "pets" && dataset.classNames == ["cat", "dog"])
    #expect(dataset.train.rows == 2 && dataset.train.columns == 3 && dataset.train.channels == 1)
    #expect(dataset.train.labels == [1, 0, 1])
    #expect(
      dataset.train.pixels.enumerated().filter { $0.offset % 6 == 0 }.map(\.element) == [2, 1, 3])
    #expect(dataset.test.labels == [1] && dataset.test.pixels == [4, 0, 0, 0, 0, 255])
  }

  @Test func `Grey pictures among those in colour become colour`() throws {
    let colours: [UInt8] = [9, 8, 7, 0, 0, 0, 0, 0, 0, 1, 2, 3, 0, 0, 0, 4, 5, 6]
    try scratch.write(Self.picture(colours, channels: 3), to: "pets/test/cat/0.png")
    let dataset = try ImageDataset(folder: folder)
    #expect(dataset.train.channels == 3 && dataset.test.labels == [0, 1])
    #expect(dataset.test.pixels.prefix(18) == colours[...])
    #expect(dataset.test.pixels[18..<24] == [4, 4, 4, 0, 0, 0])
  }

  @Test func `Classes with numbers as names are in the order of the numbers`() throws {
    for name in ["10", "9", "2"] {
      try scratch.write(Self.grey(1), to: "digits/train/\(name)/a.png")
      try scratch.write(Self.grey(1), to: "digits/test/\(name)/a.png")
    }
    let dataset = try ImageDataset(folder: scratch.path + "/digits")
    #expect(dataset.classNames == ["2", "9", "10"])
  }

  @Test func `Other files, other sizes and unknown classes are refused`() throws {
    try scratch.write([1], to: "pets/train/cat/3.jpg")
    #expect(problem()?.contains("cat/3.jpg is not a valid PNG file: its name") == true)
    #expect(scratch.remove("pets/train/cat/3.jpg"))
    try scratch.write(Self.grey(1), to: "pets/test/cow/1.png")
    #expect(problem()?.contains("has no class of this name") == true)
    #expect(scratch.remove("pets/test/cow"))
    try scratch.write(
      Self.picture([1, 2], width: 1, height: 2), to: "pets/train/dog/0.png")
    #expect(problem()?.contains("it has 2 x 3 pixels, and") == true)
    #expect(scratch.remove("pets/train/dog/0.png"))
    #expect(scratch.remove("pets/test/dog/1.PNG"))
    #expect(problem()?.hasSuffix("it has no images") == true)
  }

  @Test func `A picture that is damaged is named`() throws {
    try scratch.write(Array(Self.grey(1).dropLast(20)), to: "pets/train/cat/2.png")
    let error = #expect(throws: InterchangeError.self) { try ImageDataset(folder: folder) }
    #expect(error?.description.contains("pets/train/cat/2.png") == true)
  }
}
