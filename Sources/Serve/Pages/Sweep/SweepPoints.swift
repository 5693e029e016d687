internal import Report
internal import SQLite
internal import Tracker

extension Visit {
  /// As many trials are sent at a time.
  private static let pointsOfAnswer = 5000

  /// The judged trials behind one, in the order in which they were judged, for the scripts that draw them.
  func sweepPoints() throws -> HTTPResponse {
    let after = try number("after") ?? -1
    return try read { tracker in
      let sweep = try sweep(in: tracker)
      let values: [String: SQLValue] = [
        "sweep": .integer(sweep.id), "after": .integer(after),
        "limit": .integer(Int64(Self.pointsOfAnswer)),
      ]
      let trials = try tracker.pageRows(Self.judged, values)
      let reached = try tracker.pageRows(Self.reached, values).reduce(into: [Int64: [Double?]]()) {
        $0[$1["number"].integer ?? -1, default: []].append($1["value"].real)
      }
      var json = JSONText()
      json.object { members in
        members.member("objectives") { json in
          json.list(sweep.description.objectives) { json, objective in
            json.object { members in
              members.string("name", objective.name)
              members.string("goal", objective.goal.rawValue)
            }
          }
        }
        if case .array? = sweep.description.definition["space"] {
          members.member("space") {
            $0.raw(sweep.description.definition["space"]?.canonical ?? "[]")
          }
        }
        members.member("trials") { json in
          json.list(trials) { json, trial in
            let number = trial["number"].integer ?? -1
            json.object { members in
              members.integer("number", number)
              members.integer("judged", trial["judged_number"].integer)
              members.string("state", trial["state"].text)
              members.member("values") { json in
                json.list(reached[number] ?? []) { json, value in json.number(value ?? .nan) }
              }
              members.member("parameters") { $0.raw(trial["parameters"].text ?? "{}") }
            }
          }
        }
        members.member("more") { $0.raw(trials.count == Self.pointsOfAnswer ? "true" : "false") }
      }
      return json.response()
    }
  }

  private static let judged = """
    SELECT number, judged_number, state, parameters FROM trial
    WHERE sweep_id = :sweep AND judged_number > :after
    ORDER BY judged_number LIMIT :limit
    """

  private static let reached = """
    SELECT trial.number, value
    FROM (\(judged.replacing("SELECT number,", with: "SELECT id, number,"))) AS trial
    JOIN trial_value ON trial_value.trial_id = trial.id
    ORDER BY judged_number, objective
    """

  /// As many trials can be told apart in a drawing of what each parameter does.
  static let mostDrawn = 2000

  /// What stands in the place of a drawing of more trials.
  static func tooMany(for figure: Figure) -> HTML {
    """
    <p class="muted">There are too many trials to draw each of them here; assay report \
    \(figure.rawValue) does.</p>
    """
  }

  /// What each parameter does, as the report draws it, for a page's script.
  func sweepEffects() throws -> HTTPResponse {
    let html = try read { tracker -> HTML in
      let sweep = try sweep(in: tracker)
      guard sweep.counts.judged <= Self.mostDrawn else { return Self.tooMany(for: .sweepEffects) }
      return try Figure.sweepEffects.html(of: subject(sweep, in: tracker))
        .map { HTML(trusted: $0) } ?? "<p class=\"muted\">No trial is finished yet.</p>"
    }
    return .text(html.text, type: "text/html; charset=utf-8")
  }

  /// A drawing of the report's as a file, for browsers that run no scripts.
  func sweepDrawing(_ figure: Figure) throws -> HTTPResponse {
    let svg = try read { tracker in
      let sweep = try sweep(in: tracker)
      guard sweep.counts.judged <= Self.mostDrawn else {
        throw HTTPFailure(.notFound, "there are too many trials to draw each of them here")
      }
      do {
        return try figure.drawn(of: subject(sweep, in: tracker)).svg
      } catch let error as FigureError {
        throw HTTPFailure(.notFound, "\(error)")
      }
    }
    return HTTPResponse(
      headers: [HTTPHeader("Content-Type", "image/svg+xml")], content: .bytes(svg))
  }

  /// What the figures of a sweep are drawn of, by the objective that the address names.
  private func subject(_ sweep: Sweep, in tracker: Tracker) -> FigureSubject {
    let objective = request.value("objective").flatMap { name in
      sweep.description.objectives.first { $0.name == name }?.name
    }
    return FigureSubject(tracker: tracker, sweep: sweep.name, objective: objective)
  }
}
