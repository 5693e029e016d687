/// Makes each pixel white if its luminance exceeds a threshold, and black otherwise.
///
/// Graese, Rozsa, Boult 2016; with 0.5 also the one bit of Xu, Evans, Qi 2017.
struct Binarisation: Transform {
  let threshold: Float
  let luminance: Luminance

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    for pixel in 0..<luminance.count {
      luminance.set(luminance(image, pixel) > threshold ? 1 : 0, pixel, of: result)
    }
  }
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
    Binarisation(
      threshold: Float(values[0]),
      luminance: try Luminance(of: setting.shape, transform: "binarisation"))
  }
}
