import Foundation

/// Lines of a descriptor, waited for no longer than asked.
struct LineInput {
  /// What a wait has brought.
  enum Event {
    case line(String)
    /// The time is over.
    case nothing
  }

  private let descriptor: Int32
  private var rest: [UInt8] = []
  private var isAtEnd = false

  /// A line that is longer is cut here.
  private static let longestLine = 1 << 24

  init(_ descriptor: Int32) {
    self.descriptor = descriptor
  }

  /// Waits for the next line.
  ///
  /// - Parameter seconds: How long.
  /// - Returns: The line without its end; nil at the end of the input, or if it cannot be read.
  mutating func next(within seconds: Double) -> Event? {
    if let line = takeLine() { return .line(line) }
    guard !isAtEnd else { return nil }
    var waited = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waited, 1, Int32(seconds * 1000)) > 0 else { return .nothing }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    let count = read(descriptor, &buffer, buffer.count)
    if count < 0, [EINTR, EAGAIN].contains(errno) { return .nothing }
    rest += buffer[..<max(count, 0)]
    isAtEnd = count <= 0
    return takeLine().map { .line($0) } ?? (isAtEnd ? nil : .nothing)
  }

  private mutating func takeLine() -> String? {
    let end = rest.firstIndex(of: UInt8(ascii: "\n"))
    guard let cut = end ?? (isLineAtEnd ? rest.count : nil) else { return nil }
    let line = String(decoding: rest[..<cut], as: UTF8.self)
    rest.removeFirst(end == nil ? cut : cut + 1)
    return line
  }

  /// Whether what is left counts as a line without its end.
  private var isLineAtEnd: Bool { isAtEnd && !rest.isEmpty || rest.count > Self.longestLine }
}
