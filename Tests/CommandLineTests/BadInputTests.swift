import Foundation
import TestSupport
import Testing

@Suite(.startsPrograms) struct BadInputTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  struct Mistake: CustomTestStringConvertible {
    let arguments: [String]
    let status: Int32
    let mention: String
    var configuration = ""
    var testDescription: String { arguments.joined(separator: " ") + " " + configuration }

    init(_ arguments: String, _ status: Int32, _ mention: String, configuration: String = "") {
      self.arguments = arguments.split(separator: " ").map(String.init)
      self.status = status
      self.mention = mention
      self.configuration = configuration
    }
  }

  static let mistakes = [
    Mistake("frobnicate", 64, "frobnicate"),
    Mistake("reproduce --frobnicate", 64, "--frobnicate"),
    Mistake("reproduce --threads 0", 64, "--threads"),
    Mistake("reproduce --threads many", 64, "--threads"),
    Mistake("reproduce --format xml", 64, "--format"),
    Mistake("reproduce --protocol none", 64, "--protocol"),
    Mistake("reproduce --data nowhere", 66, "assay data fetch mnist"),
    Mistake("reproduce --dataset ./nowhere", 66, "train-images-idx3-ubyte"),
    Mistake("reproduce --dataset cifar", 64, "mnist"),
    Mistake("reproduce --config none.yaml", 66, "none.yaml"),
    Mistake("attack nosuch", 64, "fgsm, bim-a, bim-b, jsma"),
    Mistake("attack fgsm --theta 1", 64, "theta"),
    Mistake("attack fgsm --epsilon 2", 64, "epsilon"),
    Mistake("attack fgsm", 66, "no database"),
    Mistake("attack fgsm --db none.db", 66, "none.db"),
    Mistake("measure", 66, "no database"),
    Mistake("thresholds", 66, "no database"),
    Mistake("sweep run detector", 66, "no database"),
    Mistake("report tables", 66, "no database"),
    Mistake("runs list", 66, "no database"),
    Mistake("runs show xyz --db none.db", 66, "none.db"),
    Mistake("db info --db none/none.db", 66, "none"),
    Mistake("train --data nowhere", 66, "assay data fetch mnist"),
    Mistake("train --dataset \(Assay.sample) --db none/none.db", 74, "none"),
    Mistake("train --db .", 74, "directory"),
    Mistake(
      "train --dataset \(Assay.sample) --db none.db-wal", 64,
      "none.db-wal is the name of SQLite's journal of none.db; name another file"),
    Mistake("data fetch cifar", 64, "mnist"),
    Mistake("data verify mnist --data nowhere", 66, "mnist"),
    Mistake(
      "reproduce --config study.yaml", 65, "study.yaml:2", configuration: "seed: 1\nsede: 2\n"),
    Mistake(
      "reproduce --config study.yaml", 65, "a whole number",
      configuration: "training:\n  epochs: many\n"),
    Mistake(
      "reproduce --config study.yaml", 65, "study.yaml:3",
      configuration: "training:\n  epochs: 3\n  learning_rate: -1\n"),
    Mistake(
      "reproduce --config study.yaml", 65, "dropout_sites",
      configuration: "network: {dropout_sites: [conv1]}\n"),
    Mistake(
      "reproduce --config study.yaml", 65, "nosuch", configuration: "attacks:\n  nosuch: {}\n"),
    Mistake(
      "reproduce --config study.yaml", 65, "epsilon",
      configuration: "attacks: {fgsm: {epsilon: 7}}\n"),
    Mistake("reproduce --config study.yaml", 65, "YAML", configuration: "a: [1\nb: }\n"),
    Mistake("reproduce --config study.yaml", 65, "settings", configuration: "- 1\n"),
  ]

  @Test("each mistake gives one clear line and its exit code", arguments: mistakes)
  func mistake(_ mistake: Mistake) throws {
    if !mistake.configuration.isEmpty { try assay.write(mistake.configuration, to: "study.yaml") }
    let result = try TestSupport.run(
      Assay.executable ?? "assay", mistake.arguments, in: assay.directory.url,
      environment: ["ASSAY_DATA": ""])
    #expect(result.status == mistake.status, "\(result.error)")
    // What is wrong with each file is what verify is asked for.
    #expect(result.output.isEmpty || mistake.arguments.prefix(2) == ["data", "verify"])
    let lines = result.error.split(separator: "\n")
    #expect(lines.first?.hasPrefix("assay: ") == true)
    #expect(lines.first?.contains(mistake.mention) == true, "\(result.error)")
    #expect(lines.count == 1 || (lines.count == 2 && lines[1].contains("--help")))
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
  }

  @Test("stages say what they need of those before them")
  func missingStages() throws {
    try assay.write("run,step,loss\nlog,1,0.5\n", to: "log.csv")
    #expect(try assay.run("import", "csv", "log.csv").status == 0)
    for (arguments, status, mention) in [
      (["attack", "fgsm"], 66, "assay train"), (["attack", "fgsm", "--model", "ffff"], 64, "ffff"),
      (["measure"], 66, "assay train"), (["thresholds"], 66, "assay measure"),
    ] as [([String], Int32, String)] {
      let result = try assay.run(arguments)
      #expect(result.status == status, "\(result.error)")
      #expect(result.error.contains(mention) && result.error.split(separator: "\n").count == 1)
    }
  }

  @Test("selections and crops that do not fit are refused")
  func impossible() throws {
    for (setting, mention) in [
      ("selection: {size: 400}", "selection.size"), ("measurement: {crop_side: 29}", "crop_side"),
    ] {
      try assay.write(
        Assay.configuration.replacing("training: {epochs: 4", with: "training: {epochs: 1")
          .split(separator: "\n").filter { !setting.hasPrefix($0.prefix(9)) }.joined(
            separator: "\n")
          + "\n" + setting, to: "study.yaml")
      let result = try assay.run("reproduce", "--config", "study.yaml", "--quiet")
      #expect(result.status == 65)
      #expect(result.error.contains(mention), "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
    }
  }

  @Test("a truncated or foreign data file is refused")
  func damagedData() throws {
    let fixture = packageRoot.appending(path: "Tests/Fixtures/mnist-sample")
    let copy = assay.directory.url.appending(path: "sample")
    try FileManager.default.copyItem(at: fixture, to: copy)
    let images = copy.appending(path: "train-images-idx3-ubyte.gz")
    let whole = try Data(contentsOf: images)
    for damaged in [whole.prefix(whole.count / 2), Data("no gzip, no IDX".utf8)] {
      try damaged.write(to: images)
      let result = try assay.run("train", "--dataset", "./sample")
      #expect(result.status == 65, "\(result.error)")
      #expect(result.error.contains("train-images-idx3-ubyte"))
    }
    // A catalogued data set is held to its checksums.
    let folder = assay.directory.url.appending(path: "data/mnist")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    for name in ["train-images", "t10k-images"] {
      try FileManager.default.copyItem(
        at: fixture.appending(path: "\(name)-idx3-ubyte.gz"),
        to: folder.appending(path: "\(name)-idx3-ubyte.gz"))
    }
    for name in ["train-labels", "t10k-labels"] {
      try FileManager.default.copyItem(
        at: fixture.appending(path: "\(name)-idx1-ubyte.gz"),
        to: folder.appending(path: "\(name)-idx1-ubyte.gz"))
    }
    let result = try assay.run("train")
    #expect(result.status == 65, "\(result.error)")
  }

  @Test("databases of others, of the future and of no kind are refused unchanged")
  func foreignDatabases() throws {
    for (statements, mention) in [
      ("PRAGMA application_id = 5; CREATE TABLE t (v);", "another application"),
      (
        "PRAGMA application_id = 1095979865; PRAGMA user_version = 99; CREATE TABLE t (v);", "newer"
      ),
    ] {
      try? FileManager.default.removeItem(atPath: assay.directory.path("other.db"))
      _ = try assay.ask(statements, of: "other.db")
      let before = try Data(contentsOf: URL(fileURLWithPath: assay.directory.path("other.db")))
      for command in [["runs", "list"], ["train"]] {
        let result = try assay.run(command + ["--db", "other.db"])
        #expect(result.status == 65)
        #expect(result.error.contains(mention), "\(result.error)")
      }
      let after = try Data(contentsOf: URL(fileURLWithPath: assay.directory.path("other.db")))
      #expect(before == after)
    }
    // Another application's log is named where it is, not where the file was copied to.
    let own = try Assay(copyOf: .empty)
    try FileManager.default.createDirectory(
      at: own.directory.url.appending(path: "w"), withIntermediateDirectories: true)
    try FileManager.default.moveItem(
      atPath: own.directory.path("assay.db"), toPath: own.directory.path("w/assay.db"))
    _ = try own.ask(
      """
      PRAGMA journal_mode = WAL;
      PRAGMA wal_autocheckpoint = 0;
      PRAGMA application_id = 5;
      CREATE TABLE t (v);
      .shell cp '\(own.directory.path("other.db-wal"))' '\(own.directory.path("w/assay.db-wal"))'

      """, of: "other.db")
    let merged = try own.run("db", "merge", "new.db", "w/assay.db")
    #expect(merged.status == 65)
    #expect(
      merged.error.hasPrefix("assay: w/assay.db-wal is another application's"), "\(merged.error)")
    try assay.write(String(repeating: "no database\n", count: 500), to: "notes.db")
    let result = try assay.run("runs", "list", "--db", "notes.db")
    #expect(result.status == 65)
  }
}

@Suite(.startsPrograms) struct OutputTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  @Test("the printed configuration is read back to itself")
  func printConfig() throws {
    let printed = try assay.run("reproduce", "--print-config", "--seed", "7")
    #expect(printed.status == 0)
    #expect(printed.output.contains("seed: 7"))
    try assay.write(printed.output, to: "all.yaml")
    let again = try assay.run("reproduce", "--print-config", "--config", "all.yaml")
    #expect(again.output == printed.output)
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
  }

  @Test("tables and lists in machine formats are whole and exact")
  func formats() throws {
    let assay = try Assay(copyOf: .study)
    let json = try assay.run("report", "tables", "--format", "json")
    let parsed = try JSONSerialization.jsonObject(
      with: Data(json.output.replacing("9e999", with: "1e300").utf8))
    let members = try #require(parsed as? [String: Any])
    let tables = members.compactMapValues { $0 as? [[String: Any]] }
    #expect(
      Set(tables.keys) == [
        "networks", "table1", "table2", "table3", "ablations", "measures", "attacks", "seeds",
      ])
    let provenance = try #require(members["provenance"] as? [String: Any])
    let runs = try assay.ask("SELECT count(*) FROM runs;")
    #expect((provenance["runs"] as? [Any]).map { "\($0.count)\n" } == runs)
    let csv = try assay.run("report", "tables", "--format", "csv")
    let rows = csv.output.split(separator: "\r\n").map {
      $0.split(separator: ",", omittingEmptySubsequences: false)
    }
    let tidy = ["table1", "table2", "table3"].flatMap { tables[$0] ?? [] }
    #expect(rows.count == tidy.count + 1)
    for (row, object) in zip(rows.dropFirst(), tidy) {
      // Foundation's reader may be off by the last bit.
      let (ours, read) = (Double(row[6]) ?? .nan, object["ours"] as? Double ?? .nan)
      #expect(abs(ours - read) <= 1e-15 * abs(ours))
      #expect(String(row[4]) == object["quantity"] as? String)
    }
    // What people read is what machines read, rounded.
    let text = try assay.run("report", "tables", "--table", "table1")
    let ours = try #require(
      tables["table1"]?.first { $0["attack"] as? String == "fgsm" }?["ours"] as? Double)
    #expect(text.output.contains(String(format: " %.1f%% ", ours * 100)))
    let markdown = try assay.run("runs", "list", "--format", "markdown")
    #expect(markdown.output.contains("| reproduce | finished |"))
    let info = try assay.run("db", "info")
    #expect(info.output.contains("integrity"))
    #expect(info.output.contains("ok"))
  }

  @Test("an unknown run and an ambiguous prefix name what there is")
  func prefixes() throws {
    let assay = try Assay(copyOf: .study)
    let unknown = try assay.run("runs", "show", "fffffffff")
    #expect(unknown.status == 64)
    #expect(unknown.error.contains("assay runs list"))
    let uuid = try assay.ask("SELECT run FROM runs WHERE kind = 'train';").prefix(36)
    let shown = try assay.run("runs", "show", String(uuid.prefix(10)))
    #expect(shown.output.contains("train_loss"))
    #expect(shown.output.contains("weights"))
  }
}
