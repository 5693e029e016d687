internal import Foundation

/// The processes of an execution that still live, by the variables that its command was given: those
/// that a killed command has left behind are found too.
enum RunProcesses {
  /// Their numbers; none where the system does not show them.
  static func living(of run: String, execution: Int) -> [Int32] {
    let own = getpid()
    let names = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
    return names.compactMap { Int32($0) }.filter { process in
      guard process != own,
        let variables = FileManager.default.contents(atPath: "/proc/\(process)/environ")
      else { return false }
      let words = Set(variables.split(separator: 0).map { String(decoding: $0, as: UTF8.self) })
      return words.isSuperset(of: ["ASSAY_RUN=\(run)", "ASSAY_ATTEMPT=\(execution)"])
    }
  }
}
