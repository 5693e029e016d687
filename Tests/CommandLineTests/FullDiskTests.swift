import Foundation
import TestSupport
import Testing

/// A database on a disk without any room.
@Suite("A full disk", .startsPrograms)
struct FullDiskTests {
  @Test("A change that finds no room leaves nothing that keeps readers out")
  func readingAfterRefusedChange() throws {
    // Only root may mount a disk of its own.
    guard geteuid() == 0 else { return }
    let assay = try Assay(
      copyOf: .imported("run,name,step,value\nfirst,loss,1,0.5\n", as: "metrics.csv"))
    let run = try assay.ask("SELECT run FROM runs;").trimmingCharacters(in: .newlines)
    let script = """
      mkdir disk && mount -t tmpfs -o size=4m tmpfs disk && cp assay.db disk || exit 1
      trap 'umount disk' EXIT
      dd if=/dev/zero of=disk/rest bs=4096 2> /dev/null
      "$0" runs tag \(run) word --db disk/assay.db
      echo "changed: $?"
      "$0" runs list --db disk/assay.db --format csv
      echo "read: $?"
      rm disk/rest
      "$0" runs tag \(run) word --db disk/assay.db
      echo "changed later: $?"
      """
    let result = try TestSupport.run(
      "unshare", ["-m", "sh", "-c", script, Assay.executable ?? "assay"], in: assay.directory.url)
    #expect(result.output.contains("changed: 74\n"), "\(result)")
    #expect(result.output.contains("first"), "\(result)")
    #expect(result.output.contains("read: 0\n"), "\(result)")
    #expect(result.output.contains("changed later: 0\n"), "\(result)")
  }
}
