internal import Foundation
internal import Tracker

/// Records what is found out of a command while it already runs: its process, what differs from its
/// commit, and the graphics processors.
final class StartRecorder: RecordingLoop.Source {
  private let run: ActiveRun
  private let child: Int32?
  private let childStarted: String
  private let changes: GitChanges?
  private let notice: @Sendable (String) -> Void
  private var isChildRecorded = false
  private var areChangesRecorded: Bool
  private var areProcessorsRecorded = false

  /// At the end, git is waited for so long, in seconds.
  private static let patience = 1.0

  /// Prepares to record.
  ///
  /// - Parameters:
  ///   - run: The run.
  ///   - child: The command's process; nil: it is not known.
  ///   - started: When it started, as others see it.
  ///   - changes: What git is asked; nil: there is no repository.
  ///   - notice: Receives what the user should know.
  init(
    of run: ActiveRun, child: Int32?, started: String, changes: GitChanges?,
    notice: @escaping @Sendable (String) -> Void
  ) {
    self.run = run
    self.child = child
    childStarted = started
    self.changes = changes
    self.notice = notice
    areChangesRecorded = changes == nil
  }

  func read(isLast: Bool) throws {
    if !isChildRecorded {
      if let child {
        try run.record { try $0.recordChild(child, started: childStarted, of: run.execution) }
      }
      isChildRecorded = true
    }
    if !areChangesRecorded {
      let answer = isLast ? changes?.wait(seconds: Self.patience) : changes?.current
      if let answer {
        try run.record { try record(answer, $0) }
        areChangesRecorded = true
      }
    }
    if !areProcessorsRecorded, let names = GraphicsProcessors.shared.names {
      try run.record { try $0.recordGraphicsProcessors(names, of: run.execution) }
      areProcessorsRecorded = true
    }
  }

  private func record(_ answer: GitChanges.Answer, _ writer: RunWriter) throws {
    try writer.recordChanges(answer.areThere, of: run.execution)
    if let patch = answer.patch, !patch.isEmpty {
      try writer.putArtifact(
        ArtifactName("diff.patch", run.execution).text, bytes: patch, mediaType: "text/x-diff")
    }
    if answer.isTooLarge {
      let text = "the changes that are not committed are larger than 4 MB and are not kept"
      try writer.addNote(text, once: true)
      notice(text)
    }
    if !answer.untracked.isEmpty {
      let list = answer.untracked.map { $0 + "\n" }.joined()
      try writer.putArtifact(
        ArtifactName("untracked-files.txt", run.execution).text, bytes: Array(list.utf8),
        mediaType: "text/plain")
    }
  }
}

/// The name of what every execution of a run leaves: those after the first have their number.
struct ArtifactName {
  /// Such as "output" and "output-2".
  let text: String

  init(_ name: String, _ execution: Int) {
    guard execution > 1 else {
      text = name
      return
    }
    let parts = name.split(separator: ".", maxSplits: 1)
    text = ([parts[0] + "-\(execution)"] + parts.dropFirst()).joined(separator: ".")
  }
}
