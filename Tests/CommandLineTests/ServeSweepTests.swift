import Foundation
import TestSupport
import Testing

/// The pages of sweeps that `assay serve` shows, and what stops one.
@Suite(.startsPrograms) struct ServeSweepTests {
  /// A finished sweep of a command over a number and a word.
  private static let swept = SharedStart(from: .empty) { assay in
    try assay.write(
      """
      # Reports its first parameter.
      echo "{\\"metrics\\": {\\"loss\\": $1}, \\"step\\": 0}" >> "$ASSAY_EVENTS"

      """, to: "echo.sh")
    try assay.write(
      """
      name: a <b> ü
      command: sh echo.sh {rate} {mode}
      space:
        rate: {uniform: [0.1, 0.9]}
        mode: [fast, "<slow>"]
      sampler: random
      objective: {minimise: loss}
      budget: 8

      """, to: "sweep.yaml")
    try assay.succeed("sweep", "run", "sweep.yaml", "--quiet")
  }

  private static let address = "/sweeps/a%20%3Cb%3E%20%C3%BC"

  private func trials(on page: String) -> [Int] {
    page.matches(of: #/<tr><td class="number">(\d+)</td><td><span class="state/#).compactMap {
      Int($0.output.1)
    }
  }

  @Test("trials are sorted and filtered as SQL does it, and drawn as they are")
  func trials() throws {
    let assay = try Assay(copyOf: Self.swept)
    let server = try ServedAssay(assay)
    #expect(try server.page("/sweeps").text.contains("href=\"\(Self.address)\">a &lt;b&gt; ü</a>"))
    let values = "FROM trials JOIN trial_values USING (sweep_name, trial)"
    let mean = try assay.ask("SELECT avg(value) \(values);").trimmingCharacters(
      in: .whitespacesAndNewlines)
    for (query, sql) in [
      ("", "SELECT trial \(values) ORDER BY trial DESC"),
      ("sort=value", "SELECT trial \(values) ORDER BY value, trial"),
      ("sort=value&order=descending", "SELECT trial \(values) ORDER BY value DESC, trial"),
      ("sort=parameter.mode", "SELECT trial \(values) ORDER BY parameters ->> 'mode', trial"),
      ("to=\(mean)", "SELECT trial \(values) WHERE value <= \(mean) ORDER BY trial DESC"),
      (
        "from.rate=\(mean)",
        "SELECT trial \(values) WHERE parameters ->> 'rate' >= \(mean) ORDER BY trial DESC"
      ),
      (
        "is.mode=%3Cslow%3E",
        "SELECT trial \(values) WHERE parameters ->> 'mode' = '<slow>' ORDER BY trial DESC"
      ), ("state=failed", "SELECT trial FROM trials WHERE trial_state = 'failed'"),
    ] {
      let page = try server.page("\(Self.address)?\(query)")
      #expect(page.status == 200 && !page.text.contains("<slow>"))
      let expected = try assay.ask(sql + ";").split(separator: "\n").compactMap { Int($0) }
      #expect(trials(on: page.text) == expected, "\(query)")
    }
    let answer = try server.ask("GET", "\(Self.address)/points?after=2")
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    let points = try #require(json["trials"] as? [[String: Any]])
    #expect(points.compactMap { $0["judged"] as? Int } == Array(3...7))
    for point in points {
      let setting = (point["parameters"] as? [String: Any])?["rate"] as? Double
      #expect((point["values"] as? [Double])?.first == setting && setting != nil)
    }
    #expect(try server.ask("GET", "\(Self.address)/effects").text.contains("<svg"))
    // A browser without scripts asks for the drawings, as images.
    let sources = try server.page(Self.address).text.matches(of: #/<img src="([^"]+\.svg)"/#)
    #expect(sources.count == 3)
    for source in sources {
      let drawing = try server.ask("GET", String(source.output.1))
      #expect(drawing.status == 200 && drawing.text.contains("<svg xmlns"), "\(source.output.1)")
    }
    for query in ["sort=speed", "from=x", "state=gone", "after=q", "objective=none"] {
      #expect(try server.ask("GET", "\(Self.address)?\(query)").status == 400, "\(query)")
    }
    #expect(try server.ask("GET", "/sweeps/none").status == 404)
    #expect(try server.ask("POST", "\(Self.address)/stop").status == 403)
  }

  @Test("long sweeps are turned page by page, each trial once, by any order")
  func paging() throws {
    let assay = try Assay(copyOf: Self.swept)
    _ = try assay.ask(
      """
      WITH RECURSIVE count (i) AS (SELECT 8 UNION ALL SELECT i + 1 FROM count WHERE i < 180)
      INSERT INTO trial (sweep_id, number, parameters, proposed_after, created_ms)
      SELECT 1, i, json_object('rate', i % 7, 'mode', iif(i % 2, 'fast', NULL)), 8, 0 FROM count;
      """)
    let server = try ServedAssay(assay)
    for query in [
      "", "sort=number", "sort=parameter.rate", "sort=parameter.mode&order=descending",
      "sort=value",
      "sort=duration",
    ] {
      var (found, path) = ([Int](), "\(Self.address)?\(query)")
      for _ in 0..<6 {
        let page = try server.page(path).text
        found += trials(on: page)
        guard let next = page.firstMatch(of: /rel="next" href="([^"]*)"/) else { break }
        path = String(next.output.1).replacing("&amp;", with: "&")
      }
      #expect(found.count == 181 && Set(found) == Set(0...180), "\(query)")
    }
  }

  @Test("with --record a sweep is stopped and continued, by this server's own pages alone")
  func stopping() throws {
    let assay = try Assay(copyOf: Self.swept)
    let server = try ServedAssay(assay, "--record")
    func state() throws -> String {
      try assay.ask("SELECT sweep_state FROM sweeps;").trimmingCharacters(
        in: .whitespacesAndNewlines)
    }
    #expect(try server.ask("POST", "\(Self.address)/stop").status == 409)
    _ = try assay.ask("UPDATE sweep SET state = 'open', budget = 20;")
    let foreign = ["Origin": "http://evil.example"]
    #expect(try server.ask("POST", "\(Self.address)/stop", headers: foreign).status == 403)
    #expect(try state() == "open")
    #expect(try server.page(Self.address).text.contains("action=\"\(Self.address)/stop\""))
    let stopped = try server.ask("POST", "\(Self.address)/stop")
    #expect(stopped.status == 303 && stopped.headers["location"] == Self.address)
    #expect(try state() == "stopped")
    #expect(try server.ask("POST", "\(Self.address)/continue").status == 303)
    #expect(try state() == "open")
  }
}
