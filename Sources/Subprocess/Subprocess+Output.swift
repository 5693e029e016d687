#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What a program wrote, and how it ended.
public struct SubprocessOutput: Sendable {
  /// Everything that the program wrote to standard output.
  public let bytes: [UInt8]
  /// The last 64 kB, at most, that the program wrote to standard error.
  public let messages: [UInt8]
  /// The exit status or the signal that ended the program.
  public let end: SubprocessEnd

  /// The last line of ``messages`` that is not empty, 200 characters at most.
  public var lastMessage: String {
    let lines = String(decoding: messages, as: UTF8.self).split(whereSeparator: \.isNewline)
    let line = lines.last { !$0.allSatisfy(\.isWhitespace) } ?? ""
    return String(line.drop(while: \.isWhitespace).prefix(200))
  }
}

extension Subprocess {
  /// Runs the program to its end, in a process group of its own, and collects what it writes.
  ///
  /// The program has ended whenever this method returns or throws.
  ///
  /// - Parameters:
  ///   - outputLimit: The largest number of bytes that the program may write to standard output.
  ///   - secondsAllowed: The time limit for the program, in seconds.
  ///   - isCancelled: Returns true to stop; this method calls it several times a second.
  /// - Returns: What the program wrote, however it ended.
  /// - Throws: ``SubprocessError``: `notFound`, `cannotStart`, `noPipe`, `timedOut`,
  ///   `tooMuchOutput` or `cancelled`.
  public func collect(
    outputLimit: Int = 1 << 20, secondsAllowed: Int, isCancelled: @Sendable () -> Bool
  ) throws(SubprocessError) -> SubprocessOutput {
    var grouped = self
    grouped.hasOwnGroup = true
    let (output, diagnostics) = try (outputPipe(), outputPipe())
    let process = try grouped.spawn(
      output: .descriptor(output.writing), diagnostics: .descriptor(diagnostics.writing))
    output.closeWriting()
    diagnostics.closeWriting()
    var reader = OutputReader(
      process: process, descriptors: [output.reading, diagnostics.reading],
      limit: outputLimit, deadline: .now + .seconds(secondsAllowed))
    do {
      try reader.readToEnd(secondsAllowed: secondsAllowed, isCancelled: isCancelled)
    } catch {
      process.stop()
      throw error
    }
    // Until here the pipes are open.
    withExtendedLifetime((output, diagnostics)) {}
    return SubprocessOutput(
      bytes: reader.collected[0], messages: reader.collected[1], end: process.wait())
  }

  /// Runs the program to its end and returns its standard output if it succeeds.
  ///
  /// It works as ``collect(outputLimit:secondsAllowed:isCancelled:)`` does.
  ///
  /// - Throws: ``SubprocessError``, including `failed` and `ended`.
  public func run(
    outputLimit: Int = 1 << 20, secondsAllowed: Int, isCancelled: @Sendable () -> Bool
  ) throws(SubprocessError) -> [UInt8] {
    let output = try collect(
      outputLimit: outputLimit, secondsAllowed: secondsAllowed, isCancelled: isCancelled)
    // Where somebody asks to stop, a failure of the program is no news.
    guard output.end.isSuccess || !isCancelled() else { throw .cancelled }
    switch output.end {
    case .exited(status: 0): return output.bytes
    case .exited(let status):
      throw .failed(program: program, status: status, detail: output.lastMessage)
    case .signalled(let signal): throw .ended(program: program, signal: signal)
    }
  }

  private func outputPipe() throws(SubprocessError) -> Pipe {
    guard let pipe = Pipe() else { throw .noPipe(detail: String(cString: strerror(errno))) }
    return pipe
  }
}

/// Reads two streams to their ends, so that neither can fill up and block the program.
private struct OutputReader {
  let process: RunningSubprocess
  let limit: Int
  let deadline: ContinuousClock.Instant
  private(set) var collected: [[UInt8]] = [[], []]
  private var watched: [pollfd]
  private var buffer = [UInt8](repeating: 0, count: 1 << 16)

  private static let messageLimit = 1 << 16

  init(
    process: RunningSubprocess, descriptors: [Int32], limit: Int,
    deadline: ContinuousClock.Instant
  ) {
    self.process = process
    self.limit = limit
    self.deadline = deadline
    watched = descriptors.map { pollfd(fd: $0, events: Int16(POLLIN), revents: 0) }
  }

  mutating func readToEnd(
    secondsAllowed: Int, isCancelled: @Sendable () -> Bool
  ) throws(SubprocessError) {
    var isOpen = true
    while isOpen || process.poll() == nil {
      guard !isCancelled() else { throw .cancelled }
      guard ContinuousClock.now < deadline else {
        throw .timedOut(program: process.program, seconds: secondsAllowed)
      }
      let hasEnded = process.poll() != nil
      // With both streams closed, this waits for the process itself.
      let count = poll(&watched, nfds_t(watched.count), isOpen ? 100 : 5)
      // What the program left behind may hold the streams open; it is not waited for.
      if count == 0, hasEnded { return }
      if count > 0 { try readReady() }
      isOpen = watched.contains { $0.fd >= 0 }
    }
  }

  private mutating func readReady() throws(SubprocessError) {
    for stream in watched.indices where watched[stream].revents != 0 {
      let count = read(watched[stream].fd, &buffer, buffer.count)
      if count > 0 {
        collected[stream].append(contentsOf: buffer[..<count])
      } else if count == 0 || errno != EINTR {
        // poll passes over negative descriptors: this stream has ended.
        watched[stream].fd = -1
      }
    }
    guard collected[0].count <= limit else {
      throw .tooMuchOutput(program: process.program, limit: limit)
    }
    if collected[1].count > Self.messageLimit {
      collected[1].removeFirst(collected[1].count - Self.messageLimit)
    }
  }
}
