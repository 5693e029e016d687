import Foundation
import TestSupport
import Testing

/// Commands under limits on threads, open files and memory that leave too little for a command or a
/// server: one line says so before anything begins.
@Suite("Limits of processes", .startsPrograms)
struct ProcessLimitTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .empty)
  }

  /// Runs a line of bash, in which $0 is the command.
  private func shell(_ line: String) throws -> ProgramResult {
    try TestSupport.run(
      "bash", ["-c", "ulimit -c 0; " + line, Assay.executable ?? "assay"], in: assay.directory.url)
  }

  private func runs() throws -> String { try assay.ask("SELECT count(*) FROM runs;") }

  @Test(
    "With few open files a command runs wholly or not at all",
    arguments: [9, 12, 13, 14, 16, 18, 20, 24, 28, 40])
  func runWithFewFiles(limit: Int) throws {
    let result = try shell(
      limitingOpenFiles(to: limit) + "exec \"$0\" run -- sh -c 'echo out; exit 3'")
    if result.status == 3 {
      #expect(result.output == "out\n")
      #expect(result.error.isEmpty || result.error.contains("runs without an address for MLflow"))
      #expect(try assay.ask("SELECT error FROM runs;") == "exited with code 3\n")
    } else {
      #expect(result.status == 74)
      #expect(
        result.error
          == "assay: too few files may be open at a time; raise the limit: ulimit -n 256\n")
      #expect(try runs() == "0\n")
    }
  }

  @Test("With too few open files for a server, a command runs without MLflow, and says so")
  func runWithoutServer() throws {
    let result = try shell(
      limitingOpenFiles(to: 30) + "exec \"$0\" run -- sh -c 'echo ${MLFLOW_RUN_ID-none}'")
    #expect(result.status == 0 && result.output == "none\n", "\(result)")
    #expect(
      result.error
        == "assay: the command runs without an address for MLflow: "
        + "too few files may be open at a time\n")
  }

  @Test(
    "With little address space a command runs or one line says why not",
    arguments: [200_000, 240_000, 300_000, 400_000])
  func runWithLittleMemory(kilobytes: Int) throws {
    for option in ["--quiet", "--no-mlflow"] {
      let result = try shell("ulimit -v \(kilobytes); exec \"$0\" run \(option) -- true")
      // 127: the limit is too low for the program to be loaded.
      #expect([0, 74, 75, 127].contains(result.status), "\(kilobytes) \(option): \(result)")
      #expect((result.status == 0) == result.error.isEmpty)
    }
  }

  @Test(
    "With few threads a command runs or one line says why not",
    arguments: [1, 2, 3, 5, 6, 8, 14])
  func runWithFewThreads(limit: Int) throws {
    // Root has as many threads as it likes, and can be another user, who has no other.
    guard geteuid() == 0 else { return }
    #expect(chmod(assay.directory.url.path, 0o777) == 0)
    #expect(chmod(assay.directory.path("assay.db"), 0o666) == 0)
    let user = 41_000 + limit
    func run(_ words: String) throws -> ProgramResult {
      try TestSupport.run(
        "setpriv",
        [
          "--reuid=\(user)", "--regid=\(user)", "--clear-groups", "bash", "-c",
          "ulimit -c 0; ulimit -u \(limit); exec \"$0\" \(words)", Assay.executable ?? "assay",
        ], in: assay.directory.url)
    }
    for option in ["--quiet", "--no-mlflow"] {
      let result = try run("run \(option) -- true")
      #expect([0, 75].contains(result.status), "\(option): \(result)")
      if result.status == 75 {
        #expect(result.error.contains("no thread can be started"))
        #expect(result.error.contains("ulimit -u"))
        #expect(result.error.split(separator: "\n").count == 1)
      }
    }
    try assay.write("run,step,loss\na,1,0.5\n", to: "a.csv")
    #expect([0, 75].contains(try run("import csv a.csv").status))
  }

  @Test(
    "With few open files a server does not begin, or refuses connections that are too many",
    arguments: [9, 12, 14, 16, 20, 23, 24, 32])
  func serveWithFewFiles(limit: Int) throws {
    let server = try TestSupport.start(
      "bash",
      [
        "-c",
        "ulimit -c 0; \(limitingOpenFiles(to: limit)) exec \"$0\" serve --port 0 --quiet",
        Assay.executable ?? "assay",
      ], in: assay.directory.url)
    try waitUntil("an address or an end") {
      try server.outputSoFar().contains("\n") || !server.isRunning
    }
    let address = try server.outputSoFar().trimmingCharacters(in: .newlines)
    guard let port = URL(string: address)?.port else {
      let result = try server.wait()
      #expect(result.status == 74)
      #expect(
        result.error
          == "assay: too few files may be open at a time; raise the limit: ulimit -n 256\n")
      return
    }
    var held: [LoopbackClient] = []
    var statuses: [Int] = []
    for _ in 0..<12 {
      let client = try LoopbackClient(port: port)
      statuses.append(try client.ask("GET", "/", headers: [:], body: "").status)
      held.append(client)
    }
    #expect(Set(statuses).isSubset(of: [200, 503]), "\(statuses)")
    #expect(statuses.contains(200), "\(statuses)")
    held = []
    server.send(SIGTERM)
    #expect(try server.wait().status == 0)
  }

  @Test(
    "Endless input is refused before memory ends",
    arguments: [
      "import csv /dev/zero", "import jsonl /dev/zero",
      "scores import /dev/zero --model m --attack a",
    ])
  func endlessInput(words: String) throws {
    let result = try shell("ulimit -v 1500000; exec \"$0\" \(words)")
    #expect(result.status == 65, "\(result)")
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(result.error.contains("it is larger than the "))
    #expect(result.error.contains("import it in parts") == words.hasPrefix("import"))
    let piped = try shell(
      "ulimit -v 1500000; head -c 1800000000 /dev/zero | \"$0\" "
        + words.replacing("/dev/zero", with: "/dev/stdin"))
    #expect(piped.status == 65, "\(piped)")
  }
}
