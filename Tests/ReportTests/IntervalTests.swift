import Foundation
import SQLite
import Testing
import Tracker

@Suite struct IntervalTests {
  static let z = 1.959963984540054
  let fixture: StudyFixture

  init() throws {
    fixture = try StudyFixture()
  }

  /// A detector by another method that declared so many of so many images right.
  func insert(_ right: Int64, of all: Int64) throws {
    try fixture.connection.execute(
      """
      INSERT INTO threshold_result VALUES
        (7, 6, 'paper', 'information_gain', 'hybrid', 'softmax_std', 'high', 0, 1, 3,
          ?, 0, ?, 0, 0, 0, 0, 'crops')
      """, [.integer(right), .integer(all - right)])
  }

  @Test(
    "intervals of proportions are those that Newcombe published for Wilson's score",
    arguments: [
      (81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0000, 0.1611),
      (1, 29, 0.0061, 0.1718),
    ] as [(Int64, Int64, Double, Double)])
  func published(right: Int64, all: Int64, low: Double, high: Double) throws {
    try insert(right, of: all)
    let row = try #require(
      try fixture.tracker.query(.ablations, ["attack": .text("fgsm")]).dictionaries
        .first { $0["method"] == .text("information_gain") })
    #expect(abs((row["detection_accuracy_low"]?.real ?? .nan) - low) < 0.00005)
    #expect(abs((row["detection_accuracy_high"]?.real ?? .nan) - high) < 0.00005)
  }

  @Test("a bound is as many of its own standard deviations away as the level says")
  func inverted() throws {
    try insert(17, of: 61)
    let row = try #require(
      try fixture.tracker.query(.ablations, ["attack": .text("fgsm")]).dictionaries
        .first { $0["method"] == .text("information_gain") })
    for name in ["detection_accuracy_low", "detection_accuracy_high"] {
      let bound = try #require(row[name]?.real)
      let distance = abs(17.0 / 61 - bound) / (bound * (1 - bound) / 61).squareRoot()
      #expect(abs(distance - Self.z) < 1e-9)
    }
    // What is declared clean is classified right in all 17 cases.
    #expect(abs((row["classification_accuracy_high"]?.real ?? .nan) - 1) < 1e-12)
    let low = try #require(row["classification_accuracy_low"]?.real)
    #expect(abs(low - 17 / (17 + Self.z * Self.z)) < 1e-12)
  }

  @Test("every proportion of the tables has its own count's interval")
  func everywhere() throws {
    let counts: [String: (Double, Double)] = ["detection_accuracy": (100, 120)]
    for row in try fixture.tracker.query(.table2).dictionaries {
      let quantity = row["quantity"]?.text ?? ""
      guard let (right, all) = counts[quantity] else {
        #expect(row["ours_low"] == .null && row["ours_high"] == .null)
        continue
      }
      try expect(row, "ours", right, all)
    }
    for row in try fixture.tracker.query(.table3).dictionaries {
      let share: [String: Double] = [
        "clean_declared_clean_correct": 50, "clean_declared_clean_incorrect": 0,
        "adversarial_declared_clean_correct": 5, "adversarial_declared_clean_incorrect": 5,
        "classification_accuracy": 55,
      ]
      try expect(row, "ours", share[row["quantity"]?.text ?? ""] ?? .nan, 60)
    }
    for row in try fixture.tracker.query(.table1).dictionaries {
      // Every tenth clean image is taken for another; adversarial ones keep their label here.
      try expect(row, "ours", 54 + 60, 120)
    }
    for row in try fixture.tracker.query(.measures).dictionaries {
      for name in ["hybrid_paper", "hybrid_heldout"] { try expect(row, name, 100, 120) }
      #expect(row["uncertainty_paper_low"] == .null)
    }
    for row in try fixture.tracker.query(.networks).dictionaries {
      try expect(row, "test_accuracy", 1, 1)
    }
  }

  func expect(_ row: [String: SQLValue], _ name: String, _ right: Double, _ all: Double) throws {
    let share = right / all
    let center = (share + Self.z * Self.z / (2 * all)) / (1 + Self.z * Self.z / all)
    let half =
      Self.z / (1 + Self.z * Self.z / all)
      * (share * (1 - share) / all + Self.z * Self.z / (4 * all * all)).squareRoot()
    #expect(abs((row[name]?.real ?? .nan) - share) < 1e-12)
    #expect(abs((row[name + "_low"]?.real ?? .nan) - (center - half)) < 1e-12)
    #expect(abs((row[name + "_high"]?.real ?? .nan) - (center + half)) < 1e-12)
  }

  @Test("measures have the interval of auroc, for the study that is asked for")
  func areas() throws {
    let study = SQLValue.text(StudyFixture.study)
    for row in try fixture.tracker.query(.measures, ["study": study]).dictionaries {
      let area = try #require(
        try fixture.tracker.query(
          .auroc,
          [
            "part": .text("selection"), "attack": row["attack"] ?? .null,
            "measure": row["measure"] ?? .null,
          ]
        ).dictionaries.first)
      // The fixture's stored area is made up; the width of the interval is the images'.
      let widths = [row, area].map {
        ($0["auroc_high"]?.real ?? .nan) - ($0["auroc"]?.real ?? .nan)
      }
      #expect(
        widths[0] > 0 && (abs(widths[0] - widths[1]) < 1e-12 || row["auroc_high"] == .real(1)))
    }
    for row in try fixture.tracker.query(.measures).dictionaries {
      #expect(row["auroc_low"] == .null)
    }
  }
}

extension QueryResult {
  /// The rows by column.
  var dictionaries: [[String: SQLValue]] {
    rows.map { Dictionary(uniqueKeysWithValues: zip(columns, $0)) }
  }
}
