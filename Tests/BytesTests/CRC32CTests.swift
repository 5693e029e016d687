import Bytes
import Testing

@Suite struct CRC32CTests {
  @Test("the sums are those of RFC 3720's examples and of others' programs")
  func known() {
    #expect(CRC32C.sum(Array("123456789".utf8)[...]) == 0xE306_9283)
    #expect(CRC32C.sum([UInt8](repeating: 0, count: 32)[...]) == 0x8A91_36AA)
    #expect(CRC32C.sum([UInt8](repeating: 255, count: 32)[...]) == 0x62A8_AB43)
    #expect(CRC32C.sum(Array(0..<32)[...]) == 0x46DD_794E)
    #expect(CRC32C.sum([]) == 0)
  }

  @Test("a sum goes on from that of the bytes before, wherever they are cut")
  func parts() {
    let bytes = (0..<41).map { UInt8($0 * 7 % 251) }
    for cut in bytes.indices {
      let first = CRC32C.sum(bytes[..<cut])
      #expect(CRC32C.sum(bytes[cut...], after: first) == CRC32C.sum(bytes[...]))
    }
  }
}
