import TestSupport
import Testing

/// The questions of docs/schema.md about detectors, held against the tables of the report.
@Suite(.startsPrograms) struct DetectionQuestionTests {
  static let titles = [
    "How good is the detector, beside the papers' numbers?",
    "What do uncertainty and crops contribute?",
    "Where does Algorithm 1 decide, and how often is it right?",
    "How well is each class detected?",
  ]

  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .study)
  }

  @Test("detection and its intervals are Table 2's")
  func detection() throws {
    let answer = try assay.answer(to: Self.titles[0])
    let table = try assay.rows(query: "table2").filter {
      $0[text: "quantity"] == "detection_accuracy"
    }
    #expect(answer.count == 6 && table.count == 6)
    for row in answer {
      let other = try #require(
        table.first {
          $0[text: "attack"] == row[text: "label"] && $0[text: "protocol"] == row[text: "protocol"]
        })
      for name in ["ours", "ours_low", "ours_high", "reproduction", "original"] {
        #expect(isNear(row[number: name], other[number: name]), "\(name)")
      }
    }
  }

  @Test("what uncertainty and crops contribute is what the report says")
  func parts() throws {
    let answer = try assay.answer(to: Self.titles[1])
    let reported = try assay.rows(query: "ablations").filter { $0[text: "method"] == "exact" }
    #expect(answer.count == 6 && reported.count == 18)
    for other in reported {
      let row = try #require(
        answer.first {
          $0[text: "label"] == other[text: "attack"]
            && $0[text: "protocol"] == other[text: "protocol"]
        })
      let detector = other[text: "detector"] == "hybrid" ? "both" : other[text: "detector"]
      #expect(
        isNear(row[number: try #require(detector)], other[number: "detection_accuracy"]))
    }
  }

  @Test("what is decided where adds up to what the detector decided")
  func routes() throws {
    let answer = try assay.answer(to: Self.titles[2])
    let results = try assay.rows(
      """
      SELECT attack, sent_to_crops,
        clean_declared_clean_correct + clean_declared_clean_incorrect
          + adversarial_declared_adversarial AS detected,
        clean_declared_clean_correct + clean_declared_clean_incorrect + clean_declared_adversarial
          + adversarial_declared_clean_correct + adversarial_declared_clean_incorrect
          + adversarial_declared_adversarial AS images
      FROM threshold_result
      JOIN measurement ON measurement.run_id = threshold_result.measurement_id
      JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
      WHERE protocol = 'heldout' AND method = 'exact' AND detector = 'hybrid'
        AND measure = 'softmax_std'
      """)
    #expect(results.count == 3)
    for result in results {
      let rows = answer.filter { $0[text: "attack"] == result[text: "attack"] }
      func sum(_ count: (AnswerRow) -> Double) -> Double { rows.map(count).reduce(0, +) }
      #expect(sum { $0[number: "images"] ?? 0 } == result[number: "images"])
      #expect(
        isNear(
          sum { ($0[number: "images"] ?? 0) * ($0[number: "right"] ?? 0) },
          result[number: "detected"]))
      #expect(
        sum { ($0[text: "route"] ?? "").hasPrefix("crops") ? $0[number: "images"] ?? 0 : 0 }
          == result[number: "sent_to_crops"])
    }
  }

  @Test("classes are detected as the report's query says")
  func classes() throws {
    let answer = try assay.answer(to: Self.titles[3])
    let reported = try assay.rows(
      query: "detection_by_class", "--attack", "fgsm", "--protocol", "heldout")
    #expect(answer.count == reported.count && answer.count > 5)
    for (row, other) in zip(answer, reported) {
      let clean = try #require(other[number: "clean"])
      let adversarial = try #require(other[number: "adversarial"])
      let declared = try #require(other[number: "clean_declared_clean"])
      let found = try #require(other[number: "adversarial_declared_adversarial"])
      #expect(row[number: "true_label"] == other[number: "true_label"])
      #expect(row[number: "images"] == clean + adversarial)
      #expect(isNear(row[number: "detected"], other[number: "detection_accuracy"]))
      #expect(isNear(row[number: "false_alarms"], (clean - declared) / clean))
      #expect(isNear(row[number: "missed"], (adversarial - found) / adversarial))
    }
  }
}
