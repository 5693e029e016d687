internal import SQLite
internal import Tracker

/// The images of a set that a filter leaves, a page of them.
struct ImageListing {
  /// As many images has a page.
  static let pageSize = 48

  /// What the attack recorded of every image, beside the measures.
  static let distances: [(name: String, column: String, title: String)] = [
    ("distance.l2", "l2", "L2 distance"), ("distance.linf", "linf", "L∞ distance"),
    ("distance.l0", "l0", "changed pixels (L0)"), ("distance.steps", "iterations", "steps"),
  ]

  /// The images' indices in order, with the value that they are ordered by.
  let found: [(index: Int64, value: Double?)]
  /// Whether there are more behind them.
  let hasMore: Bool
  /// How many the filter leaves in all.
  let count: Int64
  /// What the values are of; nil where no measure was chosen, or the set has none of that name.
  let measure: ShownSet.Measure?
  /// Who judges: the one that was chosen, or else the first; nil where nobody does.
  let judge: ImageJudge?
  /// What was asked for that the set does not have, a sentence each.
  let problems: [String]

  /// Looks for images.
  ///
  /// - Throws: `SQLiteError`.
  init(_ filter: ImageFilter, of set: ShownSet, in tracker: Tracker) throws {
    let distance = Self.distances.first { $0.name == filter.measure }
    measure =
      distance.map {
        ShownSet.Measure(name: $0.name, title: $0.title, unit: "", orientation: "high")
      } ?? set.measures.first { $0.name == filter.measure }
    let named = set.judges.first { $0.name == filter.judge }
    judge = named ?? set.judges.first
    problems = [
      filter.measure != nil && measure == nil
        ? "The measure \(filter.measure ?? "") is not recorded of this set, so it orders nothing."
        : nil,
      filter.judge != nil && named == nil
        ? "\(filter.judge ?? "") has not judged this set." : nil,
    ].compactMap(\.self)
    var values: [String: SQLValue] = [
      "set": .integer(set.id), "class": filter.label.map(SQLValue.integer) ?? .null,
      "seen": filter.seen.map(SQLValue.integer) ?? .null,
      "success": filter.success.map { .integer($0 ? 1 : 0) } ?? .null,
      "low": filter.low.map(SQLValue.real) ?? .null,
      "high": filter.high.map(SQLValue.real) ?? .null,
      "measurement": set.measurement.map { .text($0.uuid) } ?? .null,
      "measure": measure.map { .text($0.name) } ?? .null,
      "after_value": filter.after?.value.map(SQLValue.real) ?? .null,
      "after": filter.after.map { .integer($0.index) } ?? .null,
      "limit": .integer(Int64(Self.pageSize + 1)),
    ]
    var (tables, conditions) = (["FROM adversarial_image AS image"], Self.conditions)
    var key = "NULL"
    if let distance {
      key = "image.\(distance.column)"
    } else if measure != nil {
      key = "measured.value"
      tables.append(Self.measured)
    }
    if measure != nil {
      conditions.append("(:low IS NULL OR \(key) >= :low) AND (:high IS NULL OR \(key) <= :high)")
    }
    if let isFlagged = filter.isFlagged {
      if let judge { tables.append(Self.judged(judge, &values)) }
      // Nobody has declared anything of a set without a judge.
      conditions.append(judge == nil ? "0" : "judged.is_flagged = \(isFlagged ? 1 : 0)")
    }
    let base =
      tables.joined(separator: "\n") + "\nWHERE " + conditions.joined(separator: "\n  AND ")
    let order = measure == nil ? .index : filter.order
    let rows = try tracker.pageRows(Self.page(base, key: key, order), values)
    found = rows.prefix(Self.pageSize).map { ($0["image_index"].integer ?? 0, $0["value"].real) }
    hasMore = rows.count > Self.pageSize
    count =
      try tracker.pageRows("SELECT count(*) AS images " + base, values)[0]["images"].integer ?? 0
  }

  private static let conditions = [
    "image.adversarial_set_id = :set", "(:class IS NULL OR image.true_label = :class)",
    "(:seen IS NULL OR image.prediction = :seen)", "(:success IS NULL OR image.success = :success)",
  ]

  private static let measured = """
    JOIN (
      SELECT image_index, value FROM image_scores
      WHERE measurement = :measurement AND measure = :measure AND value IS NOT NULL
    ) AS measured USING (image_index)
    """

  /// What the judge says of each image, as the table `judged`.
  private static func judged(_ judge: ImageJudge, _ values: inout [String: SQLValue]) -> String {
    switch judge.source {
    case .verdict(let run):
      values["verdict"] = .text(run)
      return """
        JOIN (
          SELECT image_index, is_flagged FROM image_verdicts WHERE verdict = :verdict
        ) AS judged USING (image_index)
        """
    case .thresholds(let thresholds):
      values["judged_measure"] = .text(thresholds.measure)
      values["sign"] = .real(thresholds.orientation == "low" ? -1 : 1)
      values["low_threshold"] = .real(thresholds.low)
      values["high_threshold"] = .real(thresholds.high)
      values["agreement_threshold"] = .integer(thresholds.agreement)
      values["voters"] = .text(thresholds.voters)
      return """
        JOIN (
          SELECT
            image_index,
            NOT (
              :sign * value < :low_threshold
              OR (:sign * value <= :high_threshold
                AND coalesce(votes.agreement, 0) >= :agreement_threshold)) AS is_flagged
          FROM (
            SELECT image_index, value FROM image_scores
            WHERE measurement = :measurement AND measure = :judged_measure)
          LEFT JOIN (
            SELECT image_index, agreement FROM image_agreements
            WHERE measurement = :measurement AND voter_set = :voters
          ) AS votes USING (image_index)
        ) AS judged USING (image_index)
        """
    }
  }

  /// The page behind the one before, by the key of its last row.
  private static func page(_ base: String, key: String, _ order: ImageFilter.Order) -> String {
    let (behind, sorted) =
      switch order {
      case .index: (":after IS NULL OR image.image_index > :after", "image.image_index")
      case .rising:
        (
          ":after IS NULL OR (\(key), image.image_index) > (:after_value, :after)",
          "\(key), image.image_index"
        )
      case .falling:
        (
          ":after IS NULL OR \(key) < :after_value "
            + "OR (\(key) = :after_value AND image.image_index > :after)",
          "\(key) DESC, image.image_index"
        )
      }
    return """
      SELECT image.image_index, \(key) AS value
      \(base)
        AND (\(behind))
      ORDER BY \(sorted) LIMIT :limit
      """
  }
}
