internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A connection to one client, read and written with deadlines.
///
/// One thread uses it, while another may end it.
final class PeerSocket: Sendable {
  /// Why nothing more comes or goes.
  enum Failure: Error {
    /// The client has ended the connection, or it broke.
    case closed
    /// The client does nothing, or too little.
    case timedOut
  }

  typealias Instant = ContinuousClock.Instant

  let descriptor: Int32

  /// Takes over a descriptor, which is closed when nothing refers to this any more.
  init(_ descriptor: Int32) {
    self.descriptor = descriptor
    var isOn: Int32 = 1
    // The head and the body of an answer may be two writes, which the kernel must not hold back.
    setsockopt(
      descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &isOn, socklen_t(MemoryLayout<Int32>.size))
  }

  deinit { close(descriptor) }

  /// Waits for what the client sends.
  ///
  /// - Returns: How many bytes came, at least one.
  /// - Throws: ``Failure``.
  func receive(into buffer: UnsafeMutableRawBufferPointer, until deadline: Instant) throws(Failure)
    -> Int
  {
    while true {
      try wait(for: Int16(POLLIN), until: deadline)
      let count: Int = recv(descriptor, buffer.baseAddress, buffer.count, Int32(MSG_DONTWAIT))
      if count > 0 { return count }
      guard count < 0, errno == EINTR || errno == EAGAIN || errno == EWOULDBLOCK else {
        throw .closed
      }
    }
  }

  /// Sends bytes, all of them.
  ///
  /// - Parameters:
  ///   - bytes: What to send.
  ///   - stallSeconds: How long the client may take nothing.
  ///   - deadline: When all must have been taken.
  /// - Throws: ``Failure``.
  func send(
    _ bytes: UnsafeRawBufferPointer, stallSeconds: Double, until deadline: Instant
  ) throws(Failure) {
    var rest = bytes
    let flags = Int32(MSG_DONTWAIT) | Int32(MSG_NOSIGNAL)
    while !rest.isEmpty {
      #if canImport(Glibc)
        let count: Int = Glibc.send(descriptor, rest.baseAddress, rest.count, flags)
      #else
        let count = Darwin.send(descriptor, rest.baseAddress, rest.count, flags)
      #endif
      if count >= 0 {
        rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        continue
      }
      switch errno {
      case EINTR: continue
      case EAGAIN, EWOULDBLOCK:
        try wait(for: Int16(POLLOUT), until: min(deadline, .now + .seconds(stallSeconds)))
      default: throw .closed
      }
    }
  }

  /// Whether the client has ended its side, as far as can be told without waiting.
  var isAbandoned: Bool {
    var byte: UInt8 = 0
    let count: Int = recv(
      descriptor, &byte, 1, Int32(MSG_DONTWAIT) | Int32(MSG_PEEK))
    return count == 0 || (count < 0 && errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR)
  }

  /// Sends nothing more.
  func endSending() { shutdown(descriptor, Int32(SHUT_WR)) }

  /// Ends the connection; who waits for the client finds it closed.
  func end() { shutdown(descriptor, Int32(SHUT_RDWR)) }

  private func wait(for events: Int16, until deadline: Instant) throws(Failure) {
    while true {
      let rest = deadline - .now
      guard rest > .zero else { throw .timedOut }
      var entry = pollfd(fd: descriptor, events: events, revents: 0)
      let milliseconds = (rest / .milliseconds(1)).rounded(.up)
      let count = poll(&entry, 1, Int32(min(milliseconds, 3_600_000)))
      if count > 0 { return }
      guard count == 0 || errno == EINTR else { throw .closed }
    }
  }
}
