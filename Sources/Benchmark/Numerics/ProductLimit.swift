import Tensor

/// The matrix product's rate on some threads, which bounds what images a second are possible.
struct ProductLimit {
  let parallelism: Parallelism
  /// Operations a second on the threads of `parallelism`.
  let peak: Double

  /// Measures the rate.
  init(_ parallelism: Parallelism) {
    self.parallelism = parallelism
    peak = MatrixProductPeak.measure(parallelism)
  }

  /// The rate itself.
  var row: BenchmarkRow {
    BenchmarkRow(
      workload: "matrix product, threads: \(parallelism.threads)", value: peak / 1e9,
      unit: "GFLOP/s")
  }

  /// A row whose limit is the rate divided by the operations that one image takes.
  func row(
    _ workload: String, images: Int, operations: Double, target: Double?, seconds: Double
  ) -> BenchmarkRow {
    BenchmarkRow(
      workload: "\(workload), threads: \(parallelism.threads)", value: Double(images) / seconds,
      unit: "images/s", limit: peak / operations, target: target.map { .ratio(atLeast: $0) })
  }

  /// A row whose limit is memory, which takes and gives what the images need in so many seconds.
  func row(
    _ workload: String, images: Int, leastSeconds: Double, target: Double?, seconds: Double
  ) -> BenchmarkRow {
    BenchmarkRow(
      workload: "\(workload), threads: \(parallelism.threads)", value: Double(images) / seconds,
      unit: "images/s", limit: Double(images) / leastSeconds,
      target: target.map { .ratio(atLeast: $0) })
  }
}
