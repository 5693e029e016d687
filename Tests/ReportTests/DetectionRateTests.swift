import SQLite
import Testing
import Tracker

@Suite struct DetectionRateTests {
  let fixture: StudyFixture

  init() throws {
    fixture = try StudyFixture()
  }

  /// The rows of detection_rates.
  private func rates(_ values: [String: SQLValue]) throws -> [[String: SQLValue]] {
    let result = try fixture.tracker.query(.detectionRates, values)
    return result.rows.map { Dictionary(uniqueKeysWithValues: zip(result.columns, $0)) }
  }

  /// The scores of an attack's kept images of the selection: high means adversarial.
  private func scores(of measure: String, sign: Double, attack: String) throws -> (
    clean: [Double], adversarial: [Double]
  ) {
    let result = try fixture.connection.query(
      "SELECT is_adversarial, \(measure) FROM detection_mixes "
        + "WHERE kept AND part = 'selection' AND attack = :attack", ["attack": .text(attack)])
    func values(_ isAdversarial: Int64) -> [Double] {
      result.rows.filter { $0[0] == .integer(isAdversarial) }.compactMap {
        $0[1].real.map { sign * $0 }
      }
    }
    return (values(0), values(1))
  }

  @Test(
    "no threshold within the rate detects more than is said, and one detects as many",
    arguments: [
      ("softmax_std", 1.0), ("logit_std", -1), ("predictive_entropy", 1),
      ("mutual_information", 1), ("max_probability", -1), ("margin", -1),
      ("deterministic_max_probability", -1),
    ])
  func bestThreshold(measure: String, sign: Double) throws {
    for attack in StudyFixture.attacks {
      let (clean, adversarial) = try scores(of: measure, sign: sign, attack: attack)
      for rate in [0, 0.01, 0.05, 0.2, 1] {
        let rows = try rates([
          "attack": .text(attack), "measure": .text(measure), "rate": .real(rate),
        ])
        let row = try #require(rows.first)
        #expect(rows.count == 1)
        // Every threshold there is: at each score, and above all of them.
        let best = ((clean + adversarial) + [.infinity]).filter { cut in
          Double(clean.count { $0 >= cut }) <= rate * Double(clean.count) + 1e-9
        }.map { cut in adversarial.count { $0 >= cut } }.max()
        #expect(row["true_positives"] == .integer(Int64(try #require(best))), "\(attack) \(rate)")
        #expect(row["adversarial"] == .integer(Int64(adversarial.count)))
        let falsePositives = try #require(row["false_positives"]?.integer)
        #expect(Double(falsePositives) <= rate * Double(clean.count) + 1e-9)
      }
    }
  }

  @Test("without a rate both usual ones are given, for every measure and attack of a study")
  func all() throws {
    let rows = try rates(["study": .text(StudyFixture.study)])
    #expect(rows.count == 2 * 7 * StudyFixture.attacks.count)
    #expect(Set(rows.compactMap { $0["rate"]?.real }) == [0.01, 0.05])
    #expect(try rates(["part": .text("heldout")]).isEmpty)
  }
}
