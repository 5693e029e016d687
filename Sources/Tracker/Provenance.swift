internal import Foundation
internal import SQLite
internal import Subprocess

#if canImport(Glibc)
  internal import Glibc
#else
  internal import Darwin
#endif

/// The program, as recorded with its runs.
public struct RunEnvironment: Sendable {
  /// The program's version.
  public let version: String
  /// The library and kernels of its matrix products; empty if it has none.
  public let blas: String
  /// The number of threads.
  public let threads: Int

  /// Describes a program.
  public init(version: String, blas: String = "", threads: Int = 1) {
    self.version = version
    self.blas = blas
    self.threads = threads
  }
}

/// Where, when and with what a process works on runs.
struct Provenance: Sendable {
  let process = ProcessIdentity.current
  var gitCommit: String?
  let isGitDirty: Bool?
  var commandLine: [String]
  let operatingSystem: String
  let processor: String
  let swiftVersion: String
  let sqliteVersion: String
  let environment: RunEnvironment

  /// Reads them off; what cannot be told is left out and never fails a run.
  ///
  /// - Parameters:
  ///   - environment: The program.
  ///   - asksGit: Whether the working directory's commit is among them, which takes two processes.
  init(_ environment: RunEnvironment, asksGit: Bool = true) {
    self.environment = environment
    gitCommit = asksGit ? Self.git(["rev-parse", "HEAD"]) : nil
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
