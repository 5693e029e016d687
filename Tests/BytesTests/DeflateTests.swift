import Bytes
import Testing

@Suite struct DeflateTests {
  static let wrappings: [Wrapping] = [.bare, .zlib, .gzip]
  /// Three megabytes that pack well and thirty thousand that do not, so that pieces meet anywhere.
  static let content: [UInt8] =
    (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 >> 9) }
    + (0..<30_000).map { UInt8(truncatingIfNeeded: ($0 &* 2_654_435_761) >> 13) }

  @Test("what is packed is unpacked", arguments: wrappings)
  func roundTrip(wrapping: Wrapping) throws {
    for content in [[], [7], Self.content] {
      let packed = Deflate.pack(content, wrapping)
      #expect(try Inflate.unpack(packed[...], wrapping, count: content.count) == content)
      #expect(try Inflate.unpack(packed[...], wrapping, limit: content.count) == content)
      #expect(Inflate.isGzip(packed) == (wrapping == .gzip))
    }
    #expect(Deflate.pack(Self.content, wrapping).count < 100_000)
  }

  @Test("more than is allowed, or than was announced, is not unpacked", arguments: wrappings)
  func limits(wrapping: Wrapping) {
    let packed = Deflate.pack(Self.content, wrapping)
    let count = Self.content.count
    for limit in [0, 1, 1 << 20, count - 1] {
      #expect(throws: InflateError.tooLarge(limit: limit)) {
        try Inflate.unpack(packed[...], wrapping, limit: limit)
      }
    }
    for announced in [0, count - 1, count + 1] {
      #expect(throws: InflateError.self) {
        try Inflate.unpack(packed[...], wrapping, count: announced)
      }
    }
  }

  @Test("bytes that end early are said to", arguments: wrappings)
  func truncated(wrapping: Wrapping) {
    let packed = Deflate.pack(Array(Self.content.suffix(5000)), wrapping)
    for length in stride(from: 0, to: packed.count, by: 97) {
      #expect(throws: InflateError.truncated) {
        try Inflate.unpack(packed[..<length], wrapping, limit: 1 << 20)
      }
    }
  }

  @Test("a changed byte is noticed by the sum", arguments: [Wrapping.zlib, .gzip])
  func damaged(wrapping: Wrapping) {
    let packed = Deflate.pack(Array(Self.content.suffix(5000)), wrapping)
    for position in stride(from: 20, to: packed.count, by: 61) {
      var changed = packed
      changed[position] ^= 0x55
      #expect(throws: InflateError.self) {
        try Inflate.unpack(changed[...], wrapping, limit: 1 << 20)
      }
    }
  }

  @Test("members of a gzip file are joined, and zeros after them left out")
  func members() throws {
    let parts: [[UInt8]] = [[1, 2], [], [3]]
    let packed: [UInt8] = parts.map { Deflate.pack($0, .gzip) }.joined() + [0, 0, 0]
    #expect(try Inflate.unpack(packed[...], .gzip, limit: 3) == [1, 2, 3])
    #expect(throws: InflateError.self) {
      try Inflate.unpack((packed + [1])[...], .gzip, limit: 3)
    }
  }

  @Test("unpacking ends when it is asked to")
  func cancelled() {
    let packed = Deflate.pack(Self.content, .zlib)
    var asked = 0
    #expect(throws: InflateError.cancelled) {
      try Inflate.unpack(packed[...], .zlib, limit: 1 << 30) {
        asked += 1
        return asked == 2
      }
    }
  }
}
