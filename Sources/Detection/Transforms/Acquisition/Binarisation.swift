/// Makes each pixel white if it exceeds a threshold, and black otherwise.
///
/// Graese, Rozsa, Boult 2016; with 0.5 also the one bit of Xu, Evans, Qi 2017.
struct Binarisation: PixelTransform {
  let threshold: Float
  let size: Int

  func value(_ pixel: Float) -> Float { pixel > threshold ? 1 : 0 }
}

extension Binarisation {
  static let kind = TransformKind(
    name: "binarisation", title: "Binarisation",
    summary: "Makes each pixel white if it exceeds a threshold, and black otherwise",
    source: "Graese, Rozsa, Boult 2016; Xu, Evans, Qi 2017",
    parameters: [
      TransformParameter(
        name: "threshold", domain: .number(0...1), defaultValue: 0.5,
        meaning: "the value to exceed, 0 to 1")
    ]
  ) { values, setting in
    Binarisation(threshold: Float(values[0]), size: setting.size)
  }
}
