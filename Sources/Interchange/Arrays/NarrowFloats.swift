// Swift's own Float16 is not on every platform, and it has no bfloat16.

extension Float {
  /// The number that the bits of an IEEE 754 16-bit float stand for; widening loses nothing.
  init(halfBitPattern bits: UInt16) {
    let sign: Float = bits >> 15 == 0 ? 1 : -1
    let exponent = Int(bits >> 10 & 0x1F)
    let fraction = Float(bits & 0x3FF) / 1024
    self =
      switch exponent {
      case 0: sign * Float(sign: .plus, exponent: -14, significand: fraction)
      case 0x1F: bits & 0x3FF == 0 ? sign * .infinity : .nan
      default: sign * Float(sign: .plus, exponent: exponent - 15, significand: 1 + fraction)
      }
  }

  /// The number that the bits of a bfloat16 stand for: the upper half of a 32-bit float.
  init(brainBitPattern bits: UInt16) {
    self.init(bitPattern: UInt32(bits) << 16)
  }
}
