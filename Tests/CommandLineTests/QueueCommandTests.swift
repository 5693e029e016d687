import Foundation
import TestSupport
import Testing

/// Sweeps whose queue is on a server, or the lack of them.
@Suite(.startsPrograms) struct QueueCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  static let sweep = """
    command: [sh, -c, "echo '{\\"metrics\\": {\\"loss\\": {x}}}' >> \\"$ASSAY_EVENTS\\""]
    space: {x: {integer: [1, 1000]}}
    sampler: halton
    objective: {minimise: loss}
    budget: 5

    """

  #if PostgreSQL
    @Test("a sweep over a server is that of a file, once its record is pulled")
    func sweep() throws {
      let environment = [
        "ASSAY_QUEUE": try DatabaseServer.shared.get().address(name: "secret-name")
      ]
      func succeed(_ arguments: String...) throws -> ProgramResult {
        let result = try assay.run(arguments, environment: environment)
        #expect(result.status == 0, "\(arguments): \(result.error)")
        #expect(!(result.output + result.error).contains("secret-name"))
        return result
      }
      let name = "queued-\(UUID().uuidString.lowercased())"
      try assay.write(Self.sweep, to: "\(name).yaml")
      try assay.succeed("sweep", "run", "\(name).yaml", "--quiet", "--db", "one.db")
      let run = try succeed("sweep", "run", "\(name).yaml", "--workers", "2", "--db", "many.db")
      #expect(run.output.contains("5/5 finished"))
      #expect(run.output.contains("assay sweep pull \(name) --db many.db"))
      let status = try succeed("sweep", "status", name, "--format", "json").output
      #expect(status.contains("\"finished\": 5"))
      #expect(try succeed("sweep", "list", "--format", "csv").output.contains("\(name),finished,5"))
      let pulled = try succeed("sweep", "pull", name, "--db", "many.db").output
      #expect(pulled.contains("5 of 5 trials are new; 5 of their runs are in many.db"))
      let question = """
        SELECT trial, trial_state, parameters, objective, value
        FROM trials JOIN trial_values USING (sweep_name, trial) ORDER BY trial
        """
      let answers = try ["one.db", "many.db"].map { file in
        try assay.succeed("query", "--db", file, "--format", "csv", "--sql", question).output
      }
      #expect(answers[0] == answers[1])
      #expect(answers[0].split(whereSeparator: \.isNewline).count == 6)
      let bytes = try Data(contentsOf: assay.directory.url.appending(path: "many.db"))
      #expect(bytes.range(of: Data("secret-name".utf8)) == nil)
    }

    @Test("a server that cannot be reached is an error, which tells neither user nor password")
    func unreachable() throws {
      try assay.write(Self.sweep, to: "sweep.yaml")
      let result = try assay.run(
        "sweep", "run", "sweep.yaml", "--queue", "postgresql://someone:s3cret@127.0.0.1:1/base")
      #expect(result.status == 75)
      #expect(
        result.error.hasSuffix(
          "the PostgreSQL server cannot be reached; check that it runs, and run the same command again\n"
        ))
      #expect(!result.error.contains("s3cret"))
      #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
      let wrong = try assay.run("sweep", "list", "--queue", "postgresql://x:s3cret@h:port/b")
      #expect(wrong.status == 64)
      #expect(!wrong.error.contains("s3cret"))
    }
  #else
    @Test(
      "a program without the trait says how to get one with it", arguments: ["run", "pull", "ask"])
    func missing(verb: String) throws {
      try assay.write(Self.sweep, to: "sweep.yaml")
      let result = try assay.run("sweep", verb, "sweep.yaml", "--queue", "postgresql://host/assay")
      #expect(result.status == 64)
      #expect(
        result.error
          == "assay: this assay was built without PostgreSQL, which --queue needs; build it with: "
          + "make build TRAITS=PostgreSQL, and install libpq5 (Debian's name)\n")
      #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
    }
  #endif
}
