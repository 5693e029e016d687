internal import SQLite
internal import Tracker

/// The tables of an evaluation that take its detector and its attacks apart.
extension DetectorMaterial {
  /// What attacks that know the detector reach when nothing random is new to them.
  var fixedDraws: NamedTable {
    let all = parts
    let fresh = LayoutColumn(column: .init("fresh", "fresh draws", .percent)) { row in
      all.first { $0["part_number"] == row["repeats"] }?["evading_rate"] ?? .null
    }
    return NamedTable(
      name: "evaluation-fixed-draw",
      table: Table(
        title: "Attacks that know the detector, on one fixed draw",
        notes: [
          "The attack knows all that is drawn, and the same draws judge its images: where it fails here, "
            + "it is not the draws that stop it. The detector has as many passes as the attack draws."
        ],
        columns: [Self.attackName, .plain("evading_rate", "one draw", .percent)]
          + [.interval("evading_rate"), fresh],
        records: parts.filter { $0.text("part_role") == "fixed" }), source: source(.evaluation))
  }

  /// What evades each component of the detector alone, an attack a row.
  var components: NamedTable {
    let names = ["whole": "whole", "measure": "measure", "votes": "votes", "none": "no detector"]
    let rows = records(.evaluationAblation).filter { row in
      row.integer("is_main") == 1 && ["attack", "transfer"].contains(row.text("part_role"))
    }
    let known = ["whole", "measure", "votes", "none"].filter { name in
      rows.contains { $0.text("component") == name }
    }
    func find(_ row: Record, _ name: String) -> Record? {
      rows.first { $0["part_number"] == row["part_number"] && $0.text("component") == name }
    }
    let columns: [LayoutColumn] =
      [Self.attackName, Self.knows]
      + known.map { name in
        LayoutColumn(column: .init(name, names[name] ?? name, .percent)) { row in
          find(row, name)?["evading_rate"] ?? .null
        }
      }
    let refused = known.compactMap { name -> String? in
      guard name != "none", let row = rows.first(where: { $0.text("component") == name }) else {
        return nil
      }
      return "\(names[name] ?? name) \(Typesetting.percent(row.number("false_positive_rate")))"
    }
    let isOfParts = known.contains("measure") || known.contains("votes")
    return NamedTable(
      name: "evaluation-components",
      table: Table(
        title: "Images that evade each part of the detector alone",
        notes: [
          "Each part has the threshold that refuses at most 5% of the clean images (in fact "
            + "\(refused.joined(separator: ", "))). The attacks were made against the whole."
        ],
        columns: columns,
        records: isOfParts ? rows.filter { $0.text("component") == "whole" } : []),
      source: source(.evaluationAblation))
  }

  /// How many of all random draws mislead the network, in a sentence.
  var randomDraws: String? {
    guard let row = parts.first(where: { $0.text("part_role") == "draws" }),
      let draws = row["random_draws"].integer, let misled = row["misled_draws"].integer
    else { return nil }
    return "Many draws: of \(Typesetting.grouped(draws)) random draws on \(row.integer("images")) "
      + "images, the network takes \(Typesetting.grouped(misled)) for a wrong class; of each image the "
      + "worst draw is judged."
  }

  /// What the system makes of noisy images, in a sentence.
  var noisyNumbers: String? {
    guard let row = parts.first(where: { $0.text("part_role") == "noisy" }),
      row["flagged_rate"] != .null
    else { return nil }
    return "Of images with noise as strong as \(noisyMatch(row)) it refuses "
      + "\(Typesetting.percent(row.number("flagged_rate"))), and "
      + "\(Typesetting.percent(row.number("flagged_rate_5"))) with the threshold for 5% of the clean ones."
  }

  private func noisyMatch(_ row: Record) -> String {
    let hasPGD = parts.contains { $0.text("attack") == "pgd" && $0.text("part_role") == "attack" }
    return hasPGD ? "pgd's" : "an attack's"
  }
}
