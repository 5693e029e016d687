import Bytes
import Foundation
import Subprocess
import Testing

@Suite struct TarArchiveTests {
  /// An archive of two files in a folder, one of them longer than a block, by the system's tar.
  private func archive(_ format: String) throws -> [UInt8] {
    let directory = FileManager.default.temporaryDirectory
      .appending(path: "assay-tar-tests-\(UUID().uuidString)")
    defer { try? FileManager.default.removeItem(at: directory) }
    let folder = directory.appending(path: "batches")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try Data("names\n".utf8).write(to: folder.appending(path: "a.txt"))
    try Data(repeating: 7, count: 1000).write(to: folder.appending(path: "b.bin"))
    let tar = Subprocess(
      "tar", ["--format", format, "--sort=name", "-cf", "-", "batches"],
      directory: directory.path(percentEncoded: false))
    return try tar.run(outputLimit: 1 << 20, secondsAllowed: 60) { false }
  }

  @Test(arguments: ["ustar", "gnu", "v7", "posix"])
  func `Files of an archive are found with their contents`(format: String) throws {
    let bytes = try archive(format)
    let entries = try TarArchive(bytes).entries
    #expect(entries.map(\.path) == ["batches/a.txt", "batches/b.bin"])
    #expect(
      entries.map { Array(bytes[$0.range]) } == [
        Array("names\n".utf8), .init(repeating: 7, count: 1000),
      ])
  }

  @Test func `An archive that ends early or has a wrong header is refused`() throws {
    let bytes = try archive("ustar")
    #expect(throws: TarArchive.Problem.truncated) { try TarArchive(Array(bytes[..<1100])) }
    #expect(throws: TarArchive.Problem.truncated) { try TarArchive([]) }
    var damaged = bytes
    damaged[3] ^= 1
    #expect(throws: TarArchive.Problem.damagedHeader(offset: 0)) { try TarArchive(damaged) }
  }
}
