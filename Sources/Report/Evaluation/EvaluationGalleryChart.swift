internal import SQLite
internal import Tracker

/// Images of an evaluation's attacks with what the system makes of them: clean, adversarial, change.
struct EvaluationGalleryChart {
  /// An adversarial image with its partner.
  struct Example {
    let record: Record
    let clean: [Float]?
    let adversarial: [Float]
  }

  let attacks: [(attack: String, examples: [Example])]
  let pictures: Pictures

  /// Prepares the examples of the query evaluation_gallery.
  ///
  /// - Parameters:
  ///   - gallery: The rows.
  ///   - cleanImages: Where clean images come from; nil for nowhere.
  ///   - recordedShape: The shape of images without clean ones, as the record has it.
  ///   - pixels: Finds an adversarial image.
  init(
    _ gallery: QueryResult, cleanImages: CleanImages?,
    recordedShape: (columns: Int, channels: Int)?,
    pixels: (_ set: String, _ index: Int) throws -> [Float]
  ) rethrows {
    var valueCount: Int?
    attacks = try gallery.records.grouped(by: "adversarial_set").map { _, records in
      let examples = try records.map { record in
        let index = record.integer("image_index")
        let adversarial = try pixels(record.text("adversarial_set"), index)
        if valueCount == nil, !adversarial.isEmpty { valueCount = adversarial.count }
        return Example(
          record: record, clean: cleanImages?.pixels(index), adversarial: adversarial)
      }
      return (records.first?.text("attack") ?? "", examples)
    }
    pictures = Pictures(clean: cleanImages, recorded: recordedShape, valueCount: valueCount)
  }

  private static let exampleHeight = 76.0
  private static let left = 10.0
  private static let width = 168.0

  /// The figure.
  var sheet: PanelSheet {
    PanelSheet(
      summary: "Clean images, what attacks made of them, and the changes, by attack: "
        + attacks.map(\.attack).joined(separator: ", "),
      panels: attacks.map { drawing(of: $0.attack, $0.examples) }, columns: min(4, attacks.count))
  }

  private func drawing(of attack: String, _ examples: [Example]) -> Drawing {
    let most = attacks.map(\.examples.count).max() ?? 0
    var drawing = Drawing(
      width: Self.width, height: 62 + Double(most) * Self.exampleHeight, summary: attack)
    let first = examples.first?.record
    let budget = first?["epsilon"].real.map { " \(AxisNumber.text($0, digits: 3))" } ?? ""
    drawing.text(
      FontMetrics.shortened(attack + budget, size: 11, weight: .bold, within: Self.width - 16),
      Self.left, 18, size: 11, weight: .bold)
    let through = first?.integer("evading_images") ?? 0
    drawing.text(
      "\(Typesetting.grouped(Int64(through))) of "
        + "\(Typesetting.grouped(Int64(first?.integer("images") ?? 0))) brought through",
      Self.left, 32, size: 9.5)
    if !examples.isEmpty { pictures.drawHeads(x: Self.left, y: 46, in: &drawing) }
    for (place, example) in examples.enumerated() {
      draw(example, y: 51 + Double(place) * Self.exampleHeight, in: &drawing)
    }
    return drawing
  }

  private func draw(_ example: Example, y: Double, in drawing: inout Drawing) {
    let record = example.record
    let outcome = Self.outcome(record)
    let scores =
      record["score"].real.map {
        "score \(AxisNumber.text(record.number("clean_score"), digits: 3)) → "
          + AxisNumber.text($0, digits: 3)
      } ?? "distance \(AxisNumber.text(record.number("distance"), digits: 3))"
    drawing.add(
      .hint(
        "test image \(record.integer("image_index")): a \(record.integer("true_label")), taken for a "
          + "\(record.integer("prediction")), \(outcome); \(scores); distance "
          + AxisNumber.text(record.number("distance"), digits: 3),
        pictures.elements(
          clean: example.clean, adversarial: example.adversarial, x: Self.left, y: y)))
    drawing.text(
      "\(record.integer("true_label")) → \(record.integer("prediction")), \(outcome)", Self.left,
      y + Pictures.side + 11, size: 9, ink: .muted)
    drawing.text(scores, Self.left, y + Pictures.side + 22, size: 9, ink: .muted)
  }

  /// What became of an image.
  private static func outcome(_ record: Record) -> String {
    guard record["is_flagged"].integer != nil else {
      return record.integer("is_evading") == 1 ? "misclassified" : "withstood"
    }
    if record.integer("is_evading") == 1 { return "declared clean" }
    return record.integer("is_flagged") == 1 ? "refused" : "withstood"
  }
}

extension EvaluationGalleryChart {
  /// The first image of each attack in characters, clean and adversarial.
  func text(_ style: TerminalStyle) -> String {
    attacks.compactMap { attack, examples -> String? in
      guard let example = examples.first else { return nil }
      let record = example.record
      let verdict = "\(record.integer("true_label")) → \(record.integer("prediction"))"
      let adversarial = pictures.block(
        example.adversarial, title: "\(attack): \(verdict)", style)
      let scores =
        record["score"].real.map { score in
          ", score \(AxisNumber.text(record.number("clean_score"), digits: 3)) → "
            + AxisNumber.text(score, digits: 3)
        } ?? ""
      let line =
        "\(attack), test image \(record.integer("image_index")): "
        + "\(verdict), \(Self.outcome(record))\(scores)"
      let blocks =
        example.clean.map { [pictures.block($0, title: "clean", style), adversarial] }
        ?? [adversarial]
      return line.wrapped(to: style.width).joined(separator: "\n") + "\n\n"
        + TextBlock.arranged(blocks, width: style.width)
    }.joined(separator: "\n")
  }
}
