/// Drops the low bits of each pixel's byte, as Athalye, Carlini and Wagner do in their study of
/// Guo's defence (2018).
struct BitTruncation: PixelTransform {
  private let dropped: Int
  let size: Int

  init(depth: Int, size: Int) {
    dropped = 8 - depth
    self.size = size
  }

  func value(_ pixel: Float) -> Float { Float(byte(pixel) >> dropped * (1 << dropped)) / 255 }
}

extension BitTruncation {
  static let kind = TransformKind(
    name: "bit_truncation", title: "Bit truncation",
    summary: "Drops the low bits of each pixel's byte",
    source: "Athalye, Carlini, Wagner 2018",
    parameters: [
      TransformParameter(
        name: "depth", domain: .integer(1...8), defaultValue: 3, meaning: "bits that are kept")
    ]
  ) { values, setting in
    BitTruncation(depth: Int(values[0]), size: setting.size)
  }
}
