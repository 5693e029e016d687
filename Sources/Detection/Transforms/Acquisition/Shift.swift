internal import Classifier

/// Moves the image by whole pixels; what comes in from outside is black.
///
/// After Graese, Rozsa, Boult 2016.
struct Shift: Transform {
  private let height: Int
  /// The number of values in a row.
  private let width: Int
  private let down: Int
  /// How many values a row moves by.
  private let right: Int

  init(down: Int, right: Int, shape: ImageShape) {
    self.down = down
    self.right = right * shape.channels
    height = shape.height
    width = shape.width * shape.channels
  }

  func write(
    _ image: UnsafePointer<Float>, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    Self.move(image, down: down, right: right, height: height, width: width, into: result)
  }

  func pullBack(
    _ gradient: UnsafePointer<Float>, count: Int, index: Int, copy: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    Self.move(gradient, down: -down, right: -right, height: height, width: width, into: result)
  }

  private static func move(
    _ image: UnsafePointer<Float>, down: Int, right: Int, height: Int, width: Int,
    into result: UnsafeMutablePointer<Float>
  ) {
    result.update(repeating: 0, count: height * width)
    let (first, count) = (max(0, right), width - abs(right))
    for row in max(0, down)..<min(height, height + down) {
      (result + row * width + first).update(
        from: image + (row - down) * width + first - right, count: count)
    }
  }
}

extension Shift {
  static let kind = TransformKind(
    name: "shift", title: "Shift",
    summary: "Moves the image by whole pixels; what comes in from outside is black",
    source: "after Graese, Rozsa, Boult 2016",
    parameters: [
      TransformParameter(
        name: "down", domain: .integer(-64...64), defaultValue: 1,
        meaning: "rows to move by, negative upwards"),
      TransformParameter(
        name: "right", domain: .integer(-64...64), defaultValue: 0,
        meaning: "columns to move by, negative to the left"),
    ]
  ) { values, setting in
    let (height, width) = (setting.height, setting.width)
    let (down, right) = (Int(values[0]), Int(values[1]))
    guard abs(down) < height, abs(right) < width else {
      throw DetectionError.doesNotFit(
        transform: "shift_\(down)_\(right)", height: height, width: width)
    }
    return Shift(down: down, right: right, shape: setting.shape)
  }
}
