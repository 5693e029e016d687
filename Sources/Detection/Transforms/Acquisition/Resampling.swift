/// Shrinks the image and enlarges it again, as a scanner of low resolution does.
///
/// After Graese, Rozsa, Boult 2016. Both ways are linear, as in PIL's BILINEAR: a new pixel is the mean of
/// the pixels around its centre, weighted by a triangle as wide as two pixels of the coarser image.
enum Resampling {
  /// The matrix that resizes a line of pixels, [target, source].
  static func matrix(from source: Int, to target: Int) -> [Double] {
    let scale = Double(source) / Double(target)
    let support = max(scale, 1)
    var matrix = [Double](repeating: 0, count: target * source)
    for pixel in 0..<target {
      let centre = (Double(pixel) + 0.5) * scale - 0.5
      let weights = (0..<source).map { max(0, 1 - abs(Double($0) - centre) / support) }
      let sum = weights.reduce(0, +)
      for place in 0..<source { matrix[pixel * source + place] = weights[place] / sum }
    }
    return matrix
  }

  /// The matrix that shrinks a line of `count` pixels to `side` and enlarges it again.
  static func matrix(through side: Int, count: Int) -> SeparableTransform.Matrix {
    let (down, up) = (matrix(from: count, to: side), matrix(from: side, to: count))
    var product = SeparableTransform.Matrix(repeating: 0, count: count * count)
    for row in 0..<count {
      for column in 0..<count {
        for between in 0..<side {
          product[row * count + column] += up[row * side + between] * down[between * count + column]
        }
      }
    }
    return product
  }

  static let kind = TransformKind(
    name: "resampling", title: "Resampling",
    summary: "Shrinks the image to a side and enlarges it again, bilinearly",
    source: "after Graese, Rozsa, Boult 2016",
    parameters: [
      TransformParameter(
        name: "side", domain: .integer(1...64), defaultValue: 14,
        meaning: "side of the small image in pixels")
    ]
  ) { values, setting in
    let side = Int(values[0])
    guard side <= min(setting.height, setting.width) else {
      throw DetectionError.doesNotFit(
        transform: "resampling_\(side)", height: setting.height, width: setting.width)
    }
    return SeparableTransform.make(setting.shape) {
      matrix(through: side, count: $0)
    }
  }
}
