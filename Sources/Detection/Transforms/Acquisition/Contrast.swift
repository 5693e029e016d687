/// Contrast and brightness: factor (x - 0.5) + 0.5 + offset, clipped to [0, 1].
///
/// After Graese, Rozsa, Boult 2016.
struct Contrast: PixelTransform {
  let factor: Float
  let offset: Float
  let size: Int

  func value(_ pixel: Float) -> Float {
    min(max(factor * (pixel - 0.5) + 0.5 + offset, 0), 1)
  }

  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    for pixel in 0..<count { result[pixel] = factor * gradient[pixel] }
  }
}

extension Contrast {
  static let kind = TransformKind(
    name: "contrast", title: "Contrast",
    summary: "Multiplies each distance from middle grey, adds an offset and clips to [0, 1]",
    source: "after Graese, Rozsa, Boult 2016",
    parameters: [
      TransformParameter(
        name: "factor", domain: .number(0...10), defaultValue: 0.7,
        meaning: "factor of the distance from 0.5"),
      TransformParameter(
        name: "offset", domain: .number(-1...1), defaultValue: 0,
        meaning: "number to add, white being 1"),
    ]
  ) { values, setting in
    Contrast(factor: Float(values[0]), offset: Float(values[1]), size: setting.size)
  }

  static let brightness = TransformKind(
    name: "brightness", title: "Brightness",
    summary: "Adds a number to each pixel and clips to [0, 1]",
    source: "after Graese, Rozsa, Boult 2016",
    parameters: [
      TransformParameter(
        name: "offset", domain: .number(-1...1), defaultValue: 0.1,
        meaning: "number to add, white being 1")
    ]
  ) { values, setting in
    Contrast(factor: 1, offset: Float(values[0]), size: setting.size)
  }
}
