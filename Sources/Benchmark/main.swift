import Dataset
import Foundation
import Tensor

let arguments = Array(CommandLine.arguments.dropFirst())

if arguments.first == "compare", arguments.count == 3 {
  let (before, after) = (
    try BenchmarkReport(contentsOf: arguments[1]), try BenchmarkReport(contentsOf: arguments[2])
  )
  for line in BenchmarkTable.comparison(before, after) { print(line) }
} else {
  try Benchmark(arguments).run()
}
