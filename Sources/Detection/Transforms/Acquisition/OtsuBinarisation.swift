/// Binarisation by the threshold between bytes of luminance that separates two classes best.
///
/// Otsu: A Threshold Selection Method from Gray-Level Histograms (1979): the threshold maximises the
/// variance between the classes, the first one of several. An image of one value becomes black.
struct OtsuBinarisation: Transform {
  let luminance: Luminance

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Int.self, capacity: 256) { histogram in
      histogram.initialize(repeating: 0)
      let pixels = 0..<luminance.count
      for pixel in pixels { histogram[byte(luminance(image, pixel))] += 1 }
      let threshold = Self.threshold(histogram)
      for pixel in pixels {
        luminance.set(byte(luminance(image, pixel)) > threshold ? 1 : 0, pixel, of: result)
      }
    }
  }

  /// The last byte of the darker class.
  private static func threshold(_ histogram: UnsafeMutableBufferPointer<Int>) -> Int {
    let values = histogram.indices.filter { histogram[$0] > 0 }
    guard let darkest = values.first, let brightest = values.last, darkest < brightest else {
      return 255
    }
    let count = values.reduce(0) { $0 + histogram[$1] }
    let sum = values.reduce(0) { $0 + $1 * histogram[$1] }
    var (best, threshold) = (-1.0, darkest)
    var (darkCount, darkSum) = (0, 0)
    for value in darkest..<brightest where histogram[value] > 0 {
      darkCount += histogram[value]
      darkSum += value * histogram[value]
      let difference =
        Double(darkSum) / Double(darkCount) - Double(sum - darkSum) / Double(count - darkCount)
      let variance = Double(darkCount) * Double(count - darkCount) * difference * difference
      if variance > best { (best, threshold) = (variance, value) }
    }
    return threshold
  }
}

/// The byte of a pixel in 0...1, rounded to the nearest.
@inline(__always)
func byte(_ pixel: Float) -> Int { Int((min(max(pixel, 0), 1) * 255).rounded()) }

extension OtsuBinarisation {
  static let kind = TransformKind(
    name: "otsu", title: "Otsu's binarisation",
    summary: "Makes each pixel black or white by the threshold that separates the image best",
    source: "Otsu 1979; Graese, Rozsa, Boult 2016"
  ) { _, setting in
    OtsuBinarisation(luminance: try Luminance(of: setting.shape, transform: "otsu"))
  }
}
