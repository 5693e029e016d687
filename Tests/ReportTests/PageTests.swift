import Foundation
import Report
import SQLite
import TestSupport
import Testing
import Tracker

@Suite struct PageTests {
  let fixture: StudyFixture
  let html: String

  init() throws {
    fixture = try StudyFixture()
    try fixture.addSweep(named: "a <b> & \"c\"", values: [0.5, 0.7])
    html = try Self.page(fixture).html()
  }

  static func page(_ fixture: StudyFixture) throws -> Page {
    let table = Table(
      title: "Accuracy", notes: ["A note with <b>."],
      columns: [.init("attack", "Attack", .text), .init("accuracy", "Acc.", .percent)],
      rows: [[.text("FGSM"), .real(0.93456)], [.text("JSMA"), .null]])
    return try Page.of(
      FigureSubject(
        tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.study)),
      tables: [
        Page.Block(
          .table(table), sources: [Page.Source(.table2, ["study": .text(StudyFixture.study)])])
      ])
  }

  @Test("nothing outside the page is named, save the name of SVG")
  func references() {
    let addresses = html.matches(of: /https?:[^"' <]*/).map { String($0.0) }
    #expect(Set(addresses) == ["http://www.w3.org/2000/svg"])
    let links = html.matches(of: /(?:href|src)="([^"]*)"/).map { String($0.1) }
    #expect(links.count > 10)
    #expect(links.allSatisfy { $0.hasPrefix("#") || $0.hasPrefix("data:image/png") })
    #expect(!html.contains("@import") && !html.contains("url("))
  }

  @Test("inner links lead somewhere")
  func links() {
    let names = Set(html.matches(of: #/ id="([^"]*)"/#).map { String($0.1) })
    for link in html.matches(of: /href="#([^"]*)"/) { #expect(names.contains(String(link.1))) }
    for queries in html.matches(of: /data-queries="([^"]*)"/) {
      for name in queries.1.split(separator: " ") { #expect(names.contains("query-\(name)")) }
    }
  }

  @Test("behind every number stand its query and the runs")
  func sources() throws {
    for query in [Query.table2, .uncertaintyHistogram, .roc, .thresholdCurve, .sweepHistory] {
      #expect(html.contains(query.sha256))
      #expect(html.contains("id=\"query-\(query.rawValue)\""))
    }
    #expect(html.contains(":study = \(StudyFixture.study)"))
    let runs = try fixture.tracker.runs()
    #expect(runs.count == 10)
    for run in runs { #expect(html.contains("id=\"run-\(run.uuid)\"")) }
    #expect(html.contains("<td data-attack=\"fgsm\" data-value=\"0.93456\">93.5%</td>"))
  }

  @Test("the page begins with what was found; what identifies it stands behind everything else")
  func order() throws {
    let start = try #require(html.firstRange(of: "id=\"provenance\""))
    let (read, last) = (html[..<start.lowerBound], html[start.lowerBound...])
    #expect(!read.contains(StudyFixture.study) && last.contains(StudyFixture.study))
    #expect(!read.contains(Query.table2.sha256) && last.contains(StudyFixture.mnist))
    #expect(read.contains("<h1>LeNet on MNIST: detecting FGSM, JSMA</h1>"))
    let sections = html.matches(of: /<section id="([^"]*)"/).map { String($0.1) }
    #expect(sections == ["summary", "tables", "figures", "sweep-1", "provenance"])
    let blocks = html.matches(of: /<article id="([^"]*)"/).map { String($0.1) }
    #expect(blocks.prefix(4) == ["detection", "results", "failures", "figure1"])
    #expect(Set(blocks).count == blocks.count)
    // Each has its line in the list of contents, which stands there for both kinds of windows.
    for name in sections + blocks.filter({ $0 != "runs" && $0 != "queries" }) {
      #expect(html.matches(of: try Regex("<li><a href=\"#\(name)\">")).count == 2, "\(name)")
    }
  }

  @Test("a table by two protocols is there once, and unfolds to the other")
  func variants() throws {
    let report = StudyReport(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.study),
      protocolName: nil, attackOrder: StudyFixture.attacks)
    let page = try report.rendered(as: .html)
    for part in ["table2", "table3", "ablations", "measures"] {
      let article = try #require(
        page.firstMatch(of: try Regex("<article id=\"\(part)\"(?s:.*?)</article>")))
      let halves = page[article.range].split(separator: "<details class=\"variant\"")
      #expect(halves.count == 2)
      #expect(halves[0].contains("; protocol heldout") && !halves[0].contains("; protocol paper"))
      #expect(halves[1].contains("; protocol paper"))
    }
  }

  @Test("a sweep has its trials as a table, the best first")
  func trials() throws {
    let table = try #require(html.firstRange(of: "<article id=\"sweep-1-trials\""))
    let rows = html[table.lowerBound...].matches(of: /<th scope="row" data-value="(\d)\.0">/)
    #expect(rows.prefix(2).map { String($0.1) } == ["1", "0"])
    #expect(html.contains("The best is trial 1 with 0.7."))
  }

  @Test("hovering has what it shows, without the script too")
  func hints() {
    #expect(html.matches(of: /<title>FGSM, [^<]* clean, [^<]* adversarial<\/title>/).count == 100)
  }

  @Test("words of the user's are words")
  func escaping() {
    #expect(!html.contains("<b>"))
    #expect(html.contains("Sweep a &lt;b&gt; &amp; &quot;c&quot;"))
  }

  @Test("a database of sweeps alone has a page, and one with nothing too")
  func sweepsAlone() throws {
    let directory = try TemporaryDirectory()
    let tracker = try Tracker(
      writing: directory.path("assay.db"), environment: RunEnvironment(version: "test"))
    let nothing = try Page.of(FigureSubject(tracker: tracker), tables: []).html()
    #expect(nothing.contains("<h1>Nothing is finished yet</h1>"))
    let sweeps = try Page.of(FigureSubject(tracker: fixture.tracker), tables: []).html()
    #expect(sweeps.contains("<h1>Sweeps</h1>") && !sweeps.contains("#runs\""))
  }

  @Test("the same database gives the same bytes")
  func determinism() throws {
    #expect(try Self.page(fixture).html() == html)
  }
}
