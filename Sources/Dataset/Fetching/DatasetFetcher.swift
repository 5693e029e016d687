import Foundation

/// Brings a data set's files into the data directory.
///
/// What is there and right stays as it is. For the rest the data set's sources are tried in order;
/// a file is written only after its SHA-256 was found right, and appears under its name in one
/// step, so that an interruption at any instant leaves no half file. What one source gave need not
/// be asked of the next.
public struct DatasetFetcher: Sendable {
  private let directory: DataDirectory
  private let context: FetchContext

  /// Creates a fetcher.
  ///
  /// - Parameters:
  ///   - directory: Where to put the data set's folder.
  ///   - progress: Takes what happens, from any thread.
  ///   - isCancelled: Whether to stop, asked several times a second.
  public init(
    directory: DataDirectory,
    progress: @escaping @Sendable (FetchEvent) -> Void = { _ in },
    isCancelled: @escaping @Sendable () -> Bool = { false }
  ) {
    self.directory = directory
    context = FetchContext(progress: progress, isCancelled: isCancelled)
  }

  /// Makes sure that all files of a data set are in the data directory.
  ///
  /// - Parameter specification: The data set.
  /// - Throws: ``DatasetError``: `allSourcesFailed` with each source's reason, `inputOutput` when
  ///   the data directory can't be written to, or `cancelled`.
  public func fetch(_ specification: DatasetSpecification) throws {
    let folder = directory.folder(of: specification)
    var (wanted, failures) = try lookAround(specification, in: folder)
    guard !wanted.isEmpty else { return }
    try prepare(folder)
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
        dataset: specification.name, directory: folder, missing: wanted.map(\.name),
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
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw DatasetError.inputOutput(
        path: folder, action: "create the directory", detail: DataFile.reason(error))
    }
    DataFile.removePartialFiles(in: folder)
  }

  private func stopIfCancelled() throws {
    guard !context.isCancelled() else { throw DatasetError.cancelled }
  }
}
