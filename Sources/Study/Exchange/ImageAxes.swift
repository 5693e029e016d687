internal import Classifier
internal import Dataset
internal import Interchange

extension ImageLayout {
  /// The axes of an image of a shape; grey images have an axis of channels, too.
  func axes(of shape: ImageShape) -> [Int] {
    switch self {
    case .channelsFirst: [shape.channels, shape.height, shape.width]
    case .channelsLast: [shape.height, shape.width, shape.channels]
    }
  }
}

/// How the axes of an array are images.
struct ImageAxes {
  /// The number of images.
  let count: Int
  /// The shape of each.
  let shape: ImageShape
  /// Where the channels are; grey images have them at either place.
  let layout: ImageLayout

  /// Takes an array for images of a shape, or, of unknown shape, for grey or RGB images.
  ///
  /// - Parameters:
  ///   - sides: The length of each axis.
  ///   - shape: The shape of an image; nil if it is not known.
  ///   - layout: Where the channels are; nil if the lengths of the axes say so.
  ///   - file: The file's name, for messages.
  /// - Throws: `InterchangeError` if the array cannot be such images, or if it could be in two ways.
  init(
    of sides: [Int], shape: ImageShape?, layout: ImageLayout?, file: String
  ) throws(InterchangeError) {
    // Grey images are the same in any layout.
    let layouts = (shape?.channels == 1 ? nil : layout.map { [$0] }) ?? ImageLayout.allCases
    let found = layouts.compactMap { layout in
      shape.map { ImageAxes(of: sides, shape: $0, layout: layout) }
        ?? ImageAxes(guessing: sides, layout: layout)
    }
    guard let first = found.first else {
      throw .wrongShape(
        file: file, name: "images", expected: Self.expected(shape, layouts), found: sides)
    }
    if let last = found.last, last.layout != first.layout,
      max(first.shape.channels, last.shape.channels) > 1
    {
      throw .unsupported(file: file, feature: .unknownLayout(sides))
    }
    self = first
  }

  private init(count: Int, shape: ImageShape, layout: ImageLayout) {
    self.count = count
    self.shape = shape
    self.layout = layout
  }

  /// Images of a shape in a layout, alone or as many; also as rows of values, and without an axis of
  /// channels if they are grey.
  private init?(of sides: [Int], shape: ImageShape, layout: ImageLayout) {
    var images = [layout.axes(of: shape)]
    if shape.channels == 1 { images.append([shape.height, shape.width]) }
    if images.contains(sides) {
      self.init(count: 1, shape: shape, layout: layout)
      return
    }
    images.append([shape.count])
    guard let count = sides.first, count > 0, images.contains(Array(sides.dropFirst())) else {
      return nil
    }
    self.init(count: count, shape: shape, layout: layout)
  }

  /// Grey or RGB images of any height and width.
  private init?(guessing sides: [Int], layout: ImageLayout) {
    guard sides.allSatisfy({ $0 > 0 }) else { return nil }
    func shape(_ sides: [Int]) -> ImageShape {
      switch layout {
      case .channelsFirst: ImageShape(height: sides[1], width: sides[2], channels: sides[0])
      case .channelsLast: ImageShape(height: sides[0], width: sides[1], channels: sides[2])
      }
    }
    switch sides.count {
    case 2:
      self.init(
        count: 1, shape: shape(layout == .channelsFirst ? [1] + sides : sides + [1]), layout: layout
      )
    case 3:
      // Many grey images, unless it ends as one in colour does.
      if sides[2] == 3 {
        guard layout == .channelsLast else { return nil }
        self.init(count: 1, shape: shape(sides), layout: layout)
      } else {
        let axes = Array(sides.dropFirst())
        self.init(
          count: sides[0], shape: shape(layout == .channelsFirst ? [1] + axes : axes + [1]),
          layout: layout)
      }
    case 4:
      let image = shape(Array(sides.dropFirst()))
      guard [1, 3].contains(image.channels) else { return nil }
      self.init(count: sides[0], shape: image, layout: layout)
    default: return nil
    }
  }

  private static func expected(_ shape: ImageShape?, _ layouts: [ImageLayout]) -> String {
    guard let shape else {
      return "[images, height, width], or grey or RGB images with an axis of channels"
    }
    return (shape.channels == 1 ? [.channelsFirst] : layouts).map { layout in
      "[images, \(layout.axes(of: shape).map(String.init).joined(separator: ", "))]"
    }.joined(separator: " or ")
  }
}

extension ImageLayout {
  /// An array of images whose values are given pixel by pixel.
  ///
  /// - Parameters:
  ///   - pixels: [leading, shape].
  ///   - leading: The axes before those of an image.
  ///   - shape: The shape of an image.
  /// - Returns: The array, whose axes are the leading ones and those of an image in this layout.
  func array(_ pixels: [Float], leading: [Int], shape: ImageShape) -> NumericArray {
    let axes = leading + axes(of: shape)
    guard self == .channelsFirst, shape.channels > 1 else {
      return NumericArray(shape: axes, .float32(pixels))
    }
    let (channels, count) = (shape.channels, shape.height * shape.width)
    let planes = [Float](unsafeUninitializedCapacity: pixels.count) { planes, initialized in
      for place in pixels.indices {
        let (image, value) = place.quotientAndRemainder(dividingBy: shape.count)
        let (pixel, channel) = value.quotientAndRemainder(dividingBy: channels)
        planes.initializeElement(
          at: image * shape.count + channel * count + pixel, to: pixels[place])
      }
      initialized = pixels.count
    }
    return NumericArray(shape: axes, .float32(planes))
  }
}
