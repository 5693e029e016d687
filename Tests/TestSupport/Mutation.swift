/// Bytes as a broken disk, a cut connection or an ill-meaning sender may leave them.
public struct Mutation {
  private var random: SeededGenerator

  /// Begins the mutations of one test.
  public init(_ random: SeededGenerator) { self.random = random }

  /// Values that readers may take for sizes and counts: ends of ranges and their neighbours.
  private static let interestingNumbers: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0x8000, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF,
    0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, 0xFFFF_FFFF_FFFF_FFFF,
  ]

  /// Pieces of text that readers may take for something else than they are.
  private static let interestingTexts = [
    "NaN", "-Infinity", "1e999", "-1", "9223372036854775808", "null", "\"", "'", "[", "{", "}", ",",
    "\n", "\r\n", "\u{0}", "\u{FEFF}", "\u{1B}[2J", "../", "&a", "*a", "!!binary ", "<<: ", "--",
    ";",
    String(repeating: "[", count: 2000), String(repeating: "9", count: 400),
  ]

  /// Another version of some bytes, with one to four changes.
  public mutating func callAsFunction(_ bytes: [UInt8]) -> [UInt8] {
    var changed = bytes
    for _ in 0..<Int.random(in: 1...4, using: &random) { change(&changed) }
    return changed
  }

  private mutating func change(_ bytes: inout [UInt8]) {
    let place = Int.random(in: 0...bytes.count, using: &random)
    let rest = bytes.count - place
    switch Int.random(in: 0..<7, using: &random) {
    case 0 where rest > 0: bytes[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
    case 1 where rest > 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
    case 2: bytes.removeLast(rest)
    case 3 where rest > 0:
      // A part is missing, or there twice.
      let length = Int.random(in: 1...min(rest, 64), using: &random)
      if Bool.random(using: &random) {
        bytes.removeSubrange(place..<place + length)
      } else {
        bytes.insert(contentsOf: bytes[place..<place + length], at: place)
      }
    case 4: write(number(), at: place, in: &bytes)
    case 5:
      let text = Self.interestingTexts.randomElement(using: &random) ?? ""
      bytes.insert(contentsOf: text.utf8, at: place)
    default:
      let other = Int.random(in: 0...bytes.count, using: &random)
      let length = min(bytes.count - other, rest, 32)
      for offset in 0..<length { bytes[place + offset] = bytes[other + offset] }
    }
  }

  private mutating func number() -> [UInt8] {
    let value = Self.interestingNumbers.randomElement(using: &random) ?? 0
    let length = [1, 2, 4, 8].randomElement(using: &random) ?? 1
    let bytes = (0..<length).map { UInt8(truncatingIfNeeded: value >> (8 * UInt64($0))) }
    return Bool.random(using: &random) ? bytes : bytes.reversed()
  }

  private func write(_ part: [UInt8], at place: Int, in bytes: inout [UInt8]) {
    let end = min(bytes.count, place + part.count)
    bytes.replaceSubrange(place..<end, with: part)
  }
}
