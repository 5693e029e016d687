internal import SQLite
internal import Tracker

/// The clean test images, which the database names by their index but does not hold.
public struct CleanImages: Sendable {
  /// How many pixels a row has.
  public let columns: Int
  /// How many values a pixel has: 1, its grey, or 3, red, green and blue.
  public let channels: Int
  /// What names the whole data set, as trainings record it.
  public let digest: String
  /// The values of an image, pixel by pixel and row by row, each in 0...1; nil if there is no such
  /// image.
  public let pixels: @Sendable (_ index: Int) -> [Float]?

  /// Says where clean images come from.
  public init(
    columns: Int, channels: Int = 1, digest: String,
    pixels: @escaping @Sendable (_ index: Int) -> [Float]?
  ) {
    self.columns = columns
    self.channels = channels
    self.digest = digest
    self.pixels = pixels
  }
}

/// Images by where Algorithm 1 sent them: clean, adversarial and the difference.
struct GalleryChart {
  /// An adversarial image with its partner.
  struct Example {
    let record: Record
    let clean: [Float]?
    let adversarial: [Float]
  }

  static let routes = ["below L", "crops agree", "crops differ", "above H"]
  static let examplesPerRoute = 2

  let attacks: [(attack: String, examples: [Example])]
  let columns: Int
  /// How many values a pixel has.
  let channels: Int

  /// Prepares the examples of the query gallery.
  ///
  /// - Parameters:
  ///   - gallery: The rows.
  ///   - cleanImages: Where clean images come from; nil for nowhere.
  ///   - recordedShape: The shape of images without clean ones, as the record has it; nil if it
  ///     doesn't, when they are taken for square ones.
  ///   - pixels: Finds an adversarial image.
  init(
    _ gallery: QueryResult, cleanImages: CleanImages?,
    recordedShape: (columns: Int, channels: Int)?,
    pixels: (_ set: String, _ index: Int) throws -> [Float]
  ) rethrows {
    var shape = cleanImages.map { (columns: $0.columns, channels: $0.channels) } ?? recordedShape
    attacks = try gallery.records.grouped(by: "attack").map { attack, records in
      let examples = try records.map { record in
        let index = record.integer("image_index")
        let adversarial = try pixels(record.text("adversarial_set"), index)
        if shape == nil, !adversarial.isEmpty { shape = Self.square(adversarial.count) }
        return Example(
          record: record, clean: cleanImages?.pixels(index), adversarial: adversarial)
      }
      return (attack, examples)
    }
    columns = max(1, shape?.columns ?? 1)
    channels = shape?.channels ?? 1
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
  private func changeColors(_ change: [Float]) -> [RGB] {
    channels == 3
      ? colors(change.map { 0.5 + $0 })
      : stride(from: 0, to: change.count, by: channels).map {
        ColorMap.change(2 * Double(change[$0]))
      }
  }

  private static let side = 46.0
  private static let exampleHeight = 64.0
  private static let left = 10.0
  /// Two beside each other fit into a telephone's window.
  private static let width = 168.0

  /// The figure.
  var sheet: PanelSheet {
    PanelSheet(
      summary: "Clean images, adversarial images and their differences, by attack and by where "
        + "Algorithm 1 sent the adversarial image",
      panels: attacks.flatMap { attack, examples in
        Self.routes.map { route in
          drawing(of: attack, route, examples.filter { $0.record.text("route") == route })
        }
      }, columns: Self.routes.count)
  }

  /// The examples of one attack on one route.
  private func drawing(of attack: String, _ route: String, _ examples: [Example]) -> Drawing {
    var drawing = Drawing(
      width: Self.width, height: 62 + Double(Self.examplesPerRoute) * Self.exampleHeight,
      summary: "\(AttackName.heading(attack)), \(route)")
    let room = Self.width - Self.left - 6
    let rest = FontMetrics.width(of: ": \(route)", size: 11, weight: .bold)
    drawing.text(
      "\(AttackName.heading(attack, size: 11, within: room - rest)): \(route)", Self.left, 18,
      size: 11, weight: .bold)
    let count = Typesetting.grouped(
      Int64(examples.first?.record.integer("route_images") ?? 0))
    let isMissed = ["below L", "crops agree"].contains(route)
    drawing.text(
      isMissed ? "declared clean: \(count) missed" : "declared adversarial: \(count) caught",
      Self.left, 32, size: 9.5)
    for (place, name) in ["clean", "adversarial", "change"].enumerated() where !examples.isEmpty {
      drawing.text(
        name, Self.left + (Double(place) + 0.5) * (Self.side + 4) - 2, 46, size: 9, ink: .muted,
        anchor: .middle)
    }
    for (place, example) in examples.prefix(Self.examplesPerRoute).enumerated() {
      draw(example, x: Self.left, y: 51 + Double(place) * Self.exampleHeight, in: &drawing)
    }
    return drawing
  }

  private func draw(_ example: Example, x: Double, y: Double, in drawing: inout Drawing) {
    let record = example.record
    let change = example.clean.map { clean in zip(example.adversarial, clean).map { $0 - $1 } }
    let pictures: [[RGB?]?] = [
      example.clean.map(colors), colors(example.adversarial), change.map(changeColors),
    ]
    let hint =
      "test image \(record.integer("image_index")): a \(record.integer("true_label")), taken for a "
      + "\(record.integer("prediction")); uncertainty "
      + "\(AxisNumber.text(record.number("uncertainty"), digits: 3)), "
      + "\(record.integer("agreement")) of 5 crops agree"
    let images = pictures.enumerated().map { place, pixels in
      let left = x + Double(place) * (Self.side + 4)
      guard let pixels, !pixels.isEmpty, pixels.count.isMultiple(of: columns) else {
        return Drawing.Element.shape(
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
    drawing.add(.hint(hint, images))
    drawing.text(
      "\(record.integer("true_label")) → \(record.integer("prediction")), u = "
        + "\(AxisNumber.text(record.number("uncertainty"), digits: 2)), "
        + "\(record.integer("agreement"))/5",
      x, y + Self.side + 11, size: 9, ink: .muted)
  }
}

extension [UInt8] {
  /// Little-endian 32-bit floats.
  var floats: [Float] {
    stride(from: 0, to: count - count % 4, by: 4).map { index in
      let bits = (0..<4).reduce(UInt32(0)) { $0 | UInt32(self[index + $1]) << UInt32(8 * $1) }
      return Float(bitPattern: bits)
    }
  }
}
