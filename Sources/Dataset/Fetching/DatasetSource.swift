/// A place that provides a data set's files.
///
/// A source only delivers content. The fetcher checks whether it is the right content.
public protocol DatasetSource: Sendable {
  /// The name of the source in messages, a few words for people.
  var summary: String { get }

  /// Delivers files one after the other.
  ///
  /// - Parameters:
  ///   - files: The files to deliver.
  ///   - context: Reports progress and says whether to stop.
  ///   - deliver: Receives a file's unpacked content; throws if it is not the right content.
  /// - Throws: ``DatasetError``: the reason why the source can't deliver a file, `cancelled`, or
  ///   the error that `deliver` threw.
  func fetch(
    _ files: [DatasetFile], context: FetchContext,
    deliver: (DatasetFile, [UInt8]) throws -> Void
  ) throws
}

/// What a source needs to know about the fetch that it takes part in.
public struct FetchContext: Sendable {
  /// Receives each event; a source may call it from any thread.
  public let progress: @Sendable (FetchEvent) -> Void
  /// Returns true to stop; a source calls it several times a second.
  public let isCancelled: @Sendable () -> Bool
  /// The folder in which a source may keep part of a file for a later fetch; nil for none.
  public let partialFolder: String?

  /// Creates the context of a fetch.
  ///
  /// - Parameters:
  ///   - progress: Receives each event, from any thread.
  ///   - isCancelled: Returns true to stop.
  ///   - partialFolder: The folder in which a source may keep part of a file; nil for none.
  public init(
    progress: @escaping @Sendable (FetchEvent) -> Void,
    isCancelled: @escaping @Sendable () -> Bool, partialFolder: String? = nil
  ) {
    self.progress = progress
    self.isCancelled = isCancelled
    self.partialFolder = partialFolder
  }
}

/// An event during the fetch of a data set.
public enum FetchEvent: Equatable, Sendable {
  /// The data directory already holds the file with the right content.
  case present(file: String)
  /// The fetcher turns to a source, which it names by its ``DatasetSource/summary``.
  case trying(source: String)
  /// A source has received part of a file; both sizes count the bytes as sent.
  ///
  /// `total` is nil if the server does not announce it.
  case received(file: String, bytes: Int, total: Int?)
  /// The fetcher has checked a file and put it into the data directory.
  case stored(file: String, source: String)
  /// A source did not deliver all the files that the fetcher asked for.
  ///
  /// The fetcher also reports a wrong file in the data directory this way.
  case failed(SourceFailure)
}
