import Bytes
import Foundation
import Subprocess
import TestSupport
import Testing

@Suite struct MutatedArchiveTests {
  /// Archives by the system's tar, of two files in a folder, one of them longer than a block.
  private func archives() throws -> [[UInt8]] {
    let directory = try TemporaryDirectory()
    let making = "mkdir batches && echo names > batches/a.txt && seq 300 > batches/b.bin"
    let made = try TestSupport.run("sh", ["-c", making], in: directory.url)
    try #require(made.status == 0, "\(made.error)")
    return try ["ustar", "gnu", "v7", "posix"].map { format in
      let tar = Subprocess(
        "tar", ["--format", format, "--sort=name", "-cf", "-", "batches"],
        directory: directory.url.path)
      return try tar.run(outputLimit: 1 << 20, secondsAllowed: 60) { false }
    }
  }

  /// Reads an archive and the bytes of every file in it.
  private func read(_ bytes: [UInt8]) throws {
    for entry in try TarArchive(bytes).entries {
      #expect(Array(bytes[entry.range]).count == entry.range.count)
    }
  }

  /// The archive with the sums that its headers have now, which hide from the sum what else is broken.
  private func summed(_ bytes: [UInt8]) -> [UInt8] {
    var result = bytes
    for start in stride(from: 0, to: bytes.count - 511, by: 512) {
      let block = Array(bytes[start..<start + 512])
      // Zeros mark the end.
      guard block.contains(where: { $0 != 0 }) else { continue }
      let others = block[..<148] + block[156...]
      let sum = others.reduce(8 * 0x20) { $0 + Int($1) }
      let digits = String(sum, radix: 8)
      let field = String(repeating: "0", count: 6 - digits.count) + digits + "\0 "
      result.replaceSubrange(start + 148..<start + 156, with: field.utf8)
    }
    return result
  }

  @Test func `Broken archives are read or refused`() throws {
    let counts = try MutatedInputs("tar", of: try archives()).tryAll(
      refusing: { $0 is TarArchive.Problem }, read)
    #expect(counts.refused > 0 && counts.read > 0, "\(counts)")
  }

  @Test func `Broken archives with right sums are read or refused`() throws {
    let counts = try MutatedInputs("tar with sums", of: try archives()).tryAll(
      refusing: { $0 is TarArchive.Problem }
    ) { try read(summed($0)) }
    #expect(counts.refused > 0 && counts.read > 0, "\(counts)")
  }
}
