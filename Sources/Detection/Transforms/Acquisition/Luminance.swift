internal import Classifier

/// How bright the pixels of an image are, by the weights of ITU-R BT.601.
struct Luminance {
  /// Nil for grey images, whose values are their luminance.
  private let weights: (red: Float, green: Float, blue: Float)?
  /// The number of pixels.
  let count: Int
  /// The number of values of a pixel.
  let channels: Int

  /// - Throws: ``DetectionError/neitherGreyNorColour(transform:channels:)``.
  init(of shape: ImageShape, transform: String) throws(DetectionError) {
    switch shape.channels {
    case 1: weights = nil
    case 3: weights = (0.299, 0.587, 0.114)
    default: throw .neitherGreyNorColour(transform: transform, channels: shape.channels)
    }
    count = shape.height * shape.width
    channels = shape.channels
  }

  /// The luminance of a pixel, 0...1.
  func callAsFunction(_ image: UnsafePointer<Float>, _ pixel: Int) -> Float {
    guard let weights else { return image[pixel] }
    let values = image + pixel * channels
    return weights.red * values[0] + weights.green * values[1] + weights.blue * values[2]
  }

  /// Gives all values of a pixel one value.
  func set(_ value: Float, _ pixel: Int, of image: UnsafeMutablePointer<Float>) {
    (image + pixel * channels).update(repeating: value, count: channels)
  }
}
