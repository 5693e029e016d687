/// Rounds each pixel to 2^depth + 1 levels, by Guo's formula: round(x N) / N with N = 2^depth.
///
/// Guo, Rana, Cisse, van der Maaten 2018, by the authors' code.
struct BitDepth: PixelTransform {
  private let levels: Float
  let size: Int

  init(depth: Int, size: Int) {
    levels = Float(1 << depth)
    self.size = size
  }

  func value(_ pixel: Float) -> Float { (pixel * levels).rounded(.toNearestOrEven) / levels }
}

extension BitDepth {
  static let kind = TransformKind(
    name: "bit_depth", title: "Bit depth",
    summary: "Rounds each pixel to a multiple of 1 / 2^depth",
    source: "Guo, Rana, Cisse, van der Maaten 2018",
    parameters: [
      TransformParameter(
        name: "depth", domain: .integer(1...8), defaultValue: 3, meaning: "bits of a pixel")
    ]
  ) { values, setting in
    BitDepth(depth: Int(values[0]), size: setting.size)
  }
}
