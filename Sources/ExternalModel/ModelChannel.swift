internal import Foundation

/// The pipes to and from a process, with a limit to every wait.
///
/// Only one thread at a time may use it.
final class ModelChannel {
  /// Why bytes stopped.
  enum Stop: Error {
    case ended
    case timedOut
    case cancelled
    /// The process wrote before it had read a whole request.
    case early
  }

  private let input: Int32
  private let output: Int32
  private let isCancelled: @Sendable () -> Bool
  private var isInputOpen = true
  /// When the answer that is awaited has to be there.
  private var deadline = ContinuousClock.now

  /// Takes over both descriptors.
  ///
  /// - Parameters:
  ///   - input: Where the process reads.
  ///   - output: Where it writes.
  ///   - isCancelled: Ends a wait.
  init(input: Int32, output: Int32, isCancelled: @escaping @Sendable () -> Bool) {
    self.input = input
    self.output = output
    self.isCancelled = isCancelled
    for descriptor in [input, output] {
      _ = fcntl(descriptor, F_SETFL, O_NONBLOCK)
      #if os(Linux)
        // Larger pipes carry a batch in fewer turns; a system that refuses keeps its own size.
        _ = fcntl(descriptor, 1031 /* F_SETPIPE_SZ */, Int32(1 << 20))
      #endif
    }
  }

  deinit {
    closeInput()
    close(output)
  }

  /// Tells the process that no more requests come.
  func closeInput() {
    if isInputOpen { close(input) }
    isInputOpen = false
  }

  /// Begins the time that a request and its answer may take.
  func allow(seconds: Double) {
    deadline = .now + .seconds(seconds)
  }

  /// Writes all bytes.
  func send(_ bytes: UnsafeRawBufferPointer) throws(Stop) {
    guard var next = bytes.baseAddress else { return }
    var left = bytes.count
    while left > 0 {
      let count = write(input, next, left)
      if count > 0 {
        next += count
        left -= count
      } else if errno == EAGAIN {
        try wait(for: input, POLLOUT, orOutput: true)
      } else if errno != EINTR {
        throw .ended
      }
    }
  }

  /// Reads until all bytes are there.
  ///
  /// - Parameters:
  ///   - bytes: Where they go.
  ///   - isGood: Judges the number of bytes that are there; false ends the reading.
  /// - Returns: The number of bytes that were read before the reading ended.
  /// - Throws: ``Stop``, `ended` if the stream ended before the first byte.
  func receive(
    _ bytes: UnsafeMutableRawBufferPointer, while isGood: (Int) -> Bool = { _ in true }
  ) throws(Stop) -> Int {
    var done = 0
    while done < bytes.count {
      let count = read(output, bytes.baseAddress.map { $0 + done }, bytes.count - done)
      if count > 0 {
        done += count
        guard isGood(done) else { return done }
      } else if count == 0 {
        if done > 0 { return done }
        throw .ended
      } else if errno == EAGAIN {
        try wait(for: output, POLLIN, orOutput: false)
      } else if errno != EINTR {
        throw .ended
      }
    }
    return done
  }

  /// Reads what is there already, up to a number of bytes.
  func readReady(_ limit: Int) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: limit)
    let count = read(output, &bytes, limit)
    return Array(bytes.prefix(max(0, count)))
  }

  private func wait(for descriptor: Int32, _ event: Int32, orOutput: Bool) throws(Stop) {
    var watched = [pollfd(fd: descriptor, events: Int16(event), revents: 0)]
    if orOutput { watched.append(pollfd(fd: output, events: Int16(POLLIN), revents: 0)) }
    while true {
      guard !isCancelled() else { throw .cancelled }
      guard ContinuousClock.now < deadline else { throw .timedOut }
      let count = poll(&watched, nfds_t(watched.count), 100)
      guard count > 0 else { continue }
      if watched[0].revents != 0 { return }
      throw .early
    }
  }
}
