import Foundation
import Testing

/// The questions of docs/schema.md about attacks and measures, computed once more from the tables.
@Suite(.startsPrograms) struct AttackQuestionTests {
  static let titles = [
    "How often did each attack succeed, and how far did it move the images?",
    "Which images does every attack turn?",
    "Which classes fall most easily?",
    "Which targets does JSMA reach from which classes?",
    "How many steps does BIM need?",
    "What does each measure say of clean and of adversarial images?",
    "Which measure tells clean and adversarial images apart best, whatever the threshold?",
    "How many false alarms does it take to detect 95% of an attack's images?",
  ]

  let assay: Assay

  init() throws {
    assay = try Assay(copyOf: .study)
  }

  /// An adversarial image of the selection or held out.
  private struct Attacked {
    let attack: String
    let label: Int
    let target: Int?
    let isSuccess: Bool
    let steps: Int
    let isReported: Bool
  }

  private func attackedImages() throws -> [Attacked] {
    try assay.rows(
      """
      SELECT attack, true_label, target_label, success, image.iterations AS steps,
        part = 'selection' AS reported
      FROM adversarial_image AS image
      JOIN adversarial_set ON adversarial_set.run_id = image.adversarial_set_id
      JOIN selected_image USING (selection_id, image_index)
      """
    ).map { row in
      Attacked(
        attack: try #require(row[text: "attack"]), label: Int(row[number: "true_label"] ?? -1),
        target: row[number: "target_label"].map { Int($0) },
        isSuccess: row[number: "success"] == 1, steps: Int(row[number: "steps"] ?? -1),
        isReported: row[number: "reported"] == 1)
    }
  }

  /// An image of the selection as it was measured; the attack is nil for a clean one.
  private struct Measured {
    let attack: String?
    let index: Int
    let isRight: Bool
    let values: [String: Double]
  }

  private static let measures = [
    "softmax_std": 1.0, "logit_std": -1, "predictive_entropy": 1, "mutual_information": 1,
    "max_probability": -1, "margin": -1, "deterministic_max_probability": -1,
  ]

  /// The clean images that the undefended network classifies correctly, and their partners.
  private func keptImages() throws -> [Measured] {
    let names = Self.measures.keys.joined(separator: ", ")
    let images = try assay.rows(
      """
      SELECT attack, image.image_index, true_label = deterministic_prediction AS is_right, \(names)
      FROM image_uncertainty AS image
      JOIN measurement ON measurement.run_id = image.measurement_id
      LEFT JOIN adversarial_set ON adversarial_set.run_id = measurement.adversarial_set_id
      JOIN selected_image
        ON selected_image.selection_id = measurement.selection_id
        AND selected_image.image_index = image.image_index
      WHERE part = 'selection'
      """
    ).map { row in
      Measured(
        attack: row[text: "attack"], index: Int(row[number: "image_index"] ?? -1),
        isRight: row[number: "is_right"] == 1,
        values: Self.measures.keys.reduce(into: [:]) { $0[$1] = row[number: $1] })
    }
    let kept = Set(images.filter { $0.attack == nil && $0.isRight }.map(\.index))
    return images.filter { kept.contains($0.index) }
  }

  private func mean(_ values: some Collection<Double>) -> Double? {
    values.isEmpty ? nil : values.reduce(0, +) / Double(values.count)
  }

  @Test("success and norms are the report's")
  func attacks() throws {
    let answer = try assay.answer(to: Self.titles[0])
    let reported = try assay.rows(query: "attacks")
    #expect(answer.count == 3 && reported.count == 3)
    for row in answer {
      let other = try #require(reported.first { $0[text: "attack"] == row[text: "attack"] })
      for (name, theirs) in [
        ("images", "images"), ("success_rate", "success_rate"), ("low", "success_rate_low"),
        ("high", "success_rate_high"), ("mean_l0", "mean_l0"), ("mean_linf", "mean_linf"),
      ] {
        #expect(isNear(row[number: name], other[number: theirs]), "\(name)")
      }
    }
  }

  @Test("an image that every attack turns is turned by each of them")
  func turned() throws {
    let answer = try assay.answer(to: Self.titles[1])
    let wrong = Dictionary(
      grouping: try keptImages().filter { $0.attack != nil && !$0.isRight }, by: \.index)
    let expected = wrong.filter { $0.value.count == 3 }.keys.sorted()
    #expect(answer.compactMap { $0[number: "image_index"].map { Int($0) } } == expected)
    let pattern = /fgsm \d, bim-a \d, jsma \d/
    #expect(answer.allSatisfy { ($0[text: "taken_for"] ?? "").wholeMatch(of: pattern) != nil })
  }

  @Test("classes fall as often as their images do")
  func classes() throws {
    let answer = try assay.answer(to: Self.titles[2])
    let images = try attackedImages().filter(\.isReported)
    #expect(answer.count == Set(images.map(\.label)).count)
    for row in answer {
      let own = images.filter { Double($0.label) == row[number: "true_label"] }
      #expect(Double(own.count) == 3 * (row[number: "images"] ?? 0))
      for (name, attack) in [("fgsm", "fgsm"), ("bim_a", "bim-a"), ("jsma", "jsma")] {
        let share = mean(own.filter { $0.attack == attack }.map { $0.isSuccess ? 1 : 0 })
        #expect(isNear(row[number: name], share), "\(name)")
      }
    }
  }

  @Test("JSMA's targets are reached as often as counted")
  func targets() throws {
    let answer = try assay.answer(to: Self.titles[3])
    let images = try attackedImages().filter { $0.attack == "jsma" }
    for row in answer {
      for target in 0..<10 {
        let own = images.filter {
          Double($0.label) == row[number: "class"] && $0.target == target
        }
        #expect(isNear(row[number: "\(target)"], mean(own.map { $0.isSuccess ? 1 : 0 })))
      }
    }
    #expect(answer.count == 10)
  }

  @Test("BIM's steps add up to the images that it turned")
  func steps() throws {
    let answer = try assay.answer(to: Self.titles[4])
    let steps = try attackedImages().filter { $0.attack == "bim-a" && $0.isSuccess }.map(\.steps)
    #expect(isNear(answer.last?[number: "share_so_far"], 1))
    for row in answer {
      let from = try #require(row[number: "from_step"])
      let own = steps.filter { Double($0) >= from && Double($0) < from + 5 }
      #expect(row[number: "images"] == Double(own.count))
      #expect(row[number: "to_step"] == own.max().map(Double.init))
    }
    #expect(answer.compactMap { $0[number: "images"] }.reduce(0, +) == Double(steps.count))
  }

  @Test("the measures' means are those of their images")
  func means() throws {
    let answer = try assay.answer(to: Self.titles[5])
    let images = try keptImages()
    #expect(answer.count == 7)
    for row in answer {
      let measure = try #require(row[text: "measure"])
      for (name, attack) in [
        ("clean", nil), ("fgsm", "fgsm"), ("bim_a", "bim-a"), ("jsma", "jsma"),
      ] {
        let own = images.filter { $0.attack == attack }.compactMap { $0.values[measure] }
        #expect(isNear(row[number: name], mean(own)), "\(measure) \(name)")
      }
    }
  }

  @Test("the measures' areas are the report's, the best first")
  func areas() throws {
    let answer = try assay.answer(to: Self.titles[6])
    let reported = try assay.rows(query: "measures")
    #expect(answer.count == 2)
    for row in answer {
      let areas = try ["fgsm", "bim-a", "jsma"].map { attack in
        try #require(
          reported.first {
            $0[text: "attack"] == attack && $0[text: "measure"] == row[text: "measure"]
          }?[number: "auroc"])
      }
      for (name, area) in zip(["fgsm", "bim_a", "jsma"], areas) {
        #expect(isNear(row[number: name], area))
      }
      #expect(isNear(row[number: "worst"], areas.min()))
    }
    let worst = answer.compactMap { $0[number: "worst"] }
    #expect(worst == worst.sorted(by: >))
  }

  @Test("false alarms at 95% detection are those of the highest cut that detects so many")
  func falseAlarms() throws {
    let answer = try assay.answer(to: Self.titles[7])
    let images = try keptImages()
    #expect(answer.count == 21)
    for row in answer {
      let measure = try #require(row[text: "measure"])
      let sign = try #require(Self.measures[measure])
      let clean = images.filter { $0.attack == nil }.compactMap { $0.values[measure] }
      let scores = images.filter { $0.attack == row[text: "attack"] }
        .compactMap { $0.values[measure] }.map { sign * $0 }.sorted(by: >)
      let cut = scores[Int((0.95 * Double(scores.count)).rounded(.up)) - 1]
      let expected = mean(clean.map { sign * $0 >= cut ? 1 : 0 })
      #expect(isNear(row[number: "false_alarms"], expected), "\(measure)")
    }
  }
}
