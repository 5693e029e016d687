internal import CKernels

/// What JPEG leaves of a grey image, to the bit as PIL (libjpeg) writes and reads it.
///
/// Guo, Rana, Cisse, van der Maaten 2018. Pixels are rounded to bytes. The coding between rounding
/// and decoding loses nothing, so that no file is written.
struct JPEG: Transform {
  /// The steps of luminance at quality 50, row by row (ITU T.81, annex K).
  private static let luminance = [
    16, 11, 10, 16, 24, 40, 51, 61,
    12, 12, 14, 19, 26, 58, 60, 55,
    14, 13, 16, 24, 40, 57, 69, 56,
    14, 17, 22, 29, 51, 87, 80, 62,
    18, 22, 37, 56, 68, 109, 103, 77,
    24, 35, 55, 64, 81, 104, 113, 92,
    49, 64, 78, 87, 103, 121, 120, 101,
    72, 92, 95, 98, 112, 100, 103, 99,
  ]

  private let steps: [Float]
  private let height: Int64
  private let width: Int64

  init(quality: Int, height: Int, width: Int) {
    let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
    steps = Self.luminance.map { Float(min(max(($0 * percent + 50) / 100, 1), 255)) }
    self.height = Int64(height)
    self.width = Int64(width)
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    kernels_jpeg(image, height, width, steps, result)
  }
}

extension JPEG {
  static let kind = TransformKind(
    name: "jpeg", title: "JPEG",
    summary: "Compresses the image by JPEG and decompresses it",
    source: "Guo, Rana, Cisse, van der Maaten 2018",
    parameters: [
      TransformParameter(
        name: "quality", domain: .integer(1...100), defaultValue: 75,
        meaning: "quality as PIL and libjpeg count it")
    ]
  ) { values, setting in
    JPEG(quality: Int(values[0]), height: setting.height, width: setting.width)
  }
}
