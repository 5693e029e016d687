internal import Bytes

/// A picture file of eight bits a channel.
struct PNG {
  /// The file.
  private(set) var bytes: [UInt8]

  /// Writes a small picture with clear pixels.
  init(columns: Int, pixels: [RGB?]) {
    var lines: [UInt8] = []
    for row in stride(from: 0, to: pixels.count, by: columns) {
      lines.append(0)
      for pixel in pixels[row..<row + columns] {
        let color = pixel ?? RGB(0xFFFFFF)
        lines += [color.red, color.green, color.blue, pixel == nil ? 0 : 255]
      }
    }
    bytes = Self.file(
      columns: columns, rows: pixels.count / columns, hasAlpha: true, lines: lines, chunks: [])
  }

  /// Writes a canvas; `scale` is how many of its pixels are a point.
  init(_ canvas: Canvas, scale: Double, description: String) {
    // Each line as its difference from the one above, which is nothing almost everywhere.
    let length = canvas.width * 3
    var lines: [UInt8] = []
    lines.reserveCapacity((length + 1) * canvas.height)
    for row in 0..<canvas.height {
      lines.append(2)
      for index in row * length..<(row + 1) * length {
        lines.append(canvas.pixels[index] &- (row > 0 ? canvas.pixels[index - length] : 0))
      }
    }
    bytes = Self.file(
      columns: canvas.width, rows: canvas.height, hasAlpha: false, lines: lines,
      chunks: [Self.size(scale: scale), Self.text(description)])
  }

  private static func file(
    columns: Int, rows: Int, hasAlpha: Bool, lines: [UInt8], chunks: [[UInt8]]
  ) -> [UInt8] {
    var bytes: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
    let header = number(columns) + number(rows) + [8, hasAlpha ? 6 : 2, 0, 0, 0]
    bytes += chunk("IHDR", header)
    bytes += chunks.joined() + chunk("IDAT", Deflate.pack(lines, .zlib))
    return bytes + chunk("IEND", [])
  }

  /// How many pixels are a metre.
  private static func size(scale: Double) -> [UInt8] {
    let perMetre = number(Int((scale * 72 / 0.0254).rounded()))
    return chunk("pHYs", perMetre + perMetre + [1])
  }

  /// Text that viewers show beside the picture: a keyword, not packed, in no language.
  private static func text(_ description: String) -> [UInt8] {
    description.isEmpty
      ? [] : chunk("iTXt", Array("Description".utf8) + [0, 0, 0, 0, 0] + Array(description.utf8))
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + content
    return number(content.count) + named + bigEndianBytes(CRC32.sum(named))
  }

  private static func number(_ value: Int) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: value >> (24 - 8 * $0)) }
  }
}

extension Drawing {
  /// The drawing as a picture; `scale` is how many pixels a point has.
  package func png(scale: Double = 3) -> [UInt8] {
    var canvas = Canvas(
      width: Int((width * scale).rounded()), height: Int((height * scale).rounded()))
    canvas.draw(elements, scale: scale)
    return PNG(canvas, scale: scale, description: provenance).bytes
  }
}
