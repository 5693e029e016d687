import Foundation
import Report
import SQLite
import Testing
import Tracker

extension [UInt8] {
  /// Whether the bytes of a text are among these.
  fileprivate func contains(_ text: String) -> Bool {
    Data(self).range(of: Data(text.utf8)) != nil
  }
}

@Suite struct FigureTests {
  let fixture: StudyFixture
  let subject: FigureSubject

  init() throws {
    fixture = try StudyFixture()
    try fixture.addSweep(named: "a <b> & \"c\"", values: [0.5, nil, 0.7, 0.6, 0.9])
    subject = FigureSubject(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.study),
      attackOrder: ["jsma", "fgsm"],
      cleanImages: CleanImages(columns: 28, digest: StudyFixture.mnist) { index in
        [Float](repeating: Float(index) / 100, count: 784)
      })
  }

  @Test(
    "every figure is well-formed SVG, a PDF and a PNG, the same at each time",
    arguments: Figure.allCases.filter { $0.isOfStudy || $0.isOfSweep })
  func formats(figure: Figure) throws {
    let drawn = try figure.drawn(of: subject)
    let again = try figure.drawn(of: subject)
    #expect(XMLReader(drawn.svg).isWellFormed)
    #expect(drawn.svg == again.svg)
    let (pdf, png) = (try drawn.pdf(), try drawn.drawing.png(scale: 1))
    #expect(try pdf == again.pdf())
    #expect(try png == again.drawing.png(scale: 1))
    #expect(pdf.starts(with: Array("%PDF-".utf8)))
    #expect(png.starts(with: [0x89, 0x50, 0x4E, 0x47]))
    // As a number of an attribute or of a path; a picture's bytes may be any letters.
    for start in ["\"", " ", ","] { #expect(!drawn.svg.contains(start + "nan")) }
  }

  @Test(
    "thresholds at infinity, as optima by votes alone have them, are drawn at the axes' ends",
    arguments: [Figure.thresholds, .figure1],
    [(-Double.infinity, 0.08), (0.05, .infinity), (-.infinity, -.infinity), (.infinity, .infinity)])
  func infiniteThresholds(figure: Figure, thresholds: (Double, Double)) throws {
    let fixture = try StudyFixture(thresholds: thresholds)
    let subject = FigureSubject(
      tracker: fixture.tracker, study: try fixture.tracker.run(uuid: StudyFixture.study),
      attackOrder: ["jsma", "fgsm"])
    let svg = try String(decoding: figure.drawn(of: subject).svg, as: UTF8.self)
    for (name, value) in [("L", thresholds.0), ("H", thresholds.1)] {
      let text = value.isFinite ? "\(value)" : value < 0 ? "−∞" : "∞"
      #expect(svg.contains("\(name) = \(text)"), "\(name) of \(figure)")
    }
    // A number as great as this stands for a place that is none.
    #expect(!svg.contains("1000000"))
  }

  @Test("figure 1 says the counts of each bar, and they add up to the images")
  func histogram() throws {
    let svg = try String(decoding: Figure.figure1.drawn(of: subject).svg, as: UTF8.self)
    let counts = svg.matches(of: /<title>(\w+), [^<]*: ([\d,]+) clean, ([\d,]+) adversarial</)
    #expect(counts.count == 100 * StudyFixture.attacks.count)
    for attack in StudyFixture.attacks {
      let own = counts.filter { $0.1 == attack.uppercased() }
      let kept = StudyFixture.images * 9 / 10
      #expect(own.reduce(0) { $0 + (Int($1.2) ?? 0) } == kept)
      #expect(own.reduce(0) { $0 + (Int($1.3) ?? 0) } == kept)
    }
    #expect(svg.contains("L = 0.05, H = 0.08, C = 3"))
    let (first, second) = (svg.firstRange(of: ">JSMA<"), svg.firstRange(of: ">FGSM<"))
    #expect(try #require(first).lowerBound < #require(second).lowerBound)
  }

  @Test("figures are of the study's own measure, on the scale that its thresholds are on")
  func ownMeasure() throws {
    let other = try StudyFixture(measure: ("margin", "low"))
    let subject = FigureSubject(
      tracker: other.tracker, study: try other.tracker.run(uuid: StudyFixture.study),
      attackOrder: ["jsma", "fgsm"])
    func texts(_ figure: Figure, _ subject: FigureSubject) throws -> [Substring] {
      try String(decoding: figure.drawn(of: subject).svg, as: UTF8.self)
        .matches(of: /<text[^>]*>([^<]*)</).map(\.output.1)
    }
    // L and H are marked in the range of the bins, as they are on the softmax deviation.
    let marks = try texts(.figure1, subject).filter { ["L", "H", "0.05"].contains($0) }
    #expect(try marks == texts(.figure1, self.subject).filter { ["L", "H", "0.05"].contains($0) })
    #expect(marks.contains("L"))
    #expect(
      try texts(.figure1, subject).contains("minus the margin (logits)"))
    #expect(try texts(.thresholds, subject) == texts(.thresholds, self.subject))
    #expect(try texts(.gallery, subject).contains { $0.hasSuffix(": below L") })
    #expect(try texts(.roc, subject).contains("margin"))
  }

  @Test("a figure's files say inside where they come from")
  func provenance() throws {
    let drawn = try Figure.figure1.drawn(of: subject)
    let svg = String(decoding: drawn.svg, as: UTF8.self)
    #expect(svg.contains("<metadata>"))
    for words in [StudyFixture.study, Query.uncertaintyHistogram.sha256, "seed 0"] {
      #expect(svg.contains(words))
      #expect(try drawn.png().contains(words))
      #expect(try drawn.pdf().contains(words))
    }
    let sweep = try String(decoding: Figure.sweepEffects.drawn(of: subject).svg, as: UTF8.self)
    #expect(sweep.contains("sweep a &lt;b&gt;") && sweep.contains(Query.sweepTrials.sha256))
  }

  @Test("a gallery without clean images still has the adversarial ones")
  func gallery() throws {
    let whole = try String(decoding: Figure.gallery.drawn(of: subject).svg, as: UTF8.self)
    let without = FigureSubject(
      tracker: fixture.tracker, study: subject.study, attackOrder: ["fgsm", "jsma"])
    let part = try String(decoding: Figure.gallery.drawn(of: without).svg, as: UTF8.self)
    let other = FigureSubject(
      tracker: fixture.tracker, study: subject.study, attackOrder: ["fgsm", "jsma"],
      cleanImages: CleanImages(columns: 28, digest: "other") { _ in [] })
    let wrong = try String(decoding: Figure.gallery.drawn(of: other).svg, as: UTF8.self)
    let (all, some) = (whole.matches(of: #/<image /#).count, part.matches(of: #/<image /#).count)
    #expect(all == 3 * some)
    #expect(wrong.matches(of: #/<image /#).count == some)
    #expect(some > 4)
  }

  @Test("in a terminal nothing is wider than it", arguments: [40, 80, 120])
  func terminal(width: Int) throws {
    for figure in Figure.allCases where figure.isOfStudy || figure.isOfSweep {
      guard let text = try figure.drawn(of: subject).rendered(for: TerminalStyle(width: width))
      else { continue }
      let longest = text.split(separator: "\n").map(\.count).max()
      #expect(try #require(longest) <= max(width, 79), "\(figure)")
    }
    let histogram = try #require(
      try Figure.figure1.drawn(of: subject).rendered(for: TerminalStyle(width: width)))
    #expect(histogram.contains("█") && histogram.contains("adversarial"))
    #expect(!histogram.contains("\u{1B}"))
    let colored = try Figure.gallery.drawn(of: subject)
      .rendered(for: TerminalStyle(width: width, isColored: true))
    #expect(try #require(colored).contains("▀"))
  }

  @Test("what is not there is said in one line")
  func nothing() throws {
    let other = FigureSubject(tracker: fixture.tracker, sweep: "another")
    #expect(throws: FigureError.self) { try Figure.sweepHistory.drawn(of: other) }
  }
}
