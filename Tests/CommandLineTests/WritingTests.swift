import Foundation
import TestSupport
import Testing

/// Where results and messages go, and what becomes of them where they cannot be written.
@Suite("Writing", .startsPrograms)
struct WritingTests {
  let assay: Assay

  private static let imported = SharedStart.imported(
    "run,name,step,value\nfirst,loss,1,0.5\n", as: "metrics.csv")

  init() throws {
    assay = try Assay(copyOf: Self.imported)
  }

  /// Runs a line of sh, in which $A is the command.
  private func shell(_ line: String) throws -> ProgramResult {
    try TestSupport.run(
      "sh", ["-c", line], in: assay.directory.url,
      environment: ["A": try #require(Assay.executable)])
  }

  private func text(of name: String) throws -> String {
    try String(contentsOfFile: assay.directory.path(name), encoding: .utf8)
  }

  private func drafts() throws -> [String] {
    try FileManager.default.contentsOfDirectory(atPath: assay.directory.url.path)
      .filter { $0.hasPrefix(".assay-") }
  }

  @Test(
    "Results that cannot be written are an error of output",
    arguments: [
      "runs list", "runs list --format json", "query", "query runs", "db info", "sweep list",
      "data list", "reproduce --print-config", "--help", "runs --help", "query --help", "--version",
      "--generate-completion-script bash",
    ])
  func unwritableOutput(command: String) throws {
    let full = try shell("$A \(command) > /dev/full")
    #expect(full.status == 74)
    #expect(
      full.error == "assay: standard output cannot be written: no space is left on the disk\n")
    let closed = try shell("$A \(command) >&-")
    #expect(closed.status == 74)
    #expect(closed.error == "assay: standard output cannot be written: it is closed\n")
  }

  @Test("Work goes on where nobody can be told of it", arguments: ["2> /dev/full", "2>&-"])
  func unwritableMessages(redirection: String) throws {
    try assay.write(Assay.configuration, to: "study.yaml")
    let train = "$A train --config study.yaml --epochs 1 --db new.db --format csv"
    let result = try shell("\(train) \(redirection)")
    #expect(result.status == 0)
    #expect(result.output.contains("test_accuracy"))
    #expect(try assay.ask("PRAGMA integrity_check", of: "new.db") == "ok\n")
    #expect(try shell("$A runs show nothing \(redirection)").status == 64)
  }

  @Test("A database never gets the number of a closed descriptor")
  func closedDescriptors() throws {
    let result = try shell("$A runs list --format csv <&- 2>&-")
    #expect(result.status == 0)
    #expect(result.output.contains("first"))
    #expect(try assay.ask("PRAGMA integrity_check") == "ok\n")
  }

  @Test("A pipe, a device and a link that results are written to stay what they are")
  func specialFiles() throws {
    let question = "$A query --sql 'SELECT 1 AS x' --format csv -o"
    let fifo = try shell("mkfifo pipe; cat pipe > copy & \(question) pipe; wait; test -p pipe")
    #expect(fifo.status == 0, "\(fifo.error)")
    #expect(try text(of: "copy") == "x\r\n1\r\n")

    let link = try shell(
      "echo old > target; chmod 640 target; ln -s target link; \(question) link && test -L link")
    #expect(link.status == 0, "\(link.error)")
    #expect(try text(of: "target") == "x\r\n1\r\n")
    #expect(try shell("stat -c %a target").output == "640\n")

    let dangling = try shell("ln -s absent dangling; \(question) dangling && test -L dangling")
    #expect(dangling.status == 0, "\(dangling.error)")
    #expect(try text(of: "absent") == "x\r\n1\r\n")

    let loop = try shell("ln -s loop loop; \(question) loop")
    #expect(loop.status == 74)

    let hard = try shell("echo old > one; ln one two; \(question) one; cat two")
    #expect(hard.output == "x\r\n1\r\n")

    let device = try shell("\(question) /dev/null; test -c /dev/null")
    #expect(device.status == 0)
    let full = try shell("\(question) /dev/full")
    #expect(full.status == 74)
    #expect(full.error.contains("no space is left"))
    #expect(try drafts().isEmpty)
  }

  @Test(
    "Names of the process's own descriptors go on where it writes",
    arguments: ["/dev/stdout", "/dev/fd/1", "/proc/self/fd/1", "-"])
  func ownDescriptors(name: String) throws {
    let question = "$A query --sql 'SELECT 1 AS x' --format csv -o"
    let appended = try shell("echo before > log; \(question) \(name) >> log; cat log")
    #expect(appended.output == "before\nx\r\n1\r\n")
    #expect(try shell("\(question) \(name) | cat").output == "x\r\n1\r\n")
    #expect(try drafts().isEmpty)
  }

  @Test("Every command that writes a file keeps what the file's name leads to, and its mode")
  func everyWriter() throws {
    try assay.write(Assay.configuration, to: "study.yaml")
    let trained = try assay.stage("train", "--epochs", "1", "--db", "new.db")
    let options = "--db new.db"
    let commands = [
      "$A models export \(trained) \(options) -o link.safetensors",
      "$A query runs \(options) -o link.safetensors",
      "$A query --explain runs \(options) -o link.safetensors",
    ]
    for command in commands {
      let result = try shell(
        """
        echo old > target; chmod 600 target; ln -sf target link.safetensors
        \(command) && test -L link.safetensors && stat -c %a target && ! grep -qx old target
        """)
      #expect(result.status == 0, "\(command): \(result.error)")
      #expect(result.output == "600\n")
      #expect(result.error == "wrote link.safetensors\n")
      #expect(try shell("\(command) --quiet").error.isEmpty)
    }
  }

  @Test("A file that would pass a limit leaves the old one as it was")
  func limitedSize() throws {
    let query =
      "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 200000) SELECT x FROM c"
    let result = try shell(
      "echo old > out.csv; ulimit -f 512; $A query --sql '\(query)' --format csv -o out.csv")
    #expect(result.status == 74)
    #expect(result.error.contains("limit on files"))
    #expect(try text(of: "out.csv") == "old\n")
    #expect(try drafts().isEmpty)
    let rows = (1...2000).map { "a,loss,\($0),0.5\n" }.joined()
    try assay.write("run,name,step,value\n" + rows, to: "metrics.csv")
    // A commit that fails, the shared memory beside a database that is there, and a copy of it.
    for (limit, command) in [
      (400, "import csv metrics.csv --db new.db"), (1, "runs list"), (400, "db backup copy.db"),
    ] {
      let result = try shell("ulimit -f \(limit); $A \(command)")
      #expect(result.status == 74)
      #expect(result.error.contains("limit on files"), "\(result.error)")
    }
  }

  @Test("Who has read enough ends a command without a word")
  func readerGone() throws {
    let query = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT x FROM c"
    let result = try shell(
      "{ $A query --sql '\(query)' --format csv; echo $? > status; } | head -n 1; cat status")
    #expect(result.output == "x\r\n141\n")
    #expect(result.error.isEmpty)
  }

  @Test(
    "An empty place to write is refused before any work",
    arguments: [
      "report table1 -o", "query runs -o", "predict --images a.npz -o",
      "gradients --images a.npz --output", "sets export 3f2a -o", "models export -o",
      "transforms apply jpeg_75 --images a.npz -o", "data convert mnist -o", "runs list --db",
      "report table1 --db",
    ])
  func emptyPlace(command: String) throws {
    let result = try shell("$A \(command) ''")
    #expect(result.status == 64)
    #expect(result.error.contains(", not an empty text\n"), "\(result.error)")
  }

  @Test("Without a place to write there is one line that says why")
  func badPlaces() throws {
    // Nobody may make files in /sys, not even root.
    let backup = try assay.run("db", "backup", "/sys/copy.db")
    #expect(backup.status == 74)
    #expect(backup.error.contains("/sys/copy.db cannot be created"))
    #expect(backup.error.hasSuffix("; check the path and its permissions\n"), "\(backup.error)")
    for (place, reason) in [("nowhere/x.csv", "there is no directory"), (".", "is a directory")] {
      let result = try assay.run("query", "runs", "-o", place)
      #expect(result.status == 74)
      #expect(result.error.contains(reason))
      #expect(result.error.split(separator: "\n").count == 1)
    }
  }
}
