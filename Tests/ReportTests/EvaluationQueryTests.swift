import Foundation
import SQLite
import Testing
import Tracker

/// The queries of evaluations against what plain Swift counts on the same images.
@Suite struct EvaluationQueryTests {
  typealias Row = [String: SQLValue]
  typealias Image = EvaluationFixture.Image
  typealias Part = EvaluationFixture.Part

  static let whole = Result { try EvaluationFixture() }

  func rows(_ query: Query, of fixture: EvaluationFixture) throws -> [Row] {
    let result = try fixture.tracker.query(query, ["evaluation": fixture.id])
    return result.rows.map { Dictionary(uniqueKeysWithValues: zip(result.columns, $0)) }
  }

  private func isNear(_ found: SQLValue?, _ expected: Double?) -> Bool {
    guard let expected, expected.isFinite else { return found == .null }
    return abs((found?.real ?? .nan) - expected) < 1e-12
  }

  /// The lowest excess that at most so many percent of the clean images exceed.
  private func cut(_ percent: Int, _ fixture: EvaluationFixture) -> Double {
    let clean = fixture.parts[0].images.map(\.excess).sorted(by: >)
    return clean[clean.count * percent / 100]
  }

  private func area(_ positives: [Double], over negatives: [Double]) -> Double {
    var above = 0.0
    for positive in positives {
      for negative in negatives {
        above += positive > negative ? 1 : positive == negative ? 0.5 : 0
      }
    }
    return above / Double(positives.count * negatives.count)
  }

  @Test("each part has the success, the rates at few false positives and the area of its images")
  func parts() throws {
    let fixture = try Self.whole.get()
    let found = try rows(.evaluation, of: fixture)
    try #require(found.count == fixture.parts.count)
    let clean = fixture.parts[0].images
    for (row, part) in zip(found, fixture.parts) {
      let name = "\(part.role) \(part.attack ?? "") \(part.epsilon ?? 0)"
      #expect(row["part_number"] == .integer(Int64(part.number)))
      #expect(row["attack"]?.text == (part.role == "noisy" ? nil : part.attack))
      #expect(row["epsilon"]?.real == part.epsilon, "\(name)")
      #expect(row["repeats"]?.integer.map(Int.init) == part.repeats)
      #expect(isNear(row["network_success_rate"], part.rate(\.isSuccessful)), "\(name)")
      guard part.role != "baseline" else {
        #expect(row["evading_rate"] == .null && row["auroc"] == .null)
        continue
      }
      #expect(isNear(row["evading_rate"], part.rate(\.isEvading)), "\(name)")
      #expect(isNear(row["flagged_rate"], part.rate(\.isFlagged)), "\(name)")
      for percent in [5, 50] {
        let cut = cut(percent, fixture)
        #expect(
          isNear(row["evading_rate_\(percent)"], part.rate { $0.isMisled && $0.excess <= cut }),
          "\(name), \(percent)")
      }
      let misled = part.images.filter(\.isMisled)
      for percent in [1, 5, 10] {
        let cut = cut(percent, fixture)
        let rate = clean.count { $0.excess > cut }
        #expect(
          isNear(row["false_positive_rate_\(percent)"], Double(rate) / Double(clean.count)))
        // Ties never add false positives.
        #expect(rate * 100 <= percent * clean.count)
        guard part.role != "clean" else { continue }
        #expect(
          isNear(
            row["true_positive_rate_\(percent)"],
            Double(misled.count { $0.excess > cut }) / Double(misled.count)), "\(name)")
      }
      let cut = cut(5, fixture)
      #expect(isNear(row["flagged_rate_5"], part.rate { $0.excess > cut }), "\(name)")
      guard part.attack != nil, part.role != "noisy" else {
        #expect(row["auroc"] == .null && row["auroc_noisy"] == .null)
        continue
      }
      #expect(
        isNear(row["auroc"], area(misled.map(\.excess), over: clean.map(\.excess))), "\(name)")
      let noisy = fixture.parts.first { $0.role == "noisy" }?.images ?? []
      #expect(
        isNear(
          row["auroc_noisy"], area(misled.map(\.excess), over: (clean + noisy).map(\.excess))),
        "\(name)")
      let noted = part.images.indices.reduce(0) { $0 + $1 % 7 }
      let isNoise = part.attack == "noise"
      #expect(row["misled_draws"]?.integer.map(Int.init) == (isNoise ? noted : nil))
      #expect(row["random_draws"]?.integer.map(Int.init) == (isNoise ? 100 * fixture.count : nil))
      #expect(
        isNear(
          row["mean_queries"],
          part.attack == "hop-skip-jump" ? Double(noted) / Double(fixture.count) : nil))
      let moved = part.images.filter(\.isSuccessful)
      let distances = moved.map { part.attack == "deepfool" ? $0.l2 : $0.linf }.sorted()
      let middle = distances.count / 2
      let median =
        distances.count.isMultiple(of: 2)
        ? (distances[middle - 1] + distances[middle]) / 2 : distances[middle]
      #expect(
        isNear(row["mean_distance"], distances.reduce(0, +) / Double(distances.count)), "\(name)")
      #expect(isNear(row["median_distance"], median), "\(name)")
      let zeros = part.images.compactMap(\.zeroGradients)
      #expect(
        row["zero_gradient_images"]?.integer.map(Int.init)
          == (zeros.isEmpty ? nil : zeros.count { $0 > 0 }))
    }
  }

  /// Whether some attacks bring an image through within a budget.
  private func isLost(
    _ index: Int, within epsilon: Double?, _ fixture: EvaluationFixture,
    clean: (Image) -> Bool, by isThrough: (Part, Image) -> Bool
  ) -> Bool {
    if clean(fixture.parts[0].images[index]) { return true }
    return fixture.parts.contains { part in
      part.attack != nil && isThrough(part, part.images[index])
        && part.images[index].linf <= (epsilon ?? .infinity) + 1e-5
    }
  }

  @Test("the worst case is the mean over images of the minimum over attacks")
  func worstCase() throws {
    let fixture = try Self.whole.get()
    let found = try rows(.evaluationWorstCase, of: fixture)
    #expect(found.compactMap { $0["epsilon"]?.real } == fixture.epsilons)
    #expect(found.last?["epsilon"] == .null)
    let (cut5, cut50) = (cut(5, fixture), cut(50, fixture))
    let series: [(String, (Image) -> Bool, (Part, Image) -> Bool)] = [
      (
        "network_unaware", \.isSuccessful,
        { $0.counts && !$0.isAdaptive && $1.isSuccessful }
      ),
      ("network_adaptive", \.isSuccessful, { $0.counts && $0.isAdaptive && $1.isSuccessful }),
      ("network_any", \.isSuccessful, { $0.counts && $1.isSuccessful }),
      ("system_unaware", \.isEvading, { $0.counts && !$0.isAdaptive && $1.isEvading }),
      ("system_adaptive", \.isEvading, { $0.counts && $0.isAdaptive && $1.isEvading }),
      ("system_any", \.isEvading, { $0.counts && $1.isEvading }),
      (
        "system_any_5", { $0.isMisled && $0.excess <= cut5 },
        { $0.counts && $1.isMisled && $1.excess <= cut5 }
      ),
      (
        "system_any_50", { $0.isMisled && $0.excess <= cut50 },
        { $0.counts && $1.isMisled && $1.excess <= cut50 }
      ),
    ]
    for row in found {
      let epsilon = row["epsilon"]?.real
      for (name, clean, isThrough) in series {
        let lost = (0..<fixture.count).count {
          isLost($0, within: epsilon, fixture, clean: clean, by: isThrough)
        }
        #expect(
          isNear(row[name], Double(lost) / Double(fixture.count)),
          "\(name) within \(epsilon ?? .infinity)")
      }
      let baseline = (0..<fixture.count).count { index in
        EvaluationFixture.baselineWrong.contains(index)
          || isLost(
            index, within: epsilon, fixture, clean: { _ in false },
            by: { $0.role == "baseline" && $1.isSuccessful })
      }
      #expect(isNear(row["baseline_any"], Double(baseline) / Double(fixture.count)))
    }
    // The worst case of each image is more than the worst attack's mean.
    let main = try #require(found.first { $0["is_main"] == .integer(1) })
    let best =
      fixture.parts.filter { $0.epsilon == fixture.mainEpsilon && $0.role == "attack" }
      .map { $0.rate(\.isEvading) }.max() ?? 1
    #expect(try #require(main["system_any"]?.real) > best)
    #expect(isNear(main["network_clean_error"], fixture.parts[0].rate(\.isSuccessful)))
    #expect(isNear(main["system_clean_error"], fixture.parts[0].rate(\.isEvading)))
    #expect(isNear(main["false_positive_rate"], fixture.parts[0].rate(\.isFlagged)))
  }

  @Test("curves have the worst cases and each attack, and never fall where they are worst cases")
  func curve() throws {
    let fixture = try Self.whole.get()
    let curve = try rows(.evaluationCurve, of: fixture)
    let worst = try rows(.evaluationWorstCase, of: fixture)
    let columns = [
      "adaptive": "system_adaptive", "unaware": "system_unaware", "network": "network_any",
      "baseline": "baseline_any",
    ]
    for (series, column) in columns {
      let own = curve.filter { $0["series"]?.text == series }
      #expect(own.first?["epsilon"] == .real(0))
      for row in worst where row["epsilon"] != .null {
        let point = own.first { $0["epsilon"] == row["epsilon"] }
        #expect(isNear(point?["success_rate"], row[column]?.real), "\(series)")
      }
      let rates = own.compactMap { $0["success_rate"]?.real }
      #expect(rates == rates.sorted())
    }
    for part in fixture.parts where part.role == "attack" && part.epsilon != nil {
      let point = curve.first {
        $0["series"]?.text == "attack" && $0["attack"]?.text == part.attack
          && $0["epsilon"]?.real == part.epsilon
      }
      #expect(isNear(point?["success_rate"], part.rate(\.isEvading)))
    }
  }

  @Test("the ROC is of what misleads, the least suspect image of all attacks in the worst case")
  func roc() throws {
    let fixture = try Self.whole.get()
    let found = try rows(.evaluationRoc, of: fixture)
    let clean = fixture.parts[0].images.map(\.excess)
    for isAdaptive in [true, false] {
      let worst = (0..<fixture.count).compactMap { index in
        fixture.parts.filter {
          $0.counts && $0.isAdaptive == isAdaptive
        }.map { $0.images[index] }
          .filter { $0.isMisled && $0.linf <= fixture.mainEpsilon + 1e-5 }.map(\.excess).min()
      }
      let rows = found.filter {
        $0["is_adaptive"] == .integer(isAdaptive ? 1 : 0) && $0["attack"] == .null
      }
      #expect(isNear(rows.first?["auroc"], area(worst, over: clean)))
      for row in rows {
        let cut = row["cut"]?.real ?? .nan
        #expect(
          isNear(
            row["true_positive_rate"],
            Double(worst.count { $0 >= cut }) / Double(worst.count)))
        #expect(
          isNear(
            row["false_positive_rate"],
            Double(clean.count { $0 >= cut }) / Double(clean.count)))
      }
    }
    let parts = try rows(.evaluation, of: fixture)
    for row in found where row["attack"] != .null {
      let part = parts.first { $0["part_number"] == row["part_number"] }
      for column in ["auroc", "true_positive_rate_1", "true_positive_rate_5"] {
        #expect(isNear(row[column], part?[column]?.real), "\(column)")
      }
    }
  }

  @Test("the gallery begins with what evades, and shows different classes")
  func gallery() throws {
    let fixture = try Self.whole.get()
    let found = try rows(.evaluationGallery, of: fixture)
    #expect(Set(found.compactMap { $0["attack"]?.text }) == ["selective"])
    #expect(found.count == 4 && found.allSatisfy { $0["is_evading"] == .integer(1) })
    #expect(Set(found.compactMap { $0["true_label"]?.integer }).count == 4)
    let without = try rows(.evaluationGallery, of: EvaluationFixture(hasDetector: false))
    #expect(without.contains { $0["attack"]?.text == "pgd" })
    #expect(without.allSatisfy { $0["score"] == .null && $0["is_evading"] == .integer(1) })
  }

  static let checks: [EvaluationFixture.Defect: String] = [
    .oneStep: "one_step", .blackBox: "black_box", .noise: "noise", .budget: "budget",
    .zeroGradients: "zero_gradients", .doubled: "doubled", .restarted: "restarted",
    .adaptive: "adaptive", .noAdaptive: "adaptive_there", .reach: "reach",
    .epsilon: "credible_epsilon", .l2: "credible_l2", .images: "images",
    .decision: "black_box", .transfer: "transfer", .fixedDraw: "fixed_draw",
    .converged: "converged",
  ]

  @Test("losses are means over the pieces of a set, step by step")
  func losses() throws {
    let fixture = try Self.whole.get()
    let found = try rows(.evaluationLosses, of: fixture)
    let traced = fixture.parts.filter {
      ["pgd", "selective"].contains($0.attack) && $0.epsilon == fixture.mainEpsilon
    }
    #expect(found.count == traced.count * (EvaluationFixture.lastStep + 1))
    for row in found {
      let step = Int(row["attack_step"]?.integer ?? -1)
      let (loss, half) = (fixture.loss(step), fixture.count / 2)
      #expect(row["is_main"] == .integer(1))
      #expect(isNear(row["mean_loss"], 1.5 * loss))
      #expect(abs((row["loss_deviation"]?.real ?? .nan) - 0.5 * loss) < 1e-6)
      #expect(isNear(row["misled_share"], Double(min(step, half)) / Double(half)))
      let isScored = row["is_adaptive"] == .integer(1)
      #expect(row["scored_images"]?.integer == (isScored ? Int64(fixture.count) : 0))
      #expect(isNear(row["mean_score"], isScored ? 30 - loss : nil))
    }
  }

  @Test("each component alone has the threshold that so many clean images are refused by")
  func ablation() throws {
    let fixture = try Self.whole.get()
    let found = try rows(.evaluationAblation, of: fixture)
    let clean = fixture.parts[0].images
    func values(_ images: [Image], _ component: String) -> [Double] {
      images.enumerated().map { index, image in
        switch component {
        case "whole", "measure": image.excess
        case "votes": -Double(EvaluationFixture.agreement(image, index))
        default: 0
        }
      }
    }
    let parts = fixture.parts.filter(\.counts)
    #expect(found.count == 4 * parts.count)
    for row in found {
      let component = try #require(row["component"]?.text)
      let part = try #require(parts.first { Int64($0.number) == row["part_number"]?.integer })
      let known = values(clean, component).sorted(by: >)
      let cut = known[known.count * 5 / 100]
      let evading = zip(part.images, values(part.images, component)).count {
        $0.isMisled && $1 <= cut
      }
      #expect(
        isNear(row["evading_rate"], Double(evading) / Double(fixture.count)),
        "\(component) of \(part.attack ?? "")")
      #expect(
        isNear(
          row["false_positive_rate"],
          Double(known.count { $0 > cut }) / Double(clean.count)))
    }
    #expect(try rows(.evaluationAblation, of: EvaluationFixture(hasDetector: false)).isEmpty)
  }

  /// The checks that failed, and those that passed.
  private func outcome(_ fixture: EvaluationFixture) throws -> [String: Set<String>] {
    try rows(.evaluationChecks, of: fixture).reduce(into: [:]) { outcome, row in
      outcome[row["result"]?.text ?? "", default: []].insert(row["check_name"]?.text ?? "")
    }
  }

  @Test("every check passes where nothing is wrong")
  func passing() throws {
    let outcome = try outcome(Self.whole.get())
    #expect(outcome["failed", default: []].isEmpty)
    #expect(outcome["passed"] == Set(Self.checks.values))
  }

  @Test("each check fails where what it looks for is wrong", arguments: checks.keys)
  func failing(defect: EvaluationFixture.Defect) throws {
    let name = try #require(Self.checks[defect])
    let fixture = try EvaluationFixture([defect])
    let failed = try outcome(fixture)["failed", default: []]
    // Some defects are seen from two sides.
    let related: [EvaluationFixture.Defect: Set<String>] = [
      .budget: ["black_box"], .reach: ["black_box"], .noAdaptive: ["reach"],
      .epsilon: ["credible_l2"],
    ]
    #expect(failed == related[defect, default: []].union([name]))
  }

  @Test("without a detector there is nothing to know, and the network alone is judged")
  func withoutDetector() throws {
    let fixture = try EvaluationFixture(hasDetector: false)
    let outcome = try outcome(fixture)
    #expect(outcome["failed", default: []].isEmpty)
    #expect(
      outcome["not applicable"]
        == ["adaptive", "adaptive_there", "fixed_draw", "zero_gradients"])
    let worst = try rows(.evaluationWorstCase, of: fixture)
    #expect(worst.allSatisfy { $0["system_any"] == .null && $0["network_any"] != .null })
    #expect(try rows(.evaluationRoc, of: fixture).isEmpty)
    #expect(
      try Set(rows(.evaluationCurve, of: fixture).compactMap { $0["series"]?.text })
        == ["unaware", "baseline", "attack"])
  }
}
