internal import CKernels
internal import Classifier

/// What JPEG leaves of a grey or RGB image, to the bit as PIL (libjpeg) writes and reads it.
///
/// Guo, Rana, Cisse, van der Maaten 2018. Pixels are rounded to bytes. The coding between rounding
/// and decoding loses nothing, so that no file is written. The differences of colour are halved in
/// height and width, as is PIL's default.
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

  /// The steps of differences of colour.
  private static let chrominance =
    [
      17, 18, 24, 47, 99, 99, 99, 99,
      18, 21, 26, 66, 99, 99, 99, 99,
      24, 26, 56, 99, 99, 99, 99, 99,
      47, 66, 99, 99, 99, 99, 99, 99,
    ] + [Int](repeating: 99, count: 32)

  private let luminanceSteps: [Float]
  private let chrominanceSteps: [Float]
  private let height: Int64
  private let width: Int64
  private let isGrey: Bool

  /// - Throws: ``DetectionError/neitherGreyNorColour(transform:channels:)``.
  init(quality: Int, shape: ImageShape) throws(DetectionError) {
    guard [1, 3].contains(shape.channels) else {
      throw .neitherGreyNorColour(transform: "jpeg", channels: shape.channels)
    }
    let percent = quality < 50 ? 5000 / quality : 200 - 2 * quality
    func scaled(_ steps: [Int]) -> [Float] {
      steps.map { Float(min(max(($0 * percent + 50) / 100, 1), 255)) }
    }
    luminanceSteps = scaled(Self.luminance)
    chrominanceSteps = scaled(Self.chrominance)
    height = Int64(shape.height)
    width = Int64(shape.width)
    isGrey = shape.channels == 1
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    guard !isGrey else { return kernels_jpeg(image, height, width, luminanceSteps, result) }
    let count = Int(kernels_jpeg_colour_scratch_count(height, width))
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { scratch in
      kernels_jpeg_colour(
        image, height, width, luminanceSteps, chrominanceSteps, result, scratch.baseAddress)
    }
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
    try JPEG(quality: Int(values[0]), shape: setting.shape)
  }
}
