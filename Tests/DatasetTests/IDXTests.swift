import Dataset
import Testing

@Suite struct IDXTests {
  private static let image: [UInt8] = [0, 0, 8, 2, 0, 0, 0, 1, 0, 0, 0, 3, 7, 8, 9]

  @Test func `An array is written as the format prescribes`() {
    #expect(IDXArray(dimensions: [1, 3], elements: [7, 8, 9]).encoded() == Self.image)
    let large = IDXArray(dimensions: [0x0102, 300], elements: .init(repeating: 0, count: 77_400))
    #expect(Array(large.encoded()[..<12]) == [0, 0, 8, 2, 0, 0, 1, 2, 0, 0, 1, 44])
  }

  @Test(arguments: [
    IDXArray(dimensions: [0], elements: []),
    IDXArray(dimensions: [4], elements: [1, 2, 3, 255]),
    IDXArray(dimensions: [2, 3, 2], elements: .init(0..<12)),
    IDXArray(dimensions: [300, 2], elements: .init(repeating: 5, count: 600)),
  ])
  func `What was written is read back`(array: IDXArray) throws {
    #expect(try IDXArray(decoding: array.encoded(), file: "f") == array)
  }

  @Test(
    arguments: [
      ([], IDXProblem.notIDX),
      ([0, 0, 8], .notIDX),
      (Array("P5 28 28 255".utf8), .notIDX),
      ([0, 1, 8, 1, 0, 0, 0, 0], .notIDX),
      ([0, 0, 8, 0], .notIDX),
      ([0, 0, 7, 1, 0, 0, 0, 0], .notIDX),
      ([0, 0, 0x0D, 1, 0, 0, 0, 0], .elementType(code: 0x0D)),
      ([0, 0, 8, 3, 0, 0, 0, 1], .truncated(expected: 16, found: 8)),
      ([0, 0, 8, 1, 0, 0, 0, 5, 1, 2], .truncated(expected: 13, found: 10)),
      ([0, 0, 8, 1, 0, 0, 0, 1, 1, 2, 3], .trailingBytes(expected: 9, found: 11)),
      ([0, 0, 8, 1, 0xFF, 0xFF, 0xFF, 0xFF], .truncated(expected: 4_294_967_303, found: 8)),
      (
        [0, 0, 8, 4] + [UInt8](repeating: 0xFF, count: 16),
        .truncated(expected: Int.max, found: 20)
      ),
    ] as [([UInt8], IDXProblem)])
  func `A malformed file is told by what is wrong with it`(
    bytes: [UInt8], problem: IDXProblem
  ) {
    #expect(throws: DatasetError.malformedIDX(file: "f", problem: problem)) {
      try IDXArray(decoding: bytes, file: "f")
    }
  }

  @Test func `Gzip is known by its content, not by its name`() throws {
    let scratch = try Scratch()
    let packed = try scratch.write(gzipped(Self.image), to: "without-ending")
    let plain = try scratch.write(Self.image, to: "plain.gz")
    #expect(try IDXArray(contentsOf: packed).elements == [7, 8, 9])
    #expect(try IDXArray(contentsOf: plain).elements == [7, 8, 9])
  }

  @Test func `A gzip file that ends early is truncated`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(gzipped(Self.image).dropLast(6), to: "images.gz")
    #expect(throws: DatasetError.truncatedGzip(file: path)) { try IDXArray(contentsOf: path) }
  }

  @Test func `A gzip file with a wrong checksum, or bytes after its end, is damaged`() throws {
    let scratch = try Scratch()
    var bytes = try gzipped(Self.image)
    let longer = try scratch.write(bytes + [1, 2, 3], to: "longer.gz")
    bytes[bytes.count - 8] ^= 1
    let changed = try scratch.write(bytes, to: "changed.gz")
    for path in [longer, changed] {
      let error = #expect(throws: DatasetError.self) { try IDXArray(contentsOf: path) }
      guard case .damagedGzip(path, let detail) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(!detail.isEmpty && !detail.contains("stdin"))
    }
  }

  @Test func `A gzip file may not unpack to more than is allowed`() throws {
    let scratch = try Scratch()
    let bomb = try gzipped(.init(repeating: 0, count: 5_000_000))
    #expect(bomb.count < 10_000)
    let path = try scratch.write(bomb, to: "bomb.gz")
    #expect(throws: DatasetError.tooLarge(file: path, limit: 100_000)) {
      try IDXArray(contentsOf: path, maximumBytes: 100_000)
    }
  }

  @Test func `A plain file may not be larger than is allowed`() throws {
    let scratch = try Scratch()
    let path = try scratch.write(Self.image, to: "images")
    #expect(throws: DatasetError.tooLarge(file: path, limit: 14)) {
      try IDXArray(contentsOf: path, maximumBytes: 14)
    }
    #expect(try IDXArray(contentsOf: path, maximumBytes: 15).elements == [7, 8, 9])
  }

  @Test func `A file that is not there, or is a folder, can't be read`() throws {
    let scratch = try Scratch()
    for path in [scratch.path + "/absent", scratch.path] {
      let error = #expect(throws: DatasetError.self) { try IDXArray(contentsOf: path) }
      guard case .inputOutput(path, "read", let detail) = error else {
        Issue.record("\(String(describing: error))")
        continue
      }
      #expect(!detail.isEmpty)
    }
  }
}
