#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A pipe to which several processes write messages, and which this process reads line by line.
///
/// Only one thread may read it.
public final class MessagePipe {
  private let pipe: Pipe
  private var rest: [UInt8] = []
  private var buffer = [UInt8](repeating: 0, count: 1 << 14)

  /// A line that does not end is cut here.
  private static let longestLine = 1 << 16

  /// Opens a pipe.
  ///
  /// - Throws: ``SubprocessError/noPipe(detail:)``, for example if this process has too many open
  ///   files.
  public init() throws(SubprocessError) {
    guard let pipe = Pipe() else { throw .noPipe(detail: String(cString: strerror(errno))) }
    self.pipe = pipe
    _ = fcntl(pipe.reading, F_SETFL, O_NONBLOCK)
  }

  var writing: Int32 { pipe.writing }

  /// Returns the lines that have arrived since the last call, without waiting for any.
  ///
  /// - Parameter isLast: Whether text without a line end counts as a line too.
  /// - Returns: The lines, without their line ends.
  public func takeLines(isLast: Bool = false) -> [String] {
    while true {
      let count = read(pipe.reading, &buffer, buffer.count)
      guard count > 0 else { break }
      rest.append(contentsOf: buffer[..<count])
    }
    var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false)
    let open = lines.removeLast()
    rest = Array(open)
    if isLast && !rest.isEmpty || rest.count > Self.longestLine {
      lines.append(open)
      rest = []
    }
    return lines.map { String(decoding: $0, as: UTF8.self) }
  }
}
