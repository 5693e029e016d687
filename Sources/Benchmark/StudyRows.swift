import Foundation

/// The whole study from nothing, on one thread and on all.
enum StudyRows {
  static func rows(threads: Int) throws -> [BenchmarkRow] {
    let one = threads > 1 ? try seconds(threads: 1) : nil
    let all = try seconds(threads: threads)
    var rows = [
      BenchmarkRow(
        workload: "the whole study, threads: \(threads)", value: all, unit: "s",
        target: .value(below: 360)),
      BenchmarkRow(
        workload: "peak memory of the study", value: peakMemoryOfChildren / 1e6, unit: "MB",
        target: .value(below: 400)),
    ]
    if let one {
      rows.append(
        BenchmarkRow(
          workload: "the whole study, speed on \(threads) threads", value: one / all, unit: "times",
          limit: Double(threads), target: .ratio(atLeast: 0.9)))
    }
    return rows
  }

  /// The most memory that a process started so far has had, in bytes.
  private static var peakMemoryOfChildren: Double {
    var usage = rusage()
    #if canImport(Glibc)
      getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
      return Double(usage.ru_maxrss) * 1024
    #else
      getrusage(RUSAGE_CHILDREN, &usage)
      return Double(usage.ru_maxrss)
    #endif
  }

  private static func seconds(threads: Int) throws -> Double {
    try TemporaryStore.withPath { path in
      try Stopwatch.seconds {
        try AssayProcess.run(["reproduce", "--db", path, "--threads", "\(threads)"])
      }
    }
  }
}
