internal import SQLite
internal import Tracker

/// Joins the finished parts of an evaluation: a run of its own, whose lineage leads to all of them.
struct EvaluationStage: Stage {
  static let kind = "evaluation"
  let title = "evaluation"

  /// A finished part.
  struct Part: Sendable {
    let role: EvaluationPlan.Role
    let isAdaptive: Bool
    /// The attack's run; nil for the clean images.
    let set: Run?
    /// The verdict's run; nil where no detector judges.
    let verdict: Run?
    /// The number of the part whose effort it raises, or whose draws it fixes, from 1; nil for none.
    var repeats: Int?
  }

  /// A model and the classes that it gives the clean images.
  struct Network: Sendable {
    let model: Run
    let measurement: Run
  }

  let request: EvaluationRequest
  let network: Network
  let baseline: Network?
  /// The attacker's own network; nil: nothing was transferred.
  let surrogate: Run?
  let selection: Run
  let detector: AttackedDetector?
  let parts: [Part]
  let studySeed: Int64

  var seed: Int64? { studySeed }

  var parents: [String: Run] {
    var parents = [
      "model": network.model, "measurement": network.measurement, "selection": selection,
    ]
    parents["baseline"] = baseline?.model
    parents["baseline_measurement"] = baseline?.measurement
    parents["surrogate"] = surrogate
    parents["detector"] = detector?.run
    for (place, part) in parts.enumerated() {
      let number = String(place + 1001).dropFirst()
      parents["set.\(number)"] = part.set
      parents["verdict.\(number)"] = part.verdict
    }
    return parents
  }

  var configuration: JSONValue {
    var members: [String: JSONValue] = [
      "norm": .string(request.norm.rawValue), "epsilon": .number(request.epsilon),
      "epsilons": .array(request.epsilons.map(JSONValue.number)),
      "parts": .array(
        parts.map { part in
          .string(
            part.role.rawValue + (part.isAdaptive ? " adaptive" : "")
              + (part.repeats.map { " of \($0)" } ?? ""))
        }),
      "seed": .integer(studySeed),
    ]
    members["detector"] = detector?.configuration
    return .object(members)
  }

  func work(_ run: ActiveRun, in context: StudyContext) throws {
    try run.finish { writer in
      try writer.execute(
        """
        INSERT INTO evaluation (
          run_id, model_id, selection_id, detector, baseline_id, norm, epsilon, measurement_id,
          baseline_measurement_id
        ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        """,
        [
          .integer(writer.runID), .integer(network.model.id), .integer(selection.id),
          detector.map { .text($0.name) } ?? .null, Self.reference(baseline?.model),
          .text(request.norm.rawValue), .real(request.epsilon), .integer(network.measurement.id),
          Self.reference(baseline?.measurement),
        ])
      for (place, part) in parts.enumerated() {
        try writer.execute(
          """
          INSERT INTO evaluation_part (
            evaluation_id, part_number, part_role, is_adaptive, adversarial_set_id, verdict_id,
            repeats
          ) VALUES (?, ?, ?, ?, ?, ?, ?)
          """,
          [
            .integer(writer.runID), .integer(Int64(place + 1)), .text(part.role.rawValue),
            .integer(part.isAdaptive ? 1 : 0), Self.reference(part.set),
            Self.reference(part.verdict), part.repeats.map { .integer(Int64($0)) } ?? .null,
          ])
      }
    }
  }

  private static func reference(_ run: Run?) -> SQLValue { run.map { .integer($0.id) } ?? .null }
}
