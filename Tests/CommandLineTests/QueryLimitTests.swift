import Foundation
import TestSupport
import Testing

/// What users' queries, names and files may ask for.
@Suite(.startsPrograms) struct QueryLimitTests {
  let assay: Assay

  private static let imported = SharedStart.imported("run,step,loss\nlog,1,0.5\n", as: "log.csv")

  init() throws {
    assay = try Assay(copyOf: Self.imported)
  }

  @Test("a query that cannot be interrupted ends soon after its time all the same")
  func deadline() throws {
    let start = Date()
    let result = try assay.run(
      "query", "--timeout", "1", "--sql",
      "SELECT instr(hex(zeroblob(40000000)), hex(zeroblob(20000000)) || '1')")
    #expect(result.status == 75, "\(result.error)")
    #expect(result.error.contains("--timeout"))
    #expect(Date().timeIntervalSince(start) < 20)
  }

  @Test(
    "a query that fails on its values, or never ends, is wrong data and one line",
    arguments: [
      "SELECT json_extract('no JSON', '$.a')", "SELECT 1 LIMIT 'a'", "SELECT zeroblob(2000000000)",
      "WITH RECURSIVE s(v) AS (SELECT 'aaaaaaaa' UNION ALL SELECT v || v FROM s) SELECT v FROM s",
      "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT hex(zeroblob(1e6)) FROM n",
    ])
  func failing(sql: String) throws {
    let result = try assay.run("query", "--sql", sql)
    #expect(result.status == 65, "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1)
  }

  @Test("a NUL in a name is wrong data", arguments: ["run", "name", "kind"])
  func nul(field: String) throws {
    var record = ["run": "a", "name": "loss", "kind": "external"]
    record[field] = "x\\u0000y"
    let members = record.map { "\"\($0)\": \"\($1)\"" }.joined(separator: ", ")
    try assay.write("{\(members), \"step\": 1, \"value\": 1}\n", to: "log.jsonl")
    let result = try assay.run("import", "jsonl", "log.jsonl")
    #expect(result.status == 65, "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1)
  }

  @Test("a database that lacks what its version has is damaged")
  func lack() throws {
    _ = try assay.ask("DROP VIEW runs; DROP TABLE metric;")
    try assay.write("run,step,loss\nother,2,0.5\n", to: "other.csv")
    for arguments in [["runs", "list"], ["import", "csv", "other.csv"]] {
      let result = try TestSupport.run(
        Assay.executable ?? "assay", arguments, in: assay.directory.url)
      #expect(result.status == 65, "\(arguments): \(result.error)")
      #expect(result.error.split(separator: "\n").count == 1)
    }
  }

  @Test(
    "what is sorted stays in memory where there is no room for temporary files",
    .enabled(if: geteuid() == 0, "needs root, who alone may mount"))
  func temporaryFiles() throws {
    let script = """
      mkdir tmp && mount -t tmpfs -o size=16k tmpfs tmp && TMPDIR=tmp "$0" query --format csv -o out.csv \
        --sql 'WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 200000)
               SELECT hex(randomblob(40)) AS v FROM n ORDER BY v'
      """
    let result = try TestSupport.run(
      "unshare", ["--mount", "sh", "-c", script, Assay.executable ?? "assay"],
      in: assay.directory.url)
    #expect(result.status == 0, "\(result.error)")
    let rows = try String(contentsOfFile: assay.directory.path("out.csv"), encoding: .utf8)
    #expect(rows.utf8.count(where: { $0 == 10 }) == 200_001)
  }
}
