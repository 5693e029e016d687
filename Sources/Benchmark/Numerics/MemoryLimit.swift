import Tensor

/// The time in which memory can take a layer's outputs and give their gradients, which bounds layers
/// that compute little for each output.
struct MemoryLimit {
  /// The parts of an array that are read at the same time, which keeps more of memory busy than one
  /// after another does.
  private static let streams = 4

  private let parallelism: Parallelism
  private let count: Int
  /// What each thread writes and reads, and where the sum of what it read is left.
  private let arrays: [(written: Scratch<Float>, read: Scratch<Float>, sum: Scratch<SIMD16<Float>>)]

  /// Takes memory for outputs and gradients of `count` floats a thread.
  init(_ parallelism: Parallelism, count: Int) {
    self.parallelism = parallelism
    self.count = count
    arrays = (0..<parallelism.threads).map { _ in
      let read = Scratch<Float>(count)
      read.base.update(repeating: 1, count: count)
      return (Scratch(count), read, Scratch(1))
    }
  }

  /// The seconds in which each thread writes its array and reads the other, so many times.
  func leastSeconds(passes: Int, runs: Int) -> Double {
    Stopwatch.leastSeconds(runs: runs) {
      parallelism.forEachShard(parallelism.threads) { shard, _ in
        let (written, read, sum) = arrays[shard]
        for pass in 0..<passes {
          written.base.update(repeating: Float(pass), count: count)
          sum.base.pointee = Self.total(of: read.base, count: count)
        }
      }
    }
  }

  /// The sums of an array's elements that lie a multiple of 16 apart, which cost nothing but reading.
  private static func total(of values: UnsafePointer<Float>, count: Int) -> SIMD16<Float> {
    let vectors = UnsafeRawPointer(values).assumingMemoryBound(to: SIMD16<Float>.self)
    let part = count / 16 / streams
    var sums = (SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero, SIMD16<Float>.zero)
    for index in 0..<part {
      sums.0 += vectors[index]
      sums.1 += vectors[part + index]
      sums.2 += vectors[2 * part + index]
      sums.3 += vectors[3 * part + index]
    }
    return sums.0 + sums.1 + sums.2 + sums.3
  }
}
