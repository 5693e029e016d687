import Foundation

let arguments = Array(CommandLine.arguments.dropFirst())

do {
  if arguments.first == "compare", arguments.count == 3 {
    let (before, after) = (
      try BenchmarkReport(contentsOf: arguments[1]), try BenchmarkReport(contentsOf: arguments[2])
    )
    for line in BenchmarkTable.comparison(before, after) { print(line) }
  } else if arguments.first == "fixed", arguments.count == 2,
    let workload = FixedWorkload(rawValue: arguments[1])
  {
    try workload.run()
  } else if arguments.first == "append-events", arguments.count == 3,
    let count = Int(arguments[1])
  {
    ProgramRows.append(count, of: arguments[2])
  } else if arguments.first == "queue", arguments.count == 3, let trials = Int(arguments[2]),
    let address = ProcessInfo.processInfo.environment["ASSAY_QUEUE"]
  {
    try QueueWork.run(address, sweep: arguments[1], trials: trials)
  } else if arguments.first == "large-database", arguments.count == 2 {
    try LargeDatabase.make(at: arguments[1], hasWords: true)
  } else {
    try Benchmark(arguments).run()
  }
} catch {
  FileHandle.standardError.write(Data("Benchmark: \(error)\n".utf8))
  exit(70)
}
