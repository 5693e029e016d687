import Detection
import Foundation
import SQLite
import TestSupport
import Testing
import Tracker

/// The queries about measures and votes that have rows instead of columns, and about learned detectors,
/// against direct computations.
@Suite struct DetectorQueryTests {
  private static func isNear(_ left: Double?, _ right: Double) -> Bool {
    left.map { abs($0 - right) < 1e-12 } ?? false
  }

  /// Wilson's interval, as Newcombe writes it.
  private static func wilson(_ part: Int, of whole: Int) -> (low: Double, high: Double) {
    let (n, p, z) = (Double(whole), Double(part) / Double(whole), 1.959963984540054)
    let centre = 2 * n * p + z * z
    let spread = z * (z * z + 4 * n * p * (1 - p)).squareRoot()
    return ((centre - spread) / (2 * (n + z * z)), (centre + spread) / (2 * (n + z * z)))
  }

  /// The chance that a positive number is above a negative one, ties counted half, and half the width
  /// of its interval.
  private static func area(_ positives: [Double], _ negatives: [Double]) -> (Double, Double) {
    func placements(_ numbers: [Double], _ others: [Double]) -> [Double] {
      numbers.map { number in
        others.reduce(0) { $0 + (number > $1 ? 1 : number == $1 ? 0.5 : 0) } / Double(others.count)
      }
    }
    func varianceOfMean(_ values: [Double]) -> Double {
      let mean = values.reduce(0, +) / Double(values.count)
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        / Double(values.count * (values.count - 1))
    }
    let above = placements(positives, negatives)
    let variance = varianceOfMean(above) + varianceOfMean(placements(negatives, positives))
    return (above.reduce(0, +) / Double(above.count), 1.959963984540054 * variance.squareRoot())
  }

  @Test(
    "thresholds of any measure and of any number of voters are the best of all",
    arguments: [1, 2, 3, 5, 6, 7, 11], ThresholdOracle.Detector.allCases)
  func anyVoters(voters: Int, detector: ThresholdOracle.Detector) throws {
    // Few levels make ties, many make none.
    for (seed, levels) in [(UInt64(voters), 9), (UInt64(voters + 100), 4000)] {
      let fixture = try ScoredFixture(seed: seed, voters: voters, images: 40, levels: levels)
      let samples = fixture.samples(of: 0, part: "selection")
      let expected = try #require(
        ThresholdOracle.best(samples, detector: detector, agreements: 0...voters))
      for measure in ["narrow", "narrow_low"] {
        let row = try fixture.tracker.query(
          .bestThresholds,
          [
            "measurement": .text(ScoredFixture.measurement(0)), "part": .text("selection"),
            "measure": .text(measure), "voters": .text("many"),
            "detector": .text(detector.rawValue),
          ]
        ).single(for: .bestThresholds)
        #expect(row["low_threshold"].real == expected.thresholds.low)
        #expect(row["high_threshold"].real == expected.thresholds.high)
        #expect(row["agreement_threshold"].integer == Int64(expected.thresholds.agreement))
        #expect(row["correct"].integer == Int64(expected.correct))
        #expect(row["sent_to_crops"].integer == Int64(expected.sentToCrops))
        #expect(row["images"].integer == Int64(samples.count))
        #expect(row["voter_set"].text == "many")
      }
    }
  }

  @Test("each C of seven voters for itself, and none beyond them")
  func eachAgreement() throws {
    let fixture = try ScoredFixture(seed: 5, voters: 7)
    let samples = fixture.samples(of: 1, part: "heldout")
    for agreement in -1...8 {
      let rows = try fixture.tracker.query(
        .bestThresholds,
        [
          "measurement": .text(ScoredFixture.measurement(1)), "part": .text("heldout"),
          "measure": .text("narrow"), "voters": .text("many"),
          "agreement": .integer(Int64(agreement)),
        ]
      ).entries
      guard (0...7).contains(agreement) else {
        #expect(rows.isEmpty)
        continue
      }
      let expected = try #require(
        ThresholdOracle.best(samples, agreements: agreement...agreement))
      let row = try #require(rows.first)
      #expect(row["low_threshold"].real == expected.thresholds.low)
      #expect(row["high_threshold"].real == expected.thresholds.high)
      #expect(row["correct"].integer == Int64(expected.correct))
    }
  }

  @Test("mixes that are pooled have one choice, the best for all of them together")
  func pooled() throws {
    let fixture = try ScoredFixture(seed: 8, voters: 6)
    let samples = (0...1).flatMap { fixture.samples(of: $0, part: "heldout") }
    for detector in ThresholdOracle.Detector.allCases {
      let expected = try #require(
        ThresholdOracle.best(samples, detector: detector, agreements: 0...6))
      let row = try fixture.tracker.query(
        .bestThresholds,
        [
          "part": .text("heldout"), "measure": .text("narrow"), "voters": .text("many"),
          "pooled": .integer(1), "detector": .text(detector.rawValue),
        ]
      ).single(for: .bestThresholds)
      #expect(row["correct"].integer == Int64(expected.correct))
      #expect(row["low_threshold"].real == expected.thresholds.low)
      #expect(row["high_threshold"].real == expected.thresholds.high)
      #expect(row["images"].integer == Int64(samples.count))
      #expect(row["attack"] == .null && row["measurement"] == .null)
    }
  }

  @Test("where votes are not recorded only the measure decides")
  func noVotes() throws {
    let fixture = try ScoredFixture(seed: 3, voters: 3)
    let rows = try fixture.tracker.query(
      .bestThresholds, ["measure": .text("narrow"), "detector": .text("every")]
    ).entries
    #expect(rows.map { $0["detector"].text } == Array(repeating: "uncertainty", count: 4))
    let expected = try #require(
      ThresholdOracle.best(fixture.samples(of: 0, part: "selection"), detector: .uncertainty))
    let row = try #require(
      rows.first { $0["attack"].text == "fgsm" && $0["part"].text == "selection" })
    #expect(row["correct"].integer == Int64(expected.correct))
  }

  @Test("the counts of given thresholds and of information gain are those of seven voters")
  func givenThresholds() throws {
    let fixture = try ScoredFixture(seed: 12, voters: 7)
    let samples = fixture.samples(of: 0, part: "selection")
    let arguments: [String: SQLValue] = [
      "measurement": .text(ScoredFixture.measurement(0)), "part": .text("selection"),
      "measure": .text("narrow"), "voters": .text("many"),
    ]
    func correct(_ thresholds: Thresholds) -> Int {
      samples.count {
        thresholds.declaresAdversarial(score: $0.score, agreement: $0.agreement)
          == $0.isAdversarial
      }
    }
    let thresholds = Thresholds(low: 0.75, high: 2.25, agreement: 6)
    let given = try fixture.tracker.query(
      .applyThresholds,
      arguments.merging([
        "low_threshold": .real(0.75), "high_threshold": .real(2.25),
        "agreement_threshold": .integer(6),
      ]) { first, _ in first }
    ).single(for: .applyThresholds)
    let counts = [
      "clean_declared_clean_correct", "clean_declared_clean_incorrect",
      "adversarial_declared_adversarial",
    ]
    #expect(
      counts.compactMap { given[$0].integer }.reduce(0, +) == Int64(correct(thresholds)))

    let gained = try fixture.tracker.query(.informationGainThresholds, arguments)
      .single(for: .informationGainThresholds)
    let (low, high) = try (
      #require(gained["low_threshold"].real), #require(gained["high_threshold"].real)
    )
    let all = (0...7).map { correct(Thresholds(low: low, high: high, agreement: $0)) }
    #expect(gained["correct"].integer == Int64(all.max() ?? 0))
    #expect(
      gained["agreement_threshold"].integer == Int64(all.lastIndex(of: all.max() ?? 0) ?? -1))

    let curve = try fixture.tracker.query(.thresholdCurve, arguments).entries
    #expect(Set(curve.compactMap { $0["agreement_threshold"].integer }) == Set(0...7))
    let top = curve.compactMap { $0["high_threshold"].real }.max() ?? 0
    for row in curve.enumerated().filter({ $0.offset % 97 == 0 }).map(\.element) {
      let (low, high) = try (
        #require(row["low_threshold"].real), #require(row["high_threshold"].real)
      )
      let agreement = try #require(row["agreement_threshold"].integer)
      // An image on a place counts as above it.
      let right = samples.count { sample in
        let isClean = sample.score < low || (sample.score < high && sample.agreement >= agreement)
        return isClean != sample.isAdversarial
      }
      if high < top { #expect(row["correct"].integer == Int64(right)) }
    }

    let agreements = try fixture.tracker.query(
      .cropAgreement,
      arguments.filter { $0.key != "measure" }
    ).entries
    #expect(agreements.count == 8)
    for row in agreements {
      let number = try #require(row["agreement"].integer)
      for (name, isAdversarial) in [("clean", false), ("adversarial", true)] {
        let count = samples.count {
          $0.isAdversarial == isAdversarial && $0.agreement == number
        }
        #expect(row[name].integer == Int64(count))
      }
    }
  }

  @Test(
    "the ranking judges the selection by thresholds of the held-out half", arguments: [40, 4000])
  func ranking(levels: Int) throws {
    let fixture = try ScoredFixture(seed: 21, voters: 2, images: 90, levels: levels)
    try fixture.addDetector("joint", measure: 8, threshold: 1.25, attack: 0)
    let rows = try fixture.tracker.query(.detectorRanking).entries
    #expect(rows.count == 4)
    for row in rows {
      let place = row["attack"].text == "fgsm" ? 0 : 1
      let isLow = row["measure"].text == "narrow_low"
      let selection = fixture.samples(of: place, part: "selection")
      let heldOut = fixture.samples(of: place, part: "heldout")
      let best = try #require(ThresholdOracle.best(heldOut, detector: .uncertainty))
      // The negated measure's score is the very same number; the detector has its own threshold.
      let threshold = isLow ? 1.25 : best.thresholds.low
      #expect(row["threshold"].real == threshold)
      let detected = selection.count { ($0.score > threshold) == $0.isAdversarial }
      #expect(row["detected"].integer == Int64(detected))
      let interval = Self.wilson(detected, of: selection.count)
      #expect(Self.isNear(row["detection_accuracy_low"].real, interval.low))
      #expect(Self.isNear(row["detection_accuracy_high"].real, interval.high))
      #expect(row["learner"].text == (isLow ? "logistic" : nil))
      #expect(row["fitted_on"].integer == (isLow ? 0 : nil))
      #expect(row["fitted_attacks"].text == (isLow ? #"["fgsm"]"# : nil))

      let positives = selection.filter(\.isAdversarial).map(\.score)
      let negatives = selection.filter { !$0.isAdversarial }.map(\.score)
      let (area, halfWidth) = Self.area(positives, negatives)
      #expect(Self.isNear(row["auroc"].real, area))
      #expect(Self.isNear(row["auroc_low"].real, max(0, area - halfWidth)))
      #expect(Self.isNear(row["auroc_high"].real, min(1, area + halfWidth)))

      let cleanHeldOut = heldOut.filter { !$0.isAdversarial }.map(\.score).sorted(by: >)
      for (name, rate) in [("1", 0.01), ("5", 0.05), ("10", 0.1)] {
        let cut = cleanHeldOut[Int(rate * Double(cleanHeldOut.count) + 1e-9)]
        #expect(row["cut_\(name)"].real == cut)
        let found = positives.count { $0 > cut }
        let wrong = negatives.count { $0 > cut }
        #expect(
          Self.isNear(
            row["true_positive_rate_\(name)"].real, Double(found) / Double(positives.count)))
        #expect(
          Self.isNear(
            row["false_positive_rate_\(name)"].real, Double(wrong) / Double(negatives.count)))
        let interval = Self.wilson(found, of: positives.count)
        #expect(Self.isNear(row["true_positive_rate_\(name)_low"].real, max(0, interval.low)))
        #expect(Self.isNear(row["true_positive_rate_\(name)_high"].real, min(1, interval.high)))
      }
    }
  }

  @Test("areas of pooled attacks count shared clean images once, with and without noise")
  func pooledArea() throws {
    let fixture = try ScoredFixture(seed: 31, voters: 1)
    func scores(_ images: [ScoredFixture.Image]) -> [Double] {
      images.enumerated().filter { fixture.isKept($0) && $1.isSelected }.map(\.element.value)
    }
    let clean = scores(fixture.clean)
    let noisy = scores(fixture.noisy)
    let attacked = fixture.attacks.map { scores($0.images) }
    let rows = try fixture.tracker.query(.pooledAuroc, ["measure": .text("narrow_low")]).entries
    #expect(rows.count == 5)
    for row in rows {
      let withNoise = row["negatives"].text == "clean and noisy"
      let positives =
        switch row["attack"].text {
        case "fgsm": attacked[0]
        case "jsma": attacked[1]
        default: attacked.flatMap { $0 }
        }
      let (area, halfWidth) = Self.area(positives, clean + (withNoise ? noisy : []))
      #expect(Self.isNear(row["auroc"].real, area))
      #expect(Self.isNear(row["auroc_low"].real, max(0, area - halfWidth)))
      #expect(row["clean"].integer == Int64(clean.count))
      #expect(row["noisy"].integer == Int64(withNoise ? noisy.count : 0))
    }
    // Noise matches FGSM alone.
    #expect(!rows.contains { $0["attack"].text == "jsma" && $0["negatives"].text != "clean" })
    // What has no scores of one attack says nothing of all of them.
    try fixture.connection.execute(
      "DELETE FROM scored_measure WHERE measurement_id = 31 AND measure_id = 8")
    let some = try fixture.tracker.query(.pooledAuroc, ["measure": .text("narrow_low")]).entries
    #expect(some.contains { $0["attack"].text == "fgsm" && $0["auroc"].real != nil })
    #expect(!some.contains { $0["attack"] == .null })
  }

  @Test("pairs are compared image by image")
  func pairs() throws {
    let fixture = try ScoredFixture(seed: 41, voters: 1)
    for part in ["selection", "heldout", "all"] {
      let row = try #require(
        fixture.tracker.query(
          .pairwiseShares,
          ["measure": .text("narrow"), "attack": .text("fgsm"), "part": .text(part)]
        ).entries.first)
      let indices = fixture.clean.indices.filter {
        fixture.isKept($0) && (part == "all" || fixture.clean[$0].part == part)
      }
      let images = fixture.attacks[0].images
      let above = indices.count { images[$0].value > fixture.clean[$0].value }
      let noisier = indices.count { images[$0].value > fixture.noisy[$0].value }
      #expect(row["pairs"].integer == Int64(indices.count))
      #expect(row["above_clean"].integer == Int64(above))
      #expect(row["noisy_pairs"].integer == Int64(indices.count))
      #expect(row["above_noisy"].integer == Int64(noisier))
      let interval = Self.wilson(above, of: indices.count)
      #expect(Self.isNear(row["above_clean_share_low"].real, interval.low))
      #expect(Self.isNear(row["above_clean_share_high"].real, interval.high))
    }
    let lone = try #require(
      fixture.tracker.query(
        .pairwiseShares, ["measure": .text("narrow"), "attack": .text("jsma")]
      ).entries.first)
    #expect(lone["noisy_pairs"].integer == 0 && lone["above_noisy_share"] == .null)
  }

  @Test("voters keep clean images and restore adversarial ones; networks refuse what is an outlier")
  func sharesAndOutcomes() throws {
    let fixture = try ScoredFixture(seed: 51, voters: 3)
    let sets = [("clean", fixture.clean)] + fixture.attacks.map { ($0.name, $0.images) }
    let shares = try fixture.tracker.query(.transformShares).entries
    let outcomes = try fixture.tracker.query(.outcomes).entries
    #expect(shares.count == 9 && outcomes.count == 3)
    for (name, images) in sets {
      let selected = images.filter(\.isSelected)
      for voter in 0..<3 {
        let row = try #require(
          shares.first { $0["attack"].text == name && $0["voter"].text == "v\(voter)" })
        let considered = selected.filter { ($0.prediction == $0.label) == (name == "clean") }
        let changed = considered.count { $0.votes[voter] == $0.label }
        #expect(row["images"].integer == Int64(selected.count))
        #expect(row["correct"].integer == Int64(selected.count { $0.votes[voter] == $0.label }))
        #expect(row["considered"].integer == Int64(considered.count))
        #expect(row["changed"].integer == Int64(changed))
        let interval = Self.wilson(changed, of: considered.count)
        #expect(Self.isNear(row["share_low"].real, interval.low))
      }
      // The last class stands for none of the others.
      let row = try #require(outcomes.first { $0["attack"].text == name })
      let counting = images.enumerated().filter {
        $1.isSelected && fixture.isKept($0)
      }.map(\.element)
      let judged = name == "clean" ? selected : counting
      #expect(row["images"].integer == Int64(judged.count))
      #expect(row["recovered"].integer == Int64(judged.count { $0.prediction == $0.label }))
      let detected = judged.count { $0.prediction == 3 }
      #expect(row["detected"].integer == Int64(detected))
      #expect(
        row["successful"].integer
          == Int64(judged.count - detected - judged.count { $0.prediction == $0.label }))
    }
  }

  @Test("a study of transformations has those that it names, whatever else was recorded")
  func namedVoters() throws {
    let fixture = try ScoredFixture(seed: 53, voters: 3, images: 10)
    try fixture.connection.execute(
      """
      INSERT INTO run (id, uuid, kind, state, configuration, created_ms, token)
      VALUES (80, '\(ScoredFixture.uuid(80))', 'study', 'running', ?, 0, 'token')
      """, [.text(#"{"settings": {"voters": ["v1"]}}"#)])
    try fixture.connection.execute(
      "INSERT INTO lineage VALUES (80, 'clean', 20), (80, 'measurement.fgsm', 30)")
    func voters(_ study: SQLValue) throws -> Set<String> {
      let rows = try fixture.tracker.query(.transformShares, ["study": study]).entries
      return Set(rows.compactMap { $0["voter"].text })
    }
    #expect(try voters(.text(ScoredFixture.uuid(80))) == ["v1"])
    #expect(try voters(.null) == ["v0", "v1", "v2"])
  }

  @Test("a detector is told the very values and votes, in the order that was asked for")
  func inputs() throws {
    let fixture = try ScoredFixture(seed: 61, voters: 2)
    let rows = try fixture.tracker.query(
      .detectorInputs,
      [
        "measurement": .text(ScoredFixture.measurement(1)), "part": .text("heldout"),
        "inputs": .text(#"["vote:v1", "narrow_low"]"#),
      ]
    ).entries
    var expected: [(String, Int, Bool, Double)] = []
    let kept = fixture.clean.indices.filter {
      fixture.isKept($0) && !fixture.clean[$0].isSelected
    }
    for input in ["vote:v1", "narrow_low"] {
      for index in kept {
        for (isAdversarial, images) in [(false, fixture.clean), (true, fixture.attacks[1].images)] {
          let image = images[index]
          let value =
            input == "narrow_low" ? -image.value : image.votes[1] == image.prediction ? 0 : 1
          expected.append((input, index, isAdversarial, value))
        }
      }
    }
    try #require(rows.count == expected.count)
    for (row, (input, index, isAdversarial, value)) in zip(rows, expected) {
      #expect(row["input"].text == input && row["image_index"].integer == Int64(index))
      #expect(row["is_adversarial"].integer == (isAdversarial ? 1 : 0))
      #expect(row["value"].real == value)
    }
  }

  @Test("halves without partners are judged whole")
  func unpaired() throws {
    let fixture = try ScoredFixture(seed: 71, voters: 1)
    try fixture.connection.execute("DROP TRIGGER measurement_is_final")
    try fixture.connection.execute("UPDATE measurement SET is_paired = 0 WHERE run_id = 30")
    // Only these adversarial images are there: the clean ones count without them.
    try fixture.connection.execute(
      "DELETE FROM image_uncertainty WHERE measurement_id = 30 AND image_index % 2 = 0")
    let counts = try fixture.connection.query(
      """
      SELECT is_adversarial, count(*), sum(kept) FROM detection_scores
      WHERE attack = 'fgsm' AND measure = 'narrow' GROUP BY is_adversarial
      """
    ).rows
    let kept = fixture.clean.indices.count { fixture.isKept($0) }
    #expect(
      counts == [
        [.integer(0), .integer(60), .integer(Int64(kept))],
        [.integer(1), .integer(30), .integer(30)],
      ])
    // A paired mix has pairs alone.
    let pairs = try fixture.connection.query(
      "SELECT count(*) FROM detection_scores WHERE attack = 'jsma' AND measure = 'narrow'"
    ).rows
    #expect(pairs == [[.integer(120)]])
  }

  @Test("a learned detector's results are those of its threshold, and say what it was fitted on")
  func results() throws {
    let fixture = try ScoredFixture(seed: 81, voters: 2)
    try fixture.addDetector("joint", measure: 7, threshold: 1.5, attack: 1)
    let rows = try fixture.connection.query(
      """
      SELECT attack, part, fitted_on, detected, images FROM detector_results
      WHERE attack <> 'noisy-fgsm' ORDER BY attack, part
      """
    ).rows
    var expected: [[SQLValue]] = []
    for (place, attack) in fixture.attacks.enumerated() {
      for part in ["heldout", "selection"] {
        let samples = fixture.samples(of: place, part: part)
        let detected = samples.count { ($0.score > 1.5) == $0.isAdversarial }
        expected.append([
          .text(attack.name), .text(part),
          .integer(place == 1 && part == "heldout" ? 1 : 0), .integer(Int64(detected)),
          .integer(Int64(samples.count)),
        ])
      }
    }
    #expect(rows == expected)
    let inputs = try fixture.connection.query(
      "SELECT input, measure, voter FROM detector_inputs ORDER BY place"
    ).rows
    #expect(
      inputs == [
        [.text("narrow"), .text("narrow"), .null], [.text("vote:v0"), .null, .text("v0")],
      ])
  }

  @Test("what was deleted and what is noise is left out unless it is named")
  func leftOut() throws {
    let fixture = try ScoredFixture(seed: 91, voters: 1)
    try fixture.connection.execute("INSERT INTO hidden_run VALUES (11, 'deleted', 0)")
    func attacks(_ query: Query) throws -> Set<String> {
      let rows = try fixture.tracker.query(query, ["measure": .text("narrow")]).entries
      return Set(rows.compactMap { $0["attack"].text })
    }
    for query in [
      Query.auroc, .bestThresholds, .applyThresholds, .detectorRanking, .roc, .pairwiseShares,
      .detectionRates,
    ] {
      #expect(
        try attacks(query) == (query == .bestThresholds ? [] : ["fgsm"]), "\(query)")
    }
    for run in [31, 39] {
      let named = try fixture.tracker.query(
        .auroc, ["measure": .text("narrow"), "measurement": .text(ScoredFixture.uuid(run))])
      #expect(named.rows.count == 2)
    }
  }

  @Test("rows of measures, votes and detectors never change")
  func finalRows() throws {
    let fixture = try ScoredFixture(seed: 1, voters: 2, images: 5)
    try fixture.addDetector("joint", measure: 7, threshold: 1, attack: 0)
    for change in [
      "image_score SET value = 1", "image_vote SET class = 1", "score_run SET measurement_id = 20",
      "scored_measure SET run_id = 60", "recorded_voter SET run_id = 60",
      "detector SET threshold = 2", "detector_input SET weight = 0", "detector_mix SET run_id = 99",
      "noisy_set SET scale = 0", "measure SET orientation = 'low'", "voter SET name = 'x'",
      "voter_set_member SET place = 9",
    ] {
      let error = #expect(throws: SQLiteError.self) {
        try fixture.connection.execute("UPDATE \(change)")
      }
      #expect(error?.kind == .constraint, "\(change)")
    }
    try fixture.connection.execute("UPDATE measure SET title = 'better' WHERE name = 'narrow'")
  }

  @Test("scores and votes are counted, watched by digests, and removed with their run")
  func belongings() throws {
    let fixture = try ScoredFixture(seed: 4, voters: 3, images: 10)
    let run = ScoredFixture.uuid(70)
    let usage = try #require(fixture.tracker.diskUsage().runs.first { $0.run == run })
    #expect(usage.imageRows == 10 * (2 + 3))
    try fixture.tracker.takeMissingDigests()
    #expect(try fixture.tracker.checkDigests().damaged == [])
    try fixture.connection.execute("DROP TRIGGER image_vote_is_final")
    try fixture.connection.execute(
      "UPDATE image_vote SET class = class + 1 WHERE run_id = 70 AND image_index = 3")
    #expect(
      try fixture.tracker.checkDigests().damaged
        == ["the image scores of run \(run.prefix(8)) (score)"])
    try fixture.connection.execute("PRAGMA foreign_keys = ON")
    try fixture.connection.execute("DELETE FROM run WHERE id = 70")
    for table in ["image_score", "image_vote", "scored_measure", "recorded_voter", "score_run"] {
      let left = try fixture.connection.query("SELECT count(*) FROM \(table) WHERE run_id = 70")
      #expect(left.rows == [[.integer(0)]], "\(table)")
    }
  }

  @Test("deleted scores are shown by no view, and restored ones unless others took their place")
  func deletedScores() throws {
    let fixture = try ScoredFixture(seed: 95, voters: 2, images: 10)
    let (tracker, connection) = (fixture.tracker, fixture.connection)
    try tracker.takeMissingDigests()
    func counts() throws -> [Int64] {
      try [
        "image_scores", "image_votes", "image_agreements", "detection_scores", "voted_scores",
        "detection_agreements", "detection_votes",
      ].map { view in
        try connection.query("SELECT count(*) FROM \(view) WHERE attack = 'jsma'")
          .rows.first?.first?.integer ?? -1
      }
    }
    func runs() throws -> [[SQLValue]] {
      try connection.query(
        "SELECT measure_id, run_id FROM scored_measure WHERE measurement_id = 31 ORDER BY 1"
      ).rows
    }
    let before = try counts()
    #expect(before.allSatisfy { $0 > 0 }, "\(before)")
    let scores = try tracker.run(uuid: ScoredFixture.uuid(71))
    for isArchived in [false, true] {
      if isArchived { _ = try tracker.archive([scores]) }
      _ = try tracker.delete([scores])
      #expect(try counts().allSatisfy { $0 == 0 })
      _ = try tracker.restore([scores])
      #expect(try counts() == before)
    }
    _ = try tracker.delete([scores])
    try connection.execute("INSERT INTO scored_measure VALUES (31, 7, 70)")
    _ = try tracker.restore([scores])
    #expect(try runs() == [[.integer(7), .integer(70)], [.integer(8), .integer(71)]])
    #expect(try tracker.checkDigests().damaged == [])
    _ = try tracker.delete([scores])
    #expect(try tracker.removeDeletedRuns().removed == [scores.uuid])
    #expect(try runs() == [[.integer(7), .integer(70)]])
  }

  @Test("queries find an image's score and votes by their keys")
  func plans() throws {
    let fixture = try ScoredFixture(seed: 2, voters: 2, images: 5)
    for query in [
      Query.bestThresholds, .applyThresholds, .auroc, .detectorRanking, .roc, .measures,
      .detectorInputs, .thresholdCurve,
    ] {
      let plan = try fixture.connection.query("EXPLAIN QUERY PLAN \(query.sql)").rows
        .compactMap { $0.last?.text }
      for table in ["image_score", "image_uncertainty", "image_vote", "clean", "attacked", "own"] {
        #expect(
          !plan.contains { $0.hasPrefix("SCAN \(table) ") || $0 == "SCAN \(table)" },
          "\(query): \(table)")
      }
      #expect(plan.contains { $0.hasPrefix("SEARCH image_score USING PRIMARY KEY") }, "\(query)")
    }
  }
}
