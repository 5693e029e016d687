extension GalleryChart {
  /// Digits in characters: one example of each route, clean and adversarial.
  func text(_ style: TerminalStyle) -> String {
    attacks.map { attack, examples in
      let blocks = Self.routes.flatMap { route -> [TextBlock] in
        guard let example = examples.first(where: { $0.record.text("route") == route }) else {
          return []
        }
        let record = example.record
        let verdict = "\(record.integer("true_label")) → \(record.integer("prediction"))"
        let rest = " \(route): \(verdict)"
        let name = AttackName.heading(attack) { $0.count + rest.count <= pictures.columns }
        let adversarial = pictures.block(
          example.adversarial, title: name + rest, style)
        guard let clean = example.clean else { return [adversarial] }
        let title = "test image \(record.integer("image_index"))"
        return [pictures.block(clean, title: title, style), adversarial]
      }
      return TextBlock.arranged(blocks, width: style.width)
    }.joined(separator: "\n")
  }
}

extension Pictures {
  /// An image, two of its rows a line.
  func block(_ values: [Float], title: String, _ style: TerminalStyle) -> TextBlock {
    let pixels = colors(values)
    let rows = pixels.count / columns
    func pixel(_ row: Int, _ column: Int) -> RGB {
      row < rows ? pixels[row * columns + column] : RGB(grey: 0)
    }
    let lines = stride(from: 0, to: rows, by: 2).map { row in
      (0..<columns).map { column in
        Self.character(pixel(row, column), pixel(row + 1, column), style)
      }.joined() + (style.isColored ? "\u{1B}[0m" : "")
    }
    return TextBlock(
      width: columns, lines: [style.bold(TextBlock.padded(title, columns))] + lines)
  }

  /// Two pixels, one above the other: as they are where there are colours, else as their mean shade.
  private static func character(_ upper: RGB, _ lower: RGB, _ style: TerminalStyle) -> String {
    guard style.isColored else {
      let shades = [" ", "░", "▒", "▓", "█"]
      return shades[min(4, Int(((upper.luminance + lower.luminance) / 2 * 4).rounded()))]
    }
    // Terminals have greys of their own.
    func code(_ color: RGB) -> String {
      color.red == color.green && color.green == color.blue
        ? "5;\(232 + Int((color.luminance * 23).rounded()))"
        : "2;\(color.red);\(color.green);\(color.blue)"
    }
    return "\u{1B}[38;\(code(upper));48;\(code(lower))m▀"
  }
}
