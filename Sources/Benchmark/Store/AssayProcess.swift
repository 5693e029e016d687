import Foundation

/// The command itself, built beside the benchmark.
enum AssayProcess {
  struct Failure: Error {
    let arguments: [String]
    let status: Int32
  }

  /// Runs it and waits for its end; what it prints goes nowhere.
  static func run(_ arguments: [String]) throws {
    try run(executable, arguments)
  }

  /// Runs it so often, one after the other, and gives the median of the seconds from the start of the
  /// process to its end.
  ///
  /// Not by Foundation, which notices an end late.
  static func seconds(_ arguments: [String], times: Int) throws -> Double {
    let seconds = try (0..<times).map { _ in
      try Stopwatch.seconds { try spawnAndWait([executable.path] + arguments) }
    }
    return seconds.sorted()[times / 2]
  }

  private static func spawnAndWait(_ words: [String]) throws {
    #if canImport(Darwin)
      var actions: posix_spawn_file_actions_t?
    #else
      var actions = posix_spawn_file_actions_t()
    #endif
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    let pointers = words.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    var process = pid_t()
    var status = Int32(0)
    guard posix_spawn(&process, words[0], &actions, nil, pointers, nil) == 0,
      waitpid(process, &status, 0) == process, status == 0
    else { throw Failure(arguments: words, status: status) }
  }

  private static var executable: URL {
    URL(fileURLWithPath: CommandLine.arguments[0])
      .deletingLastPathComponent().appending(path: "assay")
  }

  private static func run(_ executable: URL, _ arguments: [String]) throws {
    let process = Process()
    process.executableURL = executable
    process.arguments = arguments
    process.standardOutput = FileHandle.nullDevice
    process.standardError = FileHandle.nullDevice
    try process.run()
    process.waitUntilExit()
    guard process.terminationStatus == 0 else {
      throw Failure(arguments: arguments, status: process.terminationStatus)
    }
  }
}
