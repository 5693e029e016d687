internal import SQLite
public import Tracker

extension Tracker {
  /// The names of all sweeps, the earliest first.
  ///
  /// Unlike those of ``FigureSubject/sweepNames`` they may be without a finished trial.
  var sweepNames: [String] {
    get throws {
      try read { try $0.rows("SELECT name FROM sweeps ORDER BY recorded") { try $0.text(0) } }
    }
  }

  /// The name of the only sweep, which needs not be named; nil where there are none or several.
  ///
  /// Unlike ``FigureSubject/sweepNames`` it may be one without a finished trial.
  public var onlySweep: String? {
    get throws {
      let names = try read { try $0.rows("SELECT name FROM sweeps LIMIT 2") { try $0.text(0) } }
      return names.count == 1 ? names[0] : nil
    }
  }
}
