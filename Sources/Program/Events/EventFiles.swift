internal import Tracker

/// The files that hold the events of an execution: the one that was made for it, and any that has
/// taken its place since.
struct EventFiles {
  private let source: String
  /// The names of the file that was made; the last of them may come to name another.
  private let paths: [String]
  private let recorded: (String) throws -> Int64
  private(set) var files: [EventFile] = []

  /// Names the files.
  ///
  /// - Parameters:
  ///   - paths: The names of that file; the last of them may come to name another.
  ///   - source: What names the file that was made, in the record of how far it was read.
  ///   - recorded: How many bytes of a source are recorded.
  init(
    _ paths: [String], source: String, recorded: @escaping (String) throws -> Int64
  ) {
    self.paths = paths
    self.source = source
    self.recorded = recorded
  }

  /// Looks for files that are not open yet.
  ///
  /// - Returns: Whether another file has taken the place of the first.
  /// - Throws: What the look at the record throws.
  mutating func look() throws -> Bool {
    let source = source
    if files.isEmpty {
      for path in paths where files.isEmpty {
        if let file = try EventFile(path, source: { _ in source }, recorded: recorded) {
          files.append(file)
        }
      }
    }
    guard let path = paths.last, let inode = FileIdentity.inode(of: path), !files.isEmpty,
      !files.contains(where: { $0.inode == inode })
    else { return false }
    guard
      let other = try EventFile(path, source: { "\(source)/\($0)" }, recorded: recorded)
    else { return false }
    files.append(other)
    return true
  }
}
