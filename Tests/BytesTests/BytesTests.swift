import Bytes
import Foundation
import Testing

@Suite struct BytesTests {
  @Test("sums are those that standards give as examples")
  func sums() {
    let digits = Array("123456789".utf8)
    #expect(CRC32.sum(digits) == 0xCBF4_3926)
    #expect(CRC32.sum(digits[4...], after: CRC32.sum(digits[..<4])) == 0xCBF4_3926)
    #expect(CRC32.sum([0] + digits) != CRC32.sum(digits))
    #expect(CRC32.sum(([0] + digits)[1...]) == 0xCBF4_3926)
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    #expect(ContentDigest.sha256(Array("abc".utf8)) == abc)
    var digest = ContentDigest()
    digest.update(Array("a".utf8))
    digest.update(Array("bc".utf8))
    #expect(digest.name == abc)
  }

  @Test("texts are JSON strings that other readers take for the same texts")
  func quotedTexts() throws {
    let control = String(String.UnicodeScalarView((0..<0x20).compactMap(Unicode.Scalar.init)))
    for text in ["", "plain", "\"", "a\\b\"", "é\u{7F}\u{2028}😀/", control, "x\n\r\ty"] {
      for escapes in [JSONEscapes.numbers, .letters] {
        let quoted = quotedJSON(text, escapes)
        #expect(try JSONDecoder().decode([String].self, from: Data("[\(quoted)]".utf8)) == [text])
        #expect(!quoted.utf8.contains { $0 < 0x20 })
        var bytes: [UInt8] = [1]
        bytes.append(json: text, escapes)
        #expect(bytes == [1] + Array(quoted.utf8))
      }
    }
    #expect(quotedJSON("\n\u{1}\"") == #""\u000a\u0001\"""#)
    #expect(quotedJSON("\n\u{1}\"", .letters) == #""\n\u0001\"""#)
  }

  @Test("numbers are bytes in the order asked for, and read back")
  func words() {
    #expect(littleEndianBytes([UInt16(0x0102), 0x0304]) == [2, 1, 4, 3])
    #expect(bigEndianBytes(UInt32(0x0102_0304)) == [1, 2, 3, 4])
    let bytes: [UInt8] = [2, 1, 4, 3, 9]
    #expect(littleEndianWords(bytes[...], as: UInt16.self) == [0x0102, 0x0304])
    #expect(bytes.littleEndian(at: 1, as: UInt32.self) == 0x0903_0401)
    #expect(bytes.littleEndian(at: 2, as: UInt32.self) == nil)
    #expect(bytes.bigEndian(at: 0) == 0x0201_0403)
    #expect(bytes.bigEndian(at: -1) == nil)
    #expect([UInt8](0...17).hexadecimal == "000102030405060708090a0b0c0d0e0f1011")
    #expect(FloatCoding.floats(from: FloatCoding.bytes(of: [1, -0.5])[...]) == [1, -0.5])
    #expect(FloatCoding.floats(from: bytes[...]) == nil)
  }

  @Test(
    "texts are read in the encodings that a byte order mark announces",
    arguments: ["", "a,ü\n", "😀"])
  func encodings(text: String) {
    #expect(String(fileContent: Array(text.utf8)) == text)
    #expect(String(fileContent: [0xEF, 0xBB, 0xBF] + Array(text.utf8)) == text)
    let units = Array(text.utf16)
    #expect(String(fileContent: [0xFF, 0xFE] + littleEndianBytes(units)) == text)
    let swapped: [UInt8] = units.map { bigEndianBytes($0) }.joined() + []
    #expect(String(fileContent: [0xFE, 0xFF] + swapped) == text)
    let scalars = text.unicodeScalars.map(\.value)
    #expect(String(fileContent: [0xFF, 0xFE, 0, 0] + littleEndianBytes(scalars)) == text)
    let reversed: [UInt8] = scalars.map { bigEndianBytes($0) }.joined() + []
    #expect(String(fileContent: [0, 0, 0xFE, 0xFF] + reversed) == text)
  }

  @Test(
    "bytes that are no text are none",
    arguments: [
      [0xFF], [0xC3], [0xFF, 0xFE, 0x41], [0xFF, 0xFE, 0, 0xD8], [0xEF, 0xBB, 0xBF, 0xFF],
    ])
  func noText(bytes: [UInt8]) {
    #expect(String(fileContent: bytes) == nil)
  }
}
