/// Fetches a data set's files into the data directory.
///
/// The fetcher keeps every file that is present with the right content. For the others it tries the
/// data set's sources in order, and it asks each source only for the files that are still missing.
/// It writes a file only after checking its SHA-256. The file appears under its name in one step,
/// so an interruption at any instant leaves no half-written file under that name. What has come of a
/// download stays under a hidden name, and the next fetch goes on from there.
public struct DatasetFetcher: Sendable {
  private let directory: DataDirectory
  private let context: FetchContext

  /// Creates a fetcher for one data directory.
  ///
  /// - Parameters:
  ///   - directory: The data directory, which receives the data set's folder.
  ///   - progress: Receives each event; the fetcher may call it from any thread.
  ///   - isCancelled: Returns true to stop; the fetcher calls it several times a second.
  public init(
    directory: DataDirectory,
    progress: @escaping @Sendable (FetchEvent) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.directory = directory
    context = FetchContext(progress: progress, isCancelled: isCancelled)
  }

  /// Fetches every file of a data set that the data directory lacks or holds with wrong content.
  ///
  /// - Parameter specification: The data set.
  /// - Throws: ``DatasetError``: `allSourcesFailed` with each source's reason, `inputOutput` if the
  ///   fetcher can't write to the data directory, or `cancelled`.
  public func fetch(_ specification: DatasetSpecification) throws {
    let folder = directory.folder(of: specification)
    var (wanted, failures) = try lookAround(specification, in: folder)
    guard !wanted.isEmpty else { return }
    try prepare(folder)
    let context = FetchContext(
      progress: context.progress, isCancelled: context.isCancelled, partialFolder: folder)
    for source in specification.sources where !wanted.isEmpty {
      try stopIfCancelled()
      context.progress(.trying(source: source.summary))
      var writeFailure: DatasetError?
      do {
        try source.fetch(wanted, context: context) { file, bytes in
          try file.check(bytes, path: file.name)
          try stopIfCancelled()
          do {
            try DataFile.write(bytes, to: folder + "/" + file.name)
          } catch let error as DatasetError {
            writeFailure = error
            throw error
          }
          wanted.removeAll { $0 == file }
          context.progress(.stored(file: file.name, source: source.summary))
        }
        if let file = wanted.first {
          throw DatasetError.absentFromSource(file: file.name)
        }
      } catch let error as DatasetError {
        // No other source helps against a full disk or the user's wish to stop.
        if let writeFailure { throw writeFailure }
        guard error != .cancelled else { throw error }
        let failure = SourceFailure(source: source.summary, reason: error.description)
        failures.append(failure)
        context.progress(.failed(failure))
      }
    }
    guard wanted.isEmpty else {
      throw DatasetError.allSourcesFailed(
        dataset: specification.name, directory: folder, missing: wanted,
        attempts: failures)
    }
  }

  /// The files that are not there or not right, and what is wrong with those that are there.
  private func lookAround(
    _ specification: DatasetSpecification, in folder: String
  ) throws -> (wanted: [DatasetFile], failures: [SourceFailure]) {
    var wanted: [DatasetFile] = []
    var failures: [SourceFailure] = []
    for status in try directory.verify(specification, isCancelled: context.isCancelled) {
      switch status.state {
      case .ok:
        context.progress(.present(file: status.file.name))
        continue
      case .missing: break
      case .wrongChecksum: failures.append(.init(source: status.path, reason: "wrong content"))
      case .truncated: failures.append(.init(source: status.path, reason: "truncated"))
      case .unusable(let reason): failures.append(.init(source: folder, reason: reason))
      }
      wanted.append(status.file)
    }
    failures.forEach { context.progress(.failed($0)) }
    return (wanted, failures)
  }

  private func prepare(_ folder: String) throws {
    try DataFile.makeDirectory(folder)
    DataFile.removePartialFiles(in: folder)
  }

  private func stopIfCancelled() throws {
    guard !context.isCancelled() else { throw DatasetError.cancelled }
  }
}
