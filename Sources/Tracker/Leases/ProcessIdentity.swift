internal import Foundation

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// A process as others can tell whether it still lives.
package struct ProcessIdentity: Sendable, Equatable {
  /// The name of its host.
  package let host: String
  /// Tells one boot of the host from the next.
  package let bootID: String
  /// What the process's number is counted in, nil if that is not known: containers of one host may
  /// count apart.
  package let namespace: String?
  /// Its number.
  package let processID: Int64
  /// Tells processes that had the same number apart.
  package let started: String

  /// Describes a process.
  package init(
    host: String, bootID: String, namespace: String?, processID: Int64, started: String
  ) {
    self.host = host
    self.bootID = bootID
    self.namespace = namespace
    self.processID = processID
    self.started = started
  }

  /// This process.
  package static let current = ProcessIdentity(
    host: ProcessInfo.processInfo.hostName, bootID: currentBootID, namespace: currentNamespace,
    processID: Int64(ProcessInfo.processInfo.processIdentifier), started: currentStart ?? "")

  /// Whether the process lives; nil if this process cannot tell.
  package var isAlive: Bool? {
    let current = Self.current
    guard host == current.host else { return nil }
    if let namespace, namespace != current.namespace { return nil }
    guard bootID == current.bootID else { return false }
    guard Self.currentStart != nil else { return nil }
    return switch Self.look(for: processID) {
    case .none: false
    case .hidden: nil
    case .started(let time): time == started
    }
  }

  /// What can be seen of a process by its number.
  private enum Sight {
    /// There is no such process, or it has ended.
    case none
    /// There is one, of which nothing more can be seen: /proc may hide what other users run.
    case hidden
    /// There is one, which started then; in any form that two processes never share.
    case started(String)
  }

  /// A process that this one started, if it lives; nil if it does not, or that is not to be seen.
  ///
  /// - Parameters:
  ///   - child: Its number; nil: it was not started.
  ///   - start: When it started.
  /// - Returns: Its number.
  func livingChild(_ child: Int64?, started start: String?) -> Int32? {
    guard let child, let number = Int32(exactly: child), let start else { return nil }
    let identity = ProcessIdentity(
      host: host, bootID: bootID, namespace: namespace, processID: child, started: start)
    return identity.isAlive == true ? number : nil
  }

  /// When a process started; nil if it has ended, or that is not to be seen.
  static func startTime(of process: Int32) -> String? {
    guard case .started(let time) = look(for: Int64(process)) else { return nil }
    return time
  }

  private static let currentBootID =
    (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
    .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""

  private static let currentNamespace =
    try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/ns/pid")

  /// When this process started; nil if processes are not to be seen by the numbers that they have
  /// for each other, as where /proc is of another namespace.
  private static let currentStart: String? = {
    let own = ProcessInfo.processInfo.processIdentifier
    #if os(Linux)
      guard let (number, _, start) = status(at: "/proc/self/stat"), number == "\(own)" else {
        return nil
      }
      return start
    #else
      return "\(own)"
    #endif
  }()

  private static func look(for process: Int64) -> Sight {
    guard let number = pid_t(exactly: process), number > 0 else { return .none }
    #if os(Linux)
      if let (_, state, start) = status(at: "/proc/\(number)/stat") {
        return state == "Z" ? .none : .started(start)
      }
      return kill(number, 0) == 0 || errno == EPERM ? .hidden : .none
    #else
      return kill(number, 0) == 0 || errno == EPERM ? .started("\(number)") : .none
    #endif
  }

  /// The first, the third and the 22nd field of a process's status: its number, its state, and when
  /// it started.
  private static func status(at path: String) -> (number: String, state: String, start: String)? {
    // The second field, the command's name, may hold spaces, parentheses and any bytes.
    guard let bytes = try? Data(contentsOf: URL(fileURLWithPath: path)) else { return nil }
    let text = String(decoding: bytes, as: UTF8.self)
    guard let end = text.lastIndex(of: ")"), let number = text.split(separator: " ").first else {
      return nil
    }
    let fields = text[text.index(after: end)...].split(separator: " ")
    guard fields.count > 19 else { return nil }
    return (String(number), String(fields[0]), String(fields[19]))
  }
}
