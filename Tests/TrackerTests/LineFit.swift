import SQLite
import Tracker

/// Fits y = slope * x to y = 2x by gradient descent, as a run that can be killed and resumed.
///
/// - Returns: The squared error of the last step.
func fitLine(rate: Double, in tracker: Tracker) throws -> Double {
  let description = RunDescription(
    kind: "fit-line",
    configuration: .object(["rate": .number(rate), "steps": .integer(20)]))
  switch try tracker.begin(description) {
  case .finished(let run):
    // The same configuration has been run before: take its result.
    return try lastLoss(of: run.uuid, in: tracker)
  case .active(let run):
    // After an interruption, go on behind the last committed step.
    let saved = try run.artifact(named: "slope").map { String(decoding: $0, as: UTF8.self) }
    var slope = saved.flatMap(Double.init) ?? 0
    for step in run.progressDone..<20 {
      slope -= rate * 2 * (slope - 2)
      // The step, its metric and the new state are committed together, or not at all.
      try run.commitChunk(progressDone: step + 1, total: 20) { writer in
        try writer.log("loss", step: Int64(step), value: (slope - 2) * (slope - 2))
        try writer.putArtifact("slope", bytes: Array("\(slope)".utf8), mediaType: "text/plain")
      }
    }
    try run.finish()
    return try lastLoss(of: run.uuid, in: tracker)
  }
}

/// Reads a result by SQL, as any other program can.
func lastLoss(of run: String, in tracker: Tracker) throws -> Double {
  let rows = try tracker.read { connection in
    try connection.rows(
      "SELECT value FROM metrics WHERE run = ? AND name = 'loss' ORDER BY step DESC LIMIT 1",
      [.text(run)]
    ) { $0.value(0).real ?? .infinity }
  }
  return rows.first ?? .infinity
}

/// Proposes learning rates from 0.1 to 0.5, one a trial.
final class RateProposer: TrialProposer {
  let trialCount: Int? = 5
  let observedCount: Int? = nil

  func observe(_ trial: JudgedTrial) {}

  func propose(number: Int, running: [JSONValue]) -> JSONValue {
    .object(["rate": .number(0.1 * Double(number + 1))])
  }
}

/// Searches the best rate. Any number of processes may call this at the same time.
func searchRate(in tracker: Tracker) throws -> BestTrial? {
  let sweep = try tracker.openSweep(
    SweepDescription(
      name: "rates", definition: .object(["rate": .string("0.1, 0.2, ... 0.5")]), seed: 0,
      objectives: [SweepObjective("loss", .minimise)], budget: SweepBudget(trials: 5)))
  while case .trial(let trial) = try tracker.claimTrial(of: sweep, proposer: RateProposer()) {
    guard case .number(let rate)? = trial.parameters["rate"] else {
      try trial.fail("the trial has no rate")
      continue
    }
    try trial.finish([try fitLine(rate: rate, in: tracker)])
  }
  return try tracker.bestTrial(of: sweep)
}
