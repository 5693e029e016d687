import Foundation
import TestSupport
import Testing

/// Views out as files, metrics of other programs in.
@Suite(.startsPrograms) struct ExportCommandTests {
  let assay: Assay

  init() throws {
    assay = try Assay()
  }

  @Test("metrics of other programs come in, once")
  func metrics() throws {
    try assay.write(
      "run,kind,step,loss,accuracy\nfirst,torch,1,0.5,0.9\nfirst,torch,2,0.25,\nsecond,torch,1,nan,1\n",
      to: "wide.csv")
    let first = try assay.run("import", "csv", "wide.csv", "--format", "csv")
    #expect(first.status == 0, "\(first.error)")
    #expect(first.output.split(separator: "\r\n").count == 3)
    let again = try assay.run("import", "csv", "wide.csv", "--format", "csv")
    #expect(again.output == first.output.replacing(",yes", with: ",no"))
    #expect(
      try assay.ask(
        """
        SELECT runs.name, runs.kind, runs.state, metrics.name, step, quote(value) FROM metrics
        JOIN runs USING (run) ORDER BY 1, 4, 5;
        """) == """
          first|torch|finished|accuracy|1|0.9
          first|torch|finished|loss|1|0.5
          first|torch|finished|loss|2|0.25
          second|torch|finished|accuracy|1|1.0
          second|torch|finished|loss|1|NULL

          """)
    try assay.write(
      #"{"run": "third", "name": "loss", "step": 3, "value": 1e-3}"# + "\n\n"
        + #"{"run": "third", "name": "loss", "step": 4, "value": null, "kind": "external"}"#,
      to: "long.jsonl")
    #expect(try assay.run("import", "jsonl", "long.jsonl").status == 0)
    #expect(
      try assay.ask(
        "SELECT kind, step, quote(value) FROM metrics WHERE kind = 'external' ORDER BY step;")
        == "external|3|0.001\nexternal|4|NULL\n")
  }

  @Test(
    "what is no metrics file is refused in one line, and nothing is recorded",
    arguments: [
      ("csv", "", "'run'"), ("csv", "a,b\n1,2\n", "'run'"), ("csv", "run,x\n", "no metrics"),
      ("csv", "run,x\na\n", "line 2"), ("csv", "run,x,x\na,1,2\n", "same name"),
      ("csv", "run,x\n,1\n", "line 2"), ("csv", "run,x\na,one\n", "numbers are in x"),
      ("csv", "run,step,x\na,1.5,2\n", "step"), ("csv", "run,x\na,1\na,2\n", "no step"),
      ("csv", "run,name,value\na,,1\n", "metric"), ("csv", "run,kind,x\na,b,1\na,c,1\n", "kind"),
      ("csv", "run,x\n\"a,1\n", "never ends"), ("jsonl", "[1]\n", "line 1"),
      ("jsonl", "{\"run\": \"a\", \"x\": [1]}\n", "in x"), ("jsonl", "{\"x\": 1}", "line 1"),
    ])
  func refused(format: String, text: String, mention: String) throws {
    try assay.write(text, to: "file")
    let result = try assay.run("import", format, "file")
    #expect(result.status == 65, "\(result.error)")
    #expect(result.error.split(separator: "\n").count == 1)
    #expect(result.error.contains(mention), "\(result.error)")
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("assay.db")))
  }

  @Test("every view is written, as the sqlite3 shell would, and described")
  func export() throws {
    let assay = try Assay(copyOf: .attacked)
    #expect(try assay.run("export", "out", "--with-long-views").status == 0)
    let result = try assay.run("export", "lines", "--format", "jsonl", "--without-pixels")
    #expect(result.status == 0, "\(result.error)")

    let views = try assay.ask("SELECT name FROM sqlite_schema WHERE type = 'view' ORDER BY 1;")
      .split(separator: "\n").map(String.init)
    let files = try FileManager.default.contentsOfDirectory(atPath: assay.directory.path("out"))
    #expect(files.sorted() == (views.map { $0 + ".csv" } + ["schema.json"]).sorted())
    let lines = try FileManager.default.contentsOfDirectory(atPath: assay.directory.path("lines"))
    let left = [
      "adversarial_image_pixels", "detection_agreements", "detection_decisions",
      "detection_scores", "detection_votes", "image_agreements", "image_scores", "voted_scores",
    ]
    #expect(
      Set(lines)
        == Set(views).subtracting(left).reduce(into: ["schema.json"]) { $0.insert($1 + ".jsonl") })

    let shell = try assay.ask(
      """
      SELECT run || ',' || kind || ',' || name || ',' || step || ',' || printf('%!.17g', value)
      FROM metrics;
      """)
    let written = try assay.text("out/metrics.csv").split(separator: "\r\n").map(String.init)
    #expect(written.first == "run,kind,name,step,value,recorded,metric")
    func prefixes(_ lines: [String]) -> [String] {
      lines.map { $0.split(separator: ",").prefix(4).joined(separator: ",") }
    }
    func values(_ lines: [String]) -> [Double?] {
      lines.map { Double($0.split(separator: ",")[4]) }
    }
    let asked = shell.split(separator: "\n").map(String.init)
    #expect(asked.count > 2)
    #expect(prefixes(Array(written.dropFirst())) == prefixes(asked))
    #expect(values(Array(written.dropFirst())) == values(asked))

    struct Schema: Decodable {
      struct View: Decodable {
        struct Column: Decodable { let name: String; let types: [String] }
        let name: String
        let file: String
        let rows: Int
        let columns: [Column]
      }
      let views: [View]
      let schema_version: Int
    }
    let schema = try JSONDecoder().decode(
      Schema.self, from: Data(assay.text("out/schema.json").utf8))
    #expect(schema.views.map(\.name) == views)
    let images = try #require(schema.views.first { $0.name == "adversarial_images" })
    #expect(images.rows == 250)
    #expect(images.columns.first { $0.name == "l2" }?.types == ["real"])
    #expect(images.columns.first { $0.name == "target_label" }?.types == ["null"])
    let rows = try assay.text("lines/adversarial_images.jsonl").split(separator: "\n")
    #expect(rows.count == 250)
    for row in rows.prefix(5) {
      #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(row.utf8)) }
    }
    // The metrics that went out come in elsewhere.
    let imported = try assay.run("import", "csv", "out/metrics.csv", "--db", "other.db")
    #expect(imported.status == 0, "\(imported.error)")
    let sum = "SELECT count(*), sum(value), max(step) FROM metrics;"
    #expect(try assay.ask(sum, of: "other.db") == assay.ask(sum))
    #expect(try assay.ask("SELECT DISTINCT kind FROM runs;", of: "other.db") == "external-train\n")

    try assay.write("", to: "file")
    #expect(try assay.run("export", "file").status == 74)
    #expect(try assay.run("export", "out", "--db", "none.db").status == 66)
  }
}
