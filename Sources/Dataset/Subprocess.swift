import Foundation

/// A program that is run to its end for what it writes to its standard output.
package struct Subprocess {
  /// The program's name, looked for in `PATH`.
  var program: String
  /// What it is called with.
  var arguments: [String]
  /// Where it runs; nil is the current directory.
  var directory: String?
  /// The file that it reads as its standard input; nil is an empty one.
  var input: String?
  /// How many bytes it may write before it is stopped.
  var outputLimit: Int
  /// How long it may take.
  var secondsAllowed: Int

  package init(
    program: String, arguments: [String], directory: String? = nil, input: String? = nil,
    outputLimit: Int = 1 << 20, secondsAllowed: Int
  ) {
    self.program = program
    self.arguments = arguments
    self.directory = directory
    self.input = input
    self.outputLimit = outputLimit
    self.secondsAllowed = secondsAllowed
  }

  /// Runs the program and returns its standard output.
  ///
  /// - Throws: ``DatasetError``: `toolMissing`, `toolFailed` with the last line of its standard
  ///   error, `toolTimedOut`, `tooLarge` for more output than allowed, `inputOutput` when it can't
  ///   be started, `cancelled`. The program has ended whenever this returns or throws.
  package func run(isCancelled: @Sendable () -> Bool) throws -> [UInt8] {
    let output = Pipe()
    let diagnostics = Pipe()
    let process = try start(output: output, diagnostics: diagnostics)
    do {
      let (bytes, messages) = try collect(
        output.fileHandleForReading, diagnostics.fileHandleForReading, isCancelled: isCancelled)
      process.waitUntilExit()
      guard process.terminationReason == .exit, process.terminationStatus == 0 else {
        // Ctrl-C in a terminal reaches the program as well: then its failure is no news.
        guard !isCancelled() else { throw DatasetError.cancelled }
        throw DatasetError.toolFailed(
          program: program, status: Int(process.terminationStatus), detail: lastLine(messages))
      }
      return bytes
    } catch {
      stop(process)
      throw error
    }
  }

  private func start(output: Pipe, diagnostics: Pipe) throws -> Process {
    let process = Process()
    process.executableURL = try Self.find(program)
    process.arguments = arguments
    // Messages are looked at, so they have to be in one language.
    process.environment = ProcessInfo.processInfo.environment.merging(["LC_ALL": "C"]) { $1 }
    process.standardOutput = output
    process.standardError = diagnostics
    process.standardInput = FileHandle.nullDevice
    if let directory { process.currentDirectoryURL = URL(filePath: directory) }
    do {
      if let input {
        process.standardInput = try FileHandle(forReadingFrom: URL(filePath: input))
      }
      try process.run()
    } catch {
      throw DatasetError.inputOutput(path: program, action: "run", detail: DataFile.reason(error))
    }
    return process
  }

  /// Reads both streams to their ends, so that neither can fill up and block the program.
  private func collect(
    _ output: FileHandle, _ diagnostics: FileHandle, isCancelled: @Sendable () -> Bool
  ) throws -> (output: [UInt8], messages: [UInt8]) {
    let deadline = ContinuousClock.now + .seconds(secondsAllowed)
    var collected: [[UInt8]] = [[], []]
    var watched = [output, diagnostics].map {
      pollfd(fd: $0.fileDescriptor, events: Int16(POLLIN), revents: 0)
    }
    var buffer = [UInt8](repeating: 0, count: 1 << 16)
    while watched.contains(where: { $0.fd >= 0 }) {
      guard !isCancelled() else { throw DatasetError.cancelled }
      guard ContinuousClock.now < deadline else {
        throw DatasetError.toolTimedOut(program: program, seconds: secondsAllowed)
      }
      guard poll(&watched, nfds_t(watched.count), 100) > 0 else { continue }
      for stream in watched.indices where watched[stream].revents != 0 {
        let count = read(watched[stream].fd, &buffer, buffer.count)
        if count > 0 {
          collected[stream].append(contentsOf: buffer[..<count])
        } else if count == 0 || errno != EINTR {
          // poll passes over negative descriptors: this stream has ended.
          watched[stream].fd = -1
        }
      }
      guard collected[0].count <= outputLimit else {
        throw DatasetError.tooLarge(file: "output of \(program)", limit: outputLimit)
      }
      if collected[1].count > Self.messageLimit {
        collected[1].removeFirst(collected[1].count - Self.messageLimit)
      }
    }
    return (collected[0], collected[1])
  }

  private static let messageLimit = 1 << 16

  private func stop(_ process: Process) {
    guard process.isRunning else { return }
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func lastLine(_ messages: [UInt8]) -> String {
    let lines = String(decoding: messages, as: UTF8.self).split(whereSeparator: \.isNewline)
    let line = lines.last { !$0.allSatisfy(\.isWhitespace) } ?? ""
    return String(line.trimmingPrefix(while: \.isWhitespace).prefix(200))
  }

  private static func find(_ program: String) throws -> URL {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? "/usr/local/bin:/usr/bin:/bin"
    for directory in path.split(separator: ":") {
      let candidate = "\(directory)/\(program)"
      if FileManager.default.isExecutableFile(atPath: candidate) {
        return URL(filePath: candidate)
      }
    }
    throw DatasetError.toolMissing(program: program)
  }
}
