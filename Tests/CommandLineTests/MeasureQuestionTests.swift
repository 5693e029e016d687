import TestSupport
import Testing

/// The questions of docs/schema.md about measures, votes and the papers' numbers.
@Suite(.startsPrograms) struct MeasureQuestionTests {
  static let titles = [
    "Which measures tell adversarial images from clean ones best?",
    "What does a threshold detect that 5% of the held-out clean images exceed?",
    "How many voters of a set agree about clean and about adversarial images?",
    "What did others publish of detectors on MNIST?",
  ]

  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .study)
  }

  @Test("the best measures are those of the highest areas")
  func best() throws {
    let answer = try assay.answer(to: Self.titles[0])
    let areas = try assay.rows(query: "measures")
    for attack in Set(areas.compactMap { $0[text: "attack"] }) {
      let best = areas.filter { $0[text: "attack"] == attack }
        .compactMap { $0[number: "auroc"] }.sorted(by: >).prefix(2)
      let answered = answer.filter { $0[text: "attack"] == attack }
      #expect(answered.count == best.count)
      for (row, area) in zip(answered, best) { #expect(isNear(row[number: "auroc"], area)) }
    }
  }

  @Test("what a threshold detects is what the ranking says")
  func rates() throws {
    let answer = try assay.answer(to: Self.titles[1])
    let ranking = try assay.rows(query: "detector_ranking")
    #expect(answer.count == ranking.count && answer.count >= 3)
    for row in answer {
      let other = try #require(
        ranking.first {
          $0[text: "attack"] == row[text: "attack"] && $0[text: "measure"] == row[text: "measure"]
        })
      #expect(isNear(row[number: "true_positives"], other[number: "true_positive_rate_5"]))
      #expect(isNear(row[number: "false_positives"], other[number: "false_positive_rate_5"]))
    }
  }

  @Test("agreements are those of the query")
  func agreements() throws {
    let answer = try assay.answer(to: Self.titles[2])
    let counted = try assay.rows(query: "crop_agreement")
    for row in answer {
      let other = try #require(
        counted.first {
          $0[text: "attack"] == row[text: "attack"]
            && $0[number: "agreement"] == row[number: "agreement"]
        })
      #expect(row[number: "clean"] == other[number: "clean"])
      #expect(row[number: "adversarial"] == other[number: "adversarial"])
    }
    func images(_ rows: [AnswerRow]) -> Double {
      rows.reduce(0) { $0 + ($1[number: "clean"] ?? 0) + ($1[number: "adversarial"] ?? 0) }
    }
    #expect(images(answer) == images(counted))
  }

  @Test("the papers' numbers are there in any file")
  func published() throws {
    let answer = try assay.answer(to: Self.titles[3])
    #expect(answer.count == 10)
    let row = try #require(
      answer.first { $0[text: "detector"] == "density" && $0[text: "attack"] == "bim-b" })
    #expect(row[number: "above_clean"] == 0.905 && row[number: "above_noisy"] == 0.867)
  }
}
