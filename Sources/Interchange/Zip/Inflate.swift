/// Unpacking as RFC 1951 has it.
enum Inflate {
  /// Unpacks bytes whose unpacked number is known; nil if they are damaged or give another number.
  static func unpack(_ packed: ArraySlice<UInt8>, count: Int) -> [UInt8]? {
    packed.withUnsafeBufferPointer { packed in
      var unpacker = Unpacker(reader: BitReader(bytes: packed), limit: count)
      guard unpacker.run(), unpacker.output.count == count else { return nil }
      return unpacker.output
    }
  }

  /// Unpacks a zlib stream, RFC 1950, whose unpacked number is known.
  static func unpackZlib(_ bytes: [UInt8], count: Int) -> [UInt8]? {
    guard bytes.count >= 6, bytes[0] & 15 == 8, bytes[1] & 32 == 0,
      (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0,
      let output = unpack(bytes[2..<bytes.count - 4], count: count),
      bytes.bigEndian(at: bytes.count - 4) == Int(adler32(output))
    else { return nil }
    return output
  }
}

/// Reads numbers of any few bits, the lowest bit of a byte first.
private struct BitReader {
  let bytes: UnsafeBufferPointer<UInt8>
  private var position = 0
  private var pending: UInt64 = 0
  private var pendingBits = 0

  init(bytes: UnsafeBufferPointer<UInt8>) {
    self.bytes = bytes
  }

  private mutating func fill() {
    while pendingBits <= 56, position < bytes.count {
      pending |= UInt64(bytes[position]) << UInt64(pendingBits)
      position += 1
      pendingBits += 8
    }
  }

  /// The next bits; zero beyond the end, which skipping them notices.
  mutating func peek(_ bits: Int) -> Int {
    fill()
    return Int(pending & (1 << UInt64(bits) - 1))
  }

  /// Whether there were so many bits to skip.
  mutating func skip(_ bits: Int) -> Bool {
    guard bits <= pendingBits else { return false }
    pending >>= UInt64(bits)
    pendingBits -= bits
    return true
  }

  mutating func read(_ bits: Int) -> Int? {
    let value = peek(bits)
    return skip(bits) ? value : nil
  }

  mutating func skipToByte() {
    _ = skip(pendingBits % 8)
  }
}

/// A prefix code as a table of all its words, filled up to 15 bits.
private struct PrefixCode {
  static let longest = 15
  /// By the next 15 bits: the symbol, and the length of its word in the lowest four bits; 0 where
  /// there is none.
  private var table = [UInt16](repeating: 0, count: 1 << PrefixCode.longest)

  /// The code of symbols by the lengths of their words; nil if there are more words than fit.
  init?(lengths: some Collection<Int>) {
    var counts = [Int](repeating: 0, count: Self.longest + 1)
    for length in lengths where length > 0 { counts[length] += 1 }
    var nextCodes = [Int](repeating: 0, count: Self.longest + 2)
    var code = 0
    for length in 1...Self.longest {
      code = (code + counts[length - 1]) << 1
      nextCodes[length] = code
      guard code + counts[length] <= 1 << length else { return nil }
    }
    for (symbol, length) in lengths.enumerated() where length > 0 {
      let word = nextCodes[length]
      nextCodes[length] += 1
      let reversed = (0..<length).reduce(0) { $0 | (word >> $1 & 1) << (length - 1 - $1) }
      for index in stride(from: reversed, to: table.count, by: 1 << length) {
        table[index] = UInt16(symbol << 4 | length)
      }
    }
  }

  func next(_ reader: inout BitReader) -> Int? {
    let entry = Int(table[reader.peek(Self.longest)])
    guard entry != 0, reader.skip(entry & 15) else { return nil }
    return entry >> 4
  }
}

private struct Unpacker {
  var reader: BitReader
  let limit: Int
  private(set) var output: [UInt8] = []

  init(reader: BitReader, limit: Int) {
    self.reader = reader
    self.limit = limit
  }

  private static let lengthBases = [
    3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131,
    163, 195, 227, 258,
  ]
  private static let lengthBits = [
    0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0,
  ]
  private static let distanceBases = [
    1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049,
    3073, 4097, 6145, 8193, 12289, 16385, 24577,
  ]
  private static let distanceBits = (0..<30).map { max(0, $0 / 2 - 1) }
  /// In which order the lengths of the code of lengths come.
  private static let lengthOrder = [
    16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15,
  ]
  private static let fixedLengths =
    Array(repeating: 8, count: 144) + Array(repeating: 9, count: 112)
    + Array(repeating: 7, count: 24) + Array(repeating: 8, count: 8)

  /// Unpacks all blocks; false if they are damaged or give more than the limit.
  mutating func run() -> Bool {
    output.reserveCapacity(limit)
    while true {
      guard let isLast = reader.read(1), let kind = reader.read(2) else { return false }
      let isSound =
        switch kind {
        case 0: copyStored()
        case 1: unpackFixed()
        case 2: unpackDynamic()
        default: false
        }
      guard isSound else { return false }
      if isLast == 1 { return true }
    }
  }

  private mutating func copyStored() -> Bool {
    reader.skipToByte()
    guard let length = reader.read(16), let complement = reader.read(16),
      length ^ complement == 0xFFFF, length <= limit - output.count
    else { return false }
    for _ in 0..<length {
      guard let byte = reader.read(8) else { return false }
      output.append(UInt8(byte))
    }
    return true
  }

  private mutating func unpackFixed() -> Bool {
    guard let literals = PrefixCode(lengths: Self.fixedLengths),
      let distances = PrefixCode(lengths: [Int](repeating: 5, count: 30))
    else { return false }
    return unpack(literals, distances)
  }

  private mutating func unpackDynamic() -> Bool {
    guard let literalCount = reader.read(5).map({ $0 + 257 }),
      let distanceCount = reader.read(5).map({ $0 + 1 }), let codeCount = reader.read(4),
      literalCount <= 286, distanceCount <= 30
    else { return false }
    var codeLengths = [Int](repeating: 0, count: 19)
    for place in Self.lengthOrder.prefix(codeCount + 4) {
      guard let length = reader.read(3) else { return false }
      codeLengths[place] = length
    }
    guard let code = PrefixCode(lengths: codeLengths),
      let lengths = lengths(literalCount + distanceCount, code), lengths[256] > 0,
      let literals = PrefixCode(lengths: lengths[..<literalCount]),
      let distances = PrefixCode(lengths: lengths[literalCount...])
    else { return false }
    return unpack(literals, distances)
  }

  /// The lengths of words, given by a code of their own with repetitions.
  private mutating func lengths(_ count: Int, _ code: PrefixCode) -> [Int]? {
    var lengths: [Int] = []
    while lengths.count < count {
      guard let symbol = code.next(&reader) else { return nil }
      if symbol < 16 {
        lengths.append(symbol)
        continue
      }
      let (value, bits, base) =
        symbol == 16 ? (lengths.last, 2, 3) : symbol == 17 ? (0, 3, 3) : (0, 7, 11)
      guard let value, let more = reader.read(bits) else { return nil }
      lengths += Array(repeating: value, count: base + more)
    }
    return lengths.count == count ? lengths : nil
  }

  private mutating func unpack(_ literals: PrefixCode, _ distances: PrefixCode) -> Bool {
    while true {
      guard let symbol = literals.next(&reader) else { return false }
      if symbol < 256 {
        guard output.count < limit else { return false }
        output.append(UInt8(symbol))
        continue
      }
      if symbol == 256 { return true }
      guard symbol < 286, let extra = reader.read(Self.lengthBits[symbol - 257]),
        let distanceSymbol = distances.next(&reader), distanceSymbol < 30,
        let more = reader.read(Self.distanceBits[distanceSymbol])
      else { return false }
      let length = Self.lengthBases[symbol - 257] + extra
      let distance = Self.distanceBases[distanceSymbol] + more
      guard distance <= output.count, length <= limit - output.count else { return false }
      for _ in 0..<length { output.append(output[output.count - distance]) }
    }
  }
}
