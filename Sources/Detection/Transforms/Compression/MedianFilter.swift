internal import CKernels

/// The median of the values around each value of a channel; the image is reflected at its rim.
///
/// Xu, Evans, Qi: Feature Squeezing (2017), whose authors use scipy.ndimage.median_filter: of an
/// even number the upper median, and the window of an even side reaches farther up and left.
struct MedianFilter: Transform {
  private let side: Int64
  private let height: Int64
  private let width: Int64
  private let scratchCount: Int

  init(side: Int, height: Int, width: Int) {
    self.side = Int64(side)
    self.height = Int64(height)
    self.width = Int64(width)
    scratchCount = Int(kernels_median_scratch_count(self.height, self.width, self.side))
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: scratchCount) { scratch in
      kernels_median(image, height, width, side, result, scratch.baseAddress)
    }
  }
}

extension MedianFilter {
  static let kind = TransformKind(
    name: "median", title: "Median filter",
    summary: "Takes the median of the pixels around each pixel",
    source: "Xu, Evans, Qi 2017",
    parameters: [
      TransformParameter(
        name: "side", domain: .integer(2...Int(KERNELS_MEDIAN_SIDE)), defaultValue: 2,
        meaning: "side of the window in pixels")
    ]
  ) { values, setting in
    ChannelByChannel.make(
      MedianFilter(side: Int(values[0]), height: setting.height, width: setting.width),
      shape: setting.shape)
  }
}
