/// Finds `name: value` and `name=value`, and steps such as `Epoch 3/20`.
///
/// Times, paths, addresses of hosts and versions are none.
struct StandardFinder: MetricFinder {
  /// Words that number the lines; the later of them tell more than the earlier.
  private static let stepWords = ["epoch", "epochs", "iteration", "iter", "step", "global_step"]
  /// Words that belong to the name behind them.
  private static let qualifiers: Set<String> = [
    "train", "training", "val", "valid", "validation", "dev", "test", "testing", "eval",
    "evaluation", "best", "mean", "avg", "average", "final", "total", "running",
  ]

  func find(in line: String, within limit: ProcessorTimeLimit) -> ScrapedLine? {
    var scan = Scan(Array(line.utf8))
    var result = ScrapedLine()
    var rank = -1
    while let word = scan.nextWord() {
      let lower = word.text.lowercased()
      if let place = Self.stepWords.firstIndex(of: lower) {
        if let step = scan.stepNumber(), place > rank { (result.step, rank) = (step, place) }
        continue
      }
      guard let value = scan.value() else { continue }
      var name = word.text
      if let before = word.before, Self.qualifiers.contains(before.lowercased()) {
        name = before + "_" + name
      }
      result.metrics[name] = value
    }
    return result
  }

  /// A line under way.
  private struct Scan {
    struct Word {
      let text: String
      /// The word before it, if a single space separates them.
      let before: String?
    }

    private let bytes: [UInt8]
    private var index = 0
    private var last: (text: String, end: Int)?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    private func byte(_ place: Int) -> UInt8 { place < bytes.count ? bytes[place] : 0 }

    /// The next word that may be a name.
    mutating func nextWord() -> Word? {
      while index < bytes.count {
        let start = index
        guard Self.isLetter(bytes[start]), start == 0 || Self.canPrecede(bytes[start - 1]) else {
          index += 1
          continue
        }
        while Self.isOfName(byte(index)) { index += 1 }
        // A sentence's end, or a hyphen before the value, is no part of it.
        while index > start + 1, [0x2E, 0x2D, 0x2F].contains(bytes[index - 1]) { index -= 1 }
        let text = String(decoding: bytes[start..<index], as: UTF8.self)
        let before = last.flatMap { $0.end + 1 == start && bytes[$0.end] == 0x20 ? $0.text : nil }
        last = (text, index)
        return Word(text: text, before: before)
      }
      return nil
    }

    /// The number behind a word such as "epoch": of `Epoch 3/20`, `epoch=3`, `Epoch [3/20]`.
    mutating func stepNumber() -> Int64? {
      var place = index
      while [0x20, 0x22, 0x27, 0x3A, 0x3D, 0x23, 0x5B, 0x28].contains(byte(place)) { place += 1 }
      guard place > index || place == bytes.count else { return nil }
      let start = place
      while Self.isDigit(byte(place)) { place += 1 }
      // A fraction of an epoch is a metric rather than a number of lines.
      guard place > start, place - start < 19,
        !(byte(place) == 0x2E && Self.isDigit(byte(place + 1))), !Self.isLetter(byte(place))
      else { return nil }
      index = place
      return Int64(String(decoding: bytes[start..<place], as: UTF8.self))
    }

    /// The value behind a name, if a colon or an equals sign and a number follow.
    mutating func value() -> Double? {
      var place = index
      // Of a dictionary as Python prints it.
      if byte(place) == 0x22 || byte(place) == 0x27 { place += 1 }
      while byte(place) == 0x20 { place += 1 }
      let separator = byte(place)
      guard separator == 0x3A || separator == 0x3D, byte(place + 1) != separator else {
        return nil
      }
      let isBehindSpace = place > index
      place += 1
      let first = place
      while [0x20, 0x09].contains(byte(place)) { place += 1 }
      guard let (value, end) = number(at: place) else { return nil }
      // A host and its port, or a place in a file: 'localhost:8080', 'train.py:12'.
      let isGlued = separator == 0x3A && place == first && !isBehindSpace
      let isWhole = bytes[place..<end].allSatisfy { Self.isDigit($0) }
      guard !(isGlued && isWhole) else { return nil }
      index = end
      return value
    }

    private func number(at start: Int) -> (value: Double, end: Int)? {
      var end = start
      if byte(end) == 0x2B || byte(end) == 0x2D { end += 1 }
      let digits = end
      if Self.isLetter(byte(end)) {
        while Self.isLetter(byte(end)) { end += 1 }
        let word = String(decoding: bytes[digits..<end], as: UTF8.self).lowercased()
        guard ["nan", "inf", "infinity"].contains(word), isEnd(end) else { return nil }
        let value: Double = word == "nan" ? .nan : .infinity
        return (byte(start) == 0x2D ? -value : value, end)
      }
      while Self.isDigit(byte(end)) { end += 1 }
      if byte(end) == 0x2E {
        end += 1
        while Self.isDigit(byte(end)) { end += 1 }
        // The end of a sentence.
        if end == digits + 1 { return nil }
      }
      if byte(end) | 0x20 == 0x65 {
        var exponent = end + 1
        if byte(exponent) == 0x2B || byte(exponent) == 0x2D { exponent += 1 }
        if Self.isDigit(byte(exponent)) {
          while Self.isDigit(byte(exponent)) { exponent += 1 }
          end = exponent
        }
      }
      guard end > digits, Self.isDigit(bytes[digits]) || Self.isDigit(byte(digits + 1)) else {
        return nil
      }
      let text = String(decoding: bytes[start..<end], as: UTF8.self)
      guard let value = Double(text.hasSuffix(".") ? String(text.dropLast()) : text) else {
        return nil
      }
      if byte(end) == 0x25 { end += 1 }
      return isEnd(end) ? (value, end) : nil
    }

    /// Whether a number may end here: neither a unit, nor a time, a version or a path goes on.
    private func isEnd(_ place: Int) -> Bool {
      let next = byte(place)
      if Self.isLetter(next) || Self.isDigit(next) || [0x5F, 0x2F, 0x3A].contains(next) {
        return false
      }
      return !(next == 0x2E || next == 0x2D) || !Self.isDigit(byte(place + 1))
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    private static func isLetter(_ byte: UInt8) -> Bool { (0x61...0x7A).contains(byte | 0x20) }
    private static func isOfName(_ byte: UInt8) -> Bool {
      isLetter(byte) || isDigit(byte) || [0x5F, 0x2E, 0x2F, 0x40, 0x2D].contains(byte)
    }

    /// Whether a name may begin behind this: not within a path, an address or another word.
    private static func canPrecede(_ byte: UInt8) -> Bool {
      [0x20, 0x09, 0x28, 0x5B, 0x7B, 0x2C, 0x3B, 0x7C, 0x22, 0x27, 0x3E].contains(byte)
    }
  }
}
