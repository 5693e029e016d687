import ArgumentParser
import Foundation
import Tracker

/// Which runs a command is about.
struct RunChoiceOptions: ParsableArguments {
  @Option(
    help: "Only runs of this kind, such as program, train, attack, measure.",
    completion: .custom { words, _, _ in Completions.kinds(words) })
  var kind: String?

  @Option(help: "Only runs in this state.")
  var state: RunState?

  @Option(
    help: ArgumentHelp(
      "Only runs created since a date, such as 2026-11-28, or in the last days, hours or minutes, "
        + "such as 2d, 12h or 30m.", valueName: "time"),
    transform: { try Moment($0) })
  var since: Moment?

  @Option(
    name: .customLong("where"),
    help: ArgumentHelp(
      "Only runs for which this holds, such as \"test_accuracy > 0.98\".", valueName: "condition"))
  var condition: String?

  @Flag(help: "Also runs that are archived or that only sweeps' trials computed.")
  var all = false

  @Flag(help: "Only deleted runs.")
  var deleted = false

  /// Which of the runs that are put aside are meant.
  var aside: RunSelection.Aside { deleted ? .deleted : all ? .archived : .none }

  /// The runs.
  var selection: RunSelection {
    var selection = RunSelection()
    (selection.kind, selection.state, selection.since) = (kind, state, since?.text)
    (selection.condition, selection.aside) = (condition, aside)
    selection.includesTrials = all
    return selection
  }
}

/// A time in the past, as a user names it.
struct Moment: Sendable {
  /// The time as views have it.
  let text: String

  /// Reads a date, a time in UTC, or how long ago it was.
  ///
  /// - Throws: `ValidationError`, also for a date that the calendar doesn't have.
  init(_ given: String) throws {
    let shown = Date.ISO8601FormatStyle(includingFractionalSeconds: true)
    let units = ["d": 86_400.0, "h": 3_600, "m": 60]
    if let unit = given.last.flatMap({ units[String($0)] }),
      let count = Double(given.dropLast()), count >= 0, count < 1e6
    {
      text = Date(timeIntervalSinceNow: -count * unit).formatted(shown)
      return
    }
    guard given.wholeMatch(of: /\d{4}-\d\d-\d\d([T ]\d\d(:\d\d(:\d\d)?)?Z?)?/) != nil else {
      throw ValidationError("it must be like 2026-11-28, '2026-11-28 14:30', 2d, 12h or 30m")
    }
    // What is left out is zero.
    let start = given.replacing(" ", with: "T").filter { $0 != "Z" }
    let whole = start + "0000-00-00T00:00:00Z".dropFirst(start.count)
    let style = Date.ISO8601FormatStyle()
    // Foundation takes the 31st of February for a day of March.
    guard let date = try? style.parse(whole), date.formatted(style) == whole else {
      throw ValidationError("there is no such date or time")
    }
    text = date.formatted(shown)
  }
}
