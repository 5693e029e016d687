internal import Bytes
internal import Foundation
internal import Synchronization

/// Reads what a command writes to one of its outputs, keeps it, and passes it on, on a thread of its
/// own.
final class OutputRelay: Sendable {
  private let source: Int32
  private let destination: Int32?
  private let isTerminal: Bool
  private let scrape: (@Sendable (ArraySlice<UInt8>) -> Void)?
  private let keeper: Mutex<OutputKeeper?>
  private let isDraining = Atomic(false)
  private let finished = DispatchSemaphore(value: 0)
  /// Why passing on ended, as the system's number; 0: it has not.
  private let failure = Atomic<Int32>(0)

  private static let pieceSize = 1 << 16
  /// What the command left behind may hold its output open: silence for so long ends it, in
  /// milliseconds.
  private static let silence: Int32 = 100
  /// And so long in all, in seconds.
  private static let longestDrain = 2.0
  /// The stack of a thread that relays, in bytes.
  static let stackBytes = 1 << 19

  /// Begins to relay.
  ///
  /// - Parameters:
  ///   - source: Where the output is read; closed here unless it is a terminal's.
  ///   - destination: Where it is passed on; nil: nowhere.
  ///   - isTerminal: Whether the source is a terminal's, which ends lines with a return too.
  ///   - keeper: Keeps it; nil: nothing is kept.
  ///   - thread: What relays.
  ///   - scrape: Takes what was read, in order.
  init(
    _ source: Int32, to destination: Int32?, isTerminal: Bool, keeper: OutputKeeper?,
    on thread: ReadyThread, scrape: (@Sendable (ArraySlice<UInt8>) -> Void)?
  ) {
    self.source = source
    self.destination = destination
    self.isTerminal = isTerminal
    self.scrape = scrape
    self.keeper = Mutex(keeper)
    thread.begin { [self] in
      relay()
      // A command that writes on finds that nobody reads.
      if !isTerminal { close(source) }
      closeKeeper()
      finished.signal()
    }
  }

  /// How many bytes were read so far; nil: they are not kept.
  var count: Int64? { keeper.withLock { $0?.count } }

  /// The number of the system's error that ended passing on; nil: none did, or the reader has gone.
  var failedWrite: Int32? {
    let code = failure.load(ordering: .relaxed)
    return code == 0 || code == EPIPE ? nil : code
  }

  /// Waits, after the command has ended, until all is read that it wrote.
  func finish() {
    isDraining.store(true, ordering: .relaxed)
    finished.wait()
  }

  private func closeKeeper() { keeper.withLock { $0?.close() } }

  private func relay() {
    var buffer = [UInt8](repeating: 0, count: Self.pieceSize)
    var deadline: ContinuousClock.Instant?
    while true {
      var watched = pollfd(fd: source, events: Int16(POLLIN), revents: 0)
      let ready = poll(&watched, 1, Self.silence)
      if isDraining.load(ordering: .relaxed) {
        deadline = deadline ?? .now + .seconds(Self.longestDrain)
        if ready == 0 || deadline.map({ $0 < .now }) == true { return }
      }
      guard ready > 0 else { continue }
      let count = read(source, &buffer, buffer.count)
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      // A terminal whose other side is closed everywhere gives an error.
      guard count > 0 else { return }
      take(buffer[..<count])
      // Nobody reads any more: the command is to see that too.
      if !isTerminal, failure.load(ordering: .relaxed) == EPIPE { return }
    }
  }

  private func take(_ bytes: ArraySlice<UInt8>) {
    let kept = isTerminal ? Self.withoutReturns(bytes) : bytes
    keeper.withLock { keeper in kept.withUnsafeBytes { keeper?.append($0) } }
    if let destination, failure.load(ordering: .relaxed) == 0 {
      failure.store(Self.write(bytes, to: destination), ordering: .relaxed)
    }
    scrape?(kept)
  }

  /// The lines as the command wrote them, to which the terminal has added returns.
  private static func withoutReturns(_ bytes: ArraySlice<UInt8>) -> ArraySlice<UInt8> {
    guard bytes.contains(0x0D) else { return bytes }
    var result: [UInt8] = []
    result.reserveCapacity(bytes.count)
    for (index, byte) in zip(bytes.indices, bytes) {
      if byte == 0x0D, index + 1 < bytes.endIndex, bytes[index + 1] == 0x0A { continue }
      result.append(byte)
    }
    return result[...]
  }

  private static func write(_ bytes: ArraySlice<UInt8>, to descriptor: Int32) -> Int32 {
    bytes.withUnsafeBytes { buffer in
      var done = 0
      while done < buffer.count {
        let count = Foundation.write(
          descriptor, buffer.baseAddress?.advanced(by: done), buffer.count - done)
        if count >= 0 {
          done += count
        } else if errno == EAGAIN {
          var event = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
          poll(&event, 1, -1)
        } else if errno != EINTR {
          return errno
        }
      }
      return 0
    }
  }
}
