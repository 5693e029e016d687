import Foundation
import TestSupport
import Testing
import Tracker

@Suite(.startsPrograms) struct QueryCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .study)
  }

  @Test("every query gives what the sqlite3 shell gives for its file, of a sweep as well")
  func shell() throws {
    let assay = try Assay(copyOf: .studyAndSweep)
    for (query, expected) in try Self.shellsAnswers(of: assay.directory.path("assay.db")) {
      let found = try assay.run("query", query.rawValue, "--format", "json")
      #expect(found.status == 0 && found.error.isEmpty, "\(query.rawValue): \(found.error)")
      guard !Self.hasBlobs(query) else {
        let lines = expected.split(separator: "\n")
        let rows = try Self.rows(found.output)
        #expect(lines.count == rows.count && !rows.isEmpty)
        for (line, row) in zip(lines, rows) {
          #expect(line.lowercased().hasSuffix("x'\(row["pixels"] ?? "")'"))
        }
        continue
      }
      let (ours, shells) = (
        try Self.parsed(found.output), try Self.parsed(expected.isEmpty ? "[]" : String(expected))
      )
      #expect(ours.count == shells.count, "\(query.rawValue)")
      let different = zip(ours, shells).first { row, other in
        row.count != other.count
          || row.contains { name, value in !(other[name].map { Self.isSame(value, $0) } ?? false) }
      }
      #expect(different == nil, "\(query.rawValue): \(String(describing: different))")
    }
  }

  /// What the sqlite3 shell answers to every query: JSON, or quoted values where that cannot hold them.
  static func shellsAnswers(of database: String) throws -> [(query: Query, answer: Substring)] {
    // One shell answers all of them, and prints a line of its own behind each answer.
    let script = Query.allCases.map { query in
      let file = packageRoot.appending(path: "queries/\(query.rawValue).sql").path
      return ".mode \(hasBlobs(query) ? "quote" : "json")\n.read \(file)\n.print \u{1E}\n"
    }.joined()
    let shell = try TestSupport.run("sqlite3", [database], input: script)
    try #require(shell.status == 0 && shell.error.isEmpty, "\(shell.error)")
    // By bytes: it is megabytes.
    let answers = shell.output.utf8.split(separator: 0x1E, omittingEmptySubsequences: false)
      .map { Substring($0).drop { $0 == "\n" } }
    try #require(answers.count == Query.allCases.count + 1)
    return zip(Query.allCases, answers).map { ($0, $1) }
  }

  /// Whether two values of JSON are the same, numbers to twelve digits: the shell prints no more than
  /// fifteen.
  private static func isSame(_ left: Any, _ right: Any) -> Bool {
    guard let number = left as? NSNumber, let other = right as? NSNumber else {
      return "\(left)" == "\(right)"
    }
    let (one, two) = (number.doubleValue, other.doubleValue)
    return abs(one - two) <= 1e-12 * max(abs(one), abs(two))
  }

  /// Whether the shell has to quote a query's values, since its JSON cannot hold them.
  static func hasBlobs(_ query: Query) -> Bool {
    NamedQuery(name: query.rawValue, sql: query.sql).columns.contains { $0.type == "BLOB" }
  }

  /// The rows of a JSON array, in which an infinity is a text.
  private static func parsed(_ json: String) throws -> [[String: Any]] {
    var text = json
    // Few answers have one, and long ones are searched slowly.
    if Data(json.utf8).range(of: Data("e+999".utf8)) != nil
      || Data(json.utf8).range(of: Data("e999".utf8)) != nil
    {
      text = json.replacing(/: ?(-?)\d(\.\d+)?e\+?999/) { ": \"\($0.output.1)Inf\"" }
    }
    let parsed = try JSONSerialization.jsonObject(with: Data(text.utf8))
    return try #require(parsed as? [[String: Any]])
  }

  /// The same rows with values as texts, numbers of twelve digits.
  static func rows(_ json: String) throws -> [[String: String]] {
    try parsed(json).map { row in
      row.mapValues { value in
        if let number = value as? NSNumber { return String(format: "%.12g", number.doubleValue) }
        return "\(value)"
      }
    }
  }

  @Test("the queries are listed by subject, each once, a user's own last")
  func list() throws {
    try assay.write("SELECT 1 AS one", to: "mine.sql")
    let list = try assay.run(["query"], environment: ["ASSAY_QUERIES": assay.directory.path(".")])
    let lines = list.output.split(separator: "\n")
    for query in Query.allCases {
      #expect(lines.filter { $0.hasPrefix("  \(query.rawValue) ") }.count == 1, "\(query)")
    }
    let own = try #require(lines.firstIndex(of: "Your own"))
    #expect(lines[(own + 1)...].map { $0.trimmingPrefix("  ").prefix { $0 != " " } } == ["mine"])
    let rows = try Self.rows(try assay.run("query", "--format", "json").output)
    #expect(rows.count == Query.allCases.count)
    #expect(rows.contains { $0["query"] == "table2" && $0["group"] == "Studies and their tables" })
  }

  @Test("a query's parameters are options, in any order and form")
  func parameters() throws {
    let plain = try assay.run(
      "query", "best_thresholds", "--attack", "fgsm", "--part", "heldout", "--format", "csv")
    #expect(plain.status == 0)
    #expect(plain.output.split(separator: "\r\n").count == 2)
    for words in [
      ["query", "--format", "csv", "--attack=fgsm", "--part", "heldout", "best-thresholds"],
      [
        "query", "best_thresholds", "--param", "attack=fgsm", "--param", ":part=heldout",
        "--format", "csv",
      ],
    ] {
      let other = try assay.run(words)
      #expect(other.output == plain.output, "\(words)")
    }
    let run = try #require(plain.output.split(separator: "\r\n").last?.prefix(8))
    let byRun = try assay.run(
      "query", "best_thresholds", "--measurement", String(run), "--part", "heldout", "--format",
      "csv")
    #expect(byRun.output == plain.output)
  }

  @Test("queries of one's own: as a word, as a file, in a folder")
  func own() throws {
    let sql = "SELECT kind, count(*) AS runs FROM runs WHERE kind = :kind GROUP BY kind"
    let expected = "kind,runs\r\nattack,3\r\n"
    let word = try assay.run("query", "--sql", sql, "--kind", "attack", "--format", "csv")
    #expect(word.output == expected)
    try assay.write("-- How many runs there are.\n" + sql + ";\n", to: "how_many.sql")
    let file = try assay.run(
      "query", "-f", "how_many.sql", "--param", "kind=attack", "--format", "csv")
    #expect(file.output == expected)
    let named = try assay.run(
      "query", "how-many", "--kind", "attack", "--format", "csv",
      environment: ["ASSAY_QUERIES": "."])
    #expect(named.output == expected)
    let list = try assay.run("query", "--queries", ".")
    #expect(list.output.contains("How many runs there are."))
    #expect(list.output.contains("best_thresholds"))
  }

  @Test("a query explains itself and how it would be run")
  func explained() throws {
    let help = try assay.run("query", "roc", "--help")
    #expect(help.status == 0 && help.output.contains("--measure"))
    let plan = try assay.run("query", "--explain", "roc", "--attack", "fgsm")
    for words in ["Columns:", "Plan:", "SEARCH", "SELECT"] { #expect(plan.output.contains(words)) }
  }

  @Test("output to a file is whole, and in the format that was asked for")
  func file() throws {
    let printed = try assay.run("query", "runs", "--format", "json")
    let written = try assay.run("query", "runs", "--format", "json", "-o", "runs.json")
    #expect(written.output.isEmpty && written.status == 0)
    let text = try String(
      contentsOf: assay.directory.url.appending(path: "runs.json"), encoding: .utf8)
    #expect(text == printed.output)
    let nowhere = try assay.run("query", "runs", "-o", "nowhere/runs.json")
    #expect(nowhere.status == 74 && nowhere.error.contains("no directory"))
  }

  @Test(
    "what cannot be asked is said in one line",
    arguments: [
      (["query", "nothing"], Int32(64), "assay query lists them"),
      (["query", "roc", "--nothing", "1"], 64, "has no parameter 'nothing'"),
      (["query", "roc", "--part", "halves"], 64, "selection, heldout"),
      (["query", "roc", "--study", "zz"], 64, "there is no run 'zz'"),
      (["query", "roc", "--part"], 64, "needs a value"),
      (["query", "--nothing"], 64, "there is no option"),
      (["query", "roc", "runs"], 64, "one word too many"),
      (["query", "--sql", "DELETE FROM run"], 64, "may only read"),
      (["query", "--sql", "SELEC 1"], 65, "syntax error"),
      (["query", "-f", "nowhere.sql"], 66, "no such file"),
      (["query", "--queries", "nowhere"], 66, "no such directory"),
      (["query", "runs", "--db", "nowhere.db"], 66, "there is no database"),
      (["query", "--timeout", "0", "runs"], 64, "--timeout"),
    ])
  func refused(words: [String], status: Int32, reason: String) throws {
    let result = try assay.run(words)
    #expect(result.status == status, "\(result.error)")
    #expect(result.output.isEmpty)
    #expect(result.error.hasPrefix("assay: ") && result.error.contains(reason), "\(result.error)")
    let lines = result.error.split(separator: "\n").filter { !$0.hasPrefix("Try ") }
    #expect(lines.count == 1)
  }

  @Test("a query that never ends is stopped by the clock and by Ctrl-C")
  func endless() throws {
    let numbers = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n)"
    let late = try assay.run(
      "query", "--sql", numbers + " SELECT max(i) FROM n", "--timeout", "0.2")
    #expect(late.status == 75 && late.error.contains("not done after 0.2 s"))
    // Its first rows say that it has begun; then it counts without a word.
    let endless = try assay.start(
      "query", "--sql", numbers + " SELECT i FROM n WHERE i <= 100000", "--format", "csv")
    try waitUntil("rows", of: endless) { try !endless.outputSoFar().isEmpty }
    endless.send(SIGINT)
    let ended = try endless.wait()
    #expect(ended.status == 130 && ended.error == "assay: interrupted\n")
  }

  @Test("runs are compared by what differs, and followed to where they come from")
  func runs() throws {
    func run(_ kind: String) throws -> [String] {
      try assay.ask("SELECT run FROM runs WHERE kind = '\(kind)' ORDER BY created")
        .split(separator: "\n").map(String.init)
    }
    let attacks = try run("attack")
    let compared = try assay.run("runs", "compare", attacks[0], attacks[1], "--format", "csv")
    let header = compared.output.split(separator: "\r\n").first
    #expect(header == "section,name,\(attacks[0]),\(attacks[1]),difference")
    #expect(compared.output.contains("setting,attack,"))
    #expect(!compared.output.contains("run,kind,"))
    let all = try assay.run("runs", "compare", attacks[0], attacks[1], "--all", "--format", "csv")
    #expect(all.output.contains("run,kind,attack,attack"))
    #expect(try assay.run("runs", "compare", attacks[0]).status == 64)
    let study = try #require(try run("reproduce").first)
    let tree = try assay.run("runs", "lineage", String(study.prefix(8)))
    #expect(tree.output.contains("used results of") && tree.output.contains("└─"))
    let model = try #require(try run("train").first)
    let down = try assay.run(
      "runs", "lineage", model, "--direction", "descendants", "--format", "json")
    #expect(down.output.contains(study))
  }

  @Test(
    "shells are offered values of a query's parameters, and data sets",
    arguments: [
      (["query", "--", "positional@0"], ["query", "roc", "--attack", ""], ["fgsm", "jsma"]),
      (["query", "--", "positional@0"], ["query", "roc", "--attack", "f"], ["fgsm"]),
      (["query", "--", "positional@0"], ["query", "best_thresholds", "--part", "h"], ["heldout"]),
      (["train", "--", "--dataset"], ["train", "--dataset", "fa"], ["fashion-mnist"]),
    ])
  func values(_ argument: [String], _ words: [String], _ expected: [String]) throws {
    let result = try assay.run(
      ["---completion"] + argument + ["\(words.count)", "0", "assay"] + words)
    let offered = result.output.split(separator: "\n").map(String.init)
    #expect(Set(expected).isSubset(of: offered), "\(offered)")
    #expect(offered.allSatisfy { $0.hasPrefix(words[words.count - 1]) }, "\(offered)")
  }

  @Test("shells are offered the numbers of a sweep's trials")
  func trials() throws {
    let sweep = try Assay(copyOf: .studyAndSweep)
    for words in [["sweep", "show", "sweep", "--trial", ""], ["report", "--trial", ""]] {
      let command = words.prefix(words[0] == "sweep" ? 2 : 1)
      let result = try sweep.run(
        ["---completion"] + command + ["--", "--trial", "\(words.count)", "0", "assay"] + words)
      #expect(result.output == "0\n1\n", "\(words): \(result.error)")
    }
  }

  @Test("shells are offered runs, queries and their parameters")
  func completions() throws {
    let queries = try assay.run(
      "---completion", "query", "--", "positional@0", "2", "0", "assay", "query", "b")
    #expect(queries.output.split(separator: "\n").contains("best_thresholds"))
    let parameters = try assay.run(
      "---completion", "query", "--", "positional@0", "3", "0", "assay", "query", "roc", "-")
    #expect(parameters.output.split(separator: "\n").contains("--measure"))
    let runs = try assay.run(
      "---completion", "attack", "--", "--model", "3", "0", "assay", "attack", "--model", "")
    let model = try assay.ask("SELECT substr(run, 1, 8) FROM runs WHERE kind = 'train'")
    #expect(runs.output == model)
    let other = try assay.run(
      "---completion", "attack", "--", "--model", "3", "0", "assay", "attack", "--model", "zz")
    #expect(other.output == "\n", "only what begins as the word does")
    for shell in ["bash", "zsh", "fish"] {
      let script = try assay.run("--generate-completion-script", shell)
      #expect(script.status == 0 && script.output.contains("assay"))
    }
  }
}
