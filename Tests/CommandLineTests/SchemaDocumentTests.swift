import Foundation
import TestSupport
import Testing

/// The documents that are made from migrations, queries and help.
@Suite(.startsPrograms) struct SchemaDocumentTests {
  private static let generator = "docs/generators/generate.py"

  private func check(in folder: URL) throws -> ProgramResult {
    try run(
      "python3",
      ["-B", Self.generator, "--check", "--assay", try #require(Assay.executable)], in: folder)
  }

  @Test("the generated documents are up to date")
  func fresh() throws {
    let result = try check(in: packageRoot)
    #expect(result.status == 0 && result.output.isEmpty, "\(result.output)\(result.error)")
  }

  @Test("documents are named whose sources have changed, the drawing too")
  func stale() throws {
    let copy = try TemporaryDirectory()
    for folder in ["docs", "migrations", "queries"] {
      try FileManager.default.copyItem(
        at: packageRoot.appending(path: folder), to: copy.url.appending(path: folder))
    }
    let migrations = copy.url.appending(path: "migrations")
    let before = "-- key: model\nCREATE VIEW served_models"
    let texts = try FileManager.default.contentsOfDirectory(atPath: migrations.path)
      .filter { $0.hasSuffix(".sql") }
      .map { ($0, try String(contentsOf: migrations.appending(path: $0), encoding: .utf8)) }
    let (name, text) = try #require(texts.filter { $1.contains(before) }.max { $0.0 < $1.0 })
    let changed = text.replacing(before, with: "-- key: model, layout\nCREATE VIEW served_models")
    try Data(changed.utf8).write(to: migrations.appending(path: name))
    let result = try check(in: copy.url)
    #expect(result.status == 1 && result.error.isEmpty, "\(result.error)")
    #expect(
      result.output == """
        docs/schema.md is not up to date: run make docs
        docs/schema.svg is not up to date: run make docs

        """)
  }

  @Test("every view is described, with the types of its columns and a key that names one row")
  func views() throws {
    let assay = try Assay(copyOf: .studyAndSweep)
    let views = try SchemaDocument().views
    let names = try assay.rows("SELECT name FROM sqlite_schema WHERE type = 'view'")
    #expect(Set(views.map(\.name)) == Set(names.compactMap { $0[text: "name"] }))
    for view in views {
      let wrong = view.columns.filter { $0.type != "ANY" }.map { name, type in
        "coalesce(sum(typeof(\(name)) NOT IN ('null', '\(type.lowercased())')), 0) AS \(name)"
      }
      let counts = try #require(
        assay.rows(
          "SELECT \((wrong + ["count(*) AS all_rows"]).joined(separator: ", ")) FROM \(view.name)"
        )
        .first)
      for (name, type) in view.columns where type != "ANY" {
        #expect(counts[number: name] == 0, "\(view.name).\(name) is not always \(type)")
      }
      let keys = try assay.rows(
        """
        SELECT count(*) AS keys
        FROM (SELECT DISTINCT \(view.key.joined(separator: ", ")) FROM \(view.name))
        """)
      #expect(keys.first?[number: "keys"] == counts[number: "all_rows"], "the key of \(view.name)")
    }
  }

  @Test("there are 24 questions of at most twelve lines, and all are tested")
  func questions() throws {
    let questions = try SchemaDocument().questions
    #expect(questions.count == 24)
    for question in questions {
      #expect(question.sql.split(separator: "\n").count <= 12, "\(question.title)")
    }
    let tested =
      RunQuestionTests.titles + AttackQuestionTests.titles + DetectionQuestionTests.titles
      + MeasureQuestionTests.titles
    #expect(Set(questions.map(\.title)) == Set(tested) && tested.count == 24)
  }
}
