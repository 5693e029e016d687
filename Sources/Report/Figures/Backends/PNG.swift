internal import Bytes

/// Picture files of eight bits a channel.
enum PNG {
  private static let signature: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]

  /// A small picture with clear pixels.
  static func file(columns: Int, pixels: [RGB?]) -> [UInt8] {
    var lines: [UInt8] = []
    lines.reserveCapacity(4 * pixels.count + pixels.count / columns)
    for row in stride(from: 0, to: pixels.count, by: columns) {
      lines.append(0)
      for pixel in pixels[row..<row + columns] {
        let color = pixel ?? RGB(0xFFFFFF)
        lines.append(color.red)
        lines.append(color.green)
        lines.append(color.blue)
        lines.append(pixel == nil ? 0 : 255)
      }
    }
    return file(columns: columns, rows: pixels.count / columns, colorType: 6, lines)
  }

  /// A small picture that hides what is behind it.
  static func opaqueFile(columns: Int, pixels: [RGB]) -> [UInt8] {
    var lines: [UInt8] = []
    lines.reserveCapacity(3 * pixels.count + pixels.count / columns)
    for row in stride(from: 0, to: pixels.count, by: columns) {
      lines.append(0)
      for color in pixels[row..<row + columns] { lines += [color.red, color.green, color.blue] }
    }
    return file(columns: columns, rows: pixels.count / columns, colorType: 2, lines)
  }

  private static func file(
    columns: Int, rows: Int, colorType: UInt8, _ lines: [UInt8]
  ) -> [UInt8] {
    let header = number(columns) + number(rows) + [8, colorType, 0, 0, 0]
    return signature + chunk("IHDR", header) + chunk("IDAT", Deflate.pack(lines, .zlib))
      + chunk("IEND", [])
  }

  /// A picture with its size on paper, and with text that viewers show beside it.
  ///
  /// - Parameters:
  ///   - file: A picture, whose first chunk is its header of 25 bytes.
  ///   - text: The description.
  ///   - pixelsPerPoint: How many pixels 1/72 inch has.
  /// - Returns: The picture with the two chunks behind its header.
  static func described(_ file: [UInt8], _ text: String, pixelsPerPoint: Double) -> [UInt8] {
    let headerEnd = signature.count + 25
    let perMetre = number(Int((pixelsPerPoint * 72 / 0.0254).rounded()))
    var chunks = chunk("pHYs", perMetre + perMetre + [1])
    if !text.isEmpty {
      // A keyword, not packed, in no language.
      chunks += chunk("iTXt", Array("Description".utf8) + [0, 0, 0, 0, 0] + Array(text.utf8))
    }
    return file[..<headerEnd] + chunks + file[headerEnd...]
  }

  private static func chunk(_ name: String, _ content: [UInt8]) -> [UInt8] {
    let named = Array(name.utf8) + content
    return number(content.count) + named + bigEndianBytes(CRC32.sum(named))
  }

  private static func number(_ value: Int) -> [UInt8] { bigEndianBytes(UInt32(value)) }
}
