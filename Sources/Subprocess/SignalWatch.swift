internal import CSubprocess

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// Takes the signals that this process gets, instead of what they did, until it is forgotten.
///
/// There may be one at a time.
public final class SignalWatch {
  private let pipe: Pipe

  /// Begins to take signals of these numbers.
  ///
  /// - Throws: ``SubprocessError/noPipe(detail:)``.
  public init(_ numbers: [Int32]) throws(SubprocessError) {
    guard let pipe = Pipe() else { throw .noPipe(detail: String(cString: strerror(errno))) }
    self.pipe = pipe
    for end in [pipe.reading, pipe.writing] { _ = fcntl(end, F_SETFL, O_NONBLOCK) }
    assay_watch_signals(pipe.writing, numbers, Int32(numbers.count))
  }

  deinit { assay_forget_signals() }

  /// A descriptor that can be read when signals have come.
  public var descriptor: Int32 { pipe.reading }

  /// The numbers of the signals that have come since the last call, in their order.
  public func take() -> [Int32] {
    var buffer = [UInt8](repeating: 0, count: 256)
    var numbers: [Int32] = []
    while true {
      let count = read(pipe.reading, &buffer, buffer.count)
      guard count > 0 else { return numbers }
      numbers += buffer[..<count].map { Int32($0) }
    }
  }
}
