/// The shape of one image or activation.
///
/// Elements lie row by row, and within a pixel channel by channel.
public struct ImageShape: Sendable, Equatable {
  /// The number of rows of pixels.
  public let height: Int
  /// The number of pixels in a row.
  public let width: Int
  /// The number of values of each pixel.
  public let channels: Int

  /// Creates the shape [height, width, channels].
  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// The shape of a vector of `count` elements, [1, 1, count].
  public static func vector(_ count: Int) -> ImageShape {
    ImageShape(height: 1, width: 1, channels: count)
  }

  /// The number of elements of an image: height times width times channels.
  public var count: Int { height * width * channels }
}
