internal import Foundation
internal import Subprocess

/// One element of a job array that Slurm knows and has not ended.
package struct SlurmTask: Sendable, Equatable {
  /// The element's number.
  package let element: Int
  /// Slurm's word for where it stands, such as PENDING or RUNNING.
  package let state: String

  /// Whether it runs on a node.
  package var isRunning: Bool { state != "PENDING" }
}

/// Slurm, by its commands.
///
/// Jobs are found by their name: a controller that was killed may forget jobs, and give their numbers
/// to others.
package struct SlurmCommands: Sendable {
  private let isCancelled: @Sendable () -> Bool

  /// A command that takes longer than this, in seconds, is ended.
  private static let secondsAllowed = 60
  /// What commands say where the controller does not answer.
  private static let signsOfSilence = [
    "unable to contact", "socket timed out", "connection refused", "communication connection",
    "zero bytes were transmitted", "slurm backup controller in standby",
  ]

  /// - Parameter isCancelled: Ends waiting for a command.
  package init(isCancelled: @escaping @Sendable () -> Bool) {
    self.isCancelled = isCancelled
  }

  /// Submits elements of a script's array.
  ///
  /// - Parameters:
  ///   - script: The script's file.
  ///   - elements: Which of them.
  ///   - job: The number of a job that has to succeed first.
  /// - Returns: The number of the job.
  /// - Throws: ``SlurmError``.
  package func submit(
    _ script: String, elements: [Int], after job: String? = nil
  ) throws(SlurmError) -> String {
    let dependency = job.map { ["--dependency=afterok:\($0)", "--kill-on-invalid-dep=yes"] } ?? []
    let answer = try run(
      "sbatch", ["--parsable", "--array=\(SlurmElements.text(elements))"] + dependency + [script])
    // The cluster's name may follow.
    let number = answer.split(whereSeparator: \.isNewline).last?.split(separator: ";").first ?? ""
    guard !number.isEmpty, number.allSatisfy(\.isNumber) else {
      throw .refused(command: "sbatch", message: "it names no job, but '\(answer.prefix(100))'")
    }
    return String(number)
  }

  /// The elements of arrays of a name that this user has, and that have not ended.
  ///
  /// - Throws: ``SlurmError``.
  package func tasks(named name: String) throws(SlurmError) -> [SlurmTask] {
    let answer = try run(
      "squeue",
      ["--noheader", "--array", "--user=\(NSUserName())", "--name=\(name)", "--format=%K|%T"])
    return answer.split(whereSeparator: \.isNewline).compactMap { line in
      let fields = line.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
      guard fields.count == 2, let element = Int(fields[0]) else { return nil }
      return SlurmTask(element: element, state: fields[1])
    }
  }

  /// Cancels this user's jobs of a name.
  ///
  /// - Throws: ``SlurmError``.
  package func cancel(named name: String) throws(SlurmError) {
    _ = try run("scancel", ["--user=\(NSUserName())", "--name=\(name)"])
  }

  private func run(_ command: String, _ arguments: [String]) throws(SlurmError) -> String {
    let output: SubprocessOutput
    do {
      output = try Subprocess(command, arguments).collect(
        outputLimit: 64 << 20, secondsAllowed: Self.secondsAllowed, isCancelled: isCancelled)
    } catch {
      if case .notFound = error { throw .missing(command: command) }
      if case .timedOut = error { throw .unreachable(message: "\(error)") }
      throw .failed(error)
    }
    guard output.end.isSuccess else {
      let message = output.lastMessage.replacing(/^\w+: (error: )?/, with: "")
      let isSilent = Self.signsOfSilence.contains(where: message.lowercased().contains)
      throw isSilent
        ? .unreachable(message: message)
        : .refused(command: command, message: message.isEmpty ? "\(output.end)" : message)
    }
    return String(decoding: output.bytes, as: UTF8.self)
  }
}
