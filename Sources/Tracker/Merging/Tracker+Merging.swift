internal import Dispatch
internal import Foundation
internal import SQLite
internal import Synchronization

/// Why files cannot be merged.
public enum MergeError: Error, Sendable, Equatable, CustomStringConvertible {
  /// Files say different things of the same.
  case conflicts([MergeConflict])

  /// One line that says what is wrong.
  public var description: String {
    switch self {
    case .conflicts(let conflicts):
      conflicts.first.map { first in
        "\(first.file) and \(first.other) say different things of \(first.thing): "
          + first.difference + (conflicts.count > 1 ? " (and \(conflicts.count - 1) more)" : "")
      } ?? "the files say different things"
    }
  }
}

/// What was taken from a file.
public struct MergedFile: Sendable, Equatable {
  /// The file, as the user named it.
  public let file: String
  /// Its own UUID.
  public let uuid: String
  /// Runs that were not there.
  public let newRuns: Int
  /// Runs that got further in this file.
  public let replacedRuns: Int
  /// Runs that were there already, as far or further.
  public let knownRuns: Int
  /// Trials that were not there, or got further in this file.
  public let trials: Int
  /// All rows that were inserted.
  public let rows: Int
}

extension Tracker {
  /// Takes the records of other files into one.
  ///
  /// All files are read and compared before the first row is written. Each file is taken in one
  /// transaction; where the work was ended between two, the same call goes on. The other files are
  /// only read, and may be in use.
  ///
  /// - Parameters:
  ///   - files: The other files.
  ///   - path: The file that takes them; created if it is not there.
  ///   - originNames: What the record calls files instead of by their paths, by what `files` says.
  ///   - environment: The program's version.
  ///   - threads: How many files are checked at once.
  ///   - isCancelled: Ends the work between two files.
  ///   - notice: Receives notes for the user.
  ///   - progress: Receives each file with its place from 1, and how many there are, before it is
  ///     taken.
  /// - Returns: What was taken, in the order of taking: files with newer runs later.
  /// - Throws: ``MergeError``; ``TrackerError/damagedRecord(_:)``; `SQLiteError`, of kind
  ///   `interrupted` if it was cancelled, `changedWhileRead` if a file was changed meanwhile.
  public static func merge(
    _ files: [String], into path: String, originNames: [String: String] = [:],
    environment: RunEnvironment, threads: Int,
    isCancelled: @escaping @Sendable () -> Bool = { false },
    notice: @escaping @Sendable (String) -> Void = { _ in },
    progress: (String, Int, Int) -> Void = { _, _, _ in }
  ) throws -> [MergedFile] {
    func open() throws -> Tracker {
      try Tracker(
        writing: path, environment: environment, isCancelled: isCancelled, notice: notice)
    }
    var target: Tracker?
    if FileManager.default.fileExists(atPath: path) { target = try open() }
    let known = try target?.knownRecords() ?? MergeSource.Known()
    let sources = try sources(
      files, originNames: originNames, known: known, threads: threads, isCancelled: isCancelled)
    let conflicts = try conflicts(among: sources) + (target?.conflicts(with: sources) ?? [])
    guard conflicts.isEmpty else { throw MergeError.conflicts(conflicts) }
    let tracker = try target ?? open()
    return try sources.enumerated().map { place, source in
      guard !isCancelled() else { throw SQLiteError(.interrupted, "merging was stopped") }
      progress(source.name, place + 1, sources.count)
      return try tracker.take(source)
    }
  }

  /// The files, checked, those with newer runs later.
  private static func sources(
    _ files: [String], originNames: [String: String], known: MergeSource.Known, threads: Int,
    isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [MergeSource] {
    let next = Atomic(0)
    let results = Mutex<[Int: Result<MergeSource, any Error>]>([:])
    DispatchQueue.concurrentPerform(iterations: max(1, min(threads, files.count))) { _ in
      while true {
        let place = next.add(1, ordering: .relaxed).oldValue
        guard place < files.count else { return }
        let result = Result {
          guard !isCancelled() else { throw SQLiteError(.interrupted, "merging was stopped") }
          return try MergeSource(
            files[place], originName: originNames[files[place]], known: known,
            isCancelled: isCancelled)
        }
        results.withLock { $0[place] = result }
      }
    }
    let sources = try results.withLock { results in
      try files.indices.compactMap { try results[$0]?.get() }
    }
    return sources.enumerated().sorted {
      ($0.element.newest, $0.offset) < ($1.element.newest, $1.offset)
    }.map(\.element)
  }

  private func knownRecords() throws -> MergeSource.Known {
    try read { connection in
      MergeSource.Known(
        runs: Set(
          try connection.rows("SELECT uuid FROM run WHERE state = 'finished'") { try $0.text(0) }),
        contents: Set(try connection.rows("SELECT sha256 FROM blob") { try $0.text(0) }))
    }
  }

  /// What the files say differently of the same.
  private static func conflicts(among sources: [MergeSource]) throws -> [MergeConflict] {
    var owners: [String: Int] = [:]
    var pairs: Set<[Int]> = []
    for (place, source) in sources.enumerated() {
      for (claim, meaning) in source.claims {
        guard let owner = owners[claim] else {
          owners[claim] = place
          continue
        }
        let other = sources[owner].claims[claim] ?? nil
        if meaning == nil || meaning != other { pairs.insert([owner, place]) }
      }
    }
    guard !pairs.isEmpty else { return [] }
    let folder = FileManager.default.temporaryDirectory
      .appending(path: "assay-merge-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    defer { try? FileManager.default.removeItem(at: folder) }
    let connection = try Connection(
      path: folder.appending(path: "schema.db").path, mode: .create, identity: identity)
    try Migrator.migrate(connection, embeddedMigrations)
    let schema = try MergeSchema(of: connection)
    return try pairs.sorted { $0.lexicographicallyPrecedes($1) }.flatMap { pair in
      let (first, second) = (sources[pair[0]], sources[pair[1]])
      return try connection.attaching(first.snapshot, as: "earlier") {
        try connection.attaching(second.snapshot, as: "source") {
          try conflicts(of: second, with: first.name, in: "earlier", schema, connection)
        }
      }
    }
  }

  private func conflicts(with sources: [MergeSource]) throws -> [MergeConflict] {
    try withConnection { connection in
      let schema = try MergeSchema(of: connection)
      return try sources.flatMap { source in
        try connection.attaching(source.snapshot, as: "source") {
          try Self.conflicts(of: source, with: connection.path, in: "main", schema, connection)
        }
      }
    }
  }

  private static func conflicts(
    of source: MergeSource, with other: String, in target: String, _ schema: MergeSchema,
    _ connection: Connection
  ) throws -> [MergeConflict] {
    try connection.snapshot {
      let numbers = MergeNumbers(
        schema: schema, files: .init(source: "source", target: target), connection: connection)
      try numbers.match()
      return try conflicts(of: source, with: other, numbers)
    }
  }

  private static func conflicts(
    of source: MergeSource, with other: String, _ numbers: MergeNumbers
  ) throws -> [MergeConflict] {
    try MergeComparison(numbers: numbers).differences().map { difference in
      let kind = difference.table.replacing("_", with: " ")
      return MergeConflict(
        file: source.name, other: other, thing: "\(kind) \(difference.title)",
        difference: difference.text)
    }
  }

  /// Takes a file in one transaction.
  ///
  /// Foreign keys are off meanwhile: each row that refers to another takes its number from the table
  /// of numbers, which has those alone that are there.
  private func take(_ source: MergeSource) throws -> MergedFile {
    try withConnection { connection in
      let schema = try MergeSchema(of: connection)
      return try connection.attaching(source.snapshot, as: "source") {
        try connection.withoutForeignKeys {
          try connection.transaction {
            let numbers = MergeNumbers(
              schema: schema, files: .init(source: "source", target: "main"),
              connection: connection)
            try numbers.match()
            // Another process may have written since all files were compared.
            let conflicts = try Self.conflicts(of: source, with: connection.path, numbers)
            guard conflicts.isEmpty else { throw MergeError.conflicts(conflicts) }
            let rows = try MergeTransfer(numbers: numbers, origin: source.origin).take()
            try source.snapshot.checkUnchanged()
            return MergedFile(
              file: source.name, uuid: source.origin.uuid,
              newRuns: try numbers.count("run", "new"),
              replacedRuns: try numbers.count("run", "replaced"),
              knownRuns: try numbers.count("run", "same") + numbers.count("run", "kept"),
              trials: try numbers.count("trial", "new") + numbers.count("trial", "replaced"),
              rows: rows)
          }
        }
      }
    }
  }
}
