import Foundation
import TestSupport
import Testing

/// Commands under limits on memory and open files: they end, with at most one line.
@Suite("Scarcity", .startsPrograms)
struct ScarcityTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
    try assay.write(Assay.configuration, to: "study.yaml")
    try assay.write("run,name,step,value\nfirst,loss,1,0.5\n", to: "metrics.csv")
    let result = try assay.run("import", "csv", "metrics.csv")
    try #require(result.status == 0, "\(result.error)")
  }

  private func shell(_ line: String) throws -> ProgramResult {
    // A command that hangs is a failure, not a test without an end.
    try TestSupport.run(
      "timeout", ["-s", "KILL", "120", "bash", "-c", line], in: assay.directory.url,
      environment: ["A": try #require(Assay.executable)])
  }

  @Test("Reading ends under a small address space", arguments: [200_000, 600_000])
  func readingWithLittleMemory(kilobytes: Int) throws {
    let result = try shell("ulimit -v \(kilobytes); $A runs list --format csv")
    #expect(result.status == 0, "\(result.error)")
    #expect(result.output.contains("first"))
  }

  @Test("Training without enough address space says so before it begins")
  func trainingWithLittleMemory() throws {
    let result = try shell("ulimit -v 400000; $A train --config study.yaml --db new.db")
    #expect(result.status == 75)
    #expect(result.error.hasPrefix("assay: memory is short: the work needs "))
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("new.db")))
  }

  @Test("Training gets by with as many threads as the address space allows")
  func trainingWithFewThreads() throws {
    let train = "$A train --config study.yaml --epochs 1 --format csv --threads 8"
    let limited = try shell("ulimit -v 1000000; \(train) --db limited.db")
    #expect(limited.status == 0, "\(limited.error)")
    #expect(limited.error.contains("of 8 threads work"))
    let free = try shell("\(train) --db free.db")
    #expect(free.status == 0, "\(free.error)")
    let weights = "SELECT sha256 FROM artifacts WHERE name = 'weights'"
    #expect(try assay.ask(weights, of: "limited.db") == assay.ask(weights, of: "free.db"))
  }

  @Test("With few open files there is a result or one line", arguments: [4, 8, 10, 12, 16, 24])
  func fewOpenFiles(limit: Int) throws {
    for command in ["runs list", "train --config study.yaml --epochs 1 --db new.db --quiet"] {
      let result = try shell(limitingOpenFiles(to: limit) + "exec $A \(command)")
      #expect([0, 74, 75].contains(result.status), "\(command): \(result.error)")
      #expect(result.error.split(separator: "\n").count == (result.status == 0 ? 0 : 1))
    }
  }
}
