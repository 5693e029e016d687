import Foundation
import Synchronization
import Tracker

/// Lines for people, apart from results; on a terminal also one line that is drawn over and over.
///
/// What cannot be written is dropped: work goes on without anybody who watches it.
enum StandardError {
  /// How many columns the line that is drawn has; 0 while there is none.
  private static let drawn = Mutex(0)

  /// Whether it is a terminal that can move its cursor.
  static let canDraw: Bool = {
    let terminal = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isatty(STDERR_FILENO) == 1 && !["", "dumb"].contains(terminal)
  }()

  /// Whether colours are wanted and there.
  static let isColored =
    canDraw && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty

  /// Writes a line; the line that is drawn, if any, gives way to it.
  static func write(_ line: String) { write(line, mark: "") }

  /// Writes a line behind a mark; the line that is drawn, if any, gives way to it.
  static func write(_ line: String, mark: String) {
    drawn.withLock { drawn in
      emit(erasure(of: drawn) + mark + line.terminalText + "\n")
      drawn = 0
    }
  }

  /// Draws a line in the place of the last one, cut to the terminal's width of now.
  ///
  /// A process in the background, whose terminal another one uses, draws nothing.
  static func draw(_ line: String) {
    guard canDraw, isInForeground else { return }
    drawn.withLock { drawn in
      // Some terminals keep the cursor behind the last column, others go on to the next line.
      let text = line.terminalText.prefix(columns: columns - 1)
      emit(erasure(of: drawn) + text)
      drawn = text.columnCount
    }
  }

  /// Removes the line that is drawn, so that other output begins on a line of its own.
  static func clear() {
    drawn.withLock { drawn in
      if drawn > 0 { emit(erasure(of: drawn)) }
      drawn = 0
    }
  }

  /// Ends the line that is drawn, which stays.
  static func endLine() {
    drawn.withLock { drawn in
      if drawn > 0 { emit("\n") }
      drawn = 0
    }
  }

  /// Says that a signal ended the process; to be called by a handler of signals.
  static func tellInterruption() {
    // No lock is taken and nothing allocated: the signal may have come in the middle of either.
    let text: StaticString = "\nassay: interrupted\n"
    let skipped = isatty(STDERR_FILENO) == 1 ? 0 : 1
    _ = Foundation.write(STDERR_FILENO, text.utf8Start + skipped, text.utf8CodeUnitCount - skipped)
  }

  private static func emit(_ text: String) {
    _ = Descriptor.write(Array(text.utf8), to: STDERR_FILENO, patience: 1000)
  }

  /// What removes a line of so many columns, which may have become several since it was drawn.
  private static func erasure(of drawn: Int) -> String {
    guard drawn > 0 else { return "" }
    let rows = reflows ? (drawn - 1) / columns + 1 : 1
    return rows > 1 ? "\u{1B}[\(rows - 1)A\r\u{1B}[J" : "\r\u{1B}[K"
  }

  /// The terminal's width, which may change at any time.
  static var columns: Int {
    var size = winsize()
    guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
    return Int(size.ws_col)
  }

  /// Whether lines that a resize makes too long go on below, as in most terminals of today; the
  /// others cut them.
  private static let reflows: Bool = {
    let environment = ProcessInfo.processInfo.environment
    return environment["XTERM_VERSION"] == nil && environment["TERM"] != "linux"
      && (environment["STY"] == nil || environment["TMUX"] != nil)
  }()

  private static var isInForeground: Bool {
    let foreground = tcgetpgrp(STDERR_FILENO)
    return foreground == -1 || foreground == getpgrp()
  }
}
