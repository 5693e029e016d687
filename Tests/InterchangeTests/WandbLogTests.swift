import Bytes
import Foundation
import Interchange
import TestSupport
import Testing

/// Logs that Weights & Biases wrote, by Tests/Trackers/wandb_files.py, and logs of many blocks.
@Suite struct WandbLogTests {
  private static let start: [UInt8] = Array(":W&B".utf8) + [0xE1, 0xBE, 0]
  private static let blockSize = 32768

  private func records(
    of content: [UInt8]
  ) throws -> (records: [WandbRecord], problems: [InterchangeError]) {
    let directory = try TemporaryDirectory()
    let path = directory.path("run-a.wandb")
    try Data(content).write(to: URL(fileURLWithPath: path))
    var reader = try WandbLogReader(opening: path)
    var records: [WandbRecord] = []
    while let record = try reader.next() { records.append(record) }
    return (records, reader.problems)
  }

  /// A field of bytes in the encoding of Protocol Buffers.
  private func field(_ number: Int, _ content: [UInt8]) -> [UInt8] {
    func varint(_ value: Int) -> [UInt8] {
      value < 128 ? [UInt8(value)] : [UInt8(value & 127 | 128)] + varint(value >> 7)
    }
    return varint(number << 3 | 2) + varint(content.count) + content
  }

  /// A record of history that logs a text of some length.
  private func message(_ text: String) -> [UInt8] {
    field(2, field(1, field(1, Array("key".utf8)) + field(16, Array(text.utf8))))
  }

  /// A log of messages, cut at the ends of blocks.
  private func log(_ messages: [[UInt8]]) -> [UInt8] {
    var content = Self.start
    for message in messages {
      var rest = message[...]
      var isFirst = true
      repeat {
        let left = Self.blockSize - content.count % Self.blockSize
        if left < 7 {
          content += [UInt8](repeating: 0, count: left)
          continue
        }
        let part = Array(rest.prefix(left - 7))
        rest = rest.dropFirst(part.count)
        let kind: UInt8 = isFirst ? (rest.isEmpty ? 1 : 2) : (rest.isEmpty ? 4 : 3)
        let sum = CRC32.sum(part[...], after: CRC32.sum([kind]))
        content +=
          littleEndianBytes([sum]) + littleEndianBytes([UInt16(part.count)]) + [kind] + part
        isFirst = false
      } while !rest.isEmpty
    }
    return content
  }

  private func texts(_ records: [WandbRecord]) -> [Int] {
    records.map { record in
      guard case .history(let items, _) = record else { return -1 }
      return items.first?.json.count ?? -1
    }
  }

  @Test("a log gives the run, its history and its end")
  func fixture() throws {
    let root = packageRoot.appending(path: "Tests/Fixtures/trackers/wandb")
    let tree = try #require(FileManager.default.enumerator(atPath: root.path))
    var names: [String] = []
    for case let name as String in tree where name.hasSuffix(".wandb") {
      let read = try records(of: Array(try Data(contentsOf: root.appending(path: name))))
      #expect(read.problems.isEmpty)
      for case .run(let run) in read.records { names.append(run.name) }
      let steps = read.records.compactMap { record in
        if case .history(_, let step) = record { step } else { nil }
      }
      let codes = read.records.compactMap { record in
        if case .exit(let code, _) = record { code } else { nil }
      }
      #expect(names.last == "first" ? steps == [0, 1, 2, 3, 4, 10] : steps == [0, 1, 2])
      #expect(codes == (names.last == "first" ? [0] : [3]))
    }
    #expect(names.sorted() == ["failing", "first"])
  }

  @Test("records go over the ends of blocks, and one at the end may be unfinished")
  func blocks() throws {
    let lengths = [10, 32700, 40, 100_000, 5, 32000, 700, 1]
    let whole = log(lengths.map { message(String(repeating: "1", count: $0)) })
    #expect(try texts(records(of: whole).records) == lengths)
    let cut = try records(of: Array(whole.dropLast(3)))
    #expect(texts(cut.records) == Array(lengths.dropLast()))
    #expect(cut.problems.isEmpty)
  }

  @Test("of a damaged block the records before the damage are read, and the next blocks")
  func damaged() throws {
    let lengths = [100, 200, 300] + [Int](repeating: 5000, count: 12)
    var content = log(lengths.map { message(String(repeating: "1", count: $0)) })
    content[200] ^= 1
    let read = try records(of: content)
    #expect(texts(read.records).first == 100)
    #expect(read.records.count > 5 && read.records.count < lengths.count)
    #expect(read.problems.count == 1)
  }

  @Test("other files and other versions are refused")
  func others() throws {
    for content in [[], Array("text".utf8), Array(":W&B".utf8) + [0xE1, 0xBE, 1]] as [[UInt8]] {
      #expect(throws: InterchangeError.self) { try records(of: content) }
    }
  }
}
