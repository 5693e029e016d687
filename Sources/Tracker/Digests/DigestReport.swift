/// The result of comparing finished rows with their digests.
public struct DigestReport: Sendable, Equatable {
  /// What differs, such as "the measurement of run 01234567 (measure)".
  public let damaged: [String]
  /// The number of compared parts of runs, trials and artifacts.
  public let comparedCount: Int
  /// The number of finished runs without a digest: a version before schema 10 recorded them.
  public let unknownRuns: Int
}
