internal import CKernels
internal import Classifier
internal import Tensor

/// Drops pixels at random and makes the image of little total variation that is near the others.
///
/// Guo, Rana, Cisse, van der Maaten 2018, by the solver of the authors' code: split Bregman with the
/// isotropic variation, the sum of the channels'. A dropped pixel that was black counts as kept, as
/// there. Pixels in colour are dropped whole, as Athalye, Carlini and Wagner (2018) do.
struct TotalVariation: Transform {
  /// The root mean square of the change at which the solver stops.
  private static let tolerance = 0.01
  private static let rounds: Int64 = 100
  private static let sweeps: Int64 = 10

  private let weight: Double
  private let kept: KeepProbability?
  private let shape: ImageShape
  private let random: RandomStream

  var isRandom: Bool { kept != nil }

  init(weight: Double, dropped: Double, setting: TransformSetting) {
    self.weight = weight
    kept = dropped > 0 ? KeepProbability(1 - dropped) : nil
    shape = setting.shape
    random = setting.random
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    let (height, width) = (Int64(shape.height), Int64(shape.width))
    let (channels, count) = (shape.channels, shape.height * shape.width)
    withUnsafeTemporaryAllocation(of: UInt8.self, capacity: count) { mask in
      fill(mask, index: index, copy: copy)
      for pixel in 0..<count {
        let values = UnsafeBufferPointer(start: image + pixel * channels, count: channels)
        if values.allSatisfy({ $0 == 0 }) { mask[pixel] = 1 }
      }
      let doubles = Int(kernels_total_variation_scratch_count(height, width, Int64(channels)))
      withUnsafeTemporaryAllocation(of: Double.self, capacity: doubles) { scratch in
        _ = kernels_total_variation(
          image, mask.baseAddress, height, width, Int64(channels), 1 / weight, Self.tolerance,
          Self.rounds, Self.sweeps, result, scratch.baseAddress)
      }
    }
    for place in 0..<shape.count { result[place] = min(max(result[place], 0), 1) }
  }

  /// Writes 1 for each pixel that is kept and 0 for the others.
  private func fill(_ mask: UnsafeMutableBufferPointer<UInt8>, index: Int, copy: Int) {
    guard let kept else { return mask.initialize(repeating: 1) }
    let words = RandomStream.maskWordCount(mask.count)
    withUnsafeTemporaryAllocation(of: UInt32.self, capacity: words) { bits in
      guard let bits = bits.baseAddress else { return }
      random.fillMask(
        bits, count: mask.count, probability: kept, image: UInt32(truncatingIfNeeded: index),
        pass: UInt32(truncatingIfNeeded: copy))
      for pixel in mask.indices {
        mask[pixel] = UInt8(truncatingIfNeeded: bits[pixel / 32] >> UInt32(pixel % 32) & 1)
      }
    }
  }
}

extension TotalVariation {
  static let kind = TransformKind(
    name: "total_variation", title: "Total variation",
    summary: "Drops pixels at random and fills in by minimising the total variation",
    source: "Guo, Rana, Cisse, van der Maaten 2018",
    parameters: [
      TransformParameter(
        name: "weight", domain: .number(0.001...10), defaultValue: 0.03,
        meaning: "weight of the total variation"),
      TransformParameter(
        name: "dropped", domain: .number(0...0.99), defaultValue: 0.5,
        meaning: "share of pixels that are dropped"),
    ]
  ) { values, setting in
    TotalVariation(weight: values[0], dropped: values[1], setting: setting)
  }
}
