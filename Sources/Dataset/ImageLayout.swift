/// Where an array of images has the channels.
public enum ImageLayout: String, Codable, Sendable, CaseIterable {
  /// [images, channels, height, width], as PyTorch has it.
  case channelsFirst = "channels_first"
  /// [images, height, width, channels], as TensorFlow and pictures have it.
  case channelsLast = "channels_last"
}
