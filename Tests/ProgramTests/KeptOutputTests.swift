import Foundation
import Program
import TestSupport
import Testing

@Suite("What is kept of an output")
struct KeptOutputTests {
  let directory: TemporaryDirectory
  var path: String { directory.path("output-1") }

  init() throws {
    directory = try TemporaryDirectory()
  }

  /// Makes the files that are left of an output of digits in parts of ten bytes.
  private func keep(_ count: Int) throws {
    let all = (0..<count).map { UInt8(ascii: "0") + UInt8($0 / 10 % 10) }
    let last = max((count - 1) / 10, 0)
    for part in Set([0, last - 1, last]) where part >= 0 {
      let bytes = all.dropFirst(part * 10).prefix(10)
      try Data(bytes).write(to: URL(fileURLWithPath: part == 0 ? path : "\(path).\(part)"))
    }
  }

  @Test(
    "A short output is whole, of a long one the beginning and the end are there",
    arguments: [
      (0, ""), (7, "0000000"), (10, "0000000000"), (20, "00000000001111111111"),
      (25, "0000000000\n[assay left out 5 bytes]\n1111122222"),
      (57, "0000000000\n[assay left out 37 bytes]\n4445555555"),
    ])
  func content(_ count: Int, _ text: String) throws {
    try keep(count)
    let kept = KeptOutput(path)
    #expect(String(decoding: kept.content, as: UTF8.self) == text)
    #expect(kept.count == Int64(count))
  }

  @Test("A reader goes on where it was, over what is left out")
  func reading() throws {
    try keep(8)
    #expect(KeptOutput.read(path, from: 3).bytes.count == 5)
    try keep(57)
    let next = KeptOutput.read(path, from: 8)
    #expect(String(decoding: next.bytes, as: UTF8.self) == "00" + "44444444445555555")
    #expect(next.position == 57)
    #expect(KeptOutput.read(path, from: 57).bytes.isEmpty)
    #expect(KeptOutput.read(path, from: 23).position == 57)
    #expect(KeptOutput.read(directory.path("none"), from: 0).bytes.isEmpty)
  }

  @Test("The last line is without colours and space")
  func lastLine() throws {
    try Data("first\n\u{1B}[31m  Error: no data\u{1B}[0m \n\n".utf8).write(
      to: URL(fileURLWithPath: path))
    #expect(KeptOutput(path).lastLine == "Error: no data ")
  }
}
