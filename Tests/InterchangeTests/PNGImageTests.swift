import Interchange
import Testing

@Suite struct PNGImageTests {
  static let grey = (0..<784).map { UInt8($0 * 7 % 256) }

  @Test("a grey picture is read to the bit")
  func readGrey() throws {
    let image = try PNGImage(from: fixture("grey.png"), file: "")
    #expect(image.width == 28)
    #expect(image.height == 28)
    #expect(image.channels == 1)
    #expect(image.pixels == Self.grey)
    #expect(image.samples(channels: 3) == Self.grey.flatMap { [$0, $0, $0] })
    #expect(image.samples(channels: 2) == nil)
  }

  @Test("colours are read to the bit, and become grey by their weights")
  func readColours() throws {
    let image = try PNGImage(from: fixture("colours.png"), file: "")
    #expect(image.channels == 3)
    let grey = try #require(image.samples(channels: 1))
    for row in 0..<28 {
      for column in 0..<28 {
        let (red, green) = (Int(Self.grey[row * 28 + column]), Int(Self.grey[column * 28 + row]))
        let place = (row * 28 + column) * 3
        let values = image.pixels[place..<place + 3].map(Int.init)
        #expect(values == [red, green, 255 - red])
        let expected = (299 * red + 587 * green + 114 * (255 - red) + 500) / 1000
        #expect(Int(grey[row * 28 + column]) == expected)
      }
    }
  }

  @Test("a picture that is cut off anywhere or changed is refused")
  func damaged() throws {
    let whole = try fixture("grey.png")
    for length in whole.indices {
      #expect(throws: InterchangeError.self) {
        try PNGImage(from: Array(whole[..<length]), file: "a.png")
      }
    }
    for position in whole.indices {
      let changed = replacing(whole, at: position, with: [whole[position] ^ 1])
      #expect(throws: InterchangeError.self) { try PNGImage(from: changed, file: "a.png") }
    }
  }

  @Test("a palette is refused")
  func palette() throws {
    #expect(throws: InterchangeError.unsupported(file: "a.png", feature: .pictureKind)) {
      try PNGImage(from: fixture("palette.png"), file: "a.png")
    }
  }
}
