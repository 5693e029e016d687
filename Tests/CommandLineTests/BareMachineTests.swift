import Foundation
import TestSupport
import Testing

/// What the machine lacks, or has too little of.
@Suite(.startsPrograms) struct BareMachineTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  static let canLeaveNetwork =
    (try? TestSupport.run("unshare", ["--net", "true"]))?.status == 0

  /// A training that lasts until it is stopped.
  private func writeLongStudy() throws {
    try assay.write(
      Assay.configuration.replacing("epochs: 4", with: "epochs: 100000"), to: "long.yaml")
  }

  @Test(
    "without any network device training works, and ends when it is asked to",
    .enabled(if: canLeaveNetwork, "needs the right to leave the network"))
  func noLoopback() throws {
    try assay.write(Assay.configuration, to: "study.yaml")
    try writeLongStudy()
    let executable = Assay.executable ?? "assay"
    let trained = try TestSupport.run(
      "unshare", ["--net", executable, "train", "--config", "study.yaml", "--quiet"],
      in: assay.directory.url)
    #expect(trained.status == 0, "\(trained.error)")
    let running = try TestSupport.start(
      "unshare", ["--net", executable, "train", "--config", "long.yaml", "--quiet"],
      in: assay.directory.url)
    let begun = "SELECT count(*) FROM runs WHERE state = 'running' AND progress_done > 0"
    try waitUntil("the first step", of: running) { try assay.number(begun) > 0 }
    running.send(SIGTERM)
    #expect(try running.wait().status == 130)
  }

  @Test("a git that hangs keeps no run waiting, nor one that is not there")
  func hangingGit() throws {
    let folder = assay.directory.url.appending(path: "bin")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    try assay.directory.writeProgram("#!/bin/sh\nexec sleep 600\n", to: "bin/git")
    try assay.write("run,step,loss\na,1,0.5\n", to: "a.csv")
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin"
    let started = ContinuousClock.now
    for search in ["\(folder.path):\(path)", "/nowhere"] {
      let result = try TestSupport.run(
        "env", ["PATH=\(search)", Assay.executable ?? "assay", "import", "csv", "a.csv"],
        in: assay.directory.url)
      #expect(result.status == 0, "\(result.error)")
    }
    #expect(ContinuousClock.now - started < .seconds(60))
    #expect(try assay.ask("SELECT count(*) FROM execution WHERE git_commit IS NOT NULL") == "0\n")
  }

  @Test("packed data are read without a gzip on the search path")
  func noGzip() throws {
    try assay.write(Assay.configuration, to: "study.yaml")
    let result = try TestSupport.run(
      "env", ["PATH=/nowhere", Assay.executable ?? "assay", "train", "--config", "study.yaml"],
      in: assay.directory.url)
    #expect(result.status == 0, "\(result.error)")
  }

  @Test("with few open files training works or says why not, in one line")
  func fewFiles() throws {
    try assay.write(Assay.configuration, to: "study.yaml")
    var statuses: [Int32] = []
    for limit in [5, 6, 8, 10, 12, 16, 64] {
      let result = try TestSupport.run(
        "bash",
        [
          "-c", limitingOpenFiles(to: limit) + "exec \"$0\" \"$@\"", Assay.executable ?? "assay",
          "train",
          "--config", "study.yaml", "--db", "\(limit).db", "--quiet",
        ], in: assay.directory.url)
      #expect([0, 74, 75].contains(result.status), "\(limit): \(result)")
      #expect(result.error.split(separator: "\n").count == (result.status == 0 ? 0 : 1))
      statuses.append(result.status)
    }
    #expect(statuses.last == 0)
  }

  @Test("what all workers of a sweep say is said once")
  func oneMessage() throws {
    let data = assay.directory.url.appending(path: "digits")
    try FileManager.default.copyItem(
      at: packageRoot.appending(path: "Tests/Fixtures/mnist-sample"), to: data)
    let text = SweepCommandTests.sweep(trials: 4).replacing(
      "dataset: \(packageRoot.appending(path: "Tests/Fixtures/mnist-sample").path)",
      with: "dataset: ./digits")
    try assay.write(text, to: "sweep.yaml")
    // The data are asked for before a database is created, and so by workers alone where one is.
    try assay.write("run,step,loss\na,1,0.5\n", to: "a.csv")
    #expect(try assay.run("import", "csv", "a.csv").status == 0)
    try FileManager.default.removeItem(at: data)
    let result = try assay.run("sweep", "run", "sweep.yaml", "--workers", "3", "--quiet")
    #expect(result.status == 66, "\(result)")
    let lines = result.error.split(separator: "\n")
    #expect(!lines.isEmpty)
    #expect(Set(lines).count == lines.count, "\(result.error)")
  }
}
