internal import Foundation
internal import SQLite
internal import Subprocess

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// What a program says of itself for the record of its runs.
public struct RunEnvironment: Sendable {
  /// The program's version.
  public let version: String
  /// What computes its matrix products and other inner loops; empty if it has none.
  public let blas: String
  /// How many threads it works with.
  public let threads: Int

  /// Describes a program.
  public init(version: String, blas: String = "", threads: Int = 1) {
    self.version = version
    self.blas = blas
    self.threads = threads
  }
}

/// A process as others can tell whether it still lives.
struct ProcessIdentity: Sendable, Equatable {
  let host: String
  /// Tells one boot of the host from the next.
  let bootID: String
  let processID: Int64
  /// Tells processes that had the same number apart.
  let started: String

  static let current = ProcessIdentity(
    host: ProcessInfo.processInfo.hostName, bootID: currentBootID,
    processID: Int64(ProcessInfo.processInfo.processIdentifier),
    started: startTime(of: Int64(ProcessInfo.processInfo.processIdentifier)) ?? "")

  /// Whether the process lives; nil if it is on another host, so that this cannot be told.
  var isAlive: Bool? {
    guard host == Self.current.host else { return nil }
    return bootID == Self.current.bootID && Self.startTime(of: processID) == started
  }

  private static let currentBootID =
    (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8))?
    .trimmingCharacters(in: .whitespacesAndNewlines) ?? ""

  /// When a process started, in any form that two processes never share; nil if there is no such
  /// process.
  private static func startTime(of process: Int64) -> String? {
    #if os(Linux)
      // The 22nd field, counted behind the command's name, which may hold spaces and parentheses.
      guard let status = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8),
        let end = status.lastIndex(of: ")")
      else { return nil }
      let fields = status[status.index(after: end)...].split(separator: " ")
      return fields.count > 19 && fields[0] != "Z" ? String(fields[19]) : nil
    #else
      return kill(pid_t(process), 0) == 0 || errno == EPERM ? "\(process)" : nil
    #endif
  }
}

/// Where, when and with what a process works on runs.
struct Provenance: Sendable {
  let process = ProcessIdentity.current
  let gitCommit: String?
  let isGitDirty: Bool?
  let commandLine: [String]
  let operatingSystem: String
  let processor: String
  let swiftVersion: String
  let sqliteVersion: String
  let environment: RunEnvironment

  /// Reads them off; what cannot be told is left out and never fails a run.
  init(_ environment: RunEnvironment) {
    self.environment = environment
    gitCommit = Self.git(["rev-parse", "HEAD"])
    isGitDirty =
      gitCommit == nil ? nil : Self.git(["status", "--porcelain"]).map { !$0.isEmpty }
    commandLine = CommandLine.arguments
    operatingSystem = Self.describeSystem()
    processor = Self.describeProcessor()
    swiftVersion = Self.compilerVersion
    sqliteVersion = Connection.libraryVersion
  }

  /// The largest resident memory of this process so far, in bytes.
  static var peakMemoryBytes: Int64 {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
      return Int64(usage.ru_maxrss) * 1024
    #else
      getrusage(RUSAGE_SELF, &usage)
      return Int64(usage.ru_maxrss)
    #endif
  }

  private static var compilerVersion: String {
    #if compiler(>=6.4)
      "6.4 or later"
    #elseif compiler(>=6.3)
      "6.3"
    #else
      "6.2"
    #endif
  }

  private static func describeSystem() -> String {
    let release = (try? String(contentsOfFile: "/etc/os-release", encoding: .utf8)) ?? ""
    let name = release.split(separator: "\n").first { $0.hasPrefix("PRETTY_NAME=") }?
      .dropFirst("PRETTY_NAME=".count).trimmingCharacters(in: ["\""])
    let system = ProcessInfo.processInfo.operatingSystemVersionString
    return name.map { "\($0), \(system)" } ?? system
  }

  private static func describeProcessor() -> String {
    let cores = "\(ProcessInfo.processInfo.processorCount) cores"
    let information = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
    let name = information.split(separator: "\n").first { $0.hasPrefix("model name") }?
      .split(separator: ":").last?.trimmingCharacters(in: .whitespaces)
    return name.map { "\($0), \(cores)" } ?? cores
  }

  /// How long git may take: a slow disk or a hanging helper of its own must not keep a run waiting.
  private static let gitSecondsAllowed = 3

  /// What git prints, if it succeeds.
  private static func git(_ arguments: [String]) -> String? {
    var git = Subprocess("git", arguments)
    // Looking must not make another git wait.
    git.environment["GIT_OPTIONAL_LOCKS"] = "0"
    let output = try? git.run(
      outputLimit: 1 << 24, secondsAllowed: gitSecondsAllowed, isCancelled: { false })
    return output.map {
      String(decoding: $0, as: UTF8.self).trimmingCharacters(in: .whitespacesAndNewlines)
    }
  }
}

/// The time as records have it.
enum Clock {
  /// Milliseconds since 1970, UTC.
  static var milliseconds: Int64 { Int64((Date().timeIntervalSince1970 * 1000).rounded()) }
}
