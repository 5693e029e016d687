internal import SQLite
public import Tracker

extension Run {
  /// The run whose data a report's clean images are of: an evaluation's are its model's, any other
  /// run's are its own.
  ///
  /// - Parameter tracker: The record.
  /// - Returns: The run; nil for an evaluation whose model is not known.
  /// - Throws: `TrackerError` or `SQLiteError`.
  public func sourceOfCleanImages(in tracker: Tracker) throws -> Run? {
    guard kind == DetectorReport.Subject.evaluationKind else { return self }
    let evaluations = try tracker.query(.evaluations, ["evaluation": .text(uuid)])
    guard let model = evaluations.entries.first?["model"].text else { return nil }
    return try tracker.run(uuid: model)
  }
}
