import Foundation
import TestSupport
import Testing

/// One database in the hands of several users, under several names, on pipes and in the middle of
/// somebody else's change.
@Suite(.startsPrograms) struct SharedDatabaseTests {
  let assay: Assay
  var database: String { assay.directory.path("assay.db") }

  private static let imported = SharedStart.imported(
    "run,step,loss\nlog,1,0.5\nlog,2,0.25\n", as: "log.csv")

  init() throws {
    assay = try Assay(copyOf: Self.imported)
  }

  /// Runs a command as a user who may read the directory and not write there.
  ///
  /// Root may write everywhere, and becomes somebody else for it.
  func asReader(_ arguments: String...) throws -> ProgramResult {
    try asReader(of: assay, arguments)
  }

  private func asReader(of assay: Assay, _ arguments: [String]) throws -> ProgramResult {
    let (url, database) = (assay.directory.url, assay.directory.path("assay.db"))
    try FileManager.default.setAttributes([.posixPermissions: 0o555], ofItemAtPath: url.path)
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: database)
    defer {
      try? FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: url.path)
      try? FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: database)
    }
    let executable = Assay.executable ?? "assay"
    guard geteuid() == 0 else { return try TestSupport.run(executable, arguments, in: url) }
    let identity = ["--reuid=65534", "--regid=65534", "--clear-groups", executable]
    return try TestSupport.run("setpriv", identity + arguments, in: url)
  }

  func files() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: assay.directory.url.path)
      .filter { $0.hasPrefix("assay.db") }.sorted()
  }

  @Test("reading leaves nothing behind, whoever reads")
  func reading() throws {
    #expect(try assay.run("runs", "list").status == 0)
    #expect(try files() == ["assay.db"])
    let result = try asReader("runs", "list", "--format", "csv")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("log"))
    #expect(try files() == ["assay.db"])
  }

  @Test("who may only read takes models, images and predictions out, and leaves nothing behind")
  func takingOut() throws {
    let attacked = try Assay(copyOf: .attacked)
    let set = try attacked.onlyRun("attack")
    let results = try TemporaryDirectory()
    try #require(chmod(results.url.path, 0o777) == 0)
    for arguments in [
      ["sets", "export", set, "-o", results.path("set.npz")],
      ["models", "export", "-o", results.path("m.onnx")],
      ["predict", "--images", results.path("set.npz"), "-o", results.path("p.npz")],
      ["gradients", "--images", results.path("set.npz"), "-o", results.path("g.npz")],
    ] {
      let result = try asReader(of: attacked, arguments + ["--data", "nowhere", "--quiet"])
      #expect(result.status == 0 && result.error.isEmpty, "\(arguments): \(result.error)")
    }
    let left = try FileManager.default.contentsOfDirectory(atPath: attacked.directory.url.path)
    #expect(left.sorted() == ["assay.db", "study.yaml"])
    #expect(try FileManager.default.contentsOfDirectory(atPath: results.url.path).count == 4)
    #expect(try asReader(of: attacked, ["attack", "fgsm", "--config", "study.yaml"]).status == 74)
  }

  @Test(
    "a colleague in a group-writable directory leaves nothing that locks the owner out",
    .enabled(if: geteuid() == 0, "needs root, who alone can be two other users"))
  func colleague() throws {
    let url = assay.directory.url
    #expect(chown(url.path, 1501, 1500) == 0 && chown(database, 1501, 1500) == 0)
    #expect(chmod(url.path, 0o2775) == 0)
    func run(as user: Int, _ arguments: String...) throws -> ProgramResult {
      try TestSupport.run(
        "setpriv",
        ["--reuid=\(user)", "--regid=1500", "--clear-groups", Assay.executable ?? "assay"]
          + arguments, in: url)
    }
    for mode in [0o644, 0o664] as [mode_t] {
      #expect(chmod(database, mode) == 0)
      let read = try run(as: 1502, "runs", "list")
      #expect(read.status == 0, "\(read.error)")
      #expect(try files() == ["assay.db"])
      try assay.write("run,step,loss\nagain-\(mode),3,0.\(mode)\n", to: "again-\(mode).csv")
      let written = try run(as: 1501, "import", "csv", "again-\(mode).csv")
      #expect(written.status == 0, "\(written.error)")
    }
  }

  @Test("an interrupted change is rolled back by who may write, and hidden from who may not")
  func interruptedChange() throws {
    _ = try TestSupport.run(
      "sqlite3", [database],
      input: """
        PRAGMA journal_mode = DELETE; PRAGMA cache_size = 2; PRAGMA cache_spill = 2;
        BEGIN IMMEDIATE;
        UPDATE run SET error = 'half a transaction';
        WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 500)
        INSERT INTO blob (sha256, size, content)
        SELECT printf('%064d', i), 1000, zeroblob(1000) FROM n;
        .shell kill -9 $PPID

        """)
    #expect(try files() == ["assay.db", "assay.db-journal"])
    let refused = try asReader("query", "--sql", "SELECT error FROM runs", "--format", "csv")
    #expect(refused.status == 65)
    #expect(refused.output.isEmpty)
    #expect(refused.error.contains("interrupted change"))
    let restored = try assay.run("query", "--sql", "SELECT error FROM runs", "--format", "csv")
    #expect(restored.status == 0, "\(restored.error)")
    #expect(!restored.output.contains("half"))
    #expect(try files() == ["assay.db"])
  }

  @Test("a file of two names is read, and written under neither; symbolic links are one name")
  func twoNames() throws {
    #expect(symlink("assay.db", assay.directory.path("soft.db")) == 0)
    try assay.write("run,step,loss\nsoft,4,0.5\n", to: "soft.csv")
    let soft = try assay.run("import", "csv", "soft.csv", "--db", "soft.db")
    #expect(soft.status == 0, "\(soft.error)")
    #expect(link(database, assay.directory.path("hard.db")) == 0)
    for name in ["assay.db", "hard.db", "soft.db"] {
      let written = try assay.run("import", "csv", "log.csv", "--name", "x", "--db", name)
      #expect(written.status == 74)
      #expect(written.error.contains("hard links") && written.error.contains("directory"))
      let read = try assay.run("runs", "list", "--db", name)
      #expect(read.status == 0, "\(read.error)")
      #expect(read.output.contains("soft"))
    }
    #expect(try files() == ["assay.db"])
  }

  @Test(
    "a file that is mounted by itself is read, and not written",
    .enabled(if: geteuid() == 0, "needs root, who alone may mount"))
  func mounted() throws {
    let script = """
      touch mounted.db && mount --bind assay.db mounted.db && "$0" runs list --db mounted.db &&
        "$0" import csv log.csv --db mounted.db
      """
    let result = try TestSupport.run(
      "unshare", ["--mount", "sh", "-c", script, Assay.executable ?? "assay"],
      in: assay.directory.url)
    #expect(result.status == 74)
    #expect(result.error.contains("mounted by itself"))
    #expect(result.output.contains("log"))
  }

  @Test("a pipe, a device and an empty file are refused at once, an empty name is a wrong use")
  func noDatabase() throws {
    #expect(mkfifo(assay.directory.path("pipe"), 0o600) == 0)
    try assay.write("", to: "empty.db")
    for (name, status, mention) in [
      ("pipe", 74, "named pipe"), ("/dev/null", 74, "device"), ("empty.db", 65, "empty"),
      ("", 64, "--db"),
    ] as [(String, Int32, String)] {
      for command in [
        ["runs", "list"], ["import", "csv", "log.csv"], ["db", "backup", "copy.db"],
      ] {
        let result = try TestSupport.run(
          Assay.executable ?? "assay", command + ["--db", name], in: assay.directory.url)
        #expect(result.status == status, "\(command) \(name): \(result.error)")
        #expect(result.error.contains(mention))
      }
    }
    let unset = try assay.run("runs", "list", environment: ["ASSAY_DB": ""])
    #expect(unset.status == 64)
    #expect(unset.error.contains("ASSAY_DB"))
  }

  @Test("a copy that is interrupted leaves nothing, and what a killed one left is removed")
  func interruptedCopy() throws {
    try assay.write("", to: "copy.db.draft-killed")
    try assay.write("", to: "copy.db.draft-killed-journal")
    let copied = try assay.run("db", "backup", "copy.db")
    #expect(copied.status == 0, "\(copied.error)")
    let names = try FileManager.default.contentsOfDirectory(atPath: assay.directory.url.path)
    #expect(names.filter { $0.hasPrefix("copy.db") } == ["copy.db"])
    #expect(try assay.run("runs", "list", "--db", "copy.db").output.contains("log"))
    let again = try assay.run("db", "backup", "copy.db")
    #expect(again.status == 74)
    #expect(again.error.contains("exists"))
  }
}
