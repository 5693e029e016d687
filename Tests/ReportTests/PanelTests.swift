import Foundation
import Report
import SQLite
import Testing
import Tracker

@Suite struct PanelTests {
  let fixture: StudyFixture
  let subject: FigureSubject

  init() throws {
    fixture = try StudyFixture()
    let more = (1...9).map { ", \"network.parameter_\($0)\": 0.5" }.joined()
    try fixture.addSweep(named: "wide", values: [0.5, 0.7, 0.6, 0.9]) { _ in more }
    subject = FigureSubject(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.study),
      attackOrder: ["jsma", "fgsm"])
  }

  /// The texts of SVG with the numbers of an attribute.
  private func texts(_ svg: some StringProtocol, _ attribute: String) throws -> [(Double, String)] {
    try String(svg).matches(of: Regex("<text[^>]* \(attribute)=\"([0-9.-]+)\"[^>]*>([^<]*)<"))
      .map { match in
        (
          try #require(match.output[1].substring.flatMap { Double($0) }),
          String(match.output[2].substring ?? "")
        )
      }
  }

  @Test(
    "words are at least 9 points high and begin within the figure",
    arguments: Figure.allCases.filter { $0.isOfStudy || $0.isOfSweep })
  func size(figure: Figure) throws {
    let drawn = try figure.drawn(of: subject)
    let svg = String(decoding: drawn.svg, as: UTF8.self)
    let sizes = try texts(svg, "font-size")
    #expect(sizes.count > 3)
    for (size, text) in sizes { #expect(size >= 9, "\(text)") }
    for (x, text) in try texts(svg, "x") {
      #expect((0...drawn.drawing.width).contains(x), "\(text)")
    }
    for (y, text) in try texts(svg, "y") {
      #expect((0...drawn.drawing.height).contains(y), "\(text)")
    }
  }

  @Test(
    "a page has panels that a telephone's window holds",
    arguments: Figure.allCases.filter { $0.isOfStudy || $0.isOfSweep })
  func narrow(figure: Figure) throws {
    let sheet = try figure.drawn(of: subject).sheet
    for panel in sheet.legend + (sheet.narrowPanels ?? sheet.panels) {
      #expect(panel.width <= 360, "\(panel.summary)")
    }
    #expect(sheet.drawing.width <= 720)
  }

  @Test("panels stand in rows below the legend, none over another")
  func rows() {
    var entry = Drawing(width: 30, height: 20, summary: "")
    entry.text("legend", 1, 14)
    let panels = (1...3).map { number in
      var panel = Drawing(width: 50, height: Double(10 * number), summary: "")
      panel.text("panel \(number)", 2, 3)
      return panel
    }
    let drawing = PanelSheet(summary: "", legend: [entry, entry], panels: panels, columns: 2)
      .drawing
    let labels: [Label] = drawing.elements.compactMap {
      if case .label(let label) = $0 { label } else { nil }
    }
    #expect(labels.map(\.text) == ["legend", "legend", "panel 1", "panel 2", "panel 3"])
    #expect(labels[1].x - labels[0].x == 30 && labels[1].y == labels[0].y)
    #expect(labels[3].x - labels[2].x == 50 && labels[3].y == labels[2].y)
    // The second row is below the higher panel of the first.
    #expect(labels[4].x == labels[2].x && labels[4].y - labels[2].y == 20)
    #expect(labels[2].y > 20)
    #expect(drawing.width == 100 && drawing.height == labels[4].y - 3 + 30)
  }

  @Test("a parameter that is the same in all trials is named and has no axis and no panel")
  func constants() throws {
    let parameters = try Figure.sweepParameters.drawn(of: subject)
    let effects = try Figure.sweepEffects.drawn(of: subject)
    for drawn in [parameters, effects] {
      let words = try texts(String(decoding: drawn.svg, as: UTF8.self), "x").map(\.1)
      #expect(words.contains("learning_rate") && words.contains("optimizer"))
      #expect(!words.contains("network.parameter_3"))
      let remark = try #require(words.firstIndex { $0.hasPrefix("The same in all trials:") })
      #expect(words[remark...].joined(separator: " ").contains("network.parameter_9 = 0.5"))
    }
    #expect(effects.sheet.panels.count == 3)
  }

  @Test("eleven axes stand in rows, each with its objective at the end")
  func manyAxes() throws {
    let other = try StudyFixture()
    let more = (1...8).map { ", \"parameter_\($0)\": %d" }.joined()
    try other.addSweep(named: "wide", values: [0.5, 0.7, 0.6, 0.9]) { number in
      more.replacing("%d", with: "\(number)")
    }
    let drawn = try Figure.sweepParameters.drawn(
      of: FigureSubject(tracker: other.tracker, sweep: "wide"))
    let words = try texts(String(decoding: drawn.svg, as: UTF8.self), "x").map(\.1)
    #expect(words.count { $0 == "test_accuracy" } == 3)
    #expect(words.count { $0.hasPrefix("parameter_") } == 8)
    // Parameters that are whole numbers have no fractions along their axes.
    let start = try #require(words.firstIndex(of: "parameter_1"))
    #expect(!words[(start + 1)..<(start + 4)].contains { $0.contains(".") })
  }

  @Test("ROC curves have a logarithmic axis, and what is detected at 1% and 5% in numbers")
  func roc() throws {
    let drawn = try Figure.roc.drawn(of: subject)
    let words = try texts(String(decoding: drawn.svg, as: UTF8.self), "x").map(\.1)
    #expect(words.contains("1%") && words.contains("10%") && words.contains("100%"))
    #expect(words.count { $0 == "TPR at 1%" } == StudyFixture.attacks.count)
    #expect(drawn.queries.contains(.detectionRates))
    let rates = try fixture.tracker.query(
      .detectionRates, ["attack": .text("jsma"), "measure": .text("softmax_std")])
    let column = try #require(rates.columns.firstIndex(of: "true_positive_rate"))
    let shown = rates.rows.compactMap { $0[column].real }.map {
      String(format: "%.1f%%", $0 * 100)
    }
    let place = try #require(words.firstIndex(of: "softmax deviation"))
    #expect(Array(words[(place + 2)...(place + 3)]) == shown)
    let text = try #require(drawn.rendered(for: TerminalStyle()))
    #expect(text.contains("1%: \(shown[0])  5%: \(shown[1])"))
  }

  @Test("the gallery's examples on a route are of different classes where there are such")
  func gallery() throws {
    let result = try fixture.tracker.query(.gallery, ["study": .text(StudyFixture.study)])
    func column(_ name: String) throws -> Int { try #require(result.columns.firstIndex(of: name)) }
    let (attack, route, label) = (
      try column("attack"), try column("route"), try column("true_label")
    )
    let routes = Dictionary(grouping: result.rows) { row in
      "\(row[attack].text ?? "") \(row[route].text ?? "")"
    }
    for (route, rows) in routes {
      let classes = Set(rows.compactMap { $0[label].integer }).count
      #expect(
        Set(rows.prefix(classes).compactMap { $0[label].integer }).count == classes, "\(route)")
    }
    let again = try fixture.tracker.query(.gallery, ["study": .text(StudyFixture.study)])
    #expect(again.rows == result.rows)
  }
}
