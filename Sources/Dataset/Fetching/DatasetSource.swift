/// A place from which a data set's files can be had.
///
/// A source only brings content; whether that is the right one is for the fetcher to check.
public protocol DatasetSource: Sendable {
  /// What the source is, in a few words for a person.
  var summary: String { get }

  /// Brings files, one after the other.
  ///
  /// - Parameters:
  ///   - files: The files that are wanted.
  ///   - context: How to report progress and learn whether to stop.
  ///   - deliver: Takes a file's unpacked content; throws when that is not the right one.
  /// - Throws: ``DatasetError``: why a file could not be had, `cancelled`, or what `deliver` threw.
  func fetch(
    _ files: [DatasetFile], context: FetchContext,
    deliver: (DatasetFile, [UInt8]) throws -> Void
  ) throws
}

/// What a source needs to know of the fetch that it is part of.
public struct FetchContext: Sendable {
  /// Takes what happens, from any thread.
  public let progress: @Sendable (FetchEvent) -> Void
  /// Whether to stop, asked several times a second.
  public let isCancelled: @Sendable () -> Bool

  /// Creates the context of a fetch.
  ///
  /// - Parameters:
  ///   - progress: Takes what happens, from any thread.
  ///   - isCancelled: Whether to stop.
  public init(
    progress: @escaping @Sendable (FetchEvent) -> Void,
    isCancelled: @escaping @Sendable () -> Bool
  ) {
    self.progress = progress
    self.isCancelled = isCancelled
  }
}

/// Something that happened while a data set was fetched.
public enum FetchEvent: Equatable, Sendable {
  /// A file is there already and is the right one.
  case present(file: String)
  /// A source is about to be asked; it goes by its ``DatasetSource/summary``.
  case trying(source: String)
  /// So much of a file has arrived, in bytes as sent; the total is nil when it is not announced.
  case received(file: String, bytes: Int, total: Int?)
  /// A file was checked and is in the data directory.
  case stored(file: String, source: String)
  /// A source did not give all that was wanted.
  case failed(SourceFailure)
}
