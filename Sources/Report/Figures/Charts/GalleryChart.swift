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
  /// How the images are shown.
  let pictures: Pictures

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
    var valueCount: Int?
    attacks = try gallery.records.grouped(by: "attack").map { attack, records in
      let examples = try records.map { record in
        let index = record.integer("image_index")
        let adversarial = try pixels(record.text("adversarial_set"), index)
        if valueCount == nil, !adversarial.isEmpty { valueCount = adversarial.count }
        return Example(
          record: record, clean: cleanImages?.pixels(index), adversarial: adversarial)
      }
      return (attack, examples)
    }
    pictures = Pictures(clean: cleanImages, recorded: recordedShape, valueCount: valueCount)
  }

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
    if !examples.isEmpty { pictures.drawHeads(x: Self.left, y: 46, in: &drawing) }
    for (place, example) in examples.prefix(Self.examplesPerRoute).enumerated() {
      draw(example, x: Self.left, y: 51 + Double(place) * Self.exampleHeight, in: &drawing)
    }
    return drawing
  }

  private func draw(_ example: Example, x: Double, y: Double, in drawing: inout Drawing) {
    let record = example.record
    let hint =
      "test image \(record.integer("image_index")): a \(record.integer("true_label")), taken for a "
      + "\(record.integer("prediction")); uncertainty "
      + "\(AxisNumber.text(record.number("uncertainty"), digits: 3)), "
      + "\(record.integer("agreement")) of 5 crops agree"
    let images = pictures.elements(
      clean: example.clean, adversarial: example.adversarial, x: x, y: y)
    drawing.add(.hint(hint, images))
    drawing.text(
      "\(record.integer("true_label")) → \(record.integer("prediction")), u = "
        + "\(AxisNumber.text(record.number("uncertainty"), digits: 2)), "
        + "\(record.integer("agreement"))/5",
      x, y + Pictures.side + 11, size: 9, ink: .muted)
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
