import Foundation
import TestSupport
import Testing

/// What the command line says to what was mistyped, and how little it says of what worked.
@Suite("Messages", .startsPrograms)
struct MessageTests {
  let assay: Assay

  private static let imported = SharedStart.imported(
    "run,name,step,value\nfirst,loss,1,0.5\nsecond,loss,1,0.25\n", as: "metrics.csv")

  init() throws {
    assay = try Assay(copyOf: Self.imported)
  }

  private func run(_ line: String) throws -> ProgramResult {
    try TestSupport.run(
      try #require(Assay.executable), line.split(separator: " ").map(String.init),
      in: assay.directory.url)
  }

  @Test(
    "A command that is none is refused with what was meant, also beside --help",
    arguments: [
      ("repor", "did you mean report?"), ("repor --help", "did you mean report?"),
      ("fetch --help", "assay --help lists what there is"), ("help tarin", "did you mean train?"),
      ("sweep stauts x", "did you mean status?"), ("runs lst --help", "did you mean list?"),
    ])
  func unknownCommands(line: String, hint: String) throws {
    let result = try run(line)
    #expect(result.status == 64)
    #expect(result.output.isEmpty)
    #expect(result.error.hasPrefix("assay: there is no command 'assay "))
    #expect(result.error.hasSuffix("; \(hint)\n"))
  }

  @Test(
    "Commands that an error shows read the same files",
    arguments: [
      ("runs show ffffffff --db assay.db", "assay runs list --db assay.db shows them"),
      ("runs show ffffffff --db=assay.db", "assay runs list --db assay.db shows them"),
      ("runs show ffffffff", "assay runs list shows them"),
      ("query --sql SELECT(x)FROM(none) --db assay.db", "assay query --views --db assay.db lists"),
      ("data verify mnist --data none", "'assay data fetch mnist --data none'"),
    ])
  func shownCommands(line: String, command: String) throws {
    let result = try run(line)
    #expect(result.status != 0 && result.error.contains(command), "\(result.error)")
  }

  @Test("A query, an attack and a kind that are mistyped bring what was meant")
  func mistypedNames() throws {
    let query = try run("query tabel2")
    #expect(query.status == 64 && query.error.contains("; did you mean table2? assay query lists"))
    let attack = try run("attack fgms")
    #expect(attack.status == 64 && attack.error.hasSuffix("; did you mean fgsm?\n"))
    for format in ["text", "csv"] {
      let kind = try run("runs list --kind externl --format \(format)")
      let text = format == "text" ? kind.output : kind.error
      #expect(kind.status == 0)
      #expect(text.contains("No run is of the kind 'externl'; did you mean external?"), "\(text)")
    }
    let other = try run("runs list --kind attack")
    #expect(other.output.contains("No run is of the kind 'attack'; there are: external"))
    #expect(try run("runs list --kind external").output.contains("second"))
  }

  @Test("Words that are commands, and help, go through")
  func knownCommands() throws {
    for line in ["help", "help sweep run", "--help", "-h", "runs --help", "sweep run --help"] {
      let result = try run(line)
      #expect(result.status == 0, "\(line): \(result.error)")
      #expect(result.output.contains("USAGE"))
    }
  }

  @Test("Mistyped names in SQL bring near ones, and views can be listed")
  func views() throws {
    let column = try assay.run("query", "--sql", "SELECT atack FROM adversarial_sets")
    #expect(column.status == 65 || column.status == 64)
    #expect(column.error.contains("did you mean attack?"))
    #expect(column.error.contains("assay query --views"))
    let table = try assay.run("query", "--sql", "SELECT * FROM adversarial_set_s")
    #expect(table.error.contains("did you mean adversarial_sets?"))

    let all = try assay.run("query", "--views", "--format", "csv").output
    #expect(all.contains("runs,"))
    let one = try assay.run("query", "--views", "metrics", "--format", "csv").output
    #expect(one.hasPrefix("column,meaning\r\nrun,\"the run, by its UUID\"\r\nkind,what ran\r\n"))
    #expect(one.hasSuffix("metric,\"the metric's name, such as 'train_loss'\"\r\n"))
    #expect(one.split(separator: "\r\n").count == 8 && !one.contains(",\r\n"))
    // Comments above what a column is computed from, and behind it in two lines.
    let long = try assay.run("query", "--views", "table_numbers", "--format", "csv").output
    #expect(long.contains("\r\nplace,\"the number's line in the table, from 1\"\r\n"))
    #expect(long.contains("\r\nours_high,its upper end\r\n") && !long.contains(",\r\n"))
    let list = try assay.run("query", "--views").output.split(separator: "\n")
    #expect(list.contains("metrics") && list.contains { $0.hasPrefix("  run, kind,") })
    #expect(list.allSatisfy { $0.count <= 100 })
    let none = try assay.run("query", "--views", "metric")
    #expect(none.status == 64)
    #expect(none.error.contains("did you mean metric_points or metrics?"))
  }

  @Test(
    "Comments and semicolons behind a query are no second statement",
    arguments: [
      "SELECT 1 AS x;", "SELECT 1 AS x; -- done", "SELECT 1 AS x; /* done */",
      ";; SELECT 1 AS x;;;",
      "SELECT 1 AS x; -- a\n/* b\n c */ ; -- d", "/* before */ SELECT 1 AS x",
      "-- before\nSELECT 1 AS x",
    ])
  func comments(sql: String) throws {
    let result = try assay.run("query", "--sql", sql, "--format", "csv")
    #expect(result.output == "x\r\n1\r\n", "\(result.error)")
  }

  @Test("A second statement is refused", arguments: ["SELECT 1; SELECT 2", "SELECT 1; /* a */ x"])
  func secondStatement(sql: String) throws {
    let result = try assay.run("query", "--sql", sql)
    #expect(result.status != 0)
    #expect(result.error.contains("more than one statement"))
  }

  @Test("A negative number is the value of the option before it")
  func negativeValues() throws {
    let apart = try assay.run("attack", "jsma", "--theta", "-7")
    let joined = try assay.run("attack", "jsma", "--theta=-7")
    #expect(apart.status == 64)
    #expect(apart.error == joined.error)
    #expect(apart.error.contains("theta"))
    #expect(!apart.error.contains("Missing value"))
  }

  @Test("Runs are listed newest first, so many, since then, sorted")
  func lists() throws {
    func names(_ options: String...) throws -> [String] {
      let result = try TestSupport.run(
        try #require(Assay.executable), ["runs", "list", "--format", "csv"] + options,
        in: assay.directory.url)
      #expect(result.status == 0, "\(result.error)")
      return result.output.split(separator: "\r\n").dropFirst().map {
        String($0.split(separator: ",", omittingEmptySubsequences: false)[3])
      }
    }
    #expect(try names() == ["second", "first"])
    #expect(try names("--limit", "1") == ["second"])
    #expect(try names("--sort", "name") == ["first", "second"])
    #expect(try names("--since", "1h").count == 2)
    #expect(try names("--since", "2999-01-01").isEmpty)
    #expect(try names("--since", "2024-02-29 23:59").count == 2)
    for (time, problem) in [
      ("soon", "it must be like"), ("2026-13-45", "no such date"), ("2026-02-31", "no such date"),
      ("2026-02-28T24:00", "no such date or time"),
    ] {
      let refused = try assay.run("runs", "list", "--since", time)
      #expect(refused.status == 64 && refused.error.contains(problem), "\(refused.error)")
    }
    let shown = try assay.run("runs", "list", "--limit", "1").output
    #expect(shown.contains("There are more; --limit 0 shows all."))
    #expect(!shown.contains("0.0 s"))
  }

  @Test("A stage prints what matters, and everything if asked; its name changes no key")
  func stages() throws {
    try assay.write(Assay.configuration, to: "study.yaml")
    let options = ["--config", "study.yaml", "--epochs", "1", "--db", "new.db", "--quiet"]
    func train(_ more: String...) throws -> ProgramResult {
      try TestSupport.run(
        try #require(Assay.executable), ["train"] + options + more, in: assay.directory.url)
    }
    let first = try train("--name", "mine")
    #expect(first.status == 0, "\(first.error)")
    #expect(first.output.split(separator: "\n").count < 20)
    #expect(first.output.contains("test_accuracy"))
    #expect(first.output.contains("assay runs show"))
    #expect(try train("--full").output.contains("Configuration"))
    #expect(try train("--name", "other").status == 0)
    #expect(try assay.ask("SELECT name FROM runs WHERE kind = 'train'", of: "new.db") == "mine\n")
    let list = try assay.run("runs", "list", "--db", "new.db").output
    #expect(list.contains("mine: "))
  }
}
