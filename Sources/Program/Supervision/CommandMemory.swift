internal import Foundation

/// The most memory that a command has taken.
///
/// Linux counts what this process takes when it starts the command as the command's own, so what it
/// reports of a smaller one is not the command's.
struct CommandMemory {
  private let status: String
  private let own: Int64
  private var seen: Int64?

  /// Begins to watch a command that was started just now.
  init(of process: Int32) {
    status = "/proc/\(process)/status"
    own = Self.peak(in: "/proc/self/status") ?? 0
  }

  /// Looks how much the command has taken so far.
  mutating func look() { seen = Self.peak(in: status) ?? seen }

  /// The most that one of the command's processes has taken.
  ///
  /// - Parameter reported: What the system says at the end, in bytes.
  /// - Returns: The number of bytes; nil if the command was too small and too short to be seen.
  func peak(reported: Int64) -> Int64? {
    own == 0 || reported > own ? reported : seen
  }

  private static func peak(in path: String) -> Int64? {
    guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }),
      let number = line.split(whereSeparator: { $0 == " " || $0 == "\t" }).dropFirst().first
    else { return nil }
    return Int64(number).map { $0 * 1024 }
  }
}
