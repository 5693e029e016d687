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
    let whole = try fixture("packed.npz")
    let original = try Npz.arrays(from: whole, file: "")
    for position in stride(from: 0, to: whole.count, by: 13) {
      let changed = replacing(whole, at: position, with: [whole[position] ^ 0x55])
      // Bytes that say nothing, such as a date, may change; contents may not.
      guard let read = try? Npz.arrays(from: changed, file: "a.npz") else { continue }
      #expect(Array(read.values).count == original.count)
      for array in read.values { #expect(original.values.contains(array)) }
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
