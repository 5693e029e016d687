import Detection
import Foundation
import SQLite
import Tensor
import TestSupport
import Testing
import Tracker

@Suite struct ThresholdQueryTests {
  /// Random images, clean ones at even positions, with many ties.
  static func samples(seed: UInt64) -> [DetectionSample] {
    let stream = RandomStream(seed: seed, stream: 1)
    let distinct = 2 + Int(seed) * 3
    return (0..<2 * (12 + Int(seed) * 9)).map { index in
      func draw(_ bound: Int, _ block: UInt32) -> Int {
        stream.integer(below: bound, image: UInt32(index), pass: 0, block: block)
      }
      let isAdversarial = index % 2 == 1
      return DetectionSample(
        score: Double(draw(distinct, 0) + (isAdversarial ? draw(distinct, 1) : 0)) / 8,
        agreement: isAdversarial ? draw(6, 2) : max(draw(6, 2), draw(6, 3)),
        isAdversarial: isAdversarial)
    }
  }

  static func fixture(seed: UInt64) throws -> (MixFixture, [DetectionSample]) {
    let samples = samples(seed: seed)
    let fixture = try MixFixture(
      clean: samples.filter { !$0.isAdversarial }, adversarial: samples.filter(\.isAdversarial))
    return (fixture, samples)
  }

  @Test(
    "the query chooses the best of all thresholds",
    arguments: ThresholdOracle.Detector.allCases, 0..<8)
  func bestThresholds(detector: ThresholdOracle.Detector, seed: Int) throws {
    let (fixture, samples) = try Self.fixture(seed: UInt64(seed))
    let expected = try #require(ThresholdOracle.best(samples, detector: detector))
    // Margin holds the negated score and is by nature low where images are adversarial.
    for measure in ["softmax_std", "margin"] {
      let row = try fixture.tracker.query(
        .bestThresholds,
        [
          "measurement": .text(MixFixture.measurement), "part": .text("selection"),
          "detector": .text(detector.rawValue), "measure": .text(measure),
        ]
      ).single(for: .bestThresholds)
      #expect(row["low_threshold"].real == expected.thresholds.low)
      #expect(row["high_threshold"].real == expected.thresholds.high)
      #expect(row["agreement_threshold"].integer == Int64(expected.thresholds.agreement))
      #expect(row["correct"].integer == Int64(expected.correct))
      #expect(row["sent_to_crops"].integer == Int64(expected.sentToCrops))
      #expect(row["images"].integer == Int64(samples.count))
      #expect(row["orientation"].text == (measure == "margin" ? "low" : "high"))
    }
  }

  @Test("each C for itself", arguments: 0...5)
  func eachAgreement(agreement: Int) throws {
    let (fixture, samples) = try Self.fixture(seed: 5)
    let expected = try #require(
      ThresholdOracle.best(samples, agreements: agreement...agreement))
    let row = try fixture.tracker.query(
      .bestThresholds, ["agreement": .integer(Int64(agreement))]
    ).single(for: .bestThresholds)
    #expect(row["low_threshold"].real == expected.thresholds.low)
    #expect(row["high_threshold"].real == expected.thresholds.high)
    #expect(row["correct"].integer == Int64(expected.correct))
  }

  @Test("the area under the ROC curve is the chance of scoring higher", arguments: 0..<4)
  func area(seed: Int) throws {
    let (fixture, samples) = try Self.fixture(seed: UInt64(seed + 1))
    let (adversarial, clean) = (
      samples.filter(\.isAdversarial), samples.filter { !$0.isAdversarial }
    )
    var wins = 0.0
    for attacked in adversarial {
      for image in clean {
        wins += attacked.score > image.score ? 1 : attacked.score == image.score ? 0.5 : 0
      }
    }
    let expected = wins / Double(adversarial.count * clean.count)
    for measure in ["softmax_std", "margin"] {
      let row = try fixture.tracker.query(.auroc, ["measure": .text(measure)]).single(for: .auroc)
      let auroc = try #require(row["auroc"].real)
      #expect(abs(auroc - expected) < 1e-12)
    }
  }

  @Test("the interval of the area is by the variance of the placements", arguments: 0..<4)
  func areaInterval(seed: Int) throws {
    let (fixture, samples) = try Self.fixture(seed: UInt64(seed + 1))
    let scores = Dictionary(grouping: samples, by: \.isAdversarial).mapValues { $0.map(\.score) }
    let (adversarial, clean) = (scores[true] ?? [], scores[false] ?? [])
    /// The share of others that a score is above, ties counted half.
    func placements(_ scores: [Double], _ others: [Double]) -> [Double] {
      scores.map { score in
        others.reduce(0) { $0 + (score > $1 ? 1 : score == $1 ? 0.5 : 0) } / Double(others.count)
      }
    }
    func varianceOfMean(_ values: [Double]) -> Double {
      let count = Double(values.count)
      let mean = values.reduce(0, +) / count
      return values.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / (count - 1) / count
    }
    let above = placements(adversarial, clean)
    let area = above.reduce(0, +) / Double(above.count)
    let deviation =
      (varianceOfMean(above) + varianceOfMean(placements(clean, adversarial))).squareRoot()
    for measure in ["softmax_std", "margin"] {
      let row = try fixture.tracker.query(.auroc, ["measure": .text(measure)]).single(for: .auroc)
      let (low, high) = try (
        #require(row["auroc_low"].real), #require(row["auroc_high"].real)
      )
      #expect(abs(low - max(0, area - 1.959963984540054 * deviation)) < 1e-12)
      #expect(abs(high - min(1, area + 1.959963984540054 * deviation)) < 1e-12)
      #expect(low < area && area < high)
    }
  }

  @Test("scores between which no number lies are not cut apart")
  func adjacentScores() throws {
    let clean = DetectionSample(score: 0.5, agreement: 5, isAdversarial: false)
    let adversarial = DetectionSample(score: 0.5.nextUp, agreement: 5, isAdversarial: true)
    let fixture = try MixFixture(clean: [clean], adversarial: [adversarial])
    let row = try fixture.tracker.query(.bestThresholds).single(for: .bestThresholds)
    #expect(row["correct"].integer == 1)
  }

  @Test("the counts are those of Algorithm 1", arguments: 0..<4)
  func applyThresholds(seed: Int) throws {
    let (fixture, samples) = try Self.fixture(seed: UInt64(seed + 2))
    for thresholds in [
      Thresholds(low: 0.375, high: 0.75, agreement: 3),
      Thresholds(low: 0, high: .infinity, agreement: 5),
      Thresholds(low: 0.5625, high: 0.5625, agreement: 0),
    ] {
      let row = try fixture.tracker.query(
        .applyThresholds,
        [
          "low_threshold": .real(thresholds.low), "high_threshold": .real(thresholds.high),
          "agreement_threshold": .integer(Int64(thresholds.agreement)),
        ]
      ).single(for: .applyThresholds)
      func count(adversarial: Bool, declared: Bool) -> Int64 {
        Int64(
          samples.count {
            $0.isAdversarial == adversarial
              && thresholds.declaresAdversarial(score: $0.score, agreement: $0.agreement)
                == declared
          })
      }
      #expect(
        row["clean_declared_clean_correct"].integer == count(adversarial: false, declared: false))
      #expect(
        row["clean_declared_adversarial"].integer == count(adversarial: false, declared: true))
      #expect(
        row["adversarial_declared_clean_correct"].integer
          == count(adversarial: true, declared: false))
      #expect(
        row["adversarial_declared_adversarial"].integer == count(adversarial: true, declared: true))
      let sent = samples.count { thresholds.consultsCrops(score: $0.score) }
      #expect(row["sent_to_crops"].integer == Int64(sent))
    }
  }

  @Test("several choices are each what they would be alone, with the very thresholds")
  func severalChoices() throws {
    let (fixture, samples) = try Self.fixture(seed: 4)
    var generator = SeededGenerator(seed: 11)
    // Scores themselves, and numbers of every size: a last digit decides about an image.
    var choices = samples.prefix(20).map { ($0.score, $0.score.nextUp, 3) }
    choices += (0..<200).map { index in
      let low = Double.random(in: 1..<10, using: &generator) * pow(10, Double(index / 10 - 18))
      return (low, Double.random(in: low...low * 4, using: &generator), index % 6)
    }
    choices.append((-.infinity, .infinity, 0))
    func text(_ number: Double) -> String {
      number.isFinite ? String(format: "%.17g", number) : number < 0 ? "-9e999" : "9e999"
    }
    let list = choices.map { "[\(text($0)),\(text($1)),\($2)]" }.joined(separator: ",")
    let rows = try fixture.tracker.query(.applyThresholds, ["choices": .text("[\(list)]")]).entries
    try #require(rows.count == choices.count)
    for (index, (row, (low, high, agreement))) in zip(rows, choices).enumerated() {
      #expect(row["choice"].integer == Int64(index + 1))
      #expect(row["low_threshold"] == .real(low))
      #expect(row["high_threshold"] == .real(high))
      #expect(row["agreement_threshold"].integer == Int64(agreement))
      let thresholds = Thresholds(low: low, high: high, agreement: agreement)
      let sent = samples.count { thresholds.consultsCrops(score: $0.score) }
      #expect(row["sent_to_crops"].integer == Int64(sent))
      let declared = samples.count {
        thresholds.declaresAdversarial(score: $0.score, agreement: $0.agreement)
      }
      let counts = ["clean_declared_adversarial", "adversarial_declared_adversarial"]
      #expect(counts.compactMap { row[$0].integer }.reduce(0, +) == Int64(declared))
    }
  }

  @Test("information gain is maximised one cut after the other", arguments: 1..<7)
  func informationGain(seed: Int) throws {
    let (fixture, samples) = try Self.fixture(seed: UInt64(seed))
    let row = try fixture.tracker.query(.informationGainThresholds)
      .single(for: .informationGainThresholds)
    let scores = Set(samples.map(\.score)).sorted()
    let cuts = zip(scores, scores.dropFirst()).map { $0 + ($1 - $0) / 2 }

    func entropy(_ part: [DetectionSample]) -> Double {
      let adversarial = Double(part.count { $0.isAdversarial }) / Double(part.count)
      let fractions = [adversarial, 1 - adversarial].filter { $0 > 0 }
      return fractions.reduce(0) { sum, fraction in sum - fraction * log(fraction) }
    }
    func gain(_ cuts: [Double]) -> Double {
      let borders = [-Double.infinity] + cuts.sorted() + [Double.infinity]
      let parts = zip(borders, borders.dropFirst()).map { low, high in
        samples.filter { $0.score > low && $0.score < high }
      }
      let remaining = parts.map { Double($0.count) * entropy($0) }.reduce(0, +)
      return entropy(samples) - remaining / Double(samples.count)
    }
    let bestFirst = try #require(cuts.map { gain([$0]) }.max())
    let low = try #require(row["low_threshold"].real)
    let high = try #require(row["high_threshold"].real)
    // One of the two is a best first cut, and the other a best second one beside it.
    let isChosenWell = [(low, high), (high, low)].contains { first, second in
      let bestPair = cuts.filter { $0 != first }.map { gain([first, $0]) }.max() ?? 0
      return abs(gain([first]) - bestFirst) < 1e-12
        && abs(gain([first, second]) - bestPair) < 1e-12
    }
    #expect(isChosenWell)
    #expect(low < high)
    let stated = try #require(row["information_gain"].real)
    #expect(abs(stated - gain([low, high])) < 1e-12)

    let accuracies = (0...5).map { agreement in
      let thresholds = Thresholds(low: low, high: high, agreement: agreement)
      return samples.count {
        thresholds.declaresAdversarial(score: $0.score, agreement: $0.agreement)
          == $0.isAdversarial
      }
    }
    #expect(row["correct"].integer == Int64(accuracies.max() ?? 0))
    #expect(
      row["agreement_threshold"].integer
        == Int64(accuracies.lastIndex(of: accuracies.max() ?? 0) ?? -1))
  }
}
