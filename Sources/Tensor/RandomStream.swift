/// Random numbers of one purpose, which have addresses instead of an order.
///
/// A number's address is (seed, stream, image, pass, position). Two streams, images or passes never
/// share numbers. No number depends on the order of work or on how often you interrupt it.
public struct RandomStream: Sendable, Equatable {
  private let philox: Philox
  private let stream: UInt32

  /// Creates the stream numbered `stream` of a seed.
  public init(seed: UInt64, stream: UInt32) {
    philox = Philox(key: seed)
    self.stream = stream
  }

  /// The four random words of block `block` in an image's pass.
  public func words(image: UInt32, pass: UInt32, block: UInt32) -> SIMD4<UInt32> {
    philox.block(SIMD4(block, pass, image, stream))
  }

  /// Draws a whole number uniformly from `0..<bound`.
  ///
  /// The bias is below `bound` / 2^64.
  ///
  /// - Precondition: `bound` is positive.
  public func integer(below bound: Int, image: UInt32, pass: UInt32, block: UInt32 = 0) -> Int {
    precondition(bound > 0, "a draw needs a positive bound, got \(bound)")
    let words = words(image: image, pass: pass, block: block)
    let word = UInt64(words[0]) | UInt64(words[1]) << 32
    return Int(word.multipliedFullWidth(by: UInt64(bound)).high)
  }

  /// The numbers `0..<count` in a random order (Fisher and Yates) that differs for each `pass`.
  public func permutation(count: Int, pass: UInt32) -> [Int] {
    var order = Array(0..<count)
    for last in stride(from: count - 1, to: 0, by: -1) {
      order.swapAt(last, integer(below: last + 1, image: UInt32(last), pass: pass))
    }
    return order
  }

  /// Draws `count` numbers uniformly from `-bound..<bound`.
  public func uniform(count: Int, bound: Float, pass: UInt32) -> [Float] {
    (0..<count).map { index in
      let words = words(image: 0, pass: pass, block: UInt32(index / 4))
      let unit = Float(words[index % 4] >> 8) * 0x1p-24
      return bound * (2 * unit - 1)
    }
  }
}

/// How often a random mask keeps an element, as a multiple of 1/65,536.
public struct KeepProbability: Sendable, Equatable {
  /// The probability in units of 1/65,536, at least 1.
  package let numerator: UInt32

  /// Rounds `probability`, above 0 and at most 1, to the nearest multiple of 1/65,536.
  public init(_ probability: Double) {
    precondition(probability > 0 && probability <= 1, "no probability to keep: \(probability)")
    numerator = max(1, UInt32((probability * 65536).rounded()))
  }

  /// The rounded probability, above 0 and at most 1.
  public var value: Double { Double(numerator) / 65536 }
}

extension RandomStream {
  /// Writes a random mask of `count` bits, and sets each with the given probability.
  ///
  /// Bit i of the mask is bit i % 32 of word i / 32. A probability of b binary digits costs b
  /// random bits per element (one for 1/2). The method goes through the digits from the least
  /// significant one. It joins a random bit by OR if the digit is one and by AND if it is zero, and
  /// each step halves what stood before.
  ///
  /// - Parameters:
  ///   - mask: Room for `count` bits, rounded up to whole groups of four words.
  ///   - count: The number of bits to write.
  ///   - probability: How likely each bit is to be set.
  ///   - image: The image that the mask is for.
  ///   - pass: The pass that the mask is for.
  public func fillMask(
    _ mask: UnsafeMutablePointer<UInt32>, count: Int, probability: KeepProbability,
    image: UInt32, pass: UInt32
  ) {
    let digits = probability.numerator
    let lowest = digits.trailingZeroBitCount
    for group in 0..<(count + 127) / 128 {
      var bits = SIMD4<UInt32>(repeating: digits == 65536 ? .max : 0)
      for digit in lowest..<max(lowest, 16) {
        let random = words(
          image: image, pass: pass, block: UInt32(group) &* 16 &+ UInt32(digit))
        bits = digits >> UInt32(digit) & 1 == 1 ? bits | random : bits & random
      }
      for word in 0..<4 { mask[group * 4 + word] = bits[word] }
    }
  }

  /// The number of 32-bit words that `fillMask` writes for `count` bits, a multiple of four.
  public static func maskWordCount(_ count: Int) -> Int { (count + 127) / 128 * 4 }
}
