import Foundation
import FoundationXML
import Report
import TestSupport
import Testing

/// Whether a text is well-formed XML, and what stands in its elements.
final class XMLReader: NSObject, XMLParserDelegate {
  private(set) var elements: [String: Int] = [:]
  private(set) var text = ""
  private(set) var isWellFormed = false

  init(_ bytes: [UInt8]) {
    super.init()
    let parser = XMLParser(data: Data(bytes))
    parser.delegate = self
    isWellFormed = parser.parse()
  }

  func parser(
    _ parser: XMLParser, didStartElement name: String, namespaceURI: String?,
    qualifiedName: String?, attributes: [String: String]
  ) {
    elements[name, default: 0] += 1
  }

  func parser(_ parser: XMLParser, foundCharacters string: String) { text += string }
}

@Suite struct DrawingTests {
  /// A drawing with one of everything, and words that formats must escape.
  var drawing: Drawing {
    var drawing = Drawing(width: 100, height: 50, summary: "a < b & \"c\"")
    drawing.add(.rectangle(10, 10, 20, 20), fill: .series(1))
    drawing.add(
      .circle(60, 20, 8), fill: Ink.clean.faded(0.5), stroke: Pen(.text, 2, dashes: [3, 2]))
    drawing.text("x < ∞ – é", 50, 45, anchor: .middle)
    drawing.text("up", 95, 25, weight: .bold, anchor: .end, isVertical: true)
    drawing.add(
      .image(
        PixelImage(
          x: 80, y: 30, width: 10, height: 10, columns: 2,
          pixels: [RGB(0xFF0000), nil, RGB(0x00FF00), RGB(0x0000FF)])))
    drawing.add(
      .hint("<3> & more", [.shape(Shape(path: .circle(5, 5, 2), fill: .text, stroke: nil))]))
    return drawing
  }

  @Test("SVG is well-formed, its text is text, and hints are titles")
  func svg() {
    let reader = XMLReader(Array(drawing.svg().utf8))
    #expect(reader.isWellFormed)
    #expect(reader.elements["text"] == 2)
    #expect(reader.elements["title"] == 1)
    #expect(reader.text.contains("x < ∞ – é"))
    #expect(reader.text.contains("<3> & more"))
    #expect(!drawing.svg().contains("var("))
    #expect(drawing.svg(for: .page).contains("var(--series-1)"))
  }

  @Test("in SVG, control characters and marks of direction are shown as their codes")
  func controls() {
    let name = "a\u{1B}[31m\u{9B}b\u{202E}c\u{FEFF}\u{0}"
    var drawing = Drawing(width: 100, height: 50, summary: name)
    drawing.text(name, 50, 45)
    drawing.add(.hint(name, [.shape(Shape(path: .circle(5, 5, 2), fill: .text, stroke: nil))]))
    let svg = drawing.svg()
    #expect(svg.components(separatedBy: #"a\x1b[31m\x9bb\u{202e}c\u{feff}\x00"#).count == 5)
    #expect(svg.unicodeScalars.allSatisfy { $0 == "\n" || (0x20..<0x7F).contains($0.value) })
  }

  /// Takes a PNG apart without Assay's own code: each chunk's sum, the packed lines, the filters.
  static let decoder = """
    import sys, zlib, struct
    data = open(sys.argv[1], 'rb').read()
    assert data[:8] == b'\\x89PNG\\r\\n\\x1a\\n'
    at, packed = 8, b''
    while at < len(data):
        size, name = struct.unpack('>I4s', data[at:at+8])
        body = data[at+8:at+8+size]
        assert zlib.crc32(name + body) == struct.unpack('>I', data[at+8+size:at+12+size])[0]
        if name == b'IHDR': width, height, depth, kind = struct.unpack('>IIBB', body[:10])
        if name == b'IDAT': packed += body
        at += 12 + size
    channels = {2: 3, 6: 4}[kind]
    lines = zlib.decompress(packed)
    length = width * channels
    assert len(lines) == (length + 1) * height
    def nearest(left, up, corner):
        distances = [abs(up - corner), abs(left - corner), abs(left + up - 2 * corner)]
        return (left, up, corner)[distances.index(min(distances))]
    above = bytearray(length)
    picture = []
    for row in range(height):
        kind, line = lines[row * (length + 1)], bytearray(lines[row * (length + 1) + 1:(row + 1) * (length + 1)])
        for place in range(length):
            left, corner = (line[place - channels], above[place - channels]) if place >= channels else (0, 0)
            guess = [0, left, above[place], (left + above[place]) // 2, nearest(left, above[place], corner)][kind]
            line[place] = (line[place] + guess) % 256
        above = line
        picture.append(line)
    print(width, height)
    for place in sys.argv[2:]:
        x, y = map(int, place.split(','))
        print(*picture[y][x * channels:x * channels + 3])
    """

  @Test("a PNG decodes to what was drawn")
  func png() throws {
    let directory = try TemporaryDirectory()
    try Data(drawing.png(scale: 2)).write(to: directory.url.appending(path: "drawing.png"))
    let result = try run(
      "python3",
      [
        "-c", Self.decoder, directory.path("drawing.png"), "40,40", "0,99", "164,64", "176,64",
        "164,76",
      ])
    #expect(result.error.isEmpty)
    #expect(
      result.output == """
        200 100
        213 94 0
        255 255 255
        255 0 0
        255 255 255
        0 255 0

        """)
  }

  @Test("the edges of shapes are as smooth as their cover of a pixel")
  func antialiasing() throws {
    var drawing = Drawing(width: 4, height: 4, summary: "")
    drawing.add(.rectangle(0.5, 0, 1, 4), fill: Ink(.value(RGB(0x000000))))
    let directory = try TemporaryDirectory()
    try Data(drawing.png(scale: 1)).write(to: directory.url.appending(path: "edge.png"))
    let result = try run(
      "python3", ["-c", Self.decoder, directory.path("edge.png"), "0,1", "1,1", "2,1"])
    #expect(result.output == "4 4\n127 127 127\n127 127 127\n255 255 255\n")
  }

  @Test(
    "what is packed unpacks to the same bytes",
    arguments: [0, 1, 2, 3, 257, 258, 259, 70_000, 200_001])
  func deflate(count: Int) throws {
    // A picture of one row: noise, then the same noise again, then one byte many times.
    var state: UInt32 = 1
    let noise = (0..<max(1, count / 4)).map { _ -> RGB? in
      state = state &* 1_664_525 &+ 1_013_904_223
      return RGB(state >> 8)
    }
    let pixels = noise + noise + [RGB?](repeating: RGB(0x123456), count: max(1, count / 2))
    var drawing = Drawing(width: 10, height: 10, summary: "")
    drawing.add(
      .image(
        PixelImage(x: 0, y: 0, width: 10, height: 10, columns: pixels.count, pixels: pixels)))
    let svg = drawing.svg()
    let start = try #require(svg.range(of: "base64,")).upperBound
    let end = try #require(svg[start...].firstIndex(of: "\""))
    let png = try #require(Data(base64Encoded: String(svg[start..<end])))
    let directory = try TemporaryDirectory()
    try png.write(to: directory.url.appending(path: "row.png"))
    let last = pixels.count - 1
    let result = try run(
      "python3",
      ["-c", Self.decoder, directory.path("row.png"), "0,0", "\(noise.count),0", "\(last),0"])
    let first = noise[0].map { "\($0.red) \($0.green) \($0.blue)" } ?? ""
    #expect(result.error.isEmpty)
    #expect(result.output == "\(pixels.count) 1\n\(first)\n\(first)\n18 52 86\n")
  }

  @Test("a PDF's table of contents points at its objects, its text is text, its fonts are in it")
  func pdf() throws {
    let bytes = try drawing.pdf()
    #expect(try drawing.pdf() == bytes)
    let text = String(decoding: bytes, as: Unicode.ASCII.self)
    #expect(text.hasPrefix("%PDF-1."))
    #expect(text.hasSuffix("%%EOF\n"))
    #expect(!text.contains("Date"))
    let directory = try TemporaryDirectory()
    try Data(bytes).write(to: directory.url.appending(path: "drawing.pdf"))
    let program = """
      import re, sys, zlib
      data = open(sys.argv[1], 'rb').read()
      start = int(re.search(rb'startxref\\n(\\d+)', data)[1])
      assert data[start:].startswith(b'xref\\n')
      count = int(re.search(rb'xref\\n0 (\\d+)', data[start:])[1])
      for number in range(1, count):
          offset = int(data[start:].split(b'\\n')[2 + number][:10])
          assert data[offset:].startswith(b'%d 0 obj\\n' % number), number
      streams = []
      for body in re.findall(rb'stream\\n(.*?)\\nendstream', data, re.S):
          try: streams.append(zlib.decompress(body))
          except zlib.error: pass
      print(sum(len(re.findall(rb'T[jJ]\\b', body)) for body in streams if b'BT' in body))
      for font in re.findall(rb'<< /Type /FontDescriptor.*?>>', data, re.S):
          name = re.search(rb'/FontName /[A-Z]+[+]([A-Za-z-]+)', font)[1].decode()
          print(name, 'is embedded' if b'/FontFile' in font else 'is not embedded')
      """
    let result = try run("python3", ["-c", program, directory.path("drawing.pdf")])
    #expect(result.error.isEmpty)
    let lines = Set(result.output.split(separator: "\n").map(String.init))
    #expect(lines.contains("LiberationSans is embedded"))
    #expect(lines.contains("LiberationSans-Bold is embedded"))
    #expect(!result.output.contains("not embedded"))
    #expect(try #require(lines.compactMap(Int.init).first) >= 2)
  }

  @Test("text is as long as it is measured", arguments: [FontWeight.regular, .bold])
  func textLength(weight: FontWeight) throws {
    for text in ["adversarial images detected", "L ≤ 0.0292 → 7, é × …", "FGSM 30aa6ad8"] {
      let length = FontMetrics.width(of: text, size: 10, weight: weight)
      let edge = Int((length * 4).rounded())
      var drawing = Drawing(width: length + 10, height: 20, summary: "")
      drawing.text("|" + text + "|", 0, 14, weight: weight)
      let directory = try TemporaryDirectory()
      try Data(drawing.png(scale: 4)).write(to: directory.url.appending(path: "text.png"))
      let columns = (0..<edge + 40).map { "\($0),40" }
      let result = try run("python3", ["-c", Self.decoder, directory.path("text.png")] + columns)
      let bar = FontMetrics.width(of: "|", size: 10, weight: weight) * 4
      // The last bar begins where the first one and the text end.
      let dark = result.output.split(separator: "\n").dropFirst().enumerated()
        .filter { $0.element.split(separator: " ").compactMap { Int($0) }.allSatisfy { $0 < 200 } }
        .map { Double($0.offset) }
      let middle = try #require(dark.last) - bar / 2
      #expect(abs(middle - (bar + Double(edge))) < 0.02 * Double(edge) + 2, "\(text)")
    }
  }
}
