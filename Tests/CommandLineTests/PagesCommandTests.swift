import Foundation
import TestSupport
import Testing

/// The pages of `assay serve`: what they show, choose, compare, and what they refuse.
@Suite(.startsPrograms) struct PagesCommandTests {
  /// The names of the runs in a page of the list, in its order.
  private func names(_ page: String) -> [String] {
    page.matches(of: /<td class="cut"><a href="[^"]*">([^<]*)<\/a>/).map { String($0.output.1) }
  }

  /// What the sqlite3 shell answers, without the end of its line.
  private func value(_ assay: Assay, _ sql: String) throws -> String {
    try assay.ask(sql + ";").trimmingCharacters(in: .newlines)
  }

  @Test("the list is filtered, ordered, shown with columns and grouped by its address")
  func list() throws {
    let assay = try Assay(copyOf: .importedRuns)
    let server = try ServedAssay(assay)
    #expect(names(try server.page("/").text) == ["z", "y", "x", "w"])
    #expect(
      names(try server.page("/?where=metric.loss+%3C+0.6&sort=metric.loss").text) == [
        "z", "w", "x",
      ])
    #expect(names(try server.page("/?tag=good&sort=name").text) == ["x", "z"])
    #expect(names(try server.page("/?group=first&kind=torch&state=finished").text) == ["w"])
    #expect(names(try server.page("/?aside=archived").text).contains("v"))
    let columns = try server.page(
      "/?column=metric.loss&column=%22metric.val/acc%22&sort=metric.loss&order=descending"
    ).text
    #expect(names(columns) == ["y", "x", "w", "z"])
    #expect(columns.contains(">0.9</td>") && columns.contains("title=\"val/acc\""))
    #expect(columns.contains("aria-sort=\"descending\""))
    let groups = try server.page("/?by=parameter.lr&column=metric.loss").text
    // w and x: 0.25 and 0.5
    #expect(groups.contains(">0.375<") && groups.contains(">0.176777<"))
    let wrong = try server.page("/?where=%3Cb%3E+%3C&kind=torch")
    #expect(wrong.status == 400 && wrong.text.contains("role=\"alert\""))
    #expect(wrong.text.contains("value=\"&lt;b&gt; &lt;\"") && !wrong.text.contains("<b>"))
    #expect(names(try server.page("/?where=name+%3D+'none'").text).isEmpty)
  }

  @Test(
    "a run's page has all that is recorded, with hostile names as text, and several are compared")
  func run() throws {
    let assay = try Assay(copyOf: .importedRuns)
    try assay.succeed(
      "run", "--quiet", "--name", "<i>x</i>", "--", "sh", "-c",
      #"""
      printf 'a\033[1mb <u>\n'; echo problem >&2
      printf '{"k": [1, {"<u>": "a\\"b"}]}' > '<u>.json'; printf '\0\1' > raw
      printf '\211PNG\r\n\032\n rest' > picture.html
      for file in '<u>.json' raw picture.html; do echo "{\"artifact\": {\"path\": \"$file\"}}" >> $ASSAY_EVENTS; done
      echo '{"metrics": {"a<u>": 1}, "note": "<u>note", "tags": ["<u>"]}' >> $ASSAY_EVENTS
      """#)
    let run = try value(assay, "SELECT run FROM runs WHERE kind = 'program'")
    let others = try value(
      assay, "SELECT group_concat('run=' || run, '&') FROM runs WHERE name IN ('w', 'z')")
    let server = try ServedAssay(assay)
    let page = try server.page("/runs/\(run)").text
    for part in ["ab &lt;u&gt;", "problem", "&lt;u&gt;note", "&lt;i&gt;x", "assay run --name", run]
    {
      #expect(page.contains(part), "\(part)")
    }
    #expect(!page.contains("<u>") && !page.contains("<i>") && !page.contains("\u{1B}"))
    #expect(!page.contains("name=\"save\"") && page.contains("--record"))
    let json = try server.page("/runs/\(run)/artifact?name=%3Cu%3E.json").text
    #expect(json.contains("&quot;k&quot;: [\n    1,\n    {\n") && !json.contains("<u>"))
    let file = try server.ask("GET", "/runs/\(run)/file?name=%3Cu%3E.json&inline=1")
    #expect(file.text == #"{"k": [1, {"<u>": "a\"b"}]}"#)
    #expect(file.headers["content-disposition"] == "attachment; filename*=UTF-8''%3Cu%3E.json")
    #expect(file.headers["content-type"] == "application/octet-stream")
    let picture = try server.ask("GET", "/runs/\(run)/file?name=picture.html&inline=1")
    #expect(picture.headers["content-type"] == "image/png")
    #expect(picture.headers["content-disposition"]?.hasPrefix("inline") == true)
    #expect(try server.page("/runs/\(run)/artifact?name=raw").text.contains("no preview"))
    #expect(try server.page("/runs/\(run)/artifact?name=../raw").status == 404)
    #expect(try server.page("/runs/zzz").status == 404)
    let curve = try server.ask("GET", "/curves?metric=loss&\(others)").text
    #expect(curve.contains(#""name":"w""#) && curve.contains(#""y":[1,0.5,0.25]"#))
    let drawn = try server.ask("GET", "/curves.svg?metric=loss&\(others)")
    #expect(drawn.status == 200 && drawn.text.contains("<svg"))
    let compared = try server.page("/compare?\(others)").text
    let (loss, both) = (compared.firstRange(of: ">loss<"), compared.firstRange(of: ">both<"))
    #expect(loss != nil && both == nil)
    let all = try server.page("/compare?all=1&\(others)").text
    let place = try #require(all.firstRange(of: ">both<"))
    #expect(try #require(all.firstRange(of: ">lr<")).lowerBound < place.lowerBound)
  }

  @Test("the runs that a run used, and that used it, are drawn with their roles")
  func lineage() throws {
    let assay = try Assay(copyOf: .importedRuns)
    _ = try assay.ask(
      """
      INSERT INTO run (uuid, kind, name, state, configuration, created_ms)
      VALUES ('aaaaaaaa-0000-4000-8000-000000000001', 'user', 'of <b>', 'queued', '{}', 0);
      INSERT INTO lineage (run_id, role, parent_run_id)
      SELECT (SELECT max(id) FROM run), 'from ' || name, id FROM run WHERE name IN ('w', 'z');
      """)
    let server = try ServedAssay(assay)
    let user = try server.page("/runs/aaaaaaaa").text
    #expect(
      user.ranges(of: "class=\"member").count == 3 && user.ranges(of: "class=\"link\"").count == 2)
    #expect(user.contains("<title>from w</title>") && !user.contains("of <b>"))
    let used = try value(assay, "SELECT run FROM runs WHERE name = 'w'")
    let page = try server.page("/runs/\(used)").text
    #expect(page.ranges(of: "class=\"member").count == 2 && page.contains("class=\"member own\""))
  }

  @Test("output is told as it grows, to the end of the run")
  func output() throws {
    let assay = try Assay(copyOf: .importedRuns)
    let program = try assay.start(
      "run", "--quiet", "--", "sh", "-c",
      "echo first; while [ ! -e go ]; do sleep 0.05; done; echo last")
    let started = "SELECT run FROM program_executions WHERE child_process_id IS NOT NULL"
    try waitUntil("the run", of: program) { try !value(assay, started).isEmpty }
    let run = try value(assay, started)
    let server = try ServedAssay(assay)
    let listener = try LoopbackClient(port: server.port)
    listener.send(
      "GET /runs/\(run)/output?stream=output&from=0 HTTP/1.1\r\nHost: localhost\r\n\r\n")
    while try listener.line() != #"data: "first\n""# {}
    try assay.write("", to: "go")
    while try listener.line() != #"data: "last\n""# {}
    while try listener.line() != "event: end" {}
    _ = try program.wait()
  }

  @Test("SQL only reads, ends in time, and comes down as the command gives it")
  func sql() throws {
    let assay = try Assay(copyOf: .importedRuns)
    let server = try ServedAssay(assay)
    func ask(_ sql: String, _ more: String = "") throws -> LoopbackResponse {
      let text = sql.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
      return try server.page("/sql?q=\(text)\(more)")
    }
    let before = try value(assay, "SELECT count(*) FROM runs")
    for sql in [
      "ATTACH 'other.db' AS other", "PRAGMA journal_mode = DELETE", "SELECT load_extension('x')",
      "DELETE FROM run", "CREATE TEMP TABLE x (y)", "SELECT 1; DELETE FROM run", "SELEC 1",
      "SELECT unknown FROM runs", "VACUUM INTO 'copy.db'",
    ] {
      let page = try ask(sql)
      #expect(page.status == 400, "\(sql)")
      #expect(page.text.ranges(of: "role=\"alert\"").count == 1, "\(sql)")
    }
    let endless = try ask(
      "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT max(i) FROM n",
      "&seconds=2")
    #expect(endless.status == 503 && endless.text.contains("not done after 2 s"))
    let many = try ask(
      "SELECT value FROM json_each('[' || substr(replace(hex(zeroblob(200)), '0', ',1'), 2) || ']')",
      "&rows=100")
    #expect(many.text.contains("The first 100 rows"))
    #expect(try ask("SELECT '<b>' AS \"<i>\"").text.contains("&lt;b&gt;"))
    #expect(try value(assay, "SELECT count(*) FROM runs") == before)
    #expect(!FileManager.default.fileExists(atPath: assay.directory.path("copy.db")))
    let sql =
      "SELECT runs.name, metric, value FROM metrics JOIN runs USING (run) ORDER BY 1, 2, step"
    let coded = sql.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    for (ending, format) in [("csv", "csv"), ("jsonl", "jsonl")] {
      let file = try server.ask("GET", "/sql/rows.\(ending)?q=\(coded)")
      #expect(file.text == (try assay.succeed("query", "--sql", sql, "--format", format).output))
    }
    #expect(try server.ask("GET", "/sql/rows.csv?q=DROP+TABLE+run").status == 400)
    let named = try server.page("/sql?name=newest_runs&p-limit=2").text
    #expect(named.contains("2 rows") && named.contains("name=\"p-before\""))
    #expect(try server.page("/sql?name=nothing").status == 400)
    let chart = try ask(sql, "&show=chart&y=value&series=metric").text
    #expect(chart.contains("application/json") && chart.contains(#""name":"loss""#))
  }

  @Test("what people say of runs changes by forms of this server alone, and only where it records")
  func labels() throws {
    let assay = try Assay(copyOf: .importedRuns)
    let run = try value(assay, "SELECT run FROM runs WHERE name = 'y'")
    let reader = try ServedAssay(assay)
    #expect(try reader.ask("POST", "/runs/\(run)/labels", body: "tag=t").status == 403)
    let server = try ServedAssay(assay, "--record")
    #expect(try server.page("/runs/\(run)").text.contains("name=\"save\""))
    let foreign = ["Origin": "http://evil.example"]
    #expect(
      try server.ask("POST", "/runs/\(run)/labels", headers: foreign, body: "tag=t").status == 403)
    let own = ["Origin": "http://localhost"]
    let saved = try server.ask(
      "POST", "/runs/\(run)/labels", headers: own,
      body: "tag=a+%3Cb%3E&note=one%0D%0Atwo&name=renamed&group=g&save=1")
    #expect(saved.status == 303 && saved.headers["location"] == "/runs/\(run)")
    func labels() throws -> String {
      try value(
        assay,
        "SELECT name || group_name || tags || coalesce(note, '') FROM runs WHERE run = '\(run)'")
    }
    #expect(try labels() == "renamedg[\"a <b>\"]one\ntwo")
    _ = try server.ask("POST", "/runs/\(run)/labels", headers: own, body: "remove=a+%3Cb%3E")
    #expect(try labels() == "renamedg[]one\ntwo")
    let long = String(repeating: "x", count: 300)
    #expect(
      try server.ask("POST", "/runs/\(run)/labels", headers: own, body: "tag=\(long)&name=other")
        .status == 400)
    #expect(try labels() == "renamedg[]one\ntwo")
  }
}
