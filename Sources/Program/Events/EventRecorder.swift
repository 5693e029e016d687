internal import Tracker

/// Writes a batch of events within one transaction.
final class EventRecorder {
  private let writer: RunWriter
  /// What could not be taken.
  private(set) var problems: [EventProblem] = []

  init(writer: RunWriter) {
    self.writer = writer
  }

  /// Writes what lines said.
  ///
  /// - Parameters:
  ///   - batch: The lines.
  ///   - files: The files that its events name, for each event.
  /// - Throws: `SQLiteError`, or ``StoredContent/Changed``.
  func record(_ batch: EventBatch, _ files: [PreparedFiles]) throws {
    for (name, column) in zip(batch.names, batch.columns) { try writer.log(name, column) }
    for (event, files) in zip(batch.events, files) { try record(event, files) }
  }

  private func record(_ event: Event, _ files: PreparedFiles) throws {
    if let name = event.name { try writer.setName(name) }
    if let group = event.group { try writer.setGroup(group) }
    for tag in event.tags { try writer.addTag(tag) }
    for note in event.notes { try writer.addNote(note) }
    if let parameters = event.parameters { try record(parameters) }
    if let progress = event.progress {
      try writer.setProgress(done: progress.done, total: progress.total)
    }
    if let file = files.artifact {
      try writer.putArtifact(file.name, file.content, mediaType: file.mediaType)
    }
    guard let file = files.checkpoint else { return }
    if file.isStorable {
      try writer.putArtifact(file.name, file.content, mediaType: file.mediaType)
    }
    try writer.addCheckpoint(
      Checkpoint(
        artifact: file.name, step: event.checkpoint?.step, done: event.checkpoint?.done,
        sha256: file.content.sha256, size: file.content.size))
  }

  private func record(_ parameters: JSONValue) throws {
    for (path, value) in parameters.leaves {
      switch value {
      // An empty list or object has no value.
      case .array, .object: continue
      default: break
      }
      guard !path.isEmpty, !path.utf8.contains(0) else {
        problems.append(
          EventProblem("a parameter's name is empty or holds a NUL character"))
        continue
      }
      if try !writer.addParameter(path, value) {
        problems.append(
          EventProblem(
            "the parameter '\(path.prefix(200))' has another value already, which stays"))
      }
    }
  }
}
