/// The shape of one image or activation: elements lie row by row, and within a pixel channel by
/// channel.
public struct ImageShape: Sendable, Equatable {
  /// Rows of pixels.
  public let height: Int
  /// Pixels in a row.
  public let width: Int
  /// Values of a pixel.
  public let channels: Int

  /// Creates the shape [height, width, channels].
  public init(height: Int, width: Int, channels: Int) {
    self.height = height
    self.width = width
    self.channels = channels
  }

  /// A vector of `count` elements.
  public static func vector(_ count: Int) -> ImageShape {
    ImageShape(height: 1, width: 1, channels: count)
  }

  /// How many elements an image of this shape has.
  public var count: Int { height * width * channels }
}
