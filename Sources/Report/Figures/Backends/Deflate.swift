/// Compression as RFC 1950 and RFC 1951 have it, for the images and pages of figures.
///
/// Repetitions are found by a hash of three bytes and written with the fixed codes. That is little
/// code, needs no library, and suits drawings, which are mostly repetition.
enum Deflate {
  /// The bytes as a zlib stream.
  static func zlib(_ bytes: [UInt8]) -> [UInt8] {
    var writer = BitWriter(bytes: [0x78, 0x01])
    // One block, the last one, with fixed codes.
    writer.write(0b011, bits: 3)
    compress(bytes, into: &writer)
    writer.writeSymbol(256)
    writer.align()
    let sum = Checksum.adler32(bytes)
    return writer.bytes + (0..<4).map { UInt8(truncatingIfNeeded: sum >> (24 - 8 * $0)) }
  }

  private static let window = 32768
  private static let longestMatch = 258
  /// How many earlier places are tried before the longest match so far is taken.
  private static let searchLimit = 32

  private static func compress(_ bytes: [UInt8], into writer: inout BitWriter) {
    let bytes = bytes.span
    var heads = [Int](repeating: -1, count: 1 << 15)
    var previous = [Int](repeating: -1, count: window)
    func remember(_ position: Int) {
      guard position + 2 < bytes.count else { return }
      let hash = Self.hash(bytes, position)
      previous[position % window] = heads[hash]
      heads[hash] = position
    }
    var position = 0
    while position < bytes.count {
      var best = (length: 0, distance: 0)
      if position + 2 < bytes.count {
        var candidate = heads[Self.hash(bytes, position)]
        var tries = 0
        while candidate >= 0, position - candidate < window, tries < searchLimit {
          let length = matchLength(bytes, candidate, position)
          if length > best.length { best = (length, position - candidate) }
          if length == longestMatch { break }
          candidate = previous[candidate % window]
          tries += 1
        }
      }
      guard best.length >= 3 else {
        writer.writeSymbol(Int(bytes[position]))
        remember(position)
        position += 1
        continue
      }
      writer.writeMatch(length: best.length, distance: best.distance)
      for covered in position..<position + best.length { remember(covered) }
      position += best.length
    }
  }

  private static func hash(_ bytes: Span<UInt8>, _ position: Int) -> Int {
    let three =
      UInt32(bytes[position]) << 16 | UInt32(bytes[position + 1]) << 8 | UInt32(bytes[position + 2])
    return Int((three &* 0x9E37_79B1) >> 17)
  }

  private static func matchLength(_ bytes: Span<UInt8>, _ earlier: Int, _ later: Int) -> Int {
    let limit = min(longestMatch, bytes.count - later)
    var length = 0
    while length < limit, bytes[earlier + length] == bytes[later + length] { length += 1 }
    return length
  }
}

/// Writes codes of any number of bits, the lowest bit of a byte first.
private struct BitWriter {
  var bytes: [UInt8]
  private var pending: UInt64 = 0
  private var pendingBits = 0

  init(bytes: [UInt8]) {
    self.bytes = bytes
  }

  mutating func write(_ value: Int, bits: Int) {
    pending |= UInt64(value) << UInt64(pendingBits)
    pendingBits += bits
    while pendingBits >= 8 {
      bytes.append(UInt8(truncatingIfNeeded: pending))
      pending >>= 8
      pendingBits -= 8
    }
  }

  /// Fills the last byte.
  mutating func align() {
    if pendingBits > 0 { write(0, bits: 8 - pendingBits) }
  }

  /// A literal byte, the end of the block, or a length, by RFC 1951's fixed code.
  mutating func writeSymbol(_ symbol: Int) {
    switch symbol {
    case 0...143: writeCode(0x30 + symbol, bits: 8)
    case 144...255: writeCode(0x190 + symbol - 144, bits: 9)
    case 256...279: writeCode(symbol - 256, bits: 7)
    default: writeCode(0xC0 + symbol - 280, bits: 8)
    }
  }

  mutating func writeMatch(length: Int, distance: Int) {
    let (lengthCode, lengthRest, lengthBits) = Self.code(length - 3, doublingAt: 8, growth: 4)
    // The longest match has a code of its own.
    if length == 258 {
      writeSymbol(285)
    } else {
      writeSymbol(257 + lengthCode)
      write(lengthRest, bits: lengthBits)
    }
    let (code, rest, bits) = Self.code(distance - 1, doublingAt: 4, growth: 2)
    writeCode(code, bits: 5)
    write(rest, bits: bits)
  }

  /// The code of a number whose codes cover ranges that double every `growth` codes, what it leaves
  /// to be said, and in how many bits.
  private static func code(
    _ value: Int, doublingAt first: Int, growth: Int
  ) -> (code: Int, rest: Int, bits: Int) {
    guard value >= first else { return (value, 0, 0) }
    let magnitude = Int.bitWidth - 1 - value.leadingZeroBitCount
    let bits = magnitude - (growth == 4 ? 2 : 1)
    let code = growth * (bits + 1) + (value >> bits) - growth
    return (code, value & (1 << bits - 1), bits)
  }

  /// Codes begin with their highest bit, unlike other numbers.
  private mutating func writeCode(_ code: Int, bits: Int) {
    var reversed = 0
    for bit in 0..<bits where code & (1 << bit) != 0 { reversed |= 1 << (bits - 1 - bit) }
    write(reversed, bits: bits)
  }
}

/// Sums that readers check contents by.
enum Checksum {
  private static let table: [UInt32] = (0..<256).map { index in
    (0..<8).reduce(UInt32(index)) { sum, _ in
      sum & 1 == 1 ? 0xEDB8_8320 ^ (sum >> 1) : sum >> 1
    }
  }

  /// The cyclic redundancy check of PNG.
  static func crc32(_ bytes: [UInt8]) -> UInt32 {
    ~bytes.reduce(~UInt32(0)) { sum, byte in
      table[Int(UInt8(truncatingIfNeeded: sum) ^ byte)] ^ (sum >> 8)
    }
  }

  /// The sum of zlib.
  static func adler32(_ bytes: [UInt8]) -> UInt32 {
    var (low, high): (UInt32, UInt32) = (1, 0)
    for byte in bytes {
      low = (low + UInt32(byte)) % 65521
      high = (high + low) % 65521
    }
    return high << 16 | low
  }
}
