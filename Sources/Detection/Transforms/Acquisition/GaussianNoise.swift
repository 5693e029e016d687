internal import Foundation
internal import Tensor

/// Adds Gaussian noise to each pixel and clips to [0, 1].
///
/// After Graese, Rozsa, Boult 2016. Box and Muller's method makes two normal numbers of two random words.
struct GaussianNoise: Transform {
  let deviation: Float
  let size: Int
  let random: RandomStream
  let isRandom = true

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    for first in stride(from: 0, to: size, by: 4) {
      let words = random.words(
        image: UInt32(truncatingIfNeeded: index), pass: UInt32(truncatingIfNeeded: copy),
        block: UInt32(first / 4))
      let (a, b) = (Self.normal(words[0], words[1]), Self.normal(words[2], words[3]))
      let noise = SIMD4(a.0, a.1, b.0, b.1) * deviation
      for place in 0..<min(4, size - first) {
        result[first + place] = min(max(image[first + place] + noise[place], 0), 1)
      }
    }
  }

  /// Two independent normal numbers of two random words.
  private static func normal(_ first: UInt32, _ second: UInt32) -> (Float, Float) {
    // Above 0, so that the logarithm is finite.
    let radius = (-2 * log((Float(first >> 8) + 0.5) * 0x1p-24)).squareRoot()
    let angle = 2 * Float.pi * Float(second >> 8) * 0x1p-24
    return (radius * cos(angle), radius * sin(angle))
  }
}

extension GaussianNoise {
  static let kind = TransformKind(
    name: "noise", title: "Gaussian noise",
    summary: "Adds Gaussian noise to each pixel and clips to [0, 1]",
    source: "after Graese, Rozsa, Boult 2016",
    parameters: [
      TransformParameter(
        name: "deviation", domain: .number(0...1), defaultValue: 0.1,
        meaning: "standard deviation, white being 1")
    ]
  ) { values, setting in
    GaussianNoise(deviation: Float(values[0]), size: setting.size, random: setting.random)
  }
}
