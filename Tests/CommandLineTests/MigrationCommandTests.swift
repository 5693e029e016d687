import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

/// Bringing an older database to the newest schema, by the built command.
@Suite(.startsPrograms) struct MigrationCommandTests {
  let assay: Assay
  var database: String { assay.directory.path("old.db") }

  init() throws {
    assay = try Assay()
    try ReleasedDatabase.make(version: 6, at: assay.directory.path("old.db"))
  }

  /// Everything in a database but digests, which the shell cannot take.
  private func rows(_ path: String) throws -> [Substring] {
    Self.withoutDigests(try ReleasedDatabase.dump(path))
  }

  private static func withoutDigests(_ dump: String) -> [Substring] {
    dump.split(separator: "\n").filter {
      !$0.hasPrefix("INSERT INTO row_digest") && !$0.hasPrefix("INSERT INTO trial_digest")
    }
  }

  /// What is in a migrated database, as the shell makes it.
  private func expected(
    in directory: TemporaryDirectory, from version: Int = 6
  ) throws -> [Substring] {
    let path = directory.path("expected.db")
    try ReleasedDatabase.makeNewest(from: version, at: path)
    return try rows(path)
  }

  private func copies() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: assay.directory.url.path)
      .filter { $0.contains(/-backup(-\d+)?$/) }
  }

  @Test("of two processes that migrate a file at once, one copies it and both find it done")
  func together() throws {
    let other = try TemporaryDirectory()
    let expected = try expected(in: other)
    let old = try ReleasedDatabase.dump(database)
    let processes = try (0..<2).map { _ in try assay.start("db", "migrate", "--db", "old.db") }
    for process in processes {
      let result = try process.wait()
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(try copies() == ["old.db.v6-backup"])
    #expect(try ReleasedDatabase.dump(assay.directory.path("old.db.v6-backup")) == old)
    #expect(try rows(database) == expected)
  }

  @Test(
    "killed at any time, it leaves the old file or the new one, and a rerun ends as if nothing was",
    arguments: [6, ReleasedDatabase.versions.upperBound - 1])
  func kills(version: Int) throws {
    try ReleasedDatabase.make(version: version, at: database)
    let other = try TemporaryDirectory()
    let expected = try expected(in: other, from: version)
    let pristine = other.path("pristine.db")
    try FileManager.default.copyItem(atPath: database, toPath: pristine)
    let old = try ReleasedDatabase.dump(pristine)
    var random = SeededGenerator.ofTests("when a migration is killed")
    let start = written()
    // The files grow as the work goes on: an undisturbed one shows how far.
    let full = try migrate { _ in false }.written
    let versions = ["\(version)", "\(try ReleasedDatabase.newestVersion())"]
    #expect(full > start)
    for attempt in 0..<4 {
      for name in try FileManager.default.contentsOfDirectory(atPath: assay.directory.url.path) {
        try FileManager.default.removeItem(atPath: assay.directory.path(name))
      }
      try FileManager.default.copyItem(atPath: pristine, toPath: database)
      let limit = Int.random(in: start...full, using: &random)
      _ = try migrate { $0 >= limit }
      let context: Comment =
        "version \(version), attempt \(attempt), killed at \(limit) of \(full) bytes"
      let state = try assay.ask(
        "PRAGMA integrity_check; PRAGMA foreign_key_check; PRAGMA user_version;", of: "old.db"
      ).split(separator: "\n")
      #expect(state.first == "ok" && state.count == 2, context)
      #expect(state.last.map { versions.contains(String($0)) } == true, context)
      for copy in try copies() {
        #expect(try ReleasedDatabase.dump(assay.directory.path(copy)) == old, context)
      }
      let again = try assay.run("db", "migrate", "--db", "old.db")
      #expect(again.status == 0, "\(again.error)")
      #expect(try rows(database) == expected, context)
    }
  }

  /// The bytes of all files beside the database.
  private func written() -> Int {
    let names =
      (try? FileManager.default.contentsOfDirectory(atPath: assay.directory.url.path)) ?? []
    return names.reduce(0) { sum, name in
      let attributes = try? FileManager.default.attributesOfItem(atPath: assay.directory.path(name))
      return sum + ((attributes?[.size] as? Int) ?? 0)
    }
  }

  /// Migrates until the files have grown to what a condition says, and kills it then.
  private func migrate(until isOver: (Int) -> Bool) throws -> (status: Int32, written: Int) {
    let process = try assay.start("db", "migrate", "--db", "old.db")
    var most = 0
    while process.isRunning {
      let bytes = written()
      most = max(most, bytes)
      if isOver(bytes) { process.send(SIGKILL) }
      usleep(500)
    }
    return (try process.wait().status, most)
  }

  #if os(Linux)
    @Test("waiting for another process's lock ends on Ctrl-C, and changes nothing")
    func interrupted() throws {
      let before = try ReleasedDatabase.dump(database)
      let holder = try Connection(path: database, mode: .readWrite)
      let result = try holder.transaction {
        let process = try assay.start("db", "migrate", "--db", "old.db")
        let isListening = { process.catches(SIGINT) && isOpen(by: process.processIdentifier) }
        while process.isRunning, !isListening() { sched_yield() }
        process.send(SIGINT)
        return try process.wait()
      }
      #expect(result.status == 130)
      #expect(result.error.split(separator: "\n").filter { $0.hasPrefix("assay: ") }.count == 1)
      #expect(try ReleasedDatabase.dump(database) == before)
      #expect(try copies() == [])
    }

    /// Whether a process has the database open.
    private func isOpen(by process: Int32) -> Bool {
      let folder = "/proc/\(process)/fd"
      let files = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
      return files.contains { file in
        let target = try? FileManager.default.destinationOfSymbolicLink(atPath: "\(folder)/\(file)")
        return target.map { $0.hasSuffix("/old.db") } ?? false
      }
    }
  #endif

  @Test(
    "a full disk leaves the old file alone, and with more room a rerun does the work",
    .enabled(if: geteuid() == 0, "needs root, who alone may mount a disk"))
  func fullDisk() throws {
    let other = try TemporaryDirectory()
    let (old, expected) = (try ReleasedDatabase.dump(database), try expected(in: other))
    let size = try assay.data("old.db").count / 1024
    for (room, mention) in [(size * 3 / 2, "copying to"), (size * 2 + 100, "is full")] {
      let script = """
        mkdir disk && mount -t tmpfs -o size=\(room)k tmpfs disk && cp old.db disk || exit 1
        "$0" db migrate --db disk/old.db 2>first; echo $?
        ls disk; sqlite3 disk/old.db .dump >failed.sql
        mount -o remount,size=\(size * 6)k disk && "$0" db migrate --db disk/old.db; echo $?
        sqlite3 disk/old.db .dump >done.sql; umount disk && rmdir disk
        """
      let result = try TestSupport.run(
        "unshare", ["--mount", "sh", "-c", script, Assay.executable ?? "assay"],
        in: assay.directory.url)
      #expect(result.output.hasPrefix("74\nold.db\nschema version "), "\(result)")
      #expect(result.output.hasSuffix("\n0\n"), "\(result)")
      let message = try assay.text("first").split(separator: "\n")
      #expect(message.count == 1 && message.first?.contains(mention) == true, "\(message)")
      #expect(try assay.text("failed.sql") == old)
      #expect(Self.withoutDigests(try assay.text("done.sql")) == expected)
    }
  }

  @Test("who may not write to the file or beside it changes nothing and is told so")
  func unwritable() throws {
    let before = try ReleasedDatabase.dump(database)
    let url = assay.directory.url
    // Root may write everywhere, and becomes the file's owner.
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"]
    if geteuid() == 0 {
      try #require(chown(url.path, 65534, 65534) == 0 && chown(database, 65534, 65534) == 0)
    }
    for (directory, file) in [(0o555, 0o644), (0o755, 0o444)] as [(mode_t, mode_t)] {
      try #require(chmod(database, file) == 0 && chmod(url.path, directory) == 0)
      defer { _ = chmod(url.path, 0o755) }
      let words = (geteuid() == 0 ? nobody : []) + [Assay.executable ?? "assay"]
      let result = try TestSupport.run(
        "env", words + ["db", "migrate", "--db", "old.db"], in: url)
      #expect(result.status == 74)
      #expect(result.error.contains("old.db, or its directory, cannot be written by this user"))
      #expect(result.error.split(separator: "\n").count == 1)
      #expect(try FileManager.default.contentsOfDirectory(atPath: url.path) == ["old.db"])
    }
    #expect(try ReleasedDatabase.dump(database) == before)
  }

  @Test("a file that lacks what belongs in it is damaged, in one line, and stays as it is")
  func lacking() throws {
    _ = try assay.ask("DROP TABLE selected_image; DROP VIEW selected_images;", of: "old.db")
    let before = try ReleasedDatabase.dump(database)
    let result = try assay.run("db", "migrate", "--db", "old.db")
    #expect(result.status == 65)
    #expect(result.error.contains("selected_image"))
    #expect(result.error.split(separator: "\n").filter { $0.hasPrefix("assay: ") }.count == 1)
    #expect(try ReleasedDatabase.dump(database) == before)
  }

  @Test(
    "damage that integrity_check cannot see is told of with exit code 65, and the report is printed"
  )
  func silentDamage() throws {
    let migrated = try assay.run("db", "migrate", "--db", "old.db")
    #expect(migrated.status == 0, "\(migrated.error)")
    let sound = try assay.run("db", "info", "--db", "old.db", "--format", "csv")
    #expect(sound.status == 0, "\(sound.error)")
    #expect(sound.output.contains("digests that differ,0"))
    _ = try assay.ask(
      """
      DROP TRIGGER image_uncertainty_is_final;
      UPDATE image_uncertainty SET softmax_std = softmax_std + 1e-9
      WHERE measurement_id = 15 AND image_index = 7;
      """, of: "old.db")
    let damaged = try assay.run("db", "info", "--db", "old.db", "--format", "csv")
    #expect(damaged.status == 65)
    #expect(damaged.output.contains("integrity,ok"))
    #expect(damaged.output.contains("digests that differ,1"))
    #expect(damaged.error.contains("measurement of run 0000000f"))
    #expect(damaged.error.split(separator: "\n").count == 1)
  }

  @Test("every query gives of a file with a study and a sweep what the sqlite3 shell gives")
  func shell() throws {
    let migrated = try assay.run("db", "migrate", "--db", "old.db")
    #expect(migrated.status == 0, "\(migrated.error)")
    for (query, answer) in try QueryCommandTests.shellsAnswers(of: database) {
      let found = try assay.run("query", query.rawValue, "--db", "old.db", "--format", "json")
      #expect(found.status == 0, "\(query.rawValue): \(found.error)")
      let ours = try QueryCommandTests.rows(found.output)
      // The shell's JSON cannot hold pixels: it quotes them, a line a row.
      guard !QueryCommandTests.hasBlobs(query) else {
        #expect(ours.count == answer.split(separator: "\n").count, "\(query.rawValue)")
        continue
      }
      let shells = try QueryCommandTests.rows(answer.isEmpty ? "[]" : String(answer))
      #expect(ours.count == shells.count, "\(query.rawValue)")
      if query != .gallery { #expect(ours == shells, "\(query.rawValue)") }
    }
  }
}
