internal import Foundation

/// Keeps the beginning and the end of an output in files of its run's directory, so that they are
/// there whatever ends this process.
///
/// The output is cut into parts of the limit's size: part 0 is the file of the given path, part n the
/// path with `.n`. The first part stays, and of the others the last two.
struct OutputKeeper {
  private let path: String
  private let limit: Int
  private var part = 0
  private var partSize = 0
  private var descriptor: Int32 = -1
  private var hasFailed = false
  /// How many bytes the output has so far.
  private(set) var count: Int64 = 0

  /// Begins to keep an output.
  ///
  /// - Parameters:
  ///   - path: The file of the first part.
  ///   - limit: The size of a part; 0 keeps nothing.
  init(_ path: String, limit: Int) {
    self.path = path
    self.limit = limit
  }

  /// Keeps some bytes.
  ///
  /// A disk that is full takes them from what is kept, never from the output.
  mutating func append(_ bytes: UnsafeRawBufferPointer) {
    count += Int64(bytes.count)
    guard limit > 0, !hasFailed else { return }
    var rest = bytes[...]
    while !rest.isEmpty {
      if descriptor < 0 { open() }
      guard !hasFailed else { return }
      let piece = rest.prefix(limit - partSize)
      let written = piece.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
      if written < 0, errno == EINTR { continue }
      guard written > 0 else {
        hasFailed = true
        return
      }
      partSize += written
      rest = rest.dropFirst(written)
      if partSize == limit {
        close()
        part += 1
        partSize = 0
      }
    }
  }

  private mutating func open() {
    let name = part == 0 ? path : "\(path).\(part)"
    descriptor = Foundation.open(name, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
    hasFailed = descriptor < 0
    if part > 2 { unlink("\(path).\(part - 2)") }
  }

  /// Ends it: all that was kept is in the files.
  mutating func close() {
    if descriptor >= 0 { _ = Foundation.close(descriptor) }
    descriptor = -1
  }
}

/// What is kept of an output: all of it, or its beginning and its end.
public struct KeptOutput: Sendable, Equatable {
  /// The beginning, or all.
  public let head: [UInt8]
  /// The end; empty if the beginning is all.
  public let tail: [UInt8]
  /// How many bytes between the two were left out.
  public let omittedCount: Int64

  /// Reads what is kept; also while the output still grows.
  ///
  /// - Parameter path: The file of the first part, such as ``RunDirectory/output(_:)``.
  public init(_ path: String) {
    head = Self.content(path)
    guard let last = Self.parts(of: path).last else {
      (tail, omittedCount) = ([], 0)
      return
    }
    // The part before the last is whole; the first of all is the head.
    let before = last > 1 ? Self.content("\(path).\(last - 1)") : []
    let end = Self.content("\(path).\(last)")
    tail = before.suffix(max(head.count - end.count, 0)) + end
    omittedCount = Int64(last - 1) * Int64(head.count) + Int64(end.count) - Int64(tail.count)
  }

  private static func content(_ path: String, from position: Int64 = 0) -> [UInt8] {
    guard let file = try? FileHandle(forReadingFrom: URL(fileURLWithPath: path)) else { return [] }
    defer { try? file.close() }
    try? file.seek(toOffset: UInt64(max(position, 0)))
    return ((try? file.readToEnd()) ?? nil).map { Array($0) } ?? []
  }

  /// Reads on in what is kept of an output that may still grow.
  ///
  /// - Parameters:
  ///   - path: The file of the first part, such as ``RunDirectory/output(_:)``.
  ///   - position: How many bytes of the output were read, or passed over, before.
  /// - Returns: The next bytes, a few megabytes at most, and the position behind them; what was left
  ///   out is passed over.
  public static func read(
    _ path: String, from position: Int64
  ) -> (bytes: [UInt8], position: Int64) {
    let numbers = parts(of: path)
    guard let last = numbers.last, let size = FileIdentity.size(of: path) else {
      let bytes = content(path, from: position)
      return (bytes, position + Int64(bytes.count))
    }
    // All parts but the last have the size of the first.
    let part = Int(position / size)
    guard part == 0 || numbers.contains(part) else {
      let next = numbers.first { $0 > part } ?? last
      return part > last ? ([], position) : read(path, from: Int64(next) * size)
    }
    let bytes = content(part == 0 ? path : "\(path).\(part)", from: position % size)
    let end = position + Int64(bytes.count)
    guard part < last, end == Int64(part + 1) * size else { return (bytes, end) }
    let rest = read(path, from: end)
    return (bytes + rest.bytes, rest.position)
  }

  /// The numbers of the parts behind the first that are there, in order.
  private static func parts(of path: String) -> [Int] {
    let directory = URL(fileURLWithPath: path).deletingLastPathComponent().path
    let prefix = URL(fileURLWithPath: path).lastPathComponent + "."
    let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
    return names.filter { $0.hasPrefix(prefix) }.compactMap { Int($0.dropFirst(prefix.count)) }
      .sorted()
  }

  /// Both, with a line between them that says how much was left out.
  public var content: [UInt8] {
    guard omittedCount > 0 else { return head + tail }
    return head + Array("\n[assay left out \(omittedCount) bytes]\n".utf8) + tail
  }

  /// How many bytes the output has.
  public var count: Int64 { Int64(head.count) + omittedCount + Int64(tail.count) }

  /// The last line that holds more than space, without colours, 200 characters at most; nil if there
  /// is none.
  public var lastLine: String? {
    let end = String(decoding: (tail.isEmpty ? head : tail).suffix(8192), as: UTF8.self)
    let lines = PlainText.withoutEscapes(end).split(whereSeparator: \.isNewline)
    let line = lines.last { !$0.allSatisfy(\.isWhitespace) }
    return line.map { String($0.drop(while: \.isWhitespace).prefix(200)) }
  }
}
