internal import SQLite

extension Tracker {
  /// Compares finished rows with the digests that were taken when they were finished, and the
  /// contents of artifacts with their names.
  ///
  /// - Parameters:
  ///   - runs: The UUIDs of the runs whose rows are compared; nil for all, and for all trials and
  ///     artifacts.
  ///   - isCancelled: Ends the work.
  /// - Returns: What differs.
  /// - Throws: `SQLiteError`, of kind `interrupted` if it was cancelled.
  public func checkDigests(
    of runs: Set<String>? = nil, isCancelled: () -> Bool = { false }
  ) throws -> DigestReport {
    try read { connection in
      try connection.snapshot {
        var check = DigestCheck(connection: connection)
        try check.checkRuns(runs, isCancelled: isCancelled)
        if runs == nil {
          try check.checkTrials(isCancelled: isCancelled)
          try check.checkContents(isCancelled: isCancelled)
        }
        return DigestReport(
          damaged: check.damaged, comparedCount: check.comparedCount,
          unknownRuns: check.unknownRuns)
      }
    }
  }

  /// Records digests of finished runs and trials that have none, from their current rows.
  ///
  /// - Parameter isCancelled: Ends the work; what is taken stays.
  /// - Returns: The number of runs and trials that got a digest.
  /// - Throws: `SQLiteError`, of kind `interrupted` if it was cancelled.
  @discardableResult
  public func takeMissingDigests(isCancelled: () -> Bool = { false }) throws -> Int {
    let runs = """
      SELECT id FROM run WHERE state = 'finished'
        AND NOT EXISTS (SELECT 1 FROM row_digest WHERE run_id = run.id)
      """
    let trials = """
      SELECT id FROM trial WHERE state IN ('finished', 'pruned')
        AND NOT EXISTS (SELECT 1 FROM trial_digest WHERE trial_id = trial.id)
      """
    return try takeMissing(runs, isCancelled, RowDigest.record(run:in:))
      + takeMissing(trials, isCancelled, RowDigest.record(trial:in:))
  }

  private func takeMissing(
    _ lacking: String, _ isCancelled: () -> Bool, _ record: (Int64, Connection) throws -> Void
  ) throws -> Int {
    let owners = try read { try $0.rows(lacking) { try $0.int64(0) } }
    for owner in owners {
      guard !isCancelled() else { throw DigestCheck.cancelled }
      try write { connection in
        // Another process may have taken it meanwhile.
        let lacks = try connection.rows("\(lacking) AND id = ?", [.integer(owner)]) { _ in true }
        if lacks == [true] { try record(owner, connection) }
      }
    }
    return owners.count
  }
}

/// Finds the rows that are not what was written.
struct DigestCheck {
  let connection: Connection
  var damaged: [String] = []
  var comparedCount = 0
  var unknownRuns = 0

  static let cancelled = SQLiteError(.interrupted, "comparing rows with their digests was stopped")

  init(connection: Connection) {
    self.connection = connection
  }

  mutating func checkRuns(_ chosen: Set<String>?, isCancelled: () -> Bool) throws {
    let runs = try connection.rows(
      """
      SELECT id, uuid, kind FROM run
      WHERE state = 'finished' OR EXISTS (SELECT 1 FROM row_digest WHERE run_id = run.id)
      ORDER BY id
      """
    ) { (id: try $0.int64(0), uuid: try $0.text(1), kind: try $0.text(2)) }
    for run in runs where chosen?.contains(run.uuid) ?? true {
      guard !isCancelled() else { throw Self.cancelled }
      var recorded = try RowDigest.recorded(run: run.id, in: connection)
      if recorded.isEmpty { unknownRuns += 1 }
      for part in DigestedPart.ofRun {
        guard let digest = recorded.removeValue(forKey: part.name) else { continue }
        if part.name == DigestedPart.pixels.name, try arePixelsDropped(run.id) { continue }
        try compare(digest, part, owner: run.id, "run \(run.uuid.prefix(8)) (\(run.kind))")
      }
      for name in recorded.keys.sorted() {
        damaged.append("the unknown part '\(name)' of run \(run.uuid.prefix(8)) (\(run.kind))")
      }
    }
  }

  mutating func checkTrials(isCancelled: () -> Bool) throws {
    let trials = try connection.rows(
      """
      SELECT trial.id, trial.number, sweep.name FROM trial_digest
      JOIN trial ON trial.id = trial_digest.trial_id
      JOIN sweep ON sweep.id = trial.sweep_id
      ORDER BY trial.id
      """
    ) { (id: try $0.int64(0), number: try $0.int(1), sweep: try $0.text(2)) }
    for trial in trials {
      guard !isCancelled() else { throw Self.cancelled }
      guard let digest = try RowDigest.recorded(trial: trial.id, in: connection) else { continue }
      try compare(
        digest, .trial, owner: trial.id, "number \(trial.number) of the sweep '\(trial.sweep)'")
    }
  }

  mutating func checkContents(except known: Set<String> = [], isCancelled: () -> Bool) throws {
    let blobs = try connection.rows("SELECT id, sha256 FROM blob ORDER BY id") {
      (id: try $0.int64(0), sha256: try $0.text(1))
    }
    for blob in blobs where !known.contains(blob.sha256) {
      guard !isCancelled() else { throw Self.cancelled }
      comparedCount += 1
      let isSame = try unlessDamaged {
        try connection.rows("SELECT content FROM blob WHERE id = ?", [.integer(blob.id)]) {
          Digest.sha256(try $0.blob(0)) == blob.sha256
        } == [true]
      }
      if isSame != true { damaged.append("the content of the artifact \(blob.sha256.prefix(8))") }
    }
  }

  private func arePixelsDropped(_ set: Int64) throws -> Bool {
    try !connection.rows(
      "SELECT 1 FROM dropped_pixels WHERE adversarial_set_id = ?", [.integer(set)]
    ) { _ in true }.isEmpty
  }

  private mutating func compare(
    _ recorded: RowDigest, _ part: DigestedPart, owner: Int64, _ name: String
  ) throws {
    comparedCount += 1
    let found = try unlessDamaged { try RowDigest(of: part, owner: owner, in: connection) }
    if found != recorded { damaged.append("the \(part.name) of \(name)") }
  }

  /// What a body gives; nil if what it reads is malformed.
  private func unlessDamaged<Result>(_ body: () throws -> Result) throws -> Result? {
    do {
      return try body()
    } catch let error as SQLiteError where error.kind == .corrupt || error.kind == .wrongType {
      return nil
    }
  }
}
