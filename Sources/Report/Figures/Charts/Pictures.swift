/// How images of one shape are shown: clean, adversarial and the difference.
struct Pictures {
  /// How many pixels a row has.
  let columns: Int
  /// How many values a pixel has.
  let channels: Int

  /// How long the longer side of a picture is.
  static let side = 46.0
  static let gap = 4.0

  init(columns: Int, channels: Int) {
    self.columns = max(1, columns)
    self.channels = channels
  }

  /// The shape of the clean images, or what the record has, or a square of so many values.
  init(clean: CleanImages?, recorded: (columns: Int, channels: Int)?, valueCount: Int?) {
    let shape =
      clean.map { (columns: $0.columns, channels: $0.channels) } ?? recorded
      ?? valueCount.map(Self.square)
    self.init(columns: shape?.columns ?? 1, channels: shape?.channels ?? 1)
  }

  /// The columns and channels of a square image of so many values, grey or in colour.
  private static func square(_ count: Int) -> (columns: Int, channels: Int) {
    let side = Int((Double(count) / 3).squareRoot().rounded())
    return 3 * side * side == count ? (side, 3) : (Int(Double(count).squareRoot()), 1)
  }

  /// The colours of an image's pixels.
  func colors(_ values: [Float]) -> [RGB] {
    guard channels == 3 else {
      return stride(from: 0, to: values.count, by: channels).map { RGB(grey: Double(values[$0])) }
    }
    return stride(from: 0, to: values.count - 2, by: 3).map { place in
      RGB(
        255 * Double(values[place]), 255 * Double(values[place + 1]),
        255 * Double(values[place + 2]))
    }
  }

  /// The colours of a change, full from half of the range on, so that small changes can be seen.
  ///
  /// A change of colours is drawn on middle grey.
  func changeColors(_ change: [Float]) -> [RGB] {
    channels == 3
      ? colors(change.map { 0.5 + $0 })
      : stride(from: 0, to: change.count, by: channels).map {
        ColorMap.change(2 * Double(change[$0]))
      }
  }

  /// An image, what was made of it, and the change, beside each other; frames for what is missing.
  func elements(clean: [Float]?, adversarial: [Float], x: Double, y: Double) -> [Drawing.Element] {
    let change = clean.map { clean in zip(adversarial, clean).map { $0 - $1 } }
    let pictures: [[RGB?]?] = [clean.map(colors), colors(adversarial), change.map(changeColors)]
    return pictures.enumerated().map { place, pixels in
      let left = x + Double(place) * (Self.side + Self.gap)
      guard let pixels, !pixels.isEmpty, pixels.count.isMultiple(of: columns) else {
        return .shape(
          Shape(
            path: .rectangle(left, y, Self.side, Self.side), fill: nil, stroke: Pen(.grid, 1)))
      }
      // The longer side fills the place, and the shorter one lies in its middle.
      let rows = pixels.count / columns
      let longer = Double(max(rows, columns))
      let (width, height) = (
        Self.side * Double(columns) / longer, Self.side * Double(rows) / longer
      )
      return .image(
        PixelImage(
          x: left + (Self.side - width) / 2, y: y + (Self.side - height) / 2, width: width,
          height: height, columns: columns, pixels: pixels))
    }
  }

  /// What the pictures beside each other are, above them.
  func drawHeads(x: Double, y: Double, in drawing: inout Drawing) {
    for (place, name) in ["clean", "adversarial", "change"].enumerated() {
      drawing.text(
        name, x + (Double(place) + 0.5) * (Self.side + Self.gap) - Self.gap / 2, y, size: 9,
        ink: .muted, anchor: .middle)
    }
  }
}
