internal import Foundation

/// Gaussian blur: weights up to four deviations away; the image is reflected at its rim.
///
/// After Graese, Rozsa, Boult 2016; as scipy.ndimage.gaussian_filter with its mode "reflect".
enum Blur {
  /// The matrix that blurs a line of `count` pixels.
  static func matrix(deviation: Double, count: Int) -> SeparableTransform.Matrix {
    let radius = Int(4 * deviation + 0.5)
    let weights = (-radius...radius).map { exp(-Double($0 * $0) / (2 * deviation * deviation)) }
    let sum = weights.reduce(0, +)
    var matrix = SeparableTransform.Matrix(repeating: 0, count: count * count)
    for target in 0..<count {
      for (place, weight) in weights.enumerated() {
        let source = reflected(target + place - radius, count: count)
        matrix[target * count + source] += weight / sum
      }
    }
    return matrix
  }

  /// The pixel of a line that stands at a place beside it, where a mirror shows the last pixel, too.
  private static func reflected(_ place: Int, count: Int) -> Int {
    let turn = ((place % (2 * count)) + 2 * count) % (2 * count)
    return turn < count ? turn : 2 * count - 1 - turn
  }

  static let kind = TransformKind(
    name: "blur", title: "Gaussian blur",
    summary: "Blurs by a Gaussian; the image is reflected at its rim",
    source: "after Graese, Rozsa, Boult 2016",
    parameters: [
      TransformParameter(
        name: "deviation", domain: .number(0.1...10), defaultValue: 1,
        meaning: "standard deviation in pixels")
    ]
  ) { values, setting in
    SeparableTransform.make(setting.shape) {
      matrix(deviation: values[0], count: $0)
    }
  }
}
