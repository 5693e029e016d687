internal import PostgreSQL
internal import Tracker

/// Reads all that the queue has of a sweep, within one transaction.
struct PulledSweep {
  private let connection: PostgreSQLConnection

  init(_ connection: PostgreSQLConnection) {
    self.connection = connection
  }

  func record(of sweep: Sweep) throws -> SweepRecord {
    let id = "\(sweep.id)"
    guard let row = try connection.run(.sweeps, sweep.name).first, try row.text(1) == sweep.uuid
    else { throw TrackerError.unknownSweep(sweep.name) }
    let attempts = try attempts(id)
    let reports = try reports(id)
    var runs: [Int: [(uuid: String, computed: Bool)]] = [:]
    for row in try connection.run(.pulledRuns, id) {
      runs[try row.integer(0), default: []].append((try row.text(1), try row.integer(2) == 1))
    }
    var trials: [SweepRecord.Trial] = []
    for row in try connection.run(.pulledTrials, id) {
      let (key, number) = (try row.integer(0), try row.integer(1))
      trials.append(
        SweepRecord.Trial(
          number: number, state: try row.text(2), parameters: try row.text(3),
          proposedAfter: try row.integer(4), error: row.values[5],
          created: Int64(try row.integer(6)), ended: row.values[7].flatMap { Int64($0) },
          judgedNumber: row.values[8].flatMap { Int($0) }, attemptsForgiven: try row.integer(9),
          values: try row.numbers(10), reports: reports[key] ?? [], attempts: attempts[key] ?? [],
          runs: runs[number] ?? []))
    }
    numberJudged(&trials)
    return SweepRecord(
      sweep: try Sweep(row), created: Int64(try row.integer(17)), trials: trials)
  }

  /// Gives places behind all others to trials that have ended, and that no worker has numbered yet.
  private func numberJudged(_ trials: inout [SweepRecord.Trial]) {
    var next = (trials.compactMap(\.judgedNumber).max() ?? -1) + 1
    let unnumbered = trials.indices.filter { index in
      trials[index].judgedNumber == nil && ["finished", "pruned"].contains(trials[index].state)
    }
    for index in unnumbered.sorted(by: { first, second in
      (trials[first].ended ?? 0, first) < (trials[second].ended ?? 0, second)
    }) {
      trials[index].judgedNumber = next
      next += 1
    }
  }

  private func attempts(_ sweep: String) throws -> [Int: [SweepRecord.Attempt]] {
    var attempts: [Int: [SweepRecord.Attempt]] = [:]
    for row in try connection.run(.pulledAttempts, sweep) {
      attempts[try row.integer(0), default: []].append(
        SweepRecord.Attempt(
          number: try row.integer(1), token: try row.text(2),
          holder: ProcessIdentity(
            host: try row.text(3), bootID: try row.text(4), namespace: row.values[11],
            processID: Int64(try row.integer(5)), started: try row.text(6)),
          started: Int64(try row.integer(7)), expires: Int64(try row.integer(8)),
          ended: row.values[9].flatMap { Int64($0) }, outcome: try row.text(10)))
    }
    return attempts
  }

  private func reports(_ sweep: String) throws -> [Int: [(step: Int64, value: Double)]] {
    var reports: [Int: [(step: Int64, value: Double)]] = [:]
    for row in try connection.run(.pulledReports, sweep) {
      reports[try row.integer(1), default: []].append(
        (Int64(try row.integer(0)), try row.numbers(2).first ?? .nan))
    }
    return reports
  }
}
