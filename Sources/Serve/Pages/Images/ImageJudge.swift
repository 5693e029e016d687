internal import Report
internal import SQLite
internal import Tracker

/// Who says of an adversarial image whether it is one: a detector with its thresholds, or a whole
/// detection system whose verdicts are recorded.
struct ImageJudge {
  /// What decides.
  enum Source {
    /// Algorithm 1 with thresholds on a measure.
    case thresholds(Thresholds)
    /// A run that recorded verdicts, by its UUID.
    case verdict(String)
  }

  /// L, H and C, and what they are of.
  struct Thresholds {
    let run: String
    let measure: String
    let orientation: String
    let low: Double
    let high: Double
    let agreement: Int64
    let voters: String

    /// Where Algorithm 1 sends an image.
    ///
    /// - Parameters:
    ///   - value: Of the measure.
    ///   - votes: How many voters agree; nil if their votes are not recorded.
    /// - Returns: What its route is called, and whether it is declared adversarial.
    func route(_ value: Double, votes: Int64?) -> (name: String, isFlagged: Bool) {
      let score = orientation == "low" ? -value : value
      if score < low { return ("below L", false) }
      if score > high { return ("above H", true) }
      return (votes ?? 0) >= agreement ? ("voters agree", false) : ("voters differ", true)
    }
  }

  /// What addresses call it: the same judge of another set has the same name.
  let name: String
  let title: String
  let source: Source

  /// The judges of a set, thresholds first, the newest of each name.
  ///
  /// What trials of sweeps chose judges only what they measured.
  static func all(_ known: [String: SQLValue], in tracker: Tracker) throws -> [ImageJudge] {
    let names = try MeasureNames(of: tracker)
    let thresholds = try tracker.pageRows(Self.thresholds, known).map { row in
      let word = { (column: String) in row[column].text ?? "" }
      let choice = word("method") == "given" ? "given" : PrintedName.of(word("method"))
      let place = word("protocol") == "paper" ? "the selection" : "the held-out half"
      return ImageJudge(
        name: [word("protocol"), word("method"), word("detector"), word("measure")]
          .joined(separator: "."),
        title: "\(word("detector")) on \(names.title(word("measure"))), \(choice) thresholds"
          + (word("method") == "given" ? "" : " of \(place)"),
        source: .thresholds(
          Thresholds(
            run: word("thresholds"), measure: word("measure"), orientation: word("orientation"),
            low: row["low_threshold"].real ?? 0, high: row["high_threshold"].real ?? 0,
            agreement: row["agreement_threshold"].integer ?? 0, voters: word("voter_set"))))
    }
    let verdicts = try tracker.pageRows(Self.verdicts, known).map { row in
      ImageJudge(
        name: "verdict." + (row["detector"].text ?? ""),
        title: "\(row["detector"].text ?? ""), the whole system",
        source: .verdict(row["verdict"].text ?? ""))
    }
    var seen: Set<String> = []
    return (thresholds + verdicts).filter { seen.insert($0.name).inserted }
  }

  private static let thresholds = """
    SELECT
      thresholds, protocol, method, detector, measure, orientation, low_threshold, high_threshold,
      agreement_threshold, voter_set, (SELECT id FROM run WHERE uuid = thresholds) AS id
    FROM detection_results
    WHERE measurement = :measurement
      AND thresholds NOT IN (SELECT uuid FROM run JOIN hidden_run ON run_id = id WHERE how = 'deleted')
      AND (
        EXISTS (SELECT 1 FROM own_runs WHERE own_runs.run = thresholds)
        OR NOT EXISTS (SELECT 1 FROM own_runs WHERE own_runs.run = :measurement))
    ORDER BY
      id DESC, detector = 'hybrid' DESC, method = 'exact' DESC, protocol DESC, detector,
      (SELECT measure_number FROM measures WHERE measures.measure = detection_results.measure)
    """

  private static let verdicts = """
    SELECT verdict, detector, (SELECT id FROM run WHERE uuid = verdict) AS id
    FROM verdicts
    WHERE adversarial_set = :set AND state = 'finished' AND hidden IS NOT 'deleted'
    ORDER BY id DESC
    """
}
