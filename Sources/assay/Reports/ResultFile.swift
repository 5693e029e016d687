import Foundation

/// Where results of any size go, piece by piece: a file that is there as a whole or not at all, or
/// standard output.
final class ResultFile {
  private let path: String?
  private let draft: URL?
  private let handle: FileHandle
  private var buffer: [UInt8] = []
  private var isFinished = false

  private static let bufferSize = 1 << 16

  /// Begins a file.
  ///
  /// - Parameter path: Where it will be; nil for standard output.
  /// - Throws: ``OutputError``.
  init(path: String?) throws {
    self.path = path
    guard let path else {
      draft = nil
      handle = .standardOutput
      return
    }
    let url = URL(fileURLWithPath: path)
    let draft = url.deletingLastPathComponent()
      .appending(path: ".\(url.lastPathComponent).\(UUID().uuidString)")
    guard FileManager.default.createFile(atPath: draft.path, contents: nil),
      let handle = FileHandle(forWritingAtPath: draft.path)
    else { throw OutputError(path: path) }
    self.draft = draft
    self.handle = handle
  }

  deinit {
    if !isFinished, let draft { try? FileManager.default.removeItem(at: draft) }
  }

  /// Adds to it.
  ///
  /// - Throws: ``OutputError``.
  func write(_ text: String) throws {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.bufferSize { try flush() }
  }

  /// Completes it: the file takes the place of an older one.
  ///
  /// - Throws: ``OutputError``.
  func finish() throws {
    try flush()
    guard let path, let draft else { return }
    do {
      try handle.close()
    } catch {
      throw OutputError(path: path)
    }
    guard rename(draft.path, path) == 0 else { throw OutputError(path: path) }
    isFinished = true
  }

  private func flush() throws {
    do {
      try handle.write(contentsOf: buffer)
    } catch {
      throw OutputError(path: path ?? "standard output")
    }
    buffer.removeAll(keepingCapacity: true)
  }
}
