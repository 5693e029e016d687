internal import Foundation
internal import Subprocess

/// Hands a terminal's keys on to the terminal of a command.
final class TerminalSession {
  private let terminal: Pseudoterminal
  private let own: RawTerminal
  private let readsKeys: Bool
  /// Keys that the command's terminal has not taken yet.
  private var pending: [UInt8] = []
  private var hasEnded = false

  /// Begins to hand keys on.
  ///
  /// - Parameters:
  ///   - terminal: The command's terminal.
  ///   - readsKeys: Whether this process's input is a terminal.
  init(_ terminal: Pseudoterminal, readsKeys: Bool) {
    self.terminal = terminal
    self.readsKeys = readsKeys
    own = RawTerminal(STDIN_FILENO)
    _ = fcntl(terminal.descriptor, F_SETFL, fcntl(terminal.descriptor, F_GETFL) | O_NONBLOCK)
    resume()
  }

  /// Whether the terminal is set so that lines end with a return.
  var isRaw: Bool { own.isRaw }

  /// Takes the keys again, unless another process has the terminal.
  func resume() {
    if readsKeys { own.makeRaw() }
    takeSize()
  }

  /// Gives the terminal its settings back.
  func restore() { own.restore() }

  /// Hands the size on.
  func takeSize() {
    for stream: Int32 in [1, 2, 0] where isatty(stream) == 1 {
      return terminal.takeSize(of: stream)
    }
  }

  /// What is to be waited for.
  var watched: [pollfd] {
    guard own.isRaw, !hasEnded else { return [] }
    return pending.isEmpty
      ? [pollfd(fd: STDIN_FILENO, events: Int16(POLLIN), revents: 0)]
      : [pollfd(fd: terminal.descriptor, events: Int16(POLLOUT), revents: 0)]
  }

  /// Hands on what has come.
  ///
  /// - Returns: Whether the key was pressed that suspends the command.
  func handOn() -> Bool {
    var suspends = false
    if pending.isEmpty {
      var buffer = [UInt8](repeating: 0, count: 4096)
      let count = read(STDIN_FILENO, &buffer, buffer.count)
      if count < 0, errno == EINTR || errno == EAGAIN { return false }
      guard count > 0 else {
        hasEnded = true
        return false
      }
      pending = Array(buffer[..<count])
      // A session that has lost its parent's cannot be stopped by its own key.
      if let key = terminal.suspendKey, let place = pending.firstIndex(of: key) {
        pending.remove(at: place)
        suspends = true
      }
    }
    if !pending.isEmpty {
      let written = write(terminal.descriptor, pending, pending.count)
      if written > 0 { pending.removeFirst(written) }
      if written < 0, errno != EAGAIN, errno != EINTR { pending = [] }
    }
    return suspends
  }
}
