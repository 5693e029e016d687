import Interchange
import Testing

@Suite struct NpzTests {
  @Test("what numpy saved is read to the bit, packed or not")
  func numpy() throws {
    let plain = try Npz.arrays(from: fixture("plain.npz"), file: "")
    #expect(
      plain == [
        "ramp": NpyTests.ramp, "labels": NumericArray(shape: [5], .int64([0, 1, 2, 3, 4])),
      ])
    let packed = try Npz.arrays(from: fixture("packed.npz"), file: "")
    #expect(packed["ramp"] == NpyTests.ramp)
    #expect(
      packed["zeros"]
        == NumericArray(shape: [50, 784], .float32(Array(repeating: 0, count: 39200))))
    let noise = try #require(packed["noise"]?.integers)
    #expect(noise.count == 20000)
    #expect(noise.reduce(0, +) == 30080)
  }

  @Test("what is written is read again, and the same arrays give the same bytes")
  func roundTrip() throws {
    let arrays: [(name: String, array: NumericArray)] = [
      ("images", NpyTests.ramp), ("labels", NumericArray(shape: [2], .int64([3, -1]))),
    ]
    let bytes = try Npz.bytes(of: arrays, file: "")
    #expect(try Npz.bytes(of: arrays, file: "") == bytes)
    let read = try Npz.arrays(from: bytes, file: "")
    #expect(read == Dictionary(uniqueKeysWithValues: arrays.map { ($0.name, $0.array) }))
  }

  @Test("a file that is cut off anywhere is refused", arguments: ["plain.npz", "packed.npz"])
  func truncated(name: String) throws {
    let whole = try fixture(name)
    for length in stride(from: 0, to: whole.count, by: max(1, whole.count / 300)) {
      #expect(throws: InterchangeError.self) {
        try Npz.arrays(from: Array(whole[..<length]), file: "a.npz")
      }
    }
  }

  @Test("a changed byte of the content is noticed, and none does harm")
  func changed() throws {
    // Every byte of a small file, and some of one whose content is in several blocks.
    for (name, step) in [("small.npz", 1), ("packed.npz", 211)] {
      let whole = try fixture(name)
      let original = try Npz.arrays(from: whole, file: "")
      for position in stride(from: 0, to: whole.count, by: step) {
        let changed = replacing(whole, at: position, with: [whole[position] ^ 0x55])
        // Bytes that say nothing, such as a date, may change; contents may not.
        guard let read = try? Npz.arrays(from: changed, file: "a.npz") else { continue }
        #expect(Array(read.values).count == original.count)
        for array in read.values { #expect(original.values.contains(array)) }
      }
    }
  }

  @Test("an entry cannot announce more than its bytes can hold")
  func bomb() throws {
    let whole = try fixture("packed.npz")
    let directory = try #require(offset(of: [0x50, 0x4B, 1, 2], in: whole))
    let huge = replacing(whole, at: directory + 24, with: [0xFE, 0xFF, 0xFF, 0xFF])
    #expect(throws: InterchangeError.self) { try Npz.arrays(from: huge, file: "a.npz") }
  }

  @Test("arrays that are too large for the memory unpacked are not unpacked")
  func memory() throws {
    let whole = try fixture("packed.npz")
    let total = 50 * 784 * 4 + 20000 + 24 * 4 + 3 * 128
    #expect(try Npz.arrays(from: whole, file: "a.npz", limit: total).count == 3)
    let tooLarge = UnsupportedFeature.unpackedSize(limit: total - 1)
    #expect(throws: InterchangeError.unsupported(file: "a.npz", feature: tooLarge)) {
      try Npz.arrays(from: whole, file: "a.npz", limit: total - 1)
    }
  }

  @Test("arrays that are not asked for may be anything, encrypted or of no readable type")
  func unasked() throws {
    let whole = try fixture("plain.npz")
    let directory = try #require(offset(of: [0x50, 0x4B, 1, 2], in: whole))
    let locked = replacing(whole, at: directory + 8, with: [1])
    let labels = try Npz.arrays(from: locked, file: "a.npz", named: ["labels", "none"])
    #expect(labels.keys.sorted() == ["labels"])
    let type = try #require(offset(of: Array("'<f4'".utf8), in: whole))
    let objects = replacing(whole, at: type + 1, with: Array("|O8".utf8))
    #expect(throws: InterchangeError.self) { try Npz.arrays(from: objects, file: "a.npz") }
    #expect(try Npz.arrays(from: objects, file: "a.npz", named: ["labels"]) == labels)
    // What is not asked for takes no memory.
    #expect(throws: Never.self) {
      try Npz.arrays(from: whole, file: "a.npz", named: ["labels"], limit: 200)
    }
  }

  @Test("what archive programs add is no array, and a folder around all is no part of names")
  func junk() throws {
    let arrays = ["digits/images", "__MACOSX/._images", "digits/._x", "digits/labels"]
    let bytes = try Npz.bytes(of: arrays.map { ($0, NpyTests.ramp) }, file: "")
    #expect(try NpzArchive(FileContent(bytes, name: "")).names == ["images", "labels"])
    #expect(try Npz.arrays(from: bytes, file: "")["images"] == NpyTests.ramp)
  }

  @Test("unpacking ends when it is asked to")
  func cancelled() throws {
    let whole = try fixture("packed.npz")
    var rest = 1
    #expect(throws: InterchangeError.cancelled) {
      try Npz.arrays(from: whole, file: "a.npz") {
        rest -= 1
        return rest < 0
      }
    }
  }

  @Test("classes may be a 1 among zeros, a column, or floats that are whole")
  func classes() {
    func table(_ shape: [Int], _ values: [Float]) -> [Int]? {
      NumericArray(shape: shape, .float32(values)).rowClasses
    }
    #expect(table([2, 3], [0, 0, 1, 1, 0, 0]) == [2, 0])
    #expect(table([2, 1], [7, 3]) == [7, 3])
    #expect(table([2, 3], [0, 0, 1, 0, 0, 0]) == nil)
    #expect(table([2, 3], [0, 1, 1, 1, 0, 0]) == nil)
    #expect(table([1, 2], [0.5, 0.5]) == nil)
    #expect(
      NumericArray(shape: [2, 3], .float32([0.1, 0.5, 0.4, 0.4, 0.2, 0.4])).rowMaxima == [1, 0])
    #expect(NumericArray(shape: [1, 2], .float64([.nan, 1])).rowMaxima == nil)
    #expect(NumericArray(shape: [2], .float32([1, 2])).rowMaxima == nil)
    #expect(NumericArray(shape: [2], .float64([1, 2])).integers == [1, 2])
    #expect(NumericArray(shape: [1], .float64([.nan])).integers == nil)
  }

  @Test("encryption is refused by name, and a size without its ZIP64 field")
  func unsupported() throws {
    let whole = try fixture("plain.npz")
    let directory = try #require(offset(of: [0x50, 0x4B, 1, 2], in: whole))
    let large = replacing(whole, at: directory + 24, with: [0xFF, 0xFF, 0xFF, 0xFF])
    let zip64 = #expect(throws: InterchangeError.self) {
      try Npz.arrays(from: large, file: "a.npz")
    }
    #expect(zip64?.description.contains("'ramp.npy' lies outside of the file") == true)
    let locked = replacing(whole, at: directory + 8, with: [1])
    let encrypted = #expect(throws: InterchangeError.self) {
      try Npz.arrays(from: locked, file: "a.npz")
    }
    #expect(encrypted?.description.contains("encrypted") == true)
  }

  @Test("names that are no text for a line are shown as one")
  func names() throws {
    let name = String(repeating: "a\n\u{1B}[2J", count: 100)
    let bytes = try Npz.bytes(
      of: [(name, NpyTests.ramp), (name, NpyTests.ramp)], file: "")
    let error = #expect(throws: InterchangeError.self) {
      try Npz.arrays(from: bytes, file: "a.npz")
    }
    let text = try #require(error?.description)
    #expect(text.count < 200)
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 })
  }
}
