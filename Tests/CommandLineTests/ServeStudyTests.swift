import Foundation
import TestSupport
import Testing

/// The pages of studies that `assay serve` shows: the report's numbers, and thresholds moved by hand.
@Suite(.startsPrograms) struct ServeStudyTests {
  let assay: Assay
  let server: ServedAssay
  let study: String

  /// What Algorithm 1 declares of a mix, in the order of the query apply_thresholds.
  private typealias Counts = [Int]
  private static let names = [
    "cleanRight", "cleanWrong", "cleanFlagged", "adversarialRight", "adversarialWrong",
    "adversarialFlagged",
  ]

  init() throws {
    assay = try Assay(copyOf: .study)
    server = try ServedAssay(assay)
    study = try assay.onlyRun("reproduce")
  }

  /// The measurements of adversarial sets.
  private func measurements() throws -> [Substring] {
    let found =
      try assay.ask("SELECT measurement FROM measurements WHERE adversarial_set IS NOT NULL;")
      .split(separator: "\n")
    try #require(!found.isEmpty)
    return found
  }

  private func counts(on page: String) throws -> Counts {
    try Self.names.map { name in
      let cell = try #require(page.firstMatch(of: Regex("data-count=\"\(name)\">([\\d,]+)<")))
      return try #require(Int(cell.output[1].substring?.replacing(",", with: "") ?? ""))
    }
  }

  /// A mix as the page's script gets it, counted as the script counts.
  private struct Mix {
    let scores: [Double]
    let codes: [UInt16]

    init(_ bytes: [UInt8]) {
      func word(_ place: Int, _ size: Int) -> UInt64 {
        (0..<size).reduce(0) { $0 | UInt64(bytes[place + $1]) << UInt64(8 * $1) }
      }
      let count = Int(word(0, 4))
      scores = (0..<count).map { Double(bitPattern: word(8 + 8 * $0, 8)) }
      codes = (0..<count).map { UInt16(word(8 + 8 * count + 2 * $0, 2)) }
    }

    func counts(_ low: Double, _ high: Double, _ agreement: Int) -> Counts {
      var counts = [0, 0, 0, 0, 0, 0]
      for (score, code) in zip(scores, codes) {
        let isClean = score < low || (score <= high && Int(code >> 2) >= agreement)
        counts[3 * Int(code & 1) + (isClean ? (code & 2 == 2 ? 0 : 1) : 2)] += 1
      }
      return counts
    }
  }

  @Test("the page's report has the numbers and drawings of assay report, and is streamed")
  func report() throws {
    let page = try server.page("/studies/\(study)")
    #expect(page.status == 200 && page.headers["transfer-encoding"] == "chunked")
    try assay.succeed("report", "-o", "report.html", "--data", ".")
    let report = try assay.text("report.html")
    for section in ["summary", "tables", "figures", "provenance"] {
      let parts = [page.text, report].map { text -> Substring in
        let start = text.firstRange(of: "<section id=\"\(section)\">")?.lowerBound ?? text.endIndex
        let end = text[start...].firstRange(of: "\n</section>")?.lowerBound ?? text.endIndex
        return text[start..<end]
      }
      // Without the data set there, the report has no clean images in its gallery.
      guard section != "figures" else {
        #expect(parts[0].contains("<article id=\"roc\""))
        continue
      }
      #expect(!parts[0].isEmpty && parts[0] == parts[1], "\(section)")
    }
    #expect(!page.text.contains("<style") && !page.text.contains("<script>"))
    for file in page.text.matches(of: #/(?:src|href)="(/static/[^"]*)"/#) {
      #expect(try server.ask("GET", String(file.output.1)).status == 200)
    }
    // What was made is kept until the database changes.
    #expect(try server.page("/studies/\(study)").body == page.body)
    #expect(try server.page("/studies").text.contains("/studies/\(study)"))
  }

  @Test("at recorded thresholds the page has the counts that are recorded")
  func recorded() throws {
    let rows = try assay.ask(
      """
      .mode list
      SELECT
        measurement, protocol, measure, printf('%!.17g', low_threshold),
        printf('%!.17g', high_threshold), agreement_threshold, clean_declared_clean_correct,
        clean_declared_clean_incorrect, clean_declared_adversarial,
        adversarial_declared_clean_correct, adversarial_declared_clean_incorrect,
        adversarial_declared_adversarial
      FROM detection_results
      WHERE detector = 'hybrid' AND method = 'exact' AND (protocol = 'paper') = (measure = 'margin');
      """
    ).split(separator: "\n")
    // Of every set by the margin, as the papers choose thresholds, and by the deviation, held out.
    #expect(try rows.count == 2 * measurements().count)
    for row in rows {
      let values = row.split(separator: "|").map(String.init)
      try #require(values.count == 12)
      let query =
        "measurement=\(values[0])&measure=\(values[2])&low=\(values[3])&high=\(values[4])&agreement=\(values[5])"
      let page = try server.page("/studies/\(study)/thresholds?\(query)").text
      #expect(try counts(on: page) == values[6...].compactMap { Int($0) }, "\(row)")
    }
  }

  @Test("wherever thresholds are moved, the script's images count as the query does")
  func moved() throws {
    var generator = SeededGenerator.ofTests("moved thresholds")
    for measurement in try measurements() {
      let part = Bool.random(using: &generator) ? "selection" : "heldout"
      let measure = Bool.random(using: &generator) ? "softmax_std" : "margin"
      let choice = "measurement=\(measurement)&measure=\(measure)&part=\(part)"
      let answer = try server.ask("GET", "/studies/\(study)/mix?\(choice)")
      #expect(answer.status == 200)
      let mix = Mix(answer.body)
      #expect(mix.scores == mix.scores.sorted() && mix.scores.count > 1)
      // A threshold on a score itself, which belongs to neither side, and any one between.
      let ends = [
        mix.scores.randomElement(using: &generator) ?? 0,
        Double.random(in: mix.scores[0]...mix.scores[mix.scores.count - 1], using: &generator),
      ].sorted()
      let agreement = Int.random(in: 0...5, using: &generator)
      for (low, high) in [(ends[0], ends[1]), (-.infinity, ends[0])] {
        let page = try server.page(
          "/studies/\(study)/thresholds?\(choice)&low=\(low)&high=\(high)&agreement=\(agreement)")
        #expect(
          try counts(on: page.text) == mix.counts(low, high, agreement),
          "\(choice) \(low) \(high) \(agreement)")
      }
    }
  }

  @Test("ROC curves are those of the query, and their areas")
  func curves() throws {
    let measurement = try assay.ask(
      "SELECT measurement FROM measurements WHERE attack = 'jsma';"
    ).trimmingCharacters(in: .whitespacesAndNewlines)
    let answer = try server.ask(
      "GET", "/studies/\(study)/roc?measurement=\(measurement)&measure=margin")
    let json = try #require(
      JSONSerialization.jsonObject(with: Data(answer.body)) as? [String: Any])
    let points = try #require(json["points"] as? [[Any]])
    let rates = points.map { [$0[1] as? Double ?? -1, $0[2] as? Double ?? -1] }
    #expect(rates.first == [0, 0] && rates.last == [1, 1])
    // The area under straight lines between the corners is the area.
    let area = zip(rates, rates.dropFirst()).reduce(0) {
      $0 + ($1.1[0] - $1.0[0]) * ($1.1[1] + $1.0[1]) / 2
    }
    #expect(abs(area - (json["auroc"] as? Double ?? -1)) < 1e-12)
  }

  @Test("what is no study, or no threshold, is refused in a sentence")
  func refusals() throws {
    let selection = try assay.onlyRun("select")
    #expect(try server.ask("GET", "/studies/\(selection)").status == 404)
    #expect(try server.ask("GET", "/studies/ffffffff").status == 404)
    let page = try server.page("/studies/\(study)/thresholds?low=x").text
    #expect(page.contains("low in the address is x, which is no number"))
    #expect(try server.ask("GET", "/studies/\(study)/mix?low=nan").status == 400)
  }
}
