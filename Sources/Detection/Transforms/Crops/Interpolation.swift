/// Where one output pixel of a resized line comes from, with half-pixel centres.
struct Interpolation: Sendable {
  let first: Int
  let second: Int
  /// The weight of the second; the first has the rest.
  let weight: Float

  init(position: Int, from sourceCount: Int, to targetCount: Int) {
    let scale = Float(sourceCount) / Float(targetCount)
    let source = max(0, (Float(position) + 0.5) * scale - 0.5)
    first = min(Int(source), sourceCount - 1)
    second = min(first + 1, sourceCount - 1)
    weight = source - Float(first)
  }

  private init(first: Int, second: Int, weight: Float) {
    self.first = first
    self.second = second
    self.weight = weight
  }

  /// The same of a value of pixels, by places of values.
  func channel(_ channel: Int, of channels: Int) -> Interpolation {
    Interpolation(
      first: first * channels + channel, second: second * channels + channel, weight: weight)
  }
}
