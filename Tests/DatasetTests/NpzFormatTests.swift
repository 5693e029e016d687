import Interchange
import Testing

import Dataset

@Suite struct NpzFormatTests {
  private static func set(
    _ images: NumericArray, name: String = "images", labels: NumericArray? = nil,
    layout: ImageLayout? = nil
  ) throws -> ImageSet {
    let labels = labels ?? NumericArray(shape: [2], .int64([1, 0]))
    let bytes = try Npz.bytes(of: [(name, images), ("labels", labels)], file: "f")
    return try NpzFormat.images(FileContent(bytes, name: "f"), layout: layout, { false })
  }

  /// Two images of 4 x 5 in colour, channels last.
  private static let colour = (0..<120).map { UInt8($0) }

  private static func channelsFirst(_ pixels: [UInt8]) -> [UInt8] {
    (0..<2).flatMap { image in
      (0..<3).flatMap { channel in (0..<20).map { pixels[image * 60 + $0 * 3 + channel] } }
    }
  }

  @Test func `Channels are told from rows and columns by their number`() throws {
    let right = ImageSet(rows: 4, columns: 5, channels: 3, pixels: Self.colour, labels: [1, 0])
    #expect(try Self.set(NumericArray(shape: [2, 4, 5, 3], .uint8(Self.colour))) == right)
    let planes = NumericArray(shape: [2, 3, 4, 5], .uint8(Self.channelsFirst(Self.colour)))
    #expect(try Self.set(planes, name: "x") == right)
    let grey = ImageSet(rows: 6, columns: 10, pixels: Self.colour, labels: [1, 0])
    for shape in [[2, 6, 10], [2, 1, 6, 10], [2, 6, 10, 1]] {
      #expect(try Self.set(NumericArray(shape: shape, .uint8(Self.colour)), name: "data") == grey)
    }
    for shape in [[2, 3, 20, 1], [2, 4, 15, 1, 1], [2, 60], [2, 2, 5, 6]] {
      #expect(throws: InterchangeError.self) {
        try Self.set(NumericArray(shape: shape, .uint8(Self.colour)))
      }
    }
  }

  @Test func `A layout decides where the shape leaves it open, and nowhere else`() throws {
    let open = NumericArray(shape: [2, 3, 20, 1], .uint8(Self.channelsFirst(Self.colour)))
    let first = try Self.set(open, layout: .channelsFirst)
    #expect(
      first
        == ImageSet(rows: 20, columns: 1, channels: 3, pixels: Self.colour, labels: [1, 0]))
    let last = try Self.set(open, layout: .channelsLast)
    #expect(last.rows == 3 && last.columns == 20 && last.channels == 1)
    #expect(last.pixels == Self.channelsFirst(Self.colour))
    let clear = NumericArray(shape: [2, 4, 5, 3], .uint8(Self.colour))
    #expect(try Self.set(clear, layout: .channelsFirst) == Self.set(clear))
  }

  @Test func `Floats are bytes divided by 255`() throws {
    let floats = NumericArray(shape: [2, 6, 10], .float32(Self.colour.map { Float($0) / 255 }))
    #expect(try Self.set(floats).pixels == Self.colour)
    for value in [1.5, -0.1, .nan] {
      let error = #expect(throws: InterchangeError.self) {
        try Self.set(NumericArray(shape: [2, 1, 1], .float64([0, value])))
      }
      #expect(error?.description.contains("outside 0...1") == true)
    }
    #expect(throws: InterchangeError.self) {
      try Self.set(NumericArray(shape: [2, 1, 1], .int64([0, 255])))
    }
  }

  @Test func `Labels are classes or one-hot rows`() throws {
    let images = NumericArray(shape: [2, 1, 2], .uint8([1, 2, 3, 4]))
    for (shape, values) in [([2], [2, 1]), ([2, 1], [2, 1]), ([2, 3], [0, 0, 1, 0, 1, 0])] {
      let labels = NumericArray(shape: shape, .int64(values.map { Int64($0) }))
      #expect(try Self.set(images, labels: labels).labels == [2, 1])
    }
    for values in [[-1, 0], [256, 0]] {
      #expect(throws: InterchangeError.self) {
        try Self.set(images, labels: NumericArray(shape: [2], .int64(values.map { Int64($0) })))
      }
    }
    let error = #expect(throws: DatasetError.self) {
      try Self.set(images, labels: NumericArray(shape: [3], .int64([0, 1, 0])))
    }
    #expect(error?.description == "'images' of f has 2 images, but its 'labels' has 3 labels")
  }

  @Test func `A directory of two files is a data set`() throws {
    let scratch = try Scratch()
    func write(_ count: Int, side: Int, to name: String) throws {
      let images = NumericArray(
        shape: [count, side, side], .uint8(.init(repeating: 7, count: count * side * side)))
      let labels = NumericArray(shape: [count], .int64((0..<count).map { Int64($0) }))
      try scratch.write(
        Npz.bytes(of: [("x", images), ("y", labels)], file: name), to: "mine/\(name)")
    }
    try write(3, side: 4, to: "train.npz")
    try write(2, side: 4, to: "test.npz")
    let dataset = try ImageDataset(folder: scratch.path + "/mine")
    #expect(dataset.name == "mine" && dataset.classNames == ["0", "1", "2"])
    #expect(dataset.train.count == 3 && dataset.test.labels == [0, 1])
    try write(2, side: 5, to: "test.npz")
    let error = #expect(throws: DatasetError.self) {
      try ImageDataset(folder: scratch.path + "/mine")
    }
    #expect(error?.description.contains("5 x 5 with 1 channel,") == true)
    #expect(scratch.remove("mine/test.npz"))
    guard
      case .missingFiles = #expect(
        throws: DatasetError.self,
        performing: {
          try ImageDataset(folder: scratch.path + "/mine")
        })
    else {
      Issue.record("not missingFiles")
      return
    }
  }
}
