import Foundation
import SQLite
import Testing
import Tracker

@Suite struct FigureQueryTests {
  let fixture: StudyFixture

  init() throws {
    fixture = try StudyFixture()
  }

  /// The rows of a query as dictionaries.
  func rows(_ query: Query, _ values: [String: SQLValue] = [:]) throws -> [[String: SQLValue]] {
    let result = try fixture.tracker.query(query, values)
    return result.rows.map { Dictionary(uniqueKeysWithValues: zip(result.columns, $0)) }
  }

  func number(_ value: SQLValue?) -> Double { value?.real ?? .nan }

  @Test("a histogram has a row a bin, without gaps, and holds every kept image once")
  func histogram() throws {
    let kept = StudyFixture.images * 9 / 10
    for bins in [1, 7, 100] {
      let rows = try rows(.uncertaintyHistogram, ["bins": .integer(Int64(bins))])
      #expect(rows.count == bins * StudyFixture.attacks.count)
      for attack in StudyFixture.attacks {
        let own = rows.filter { $0["attack"] == .text(attack) }
        #expect(own.reduce(0) { $0 + number($1["clean"]) } == Double(kept))
        #expect(own.reduce(0) { $0 + number($1["adversarial"]) } == Double(kept))
        for (bin, next) in zip(own, own.dropFirst()) {
          #expect(abs(number(bin["upper"]) - number(next["lower"])) < 1e-12)
        }
      }
    }
    let elsewhere = try rows(.uncertaintyHistogram, ["part": .text("heldout")])
    #expect(elsewhere.isEmpty)
  }

  @Test("the area under the ROC curve is the AUROC")
  func roc() throws {
    let areas = try rows(.auroc, ["part": .text("selection")])
    for attack in StudyFixture.attacks {
      let points = try rows(.roc, ["attack": .text(attack)]).map {
        (x: number($0["false_positive_rate"]), y: number($0["true_positive_rate"]))
      }
      #expect(points.first?.x == 0 && points.first?.y == 0)
      #expect(points.last?.x == 1 && points.last?.y == 1)
      let area = zip(points, points.dropFirst()).reduce(0) {
        $0 + ($1.1.x - $1.0.x) * ($1.1.y + $1.0.y) / 2
      }
      let auroc = areas.first { $0["attack"] == .text(attack) }.map { number($0["auroc"]) }
      #expect(abs(area - (auroc ?? .nan)) < 1e-12)
    }
  }

  @Test("a place of the threshold map is what Algorithm 1 gives there")
  func thresholdCurve() throws {
    let places = try rows(.thresholdCurve, ["steps": .integer(6), "attack": .text("fgsm")])
    #expect(places.count == 6 * 7 * 8 / 2)
    let highest = places.map { number($0["high_threshold"]) }.max()
    let choices = places.map { place in
      // Just below each place, so that a score at it counts as above.
      let thresholds = ["low_threshold", "high_threshold"].map { number(place[$0]) }.map {
        $0 == highest ? "9e999" : "\($0 - 1e-9)"
      }
      return "[\(thresholds[0]),\(thresholds[1]),\(number(place["agreement_threshold"]))]"
    }
    let applied = try rows(
      .applyThresholds,
      ["attack": .text("fgsm"), "choices": .text("[\(choices.joined(separator: ","))]")])
    #expect(applied.count == places.count)
    for (place, counts) in zip(places, applied) {
      let correct =
        number(counts["clean_declared_clean_correct"])
        + number(counts["clean_declared_clean_incorrect"])
        + number(counts["adversarial_declared_adversarial"])
      #expect(number(place["correct"]) == correct)
      #expect(number(place["sent_to_crops"]) == number(counts["sent_to_crops"]))
    }
  }

  @Test("the gallery sends every adversarial image one way, as Algorithm 1 does")
  func gallery() throws {
    let all = try rows(.gallery, ["attack": .text("jsma")])
    #expect(all.count == StudyFixture.images * 9 / 10)
    for row in all {
      let (uncertainty, agreement) = (number(row["uncertainty"]), number(row["agreement"]))
      let route =
        uncertainty < 0.05
        ? "below L"
        : uncertainty > 0.08 ? "above H" : agreement >= 3 ? "crops agree" : "crops differ"
      #expect(row["route"] == .text(route))
    }
    let examples = try rows(.gallery, ["attack": .text("jsma"), "examples": .integer(2)])
    let routes = Dictionary(grouping: all) { $0["route"]?.text ?? "" }
    #expect(examples.count == routes.values.reduce(0) { $0 + min(2, $1.count) })
  }

  @Test("an image's pixels are found by its set and index, or all are given")
  func pixels() throws {
    let set = "00000005-0000-4000-8000-000000000000"
    let one = try rows(
      .imagePixels, ["adversarial_set": .text(set), "image_index": .integer(3)])
    #expect(one.count == 1)
    #expect(one.first?["image_index"] == .integer(3))
    #expect(try rows(.imagePixels).count == StudyFixture.images * 2)
  }

  @Test("provenance names every run that a study used, once")
  func provenance() throws {
    let rows = try rows(.provenance, ["study": .text(StudyFixture.study)])
    let runs = rows.compactMap { $0["run"]?.text }
    #expect(runs.contains(StudyFixture.study))
    #expect(Set(runs).count == runs.count)
    #expect(rows.filter { $0["attack"] == .text("jsma") }.count == 3)
  }

  @Test("the best value so far never gets worse, and what is no number is never best")
  func history() throws {
    try fixture.addSweep(named: "first", values: [0.5, nil, 0.7, 0.6, 0.9])
    let rows = try rows(.sweepHistory, ["sweep": .text("first")])
    #expect(rows.map { $0["best_value"] } == [0.5, 0.5, 0.7, 0.7, 0.9].map { .real($0) })
    #expect(rows.map { $0["is_best"] } == [1, 0, 1, 0, 1].map { .integer($0) })
    #expect(try self.rows(.sweepTrials, ["sweep": .text("first")]).count == 15)
  }
}
