import Bytes
import Foundation
import TestSupport
import Testing

@Suite("Whole files and the room for them")
struct WholeFileTests {
  @Test("What comes in pieces is whole", arguments: [0, 1, 4 << 20, (4 << 20) + 1, 5_000_000])
  func pieces(count: Int) throws {
    let content = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 2_654_435_761 >> 13) }
    let directory = try TemporaryDirectory()
    let file = directory.path("file")
    try Data(content).write(to: URL(fileURLWithPath: file))
    #expect(try WholeFile.read(file) == content)
    let pipe = directory.path("pipe")
    #expect(mkfifo(pipe, 0o600) == 0)
    let writer = try ReadyThread()
    writer.begin {
      guard let end = FileHandle(forWritingAtPath: pipe) else { return }
      try? end.write(contentsOf: content)
    }
    #expect(try WholeFile.read(pipe) == content)
  }

  @Test("Endless content is refused at its limit")
  func endless() {
    #expect(throws: WholeFileError.tooLarge(limit: 10_000_000)) {
      try WholeFile.read("/dev/zero", limit: 10_000_000)
    }
  }

  @Test("A thread does its work, and ends without any if it is given none")
  func threads() throws {
    let done = DispatchSemaphore(value: 0)
    let thread = try ReadyThread(stackBytes: 1 << 16)
    thread.begin { done.signal() }
    #expect(done.wait(timeout: .now() + 60) == .success)
    for _ in 0..<100 { _ = try ReadyThread() }
  }

  @Test("Room is found, and a lack of memory")
  func room() throws {
    try ProcessRoom.check(openFiles: 8, threads: 2, memory: 1 << 20)
    #expect(ProcessRoom.openFiles(atMost: 5) == 5)
    #expect(throws: Shortage.memory(bytes: 1 << 60)) { try ProcessRoom.check(memory: 1 << 60) }
  }
}
