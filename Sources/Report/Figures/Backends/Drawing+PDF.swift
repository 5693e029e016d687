internal import Bytes
internal import Foundation

extension Drawing {
  /// The drawing as a PDF of one page that is as large as it.
  ///
  /// Text is text, in the fonts that every reader of PDF has.
  package var pdf: [UInt8] {
    var page = PDFPage(height: height)
    page.draw(elements)
    return PDFFile(
      page, width: width, height: height, information: ["Title": summary, "Subject": provenance]
    ).bytes
  }
}

/// The operators of a page and what they refer to.
struct PDFPage {
  private let height: Double
  private(set) var content = ""
  private(set) var images: [PixelImage] = []
  /// Opacities in hundredths, in the order in which they are used.
  private(set) var opacities: [Int] = []

  init(height: Double) {
    self.height = height
  }

  mutating func draw(_ elements: [Drawing.Element]) {
    for element in elements {
      switch element {
      case .shape(let shape): draw(shape)
      case .label(let label): draw(label)
      case .image(let image): draw(image)
      case .hint(_, let elements): draw(elements)
      }
    }
  }

  private mutating func draw(_ shape: Shape) {
    guard !shape.path.steps.isEmpty else { return }
    if let ink = shape.fill, ink.opacity > 0 {
      content += "\(opacity(ink))\(color(ink)) rg\n\(data(shape.path))f\n"
    }
    if let pen = shape.stroke {
      let dashes = pen.dashes.map(SVG.number).joined(separator: " ")
      content +=
        "\(opacity(pen.ink))\(color(pen.ink)) RG \(SVG.number(pen.width)) w [\(dashes)] 0 d\n"
      content += "\(data(shape.path))S\n"
    }
  }

  private mutating func draw(_ label: Label) {
    content += "\(opacity(label.ink))\(color(label.ink)) rg BT\n"
    // Text is placed by a matrix: as it is read, or turned to be read from below.
    let (x, y) =
      label.isVertical ? (label.x, label.y + label.offset) : (label.x - label.offset, label.y)
    let turn = label.isVertical ? "0 1 -1 0" : "1 0 0 1"
    content += "\(turn) \(SVG.number(x)) \(SVG.number(height - y)) Tm\n"
    for run in PDFText.runs(label.text) {
      let font = run.isSymbol ? "F3" : label.weight == .bold ? "F2" : "F1"
      content += "/\(font) \(SVG.number(label.size)) Tf <\(run.bytes.hexadecimal)> Tj\n"
    }
    content += "ET\n"
  }

  private mutating func draw(_ image: PixelImage) {
    content += "\(opacity(.text))q \(SVG.number(image.width)) 0 0 \(SVG.number(image.height)) "
    content += "\(SVG.number(image.x)) \(SVG.number(height - image.y - image.height)) cm "
    content += "/I\(images.count) Do Q\n"
    images.append(image.enlarged(8))
  }

  private mutating func opacity(_ ink: Ink) -> String {
    let hundredths = Int((ink.opacity * 100).rounded())
    if !opacities.contains(hundredths) { opacities.append(hundredths) }
    return "/G\(hundredths) gs "
  }

  private func color(_ ink: Ink) -> String {
    let color = ink.light
    return [color.red, color.green, color.blue]
      .map { String(format: "%.3f", Double($0) / 255) }.joined(separator: " ")
  }

  private func data(_ path: Path) -> String {
    func text(_ points: Point...) -> String {
      points.map { "\(SVG.number($0.x)) \(SVG.number(height - $0.y)) " }.joined()
    }
    return path.steps.map { step in
      switch step {
      case .move(let point): text(point) + "m\n"
      case .line(let point): text(point) + "l\n"
      case .curve(let a, let b, let c): text(a, b, c) + "c\n"
      case .close: "h\n"
      }
    }.joined()
  }
}

extension PixelImage {
  /// The image with each pixel as a square of several, which readers that smooth images keep sharp.
  fileprivate func enlarged(_ factor: Int) -> PixelImage {
    var larger: [RGB?] = []
    for row in 0..<rows {
      let line = pixels[row * columns..<(row + 1) * columns].flatMap {
        [RGB?](repeating: $0, count: factor)
      }
      for _ in 0..<factor { larger += line }
    }
    return PixelImage(
      x: x, y: y, width: width, height: height, columns: columns * factor, pixels: larger)
  }
}

/// Text in the encodings of PDF's standard fonts.
enum PDFText {
  /// Letters that Helvetica has in the Windows encoding at other places than Unicode.
  private static let windows: [Unicode.Scalar: UInt8] = [
    "…": 0x85, "‘": 0x91, "’": 0x92, "“": 0x93, "”": 0x94, "–": 0x96, "—": 0x97,
  ]
  /// Letters that only the font Symbol has.
  private static let symbols: [Unicode.Scalar: UInt8] = [
    "−": 0x2D, "∞": 0xA5, "≤": 0xA3, "≥": 0xB3, "→": 0xAE, "ε": 0x65,
  ]

  /// Stretches of letters of one font; what neither font has becomes a question mark.
  static func runs(_ text: String) -> [(bytes: [UInt8], isSymbol: Bool)] {
    var runs: [(bytes: [UInt8], isSymbol: Bool)] = []
    for letter in text.precomposedStringWithCanonicalMapping.unicodeScalars {
      let symbol = symbols[letter]
      let byte = symbol ?? windows[letter] ?? latin(letter) ?? 0x3F
      if runs.last?.isSymbol == (symbol != nil) {
        runs[runs.count - 1].bytes.append(byte)
      } else {
        runs.append(([byte], symbol != nil))
      }
    }
    return runs
  }

  private static func latin(_ letter: Unicode.Scalar) -> UInt8? {
    (32...126).contains(letter.value) || (160...255).contains(letter.value)
      ? UInt8(letter.value) : nil
  }
}

/// A PDF file of one page.
struct PDFFile {
  private(set) var bytes: [UInt8] = Array("%PDF-1.5\n%".utf8) + [0xE2, 0xE3, 0xCF, 0xD3, 0x0A]
  private var offsets: [Int] = []

  init(_ page: PDFPage, width: Double, height: Double, information: [String: String]) {
    let fonts = ["Helvetica", "Helvetica-Bold", "Symbol"]
    let firstImage = 5 + fonts.count
    add("<< /Type /Catalog /Pages 2 0 R >>")
    add("<< /Type /Pages /Kids [3 0 R] /Count 1 >>")
    let fontNames = fonts.indices.map { "/F\($0 + 1) \($0 + 5) 0 R" }.joined(separator: " ")
    let imageNames = page.images.indices.map { "/I\($0) \(firstImage + 2 * $0) 0 R" }
      .joined(separator: " ")
    let states = page.opacities.map { hundredths in
      let value = SVG.number(Double(hundredths) / 100)
      return "/G\(hundredths) << /ca \(value) /CA \(value) >>"
    }.joined(separator: " ")
    add(
      "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 \(SVG.number(width)) \(SVG.number(height))] "
        + "/Contents 4 0 R /Resources << /Font << \(fontNames) >> /XObject << \(imageNames) >> "
        + "/ExtGState << \(states) >> >> >>")
    // Lines end and meet round, as in the other formats.
    add(stream: Array(("1 J 1 j\n" + page.content).utf8), "")
    for font in fonts {
      let encoding = font == "Symbol" ? "" : " /Encoding /WinAnsiEncoding"
      add("<< /Type /Font /Subtype /Type1 /BaseFont /\(font)\(encoding) >>")
    }
    for (index, image) in page.images.enumerated() {
      let size = "/Width \(image.columns) /Height \(image.rows) /BitsPerComponent 8"
      add(
        stream: image.pixels.map { $0 ?? RGB(0xFFFFFF) }.flatMap { [$0.red, $0.green, $0.blue] },
        "/Type /XObject /Subtype /Image \(size) /ColorSpace /DeviceRGB "
          + "/SMask \(firstImage + 2 * index + 1) 0 R ")
      add(
        stream: image.pixels.map { $0 == nil ? 0 : 255 },
        "/Type /XObject /Subtype /Image \(size) /ColorSpace /DeviceGray ")
    }
    let entries = information.sorted { $0.key < $1.key }.map { name, text in
      "/\(name) <\(Self.bigEndian(text).hexadecimal)> "
    }
    add("<< \(entries.joined())/Creator (Assay) >>")
    finish()
  }

  private mutating func add(_ object: String) {
    offsets.append(bytes.count)
    bytes += Array("\(offsets.count) 0 obj\n\(object)\nendobj\n".utf8)
  }

  private mutating func add(stream: [UInt8], _ attributes: String) {
    let packed = Deflate.pack(stream, .zlib)
    offsets.append(bytes.count)
    bytes += Array(
      ("\(offsets.count) 0 obj\n<< \(attributes)/Filter /FlateDecode "
        + "/Length \(packed.count) >>\nstream\n").utf8)
    bytes += packed + Array("\nendstream\nendobj\n".utf8)
  }

  /// Text as UTF-16, as PDF has what is not shown on a page.
  private static func bigEndian(_ text: String) -> [UInt8] {
    [0xFE, 0xFF]
      + text.utf16.flatMap { [UInt8(truncatingIfNeeded: $0 >> 8), UInt8(truncatingIfNeeded: $0)] }
  }

  private mutating func finish() {
    let start = bytes.count
    var table = "xref\n0 \(offsets.count + 1)\n0000000000 65535 f \n"
    for offset in offsets {
      let digits = String(offset)
      table += String(repeating: "0", count: 10 - digits.count) + digits + " 00000 n \n"
    }
    table += "trailer\n<< /Size \(offsets.count + 1) /Root 1 0 R /Info \(offsets.count) 0 R >>\n"
    bytes += Array((table + "startxref\n\(start)\n%%EOF\n").utf8)
  }
}
