/// The record of a sweep that another store has kept, to be copied into a file.
package struct SweepRecord: Sendable {
  /// A trial with what came of it.
  package struct Trial: Sendable {
    /// Its number, from 0.
    package var number: Int
    /// Its state: queued, running, finished, failed or pruned.
    package var state: String
    /// Its parameters, as canonical JSON.
    package var parameters: String
    /// How many trials had been judged when it was proposed.
    package var proposedAfter: Int
    /// Why it failed, in one line.
    package var error: String?
    /// When it was proposed, in milliseconds since 1970.
    package var created: Int64
    /// When it ended.
    package var ended: Int64?
    /// Its place among the judged trials.
    package var judgedNumber: Int?
    /// How many of its attempts no limit counts any more.
    package var attemptsForgiven: Int
    /// The values of its objectives in order; none unless it is finished.
    package var values: [Double]
    /// What it reported at which step.
    package var reports: [(step: Int64, value: Double)]
    /// The attempts at it, the first one first.
    package var attempts: [Attempt]
    /// The UUIDs of the runs that it used, and whether it worked on them itself.
    package var runs: [(uuid: String, computed: Bool)]

    /// Describes a trial.
    package init(
      number: Int, state: String, parameters: String, proposedAfter: Int, error: String?,
      created: Int64, ended: Int64?, judgedNumber: Int?, attemptsForgiven: Int, values: [Double],
      reports: [(step: Int64, value: Double)] = [], attempts: [Attempt] = [],
      runs: [(uuid: String, computed: Bool)] = []
    ) {
      self.number = number
      self.state = state
      self.parameters = parameters
      self.proposedAfter = proposedAfter
      self.error = error
      self.created = created
      self.ended = ended
      self.judgedNumber = judgedNumber
      self.attemptsForgiven = attemptsForgiven
      self.values = values
      self.reports = reports
      self.attempts = attempts
      self.runs = runs
    }
  }

  /// One worker's hold on a trial; times in milliseconds since 1970.
  package struct Attempt: Sendable {
    let number: Int
    let token: String
    let holder: ProcessIdentity
    let started: Int64
    let expires: Int64
    let ended: Int64?
    /// What came of it: running, finished, failed, pruned, released or lost.
    package let outcome: String

    /// Describes an attempt.
    package init(
      number: Int, token: String, holder: ProcessIdentity, started: Int64, expires: Int64,
      ended: Int64?, outcome: String
    ) {
      self.number = number
      self.token = token
      self.holder = holder
      self.started = started
      self.expires = expires
      self.ended = ended
      self.outcome = outcome
    }
  }

  /// The sweep.
  package let sweep: Sweep
  /// When it was created, in milliseconds since 1970.
  package let created: Int64
  /// Its trials by number.
  package let trials: [Trial]

  /// Describes a record.
  package init(sweep: Sweep, created: Int64, trials: [Trial]) {
    self.sweep = sweep
    self.created = created
    self.trials = trials
  }
}
