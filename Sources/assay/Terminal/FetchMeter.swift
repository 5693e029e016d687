import Dataset
import Foundation
import Synchronization

/// Shows how fetching a data set goes on: a bar on a terminal, a line a source elsewhere.
final class FetchMeter: Sendable {
  private let isQuiet: Bool
  private let isTerminal = isatty(STDERR_FILENO) == 1
  private let hasOpenLine = Mutex(false)

  init(quiet: Bool) {
    isQuiet = quiet
  }

  /// Shows one event.
  var show: @Sendable (FetchEvent) -> Void {
    { [self] event in
      guard !isQuiet else { return }
      switch event {
      case .present(let file): line("\(file): there already")
      case .trying(let source): line("trying \(source)")
      case .stored(let file, _): line("\(file): checked and stored")
      case .failed(let failure): line("\(failure.source): \(failure.reason)")
      case .received(let file, let bytes, let total): bar(file, bytes, total)
      }
    }
  }

  /// Ends an unfinished bar's line.
  func close() {
    hasOpenLine.withLock { isOpen in
      if isOpen { FileHandle.standardError.write(Data("\n".utf8)) }
      isOpen = false
    }
  }

  private func line(_ text: String) {
    hasOpenLine.withLock { isOpen in
      let clearing = isOpen ? "\r\u{1B}[K" : ""
      FileHandle.standardError.write(Data((clearing + text + "\n").utf8))
      isOpen = false
    }
  }

  private func bar(_ file: String, _ bytes: Int, _ total: Int?) {
    guard isTerminal else { return }
    hasOpenLine.withLock { isOpen in
      var text = "\r\u{1B}[K\(file) "
      if let total, total > 0 {
        let filled = min(24, 24 * bytes / total)
        text += String(repeating: "█", count: filled) + String(repeating: "░", count: 24 - filled)
        text += " \(100 * bytes / total)%"
      } else {
        text += "\(bytes / 1024) KiB"
      }
      FileHandle.standardError.write(Data(text.utf8))
      isOpen = true
    }
  }
}
