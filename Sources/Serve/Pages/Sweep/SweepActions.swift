internal import SQLite
internal import Tracker

extension Visit {
  /// The sweep that the address names, by its name or its UUID.
  ///
  /// - Throws: `TrackerError.unknownSweep`.
  func sweep(in tracker: Tracker) throws -> Sweep {
    let name = request.parameter("sweep")
    if let sweep = try tracker.findSweep(named: name) { return sweep }
    let named = try tracker.pageRows(
      "SELECT name FROM sweep WHERE uuid = :uuid", ["uuid": .text(name)]
    ).first?["name"].text
    return try tracker.sweep(named: named ?? name)
  }

  /// Asks the workers of a sweep to give back their trials and end.
  func stopSweep() throws -> HTTPResponse {
    let tracker = try recorder()
    let sweep = try sweep(in: tracker)
    guard sweep.state == .open else {
      throw HTTPFailure(
        .conflict, "the sweep \(sweep.name) is \(sweep.state.rawValue): nothing to stop")
    }
    try tracker.stop(sweep)
    try site.material.endWork(sweep, database.path)
    return .seeOther(link(toSweep: sweep.name, uuid: sweep.uuid))
  }

  /// Opens a stopped sweep, so that workers take its trials again.
  func continueSweep() throws -> HTTPResponse {
    let tracker = try recorder()
    let sweep = try sweep(in: tracker)
    guard sweep.state == .stopped else {
      throw HTTPFailure(
        .conflict, "the sweep \(sweep.name) is \(sweep.state.rawValue), not stopped")
    }
    _ = try tracker.openSweep(sweep.description)
    return .seeOther(link(toSweep: sweep.name, uuid: sweep.uuid))
  }
}
