internal import SQLite
internal import Tracker

/// What a study, or a model with its sets, comes to, and what the detector fails at.
///
/// Detection is by thresholds that were chosen on the held-out half where there are such: only those
/// say what the detector does to images that it was not fitted to.
public struct StudySummary: Sendable {
  let report: StudyReport
  /// The attacks in order.
  let attacks: [AttackSummary]
  /// On which images thresholds were chosen: "paper" or "heldout".
  let protocolName: String
  /// Whether thresholds were given, and chosen on no images.
  let areThresholdsGiven: Bool
  /// Whether thresholds were chosen of measures alone, for want of votes.
  let isWithoutVotes: Bool
  /// The attacks by thresholds that were given, where others were chosen as well.
  let alsoByGiven: [AttackSummary]
  /// The row of the query networks; nil where there is none.
  let network: Record?

  /// Asks for the numbers.
  ///
  /// - Parameter report: The report that is summed up.
  /// - Throws: What the queries throw.
  public init(of report: StudyReport) throws {
    self.report = report
    network = try report.ask(.networks).records.first
    // The held-out half is the last of the protocols.
    let chosen = try report.protocols.reversed().lazy.map { name in
      (name: name, rows: try report.ask(.table2, protocolName: name).records)
    }.first { !$0.rows.isEmpty }
    // Given thresholds stand under the papers' protocol, though they were chosen on no images.
    let given = try report.ask(.ablations, protocolName: "paper").records
      .filter { $0.text("detector") == "hybrid" && $0.text("method") == "given" }
      .grouped(by: "attack").compactMap { $1.first.map(AttackSummary.init) }
    let alone = try chosen == nil && given.isEmpty ? Self.withoutVotes(report) : nil
    isWithoutVotes = alone != nil
    areThresholdsGiven = chosen == nil && !given.isEmpty
    alsoByGiven = chosen == nil ? [] : given
    protocolName =
      chosen?.name ?? alone?.name
      ?? (given.isEmpty ? report.protocols.last ?? "heldout" : "paper")
    let detected =
      if let chosen {
        chosen.rows.grouped(by: "attack").map { AttackSummary(name: $0, quantities: $1) }
      } else {
        alone?.attacks ?? given
      }
    let undefended = try report.ask(.table1).records
    let attacked = try report.ask(.attacks).records
    attacks = detected.map { attack in
      func row(of rows: [Record]) -> Record? {
        rows.first { $0.text("attack") == attack.name }
      }
      var attack = attack
      attack.undefended = row(of: undefended)?["ours"] ?? .null
      attack.success = row(of: attacked)?["success_rate"] ?? .null
      return attack
    }
  }

  /// The attacks by measures alone, and on which images their thresholds were chosen; nil where none
  /// were.
  private static func withoutVotes(
    _ report: StudyReport
  ) throws -> (name: String, attacks: [AttackSummary])? {
    for name in report.protocols.reversed() {
      let attacks = try report.ask(.ablations, protocolName: name).records
        .filter { $0.text("detector") == "uncertainty" && $0.text("method") == "exact" }
        .grouped(by: "attack").compactMap { $1.first.map(AttackSummary.init) }
      if !attacks.isEmpty { return (name, attacks) }
    }
    return nil
  }

  /// The attacks that the detector fails at.
  var unreliable: [AttackSummary] { attacks.filter(\.isUnreliable) }

  /// The other attacks that the original paper's detector does better at.
  var belowOriginal: [AttackSummary] {
    attacks.filter { $0.isBelowOriginal && !$0.isUnreliable }
  }

  /// Whether published numbers stand beside any of ours.
  var hasPublished: Bool {
    attacks.contains { $0.reproduction != .null || $0.original != .null }
  }

  /// On which images the thresholds were chosen, in a few words.
  var choiceOfThresholds: String {
    if areThresholdsGiven { return "thresholds as they were given" }
    return protocolName == "heldout"
      ? "thresholds chosen on the held-out half" : "thresholds chosen on the very images reported"
  }

  /// The table that the detection accuracies are in; nil where there are none.
  public var mainPart: StudyReport.Part? {
    attacks.isEmpty ? nil : areThresholdsGiven || isWithoutVotes ? .ablations : .table2
  }

  /// Below what detection counts as failed, such as "90%".
  static var bound: String {
    "\(Int((AttackSummary.reliableAccuracy * 100).rounded()))%"
  }
}

extension StudyReport {
  /// The network and its data, such as "LeNet on MNIST".
  var subjectName: String {
    get throws {
      try networkName + " on " + datasetName
    }
  }

  /// The network as its record names it, such as "LeNet" or "feinman-mnist".
  var networkName: String {
    get throws {
      let architecture = try ask(.networks).records.first?.text("architecture") ?? ""
      return architecture.isEmpty ? "A network" : PrintedName.ofKnown(architecture)
    }
  }

  /// What people call the data; of a directory its name.
  var datasetName: String {
    guard let name = study.configuration["dataset"]?.string else { return "unknown data" }
    return PrintedName.ofDataset(name)
  }
}
