internal import SQLite
internal import Tracker

/// The summary in sentences, for pages.
extension StudySummary {
  /// Something that a reader must not overlook.
  package struct Finding: Sendable, Equatable {
    /// What it is, in a clause.
    package let claim: String
    /// The numbers behind it, in whole sentences.
    package let evidence: String
  }

  /// The study in a few sentences: the network, the attacks, the detector.
  var sentences: [String] {
    get throws {
      [try networkSentence, undefendedSentence, try detectorSentence].compactMap(\.self)
    }
  }

  private var networkSentence: String? {
    get throws {
      guard let network, network["test_accuracy"].real != nil else { return nil }
      let name = try report.networkName
      let epochs = network["epochs"].integer
      let training =
        epochs.map { "trained for \($0) epoch\($0 == 1 ? "" : "s")" } ?? "trained elsewhere"
      let accuracy = Typesetting.text(of: network["test_accuracy"], as: .percent)
      let interval = Typesetting.interval(
        network["test_accuracy_low"], network["test_accuracy_high"], as: .percent)
      let images = Typesetting.text(of: network["test_images"], as: .integer)
      return "\(name), \(training), classifies \(accuracy) (\(interval)) of the \(images) test "
        + "images of \(report.datasetName) correctly."
    }
  }

  private var undefendedSentence: String? {
    let range = range(of: attacks) { $0.undefended }
    return range.map {
      "Where half of the images are adversarial, it classifies \($0) of them correctly."
    }
  }

  private var detectorSentence: String? {
    get throws {
      let sets = try report.sets
      guard let range = range(of: attacks, { $0.detection }), let measure = sets.measure else {
        return nil
      }
      let passes = Set(sets.sets.map { $0["passes"].integer })
      let count =
        passes.count == 1 ? passes.first?.map { " over \($0) passes with dropout" } : nil
      let votes = isWithoutVotes ? "alone" : "and the votes of five crops"
      let detector =
        sets.hasSeveralMeasures
        ? "The detector, a measure of uncertainty \(votes),"
        : "The detector, \(try report.measureNames.title(measure))\(count ?? "") \(votes),"
      return "\(detector) tells clean from adversarial images correctly in \(range) of cases, by "
        + "\(choiceOfThresholds)."
    }
  }

  /// The least and the greatest of a share with their attacks, such as "72.4% (BIM-B) to 98.2%
  /// (JSMA)".
  private func range(
    of attacks: [AttackSummary], _ share: (AttackSummary) -> SQLValue
  ) -> String? {
    let known = attacks.compactMap { attack in
      share(attack).real.map { (attack.heading, $0) }
    }
    guard let least = known.min(by: { $0.1 < $1.1 }), let most = known.max(by: { $0.1 < $1.1 })
    else { return nil }
    let (low, high) = (Typesetting.percent(least.1), Typesetting.percent(most.1))
    return low == high ? low : "\(low) (\(least.0)) to \(high) (\(most.0))"
  }

  /// What failed, and what is not as good as was published; one sentence that says so if neither is.
  ///
  /// - Returns: The findings.
  /// - Throws: What the query measures throws.
  func findings() throws -> [Finding] {
    guard !attacks.isEmpty else { return [] }
    var findings = try unreliable.map { attack in
      Finding(
        claim: "\(attack.heading) is not detected reliably",
        evidence: ([
          "\(attack.accuracy) of the images are declared what they are. Detection counts as "
            + "failed where the interval ends below \(Self.bound).",
          errors(of: attack), try bestMeasure(for: attack),
        ] as [String?]).compactMap(\.self).joined(separator: " "))
    }
    if unreliable.isEmpty {
      findings.append(
        Finding(
          claim: "No attack evades the detector",
          evidence: "For none is the detection accuracy below \(Self.bound)."))
    }
    findings += belowOriginal.map { attack in
      let original = Typesetting.text(of: attack.original, as: .percent)
      return Finding(
        claim: "\(attack.heading) is detected less well than in the original paper",
        evidence: "\(attack.accuracy) here, \(original) there.")
    }
    return findings
  }

  private func errors(of attack: AttackSummary) -> String? {
    guard let missed = attack.missed, let refused = attack.refused else { return nil }
    return "The detector takes \(Typesetting.percent(missed)) of the adversarial images for clean "
      + "and \(Typesetting.percent(refused)) of the clean ones for adversarial."
  }

  /// Whether another measure does better at an attack; nil where there is one measure only.
  private func bestMeasure(for attack: AttackSummary) throws -> String? {
    guard !areThresholdsGiven else { return nil }
    let column = "\(isWithoutVotes ? "uncertainty" : "hybrid")_\(protocolName)"
    let known = try report.ask(.measures).records.filter {
      $0.text("attack") == attack.name && $0[column].real != nil
    }
    guard known.count > 1,
      let best = known.max(by: { $0.number(column) < $1.number(column) })
    else { return nil }
    guard best.number(column) > attack.detection.real ?? 0 else {
      return "None of the \(known.count) measures of uncertainty does better."
    }
    return
      "Of the \(known.count) measures of uncertainty, \(try report.measureNames.title(best.text("measure"))) does "
      + "best with \(Typesetting.text(of: best[column], as: .percent))."
  }

  /// What the numbers of each attack are, as a table.
  func table() throws -> Table {
    let published: [Table.Column] =
      hasPublished
      ? [
        .init("reproduction", "Reproduction", .percent), .init("original", "Original", .percent),
      ] : []
    return Table(
      title: "Detection accuracy and errors; \(choiceOfThresholds)",
      notes: try tableNotes,
      columns: [
        .init("attack", "Attack", .text), .init("detection_accuracy", "Ours", .percent),
        .init("detection_accuracy_interval", "95%", .text),
      ] + published + [
        .init("missed", "Adversarial taken for clean", .percent),
        .init("refused", "Clean taken for adversarial", .percent),
        .init("success_rate", "Attack's success", .percent),
        .init("undefended_accuracy", "Undefended accuracy", .percent),
      ],
      rows: attacks.map { attack in
        [
          .text(attack.heading), attack.detection,
          .text(Typesetting.interval(attack.low, attack.high, as: .percent)),
        ] + (hasPublished ? [attack.reproduction, attack.original] : []) + [
          attack.missed.map(SQLValue.real) ?? .null, attack.refused.map(SQLValue.real) ?? .null,
          attack.success, attack.undefended,
        ]
      })
  }

  private var tableNotes: [String] {
    get throws {
      [
        "Detection accuracy: of clean and adversarial images in equal numbers, the share that is "
          + "declared what it is. Undefended accuracy: the share of them that the network classifies "
          + "correctly."
      ]
        + (isWithoutVotes ? ["No votes were recorded: the measure alone decides."] : [])
        + (hasPublished
          ? ["Both papers chose their thresholds on the very images that they report."] : [])
        + (try report.mixNotes(besidePublished: true))
        + (try report.intervalNotes(
          areThresholdsGiven || isWithoutVotes ? nil : "detection_accuracy",
          protocolName: protocolName))
    }
  }

  /// The queries that ``table()`` is made of.
  var sources: [Page.Source] {
    let parts: [StudyReport.Part?] = [mainPart, .table1, .attacks]
    return parts.compactMap(\.self).map { part in
      Page.Source(part.query, report.bindings(part, protocolName: protocolName))
    }
  }
}
