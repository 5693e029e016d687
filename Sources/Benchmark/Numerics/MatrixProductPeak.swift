import Tensor

/// The floating-point operations a second of the matrix product at its best, which bound all
/// numerics.
enum MatrixProductPeak {
  private static let side = 768

  /// Operations a second on so many threads, each with matrices of its own.
  static func measure(_ parallelism: Parallelism) -> Double {
    let count = side * side
    let matrices = (0..<parallelism.threads).map { _ in
      (0..<3).map { _ -> Scratch<Float> in
        let matrix = Scratch<Float>(count)
        for index in 0..<count { matrix.base[index] = Float(index % 17) / 17 }
        return matrix
      }
    }
    let productsPerThread = 8
    let seconds = Stopwatch.leastSeconds(runs: 12) {
      parallelism.forEachShard(parallelism.threads) { shard, _ in
        for _ in 0..<productsPerThread {
          MatrixProduct.multiply(
            matrices[shard][0].base, .plain, matrices[shard][1].base, .plain,
            into: matrices[shard][2].base, m: side, n: side, k: side)
        }
      }
    }
    let operations = 2 * Double(side * count) * Double(productsPerThread * parallelism.threads)
    return operations / seconds
  }
}
