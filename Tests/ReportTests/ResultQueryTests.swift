import Foundation
import SQLite
import Testing
import Tracker

@Suite struct ResultQueryTests {
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

  /// Algorithm 1 as the fixture's thresholds have it, on its kept images.
  func isDeclaredClean(score: Double, agreement: Int) -> Bool {
    score < 0.05 || (score <= 0.08 && agreement >= 3)
  }

  /// Score and agreement of the fixture's images; nil stands for the clean ones.
  func image(_ index: Int, attack place: Int?) -> (score: Double, agreement: Int) {
    let spread = Double(index * 37 % StudyFixture.images / 2) / Double(StudyFixture.images)
    let score = place.map { 0.03 + 0.02 * Double($0) + spread / 5 } ?? spread / 6
    return (score, (index * 7 + (place ?? 3)) % 6)
  }

  var kept: [Int] { (0..<StudyFixture.images).filter { !$0.isMultiple(of: 10) } }

  @Test("a class's counts are those of Algorithm 1 on its images")
  func detectionByClass() throws {
    for (place, attack) in StudyFixture.attacks.enumerated() {
      let found = try rows(
        .detectionByClass, ["attack": .text(attack), "protocol": .text("paper")])
      let row = try #require(found.first)
      let clean = kept.map { image($0, attack: nil) }.filter(isDeclaredClean).count
      let adversarial = kept.map { image($0, attack: place) }.filter { !isDeclaredClean($0) }.count
      #expect(found.count == 1 && row["true_label"] == .integer(1))
      #expect(row["clean"] == .integer(54) && row["adversarial"] == .integer(54))
      #expect(row["clean_declared_clean"] == .integer(Int64(clean)))
      #expect(row["adversarial_declared_adversarial"] == .integer(Int64(adversarial)))
      #expect(abs(number(row["detection_accuracy"]) - Double(clean + adversarial) / 108) < 1e-12)
    }
  }

  private func isDeclaredClean(_ image: (score: Double, agreement: Int)) -> Bool {
    isDeclaredClean(score: image.score, agreement: image.agreement)
  }

  @Test("confusion counts what the network says with dropout on or off, clean images apart")
  func confusion() throws {
    let off = try rows(.confusion, ["attack": .text("clean")])
    #expect(off.map { $0["prediction"] } == [.integer(1), .integer(2)])
    #expect(off.map { $0["images"] } == [.integer(54), .integer(6)])
    #expect(off.map { number($0["share"]) } == [0.9, 0.1])
    let on = try rows(.confusion, ["attack": .text("clean"), "dropout": .text("on")])
    #expect(on.map { $0["images"] } == [.integer(60)])
    #expect(try rows(.confusion).count == 2 + StudyFixture.attacks.count)
  }

  @Test("the hardest images are those with the most wrong decisions")
  func hardestImages() throws {
    let errors = kept.map { index in
      (
        index: index,
        count: StudyFixture.attacks.indices.reduce(0) { sum, place in
          sum + (isDeclaredClean(image(index, attack: nil)) ? 0 : 1)
            + (isDeclaredClean(image(index, attack: place)) ? 1 : 0)
        }
      )
    }
    let expected = errors.filter { $0.count > 0 }
      .sorted { ($1.count, $0.index) < ($0.count, $1.index) }.prefix(7)
    let found = try rows(.hardestImages, ["limit": .integer(7)])
    #expect(found.map { $0["image_index"] } == expected.map { .integer(Int64($0.index)) })
    #expect(found.map { $0["errors"] } == expected.map { .integer(Int64($0.count)) })
    #expect(found.allSatisfy { $0["decisions"] == .integer(4) })
  }

  @Test("norms have their mean and quartiles")
  func perturbationNorms() throws {
    let values = (0..<StudyFixture.images).map { Double($0 * 7 % 9) }.sorted()
    let found = try rows(.perturbationNorms, ["attack": .text("jsma")])
    let row = try #require(found.first { $0["norm"] == .text("l2") })
    #expect(found.count == 3)
    #expect(abs(number(row["mean"]) - values.reduce(0, +) / 60) < 1e-12)
    #expect(number(row["minimum"]) == values[0])
    #expect(number(row["lower_quartile"]) == values[14])
    #expect(number(row["median"]) == values[29])
    #expect(number(row["upper_quartile"]) == values[44])
    #expect(number(row["maximum"]) == values[59])
    #expect(try rows(.perturbationNorms, ["success": .integer(0)]).isEmpty)
  }

  @Test("agreement has a row a number, and shares that fall from one")
  func cropAgreement() throws {
    for (place, attack) in StudyFixture.attacks.enumerated() {
      let found = try rows(.cropAgreement, ["attack": .text(attack)])
      #expect(found.map { $0["agreement"] } == (0...5).map { .integer($0) })
      for row in found {
        let agreement = Int(number(row["agreement"]))
        let clean = kept.map { image($0, attack: nil).agreement }
        let adversarial = kept.map { image($0, attack: place).agreement }
        #expect(number(row["clean"]) == Double(clean.count { $0 == agreement }))
        #expect(number(row["adversarial"]) == Double(adversarial.count { $0 == agreement }))
        let share = Double(adversarial.count { $0 >= agreement }) / 54
        #expect(abs(number(row["adversarial_at_least"]) - share) < 1e-12)
      }
    }
  }

  @Test("a parameter explains the variance between its groups")
  func parameterEffect() throws {
    let values = [0.5, 0.9, 0.7, 0.8, 0.6, 1.0, 0.55, 0.95]
    try fixture.addSweep(named: "effects", values: values)
    let found = try rows(.sweepParameterEffect, ["sweep": .text("effects")])
    let optimizer = try #require(found.first { $0["parameter"] == .text("optimizer") })
    // Even trials take adam, odd ones sgd.
    let mean = values.reduce(0, +) / 8
    let groups = [0, 1].map { parity in
      values.indices.filter { $0 % 2 == parity }.map { values[$0] }.reduce(0, +) / 4
    }
    let between = groups.reduce(0) { $0 + 4 * ($1 - mean) * ($1 - mean) }
    let whole = values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
    #expect(abs(number(optimizer["explained"]) - between / whole) < 1e-12)
    #expect(optimizer["best_from"] == .text("sgd") && optimizer["best_to"] == .text("sgd"))
    #expect(abs(number(optimizer["best_mean"]) - groups[1]) < 1e-12)
    #expect(optimizer["best_trials"] == .integer(4))
    #expect(found.allSatisfy { (0...1).contains(number($0["explained"])) })
    let explained = found.map { number($0["explained"]) }
    #expect(explained == explained.sorted(by: >))
  }

  @Test("lineage reaches everything that a study used, and back")
  func lineage() throws {
    let up = try rows(
      .lineage, ["run": .text(StudyFixture.study), "direction": .text("ancestors")])
    #expect(
      up.filter { $0["depth"] == .integer(1) }.allSatisfy { $0["kind"] == .text("thresholds") })
    let kinds = Set(up.compactMap { $0["kind"]?.text })
    #expect(kinds == ["thresholds", "measure", "attack", "select", "train"])
    let model = try #require(up.first { $0["kind"] == .text("train") }?["run"]?.text)
    let down = try rows(.lineage, ["run": .text(model)])
    #expect(down.contains { $0["run"] == .text(StudyFixture.study) })
    #expect(down.allSatisfy { $0["direction"] == .text("descendants") })
  }

  @Test("storage counts rows and the pixels that are kept")
  func storage() throws {
    let found = try rows(.storage)
    let attack = try #require(found.first { $0["kind"] == .text("attack") })
    #expect(attack["runs"] == .integer(2))
    let measured = try fixture.connection.one("SELECT sum(length(pixels)) FROM adversarial_pixels")
    {
      row throws(SQLiteError) in try row.int64(0)
    }
    #expect(attack["pixel_bytes"] == measured.map { .integer($0) })
    #expect(attack["image_rows"] == .integer(120))
  }

  @Test("a run's values are its settings, its last metrics and its stages' results")
  func runValues() throws {
    let study = JSONValue.array([.string(StudyFixture.study)]).canonical
    let results = try rows(.runValues, ["runs": .text(study), "section": .text("result")])
    #expect(
      results.contains { $0["name"] == .text("fgsm paper hybrid softmax_std detection_accuracy") })
    let metrics = try rows(.runValues, ["section": .text("metric")])
    let loss = try #require(metrics.first { $0["name"] == .text("train_loss") })
    #expect(abs(number(loss["value"]) - 1.0 / 3) < 1e-12)
  }
}
