internal import Classifier

/// A transform of grey images, applied to each channel of an image by itself.
///
/// All channels have the same random numbers, so that they stay in register.
struct ChannelByChannel: Transform {
  private let grey: any Transform
  private let channels: Int
  /// How many values a channel has.
  private let count: Int

  /// Makes a transform for images of a shape from one for images of one channel: that itself, if the
  /// shape has no more.
  static func make(_ grey: any Transform, shape: ImageShape) -> any Transform {
    shape.channels == 1 ? grey : ChannelByChannel(grey, shape: shape)
  }

  private init(_ grey: any Transform, shape: ImageShape) {
    self.grey = grey
    channels = shape.channels
    count = shape.height * shape.width
  }

  var copies: Int { grey.copies }
  var isRandom: Bool { grey.isRandom }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    eachChannel(of: image, into: result) { plane, changed in
      grey.write(plane, index: index, copy: copy, into: changed)
    }
  }

  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    eachChannel(of: gradient, into: result) { plane, changed in
      grey.pullBack(plane, count: self.count, index: index, copy: copy, into: changed)
    }
  }

  private func eachChannel(
    of image: UnsafePointer<Float>, into result: UnsafeMutablePointer<Float>,
    _ change: (_ plane: UnsafePointer<Float>, _ changed: UnsafeMutablePointer<Float>) -> Void
  ) {
    withUnsafeTemporaryAllocation(of: Float.self, capacity: 2 * count) { planes in
      guard let plane = planes.baseAddress else { return }
      let changed = plane + count
      for channel in 0..<channels {
        for pixel in 0..<count { plane[pixel] = image[pixel * channels + channel] }
        change(plane, changed)
        for pixel in 0..<count { result[pixel * channels + channel] = changed[pixel] }
      }
    }
  }
}
