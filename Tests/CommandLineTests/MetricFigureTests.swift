import Foundation
import TestSupport
import Testing

#if canImport(FoundationXML)
  import FoundationXML
#endif

/// Curves of metrics of several runs.
@Suite(.startsPrograms) struct MetricFigureTests {
  private let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .importedRuns)
  }

  private func svg(_ options: String...) throws -> String {
    let result = try assay.run(["report", "metrics", "--quiet", "-o", "figure.svg"] + options)
    guard result.status == 0 else { throw CommandFailure("\(options): \(result.error)") }
    #expect(XMLParser(data: try assay.data("figure.svg")).parse())
    return try assay.text("figure.svg")
  }

  /// How often a text is in another one.
  private func count(_ part: String, in text: String) -> Int { text.ranges(of: part).count }

  @Test("runs are compared in one plot for each metric, with a legend by name or by a parameter")
  func legends() throws {
    let named = try svg("--runs", "w,z", "--metric", "loss,val/acc")
    #expect(count(">w<", in: named) == 1 && count(">z<", in: named) == 1)
    #expect(count(">loss<", in: named) == 1 && count(">val/acc<", in: named) == 1)
    #expect(!named.contains(">x<"))
    let settings = try svg("--metric", "loss", "--by", "lr", "--where", "kind = 'torch'")
    for label in [">lr 0.1<", ">lr 0.01<", ">lr 1<"] {
      #expect(count(label, in: settings) == 1, "\(label)")
    }
    let chosen = try svg("--metric", "loss", "--where", "tag.good")
    #expect(chosen.contains(">x<") && chosen.contains(">z<") && !chosen.contains(">w<"))
    let pdf = try assay.run("report", "metrics", "--runs", "w", "-o", "figure.pdf")
    #expect(pdf.status == 0 && pdf.error == "wrote figure.pdf\n", "\(pdf.error)")
    #expect(try assay.data("figure.pdf").starts(with: Data("%PDF".utf8)))
  }

  @Test("a terminal without colours has a plot of each run, by the same scales")
  func text() throws {
    let text = try assay.succeed(
      "report", "metrics", "--runs", "w,x,y", "--metric", "loss"
    ).output
    #expect(text.contains("loss, 0.25 to 1, all by the same scales"))
    for title in ["w 0.25", "x 0.5", "y 0.9"] { #expect(text.contains(title)) }
    #expect(text.split(separator: "\n").allSatisfy { $0.count <= 80 })
    #expect(text.unicodeScalars.contains { (0x2801...0x28FF).contains($0.value) })
  }

  @Test("a NaN and an infinity leave gaps, and logarithms leave out what they have no place for")
  func gaps() throws {
    let values = ["1", "2", "NaN", "4", "Infinity", "8", "9", "0", "0"]
    let lines = values.enumerated().map { "gap,\($0.offset),\($0.element)" }
    try assay.write((["run,step,loss"] + lines).joined(separator: "\n"), to: "gap.csv")
    try assay.succeed("import", "csv", "gap.csv", "--kind", "other", "--quiet")
    let curve = try #require(
      svg("--runs", "gap", "--metric", "loss").firstMatch(of: /(?s)<title>loss, gap.*?<\/g>/)
    ).output
    // Two lines, and a dot between the gaps.
    #expect(curve.matches(of: /<path/).count == 3)
    #expect(curve.matches(of: /<path[^>]*fill="none"/).count == 2)
    let text = try svg("--runs", "gap", "--metric", "loss", "--log")
    #expect(text.contains("values of 0 or less have no place"))
  }

  @Test("no spike of a long curve is lost, and a short one has all of its values")
  func sampling() throws {
    let lines = (0..<3000).map { "long,\($0),\($0 == 1777 ? 9 : 0.5)" }
    try assay.write((["run,step,loss"] + lines).joined(separator: "\n"), to: "long.csv")
    try assay.succeed("import", "csv", "long.csv", "--kind", "other", "--quiet")
    let list = "[\"\(try assay.ask("SELECT run FROM runs WHERE name = 'long';").prefix(36))\"]"
    let points = try assay.rows(
      query: "metric_curves", "--metric", "loss", "--runs", list, "--points", "10")
    #expect(points.count == 10)
    #expect(points.compactMap { $0[number: "steps"] } == Array(repeating: 300, count: 10))
    #expect(points.compactMap { $0[number: "high"] }.filter { $0 == 9 }.count == 1)
    #expect(points[5][number: "step"] == 1500 && points[5][number: "high"] == 9)
    let whole = try assay.rows(
      query: "metric_curves", "--metric", "loss", "--runs", list, "--points", "5000")
    #expect(whole.count == 3000)
    let text = try svg("--runs", "long", "--metric", "loss")
    #expect(text.utf8.count < 100_000)
  }

  @Test("names of any kind are escaped, more runs than can be told apart are said to be left out")
  func names() throws {
    let lines = (0..<20).map { "r\($0)<&\",0,\($0)\nr\($0)<&\",1,\($0 + 1)" }
    let quoted = lines.map { $0.replacing("<&\"", with: "<&") }
    try assay.write((["run,step,cost"] + quoted).joined(separator: "\n"), to: "many.csv")
    try assay.succeed("import", "csv", "many.csv", "--kind", "many", "--quiet")
    let text = try svg("--where", "kind = 'many'", "--metric", "cost")
    #expect(text.contains("14 of 20 runs are drawn, the first ones"))
    #expect(text.contains("r19&lt;&amp;") && !text.contains("r19<"))
    let missing = try assay.run("report", "metrics", "--runs", "w", "--metric", "none")
    #expect(missing.status == 66, "\(missing.error)")
    #expect(missing.error.split(separator: "\n").count == 1)
    #expect(try assay.run("report", "metrics", "--runs", "w", "-o", "x.csv").status == 64)
    #expect(try assay.run("report", "roc", "--runs", "w").status == 64)
    #expect(try assay.run("report", "metrics", "--study", "w").status == 64)
    #expect(try assay.run("report", "metrics", "--runs", "w", "--where", "1").status == 64)
  }
}
