/// Rounds each pixel to 2^depth levels: round(x (2^depth - 1)) / (2^depth - 1).
///
/// Xu, Evans, Qi: Feature Squeezing (2017), by the authors' code. One bit is binarisation.
struct BitSqueezing: PixelTransform {
  private let steps: Float
  let size: Int

  init(depth: Int, size: Int) {
    steps = Float(1 << depth - 1)
    self.size = size
  }

  func value(_ pixel: Float) -> Float { (pixel * steps).rounded(.toNearestOrEven) / steps }
}

extension BitSqueezing {
  static let kind = TransformKind(
    name: "bit_squeezing", title: "Bit squeezing",
    summary: "Rounds each pixel to 2^depth levels",
    source: "Xu, Evans, Qi 2017",
    parameters: [
      TransformParameter(
        name: "depth", domain: .integer(1...8), defaultValue: 1, meaning: "bits of a pixel")
    ]
  ) { values, setting in
    BitSqueezing(depth: Int(values[0]), size: setting.size)
  }
}
