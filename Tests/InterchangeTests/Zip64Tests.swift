import Interchange
import Testing

/// An archive of one stored array in which ZIP64 has every number that it can have, true or not.
private struct Zip64File {
  private static let name = Array("ramp.npy".utf8)
  private static let content = Npy.bytes(of: NpyTests.ramp)
  private static let localSize = 30 + 8 + 20 + content.count

  var size = UInt64(content.count)
  var packedSize = UInt64(content.count)
  var offset: UInt64 = 0
  /// How many of the field's numbers are there.
  var numbers = 3
  var count: UInt64 = 1
  var directoryStart = UInt64(localSize)
  /// By how much the directory's size is wrong.
  var excess: Int64 = 0
  var recordPosition: UInt64?
  var hasRecord = true

  /// Bytes of a number, the lowest first.
  private static func number(_ value: some FixedWidthInteger) -> [UInt8] {
    withUnsafeBytes(of: value.littleEndian) { Array($0) }
  }

  private static func checksum(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      (0..<8).reduce(sum ^ UInt32(byte)) { sum, _ in
        sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1
      }
    }
  }

  var bytes: [UInt8] {
    let unknown = Self.number(UInt32.max)
    let sizes =
      Self.number(UInt16(0)) + Self.number(UInt32(0))
      + Self.number(
        Self.checksum(Self.content)) + unknown + unknown
    let common = Self.number(UInt16(45)) + Self.number(UInt16(0)) + sizes
    func field(_ numbers: [UInt64]) -> [UInt8] {
      Self.number(UInt16(1)) + Self.number(UInt16(8 * numbers.count))
        + numbers.flatMap(Self.number)
    }
    let local = field([size, packedSize])
    let header =
      Self.number(UInt32(0x0403_4B50)) + common + Self.number(UInt16(Self.name.count))
      + Self.number(UInt16(local.count)) + Self.name + local
    // A field of another kind stands in front of ZIP64's.
    let extra =
      [0x55, 0x54, 1, 0, 9] + field(Array([size, packedSize, offset].prefix(numbers)))
    let directory =
      Self.number(UInt32(0x0201_4B50)) + Self.number(UInt16(45)) + common
      + Self.number(UInt16(Self.name.count)) + Self.number(UInt16(extra.count))
      + [UInt8](repeating: 0, count: 10) + unknown + Self.name + extra
    let archive = header + Self.content + directory
    let record =
      Self.number(UInt32(0x0606_4B50)) + Self.number(UInt64(44)) + Self.number(UInt16(45))
      + Self.number(UInt16(45)) + [UInt8](repeating: 0, count: 8) + Self.number(count)
      + Self.number(count) + Self.number(Int64(directory.count) + excess)
      + Self.number(directoryStart)
    let locator =
      Self.number(UInt32(0x0706_4B50)) + Self.number(UInt32(0))
      + Self.number(recordPosition ?? UInt64(archive.count)) + Self.number(UInt32(1))
    let end =
      Self.number(UInt32(0x0605_4B50)) + [0, 0, 0, 0, 255, 255, 255, 255] + unknown + unknown
      + [0, 0]
    return archive + (hasRecord ? record + locator : []) + end
  }
}

/// A file whose ZIP64 numbers are wrong, and how.
private struct Lie: CustomTestStringConvertible, Sendable {
  let testDescription: String
  let change: @Sendable (inout Zip64File) -> Void

  init(_ description: String, _ change: @escaping @Sendable (inout Zip64File) -> Void) {
    testDescription = description
    self.change = change
  }
}

@Suite struct Zip64Tests {
  @Test("what Python writes beyond its limit is read")
  func python() throws {
    #expect(
      try Npz.arrays(from: fixture("zip64.npz"), file: "") == [
        "ramp": NpyTests.ramp, "labels": NumericArray(shape: [5], .int64([0, 1, 2, 3, 4])),
      ])
  }

  @Test("an archive with every number in ZIP64's places is read")
  func everyNumber() throws {
    #expect(try Npz.arrays(from: Zip64File().bytes, file: "") == ["ramp": NpyTests.ramp])
  }

  @Test("a file that is cut off anywhere is refused")
  func truncated() throws {
    for whole in try [Zip64File().bytes, fixture("zip64.npz")] {
      for length in whole.indices {
        #expect(throws: InterchangeError.self) {
          try Npz.arrays(from: Array(whole[..<length]), file: "a.npz")
        }
      }
    }
  }

  private static let lies = [
    Lie("no record") { $0.hasRecord = false },
    Lie("no numbers") { $0.numbers = 0 },
    Lie("no offset") { $0.numbers = 2 },
    Lie("a size of 2^64 - 1") { $0.size = .max },
    Lie("a size of 2^63 - 1") { $0.size = UInt64(Int64.max) },
    Lie("a size too small") { $0.size -= 1 },
    Lie("a packed size of 2^64 - 1") { $0.packedSize = .max },
    Lie("a packed size of 2^63 - 1") { $0.packedSize = UInt64(Int64.max) },
    Lie("both sizes of 2^63 - 1") {
      $0.size = UInt64(Int64.max)
      $0.packedSize = UInt64(Int64.max)
    },
    Lie("an offset of 2^64 - 1") { $0.offset = .max },
    Lie("an offset of 2^63 - 1") { $0.offset = UInt64(Int64.max) },
    Lie("an offset beyond the header") { $0.offset = 1 },
    Lie("2^64 - 1 entries") { $0.count = .max },
    Lie("2^63 - 1 entries") { $0.count = UInt64(Int64.max) },
    Lie("two entries") { $0.count = 2 },
    Lie("no entries") { $0.count = 0 },
    Lie("a directory at 2^64 - 1") { $0.directoryStart = .max },
    Lie("a directory at 2^63 - 1") { $0.directoryStart = UInt64(Int64.max) },
    Lie("a directory at 0") { $0.directoryStart = 0 },
    Lie("a directory of 2^64 - 1 bytes") { $0.excess = -1 - 83 },
    Lie("a directory too long") { $0.excess = 1 },
    Lie("a directory too short") { $0.excess = -1 },
    Lie("a record at 2^64 - 1") { $0.recordPosition = .max },
    Lie("a record at 2^63 - 1") { $0.recordPosition = UInt64(Int64.max) },
    Lie("a record at 0") { $0.recordPosition = 0 },
  ]

  @Test("numbers that lie are refused in one line", arguments: lies)
  private func lying(lie: Lie) throws {
    var file = Zip64File()
    lie.change(&file)
    let error = #expect(throws: InterchangeError.self) {
      try Npz.arrays(from: file.bytes, file: "a.npz")
    }
    #expect(error?.description.hasPrefix("a.npz") == true)
    #expect(error?.description.contains("\n") == false)
  }
}
