/// Whether finished rows are still what was written.
public struct DigestReport: Sendable, Equatable {
  /// What is not, such as "the measurement of run 01234567 (measure)".
  public let damaged: [String]
  /// How many parts of runs, trials and contents of artifacts were compared.
  public let comparedCount: Int
  /// How many finished runs have no digest to compare them with: a version before schema 10 recorded
  /// them.
  public let unknownRuns: Int
}
