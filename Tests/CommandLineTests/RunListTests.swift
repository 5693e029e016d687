import Foundation
import TestSupport
import Testing

/// Runs chosen, ordered, listed and grouped by expressions.
@Suite(.startsPrograms) struct RunListTests {
  private let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .importedRuns)
  }

  /// The names of the runs that a list has, in order.
  private func names(_ options: String...) throws -> [String] {
    let result = try assay.run(["runs", "list", "--columns", "name", "--format", "csv"] + options)
    guard result.status == 0 else { throw CommandFailure("\(options): \(result.error)") }
    return result.output.split(separator: "\r\n").dropFirst().map {
      String($0.split(separator: ",")[1])
    }
  }

  @Test(
    "a condition chooses by metrics, parameters, tags and columns",
    arguments: [
      ("metric.loss < 0.3", "w,z"), ("loss.max > 0.9", "w,x,y"), ("metric.loss.first = 0.5", "z"),
      ("parameter.lr = 0.1", "w,x"), ("param.lr IN (0.01, 1) OR name = 'w'", "w,y,z"),
      ("tag.good", "x,z"), ("NOT tag.good AND lr < 0.05", "y"),
      ("\"metric.val/acc\" >= 0.7", "y,z"), ("metric.\"val/acc\".points = 3", "w,x,y,z"),
      ("lower(kind) = 'torch' AND name LIKE '%y%'", "y"),
      ("CASE WHEN lr > 0.05 THEN loss ELSE 9 END < 0.6", "w,x,z"),
      ("metric.spike IS NULL", "w,x,y"), ("metric.spike > 1e300", "z"),
      ("runs.state = 'finished' and created > '2000' AND lr >= .1", "w,x,z"),
      ("group_name IS NOT NULL", "w"), ("name = 'it''s'", ""),
    ])
  func conditions(condition: String, expected: String) throws {
    #expect(try names("--where", condition).sorted().joined(separator: ",") == expected)
  }

  @Test(
    "what is no expression is refused in one line that points at the word",
    arguments: [
      ("metric.los < 1", "'metric.los' at character 1", "did you mean loss?"),
      ("state = 'finished' AND sed = 1", "'sed' at character 24", "did you mean seed?"),
      ("state = \"quick\"", "no run has a column, metric or parameter 'quick'", "'quick'"),
      ("1) OR (1", "')' at character 2", ""), ("(1", "'(' at character 1", "does not end"),
      ("state = 'x", "''x' at character 9", "does not end"),
      ("SELECT 1", "'SELECT' at character 1", "no query"),
      ("name IN (SELECT name FROM runs)", "'SELECT' at character 10", "no query"),
      ("1; DELETE FROM run", "';' at character 2", ""), ("1 -- x", "'-' at character 3", "comment"),
      ("kind = :kind", "':' at character 8", ""), ("1, 2", "second expression", ""),
      ("", "empty", ""), ("  ", "empty", ""), ("name LIKE 'w' AND", "syntax error", ""),
      ("max(seed) > 1", "aggregate", ""), ("load_extension('x')", "not authorized", ""),
      ("both = 1", "is a metric and a parameter", "metric.both or parameter.both"),
      ("unknown_function(1)", "no such function", ""),
    ])
  func refusals(condition: String, problem: String, hint: String) throws {
    let result = try assay.run("runs", "list", "--where", condition)
    #expect(result.status == 64 && result.output.isEmpty, "\(result.output)")
    #expect(result.error.split(separator: "\n").count == 1, "\(result.error)")
    #expect(
      result.error.contains(problem) && (hint.isEmpty || result.error.contains(hint)),
      "\(result.error)")
  }

  @Test("any expression orders runs; those without a value come last, both ways")
  func order() throws {
    #expect(try names("--sort", "loss") == ["z", "w", "x", "y"])
    #expect(try names("--sort", "loss", "--descending") == ["y", "x", "w", "z"])
    #expect(try names("--sort", "metric.spike").first == "z")
    #expect(try names("--sort", "metric.spike", "--descending").first == "z")
    #expect(try names("--sort", "0 - lr", "--limit", "1") == ["z"])
    #expect(try names("--sort", "name", "--descending") == ["z", "y", "x", "w"])
    let text = try assay.succeed("runs", "list", "--sort", "metric.loss").output
    #expect(text.split(separator: "\n")[0].hasSuffix("  metric.loss"))
  }

  @Test("columns and groups are expressions, named as they are written")
  func columns() throws {
    let listed = try assay.succeed(
      "runs", "list", "--columns", "name, lr, round(metric.loss, 3),\"metric.val/acc\"", "--where",
      "name = 'w'", "--format", "json")
    let rows = try #require(
      JSONSerialization.jsonObject(with: Data(listed.output.utf8)) as? [[String: Any]])
    #expect(Set(rows[0].keys) == ["run", "name", "lr", "round(metric.loss, 3)", "metric.val/acc"])
    #expect(rows[0]["lr"] as? Double == 0.1 && rows[0]["metric.val/acc"] as? Double == 0.5)
    let grouped = try assay.succeed(
      "runs", "list", "--group-by", "lr", "--columns", "metric.loss.min", "--format", "csv")
    let lines = grouped.output.split(separator: "\r\n")
    #expect(lines[0] == "lr,runs,metric.loss.min mean,metric.loss.min min,metric.loss.min max")
    #expect(lines[1].hasPrefix("0.01,1,") && lines[2].hasPrefix("0.1,2,"))
    let cells = lines[2].split(separator: ",").compactMap { Double($0) }
    #expect(cells.count == 5 && abs(cells[2] - (cells[3] + cells[4]) / 2) < 1e-12)
    let byLoss = try assay.succeed(
      "runs", "list", "--group-by", "lr", "--sort", "loss", "--descending", "--format", "csv")
    #expect(byLoss.output.split(separator: "\r\n").dropFirst().first == "0.01,1")
  }
}

extension SharedStart {
  /// Four runs that were imported with a kind 'torch': w and x with lr 0.1, y with 0.01, z with 1;
  /// x and z have the tag good, w is in a group. Another one, v, is archived.
  static let importedRuns = SharedStart { assay in
    var lines = ["run,step,lr,both,loss,val/acc,spike"]
    let runs: [(name: String, lr: String, losses: [Double])] = [
      ("w", "0.1", [1, 0.5, 0.25]), ("x", "0.1", [1, 0.75, 0.5]), ("y", "0.01", [1, 0.95, 0.9]),
      ("z", "1", [0.5, 0.25, 0.125]),
    ]
    for (place, run) in runs.enumerated() {
      for (step, loss) in run.losses.enumerated() {
        let accuracy = Double(place + 5) / 10
        let spike = run.name == "z" ? "Infinity" : ""
        lines.append("\(run.name),\(step),\(run.lr),1,\(loss),\(accuracy),\(spike)")
      }
    }
    try assay.write(lines.joined(separator: "\n") + "\n", to: "metrics.csv")
    try assay.succeed(
      "import", "csv", "metrics.csv", "--kind", "torch", "--parameters", "lr,both", "--quiet")
    // A metric of the same name as a parameter.
    try assay.write("run,step,both\nv,0,2\n", to: "other.csv")
    try assay.succeed("import", "csv", "other.csv", "--kind", "other", "--quiet")
    try assay.succeed("runs", "tag", "x", "z", "good")
    try assay.succeed("runs", "group", "w", "first")
    try assay.succeed("runs", "archive", "v")
  }
}
