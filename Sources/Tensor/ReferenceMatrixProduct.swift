extension MatrixProduct {
  /// Computes the same as ``multiply(_:_:_:_:into:m:n:k:accumulating:)``, in plain Swift.
  ///
  /// It is the oracle of the tests, and builds without BLAS use it for all products. It sums each
  /// element in the order of k, so an element's bits do not depend on m or n.
  ///
  /// - Parameters:
  ///   - a: m * k elements, [m, k], or [k, m] if transposed.
  ///   - orientationOfA: How `a` lies in memory.
  ///   - b: k * n elements, [k, n], or [n, k] if transposed.
  ///   - orientationOfB: How `b` lies in memory.
  ///   - c: m * n elements, [m, n], which overlap neither factor.
  ///   - m: The number of rows of the product.
  ///   - n: The number of columns of the product.
  ///   - k: The number of terms of each sum.
  ///   - accumulating: Whether to add the product to what `c` holds.
  public static func reference(
    _ a: UnsafePointer<Float>, _ orientationOfA: Orientation,
    _ b: UnsafePointer<Float>, _ orientationOfB: Orientation,
    into c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int, accumulating: Bool
  ) {
    if !accumulating { c.update(repeating: 0, count: m * n) }
    // The inner loop runs along rows of b and c, which vectorises; a transposed b is laid out
    // first.
    guard orientationOfB == .plain else {
      withUnsafeTemporaryAllocation(of: Float.self, capacity: k * n) { plain in
        for column in 0..<n {
          for term in 0..<k {
            plain.initializeElement(at: term * n + column, to: b[column * k + term])
          }
        }
        guard let base = plain.baseAddress else { return }
        addProduct(a, orientationOfA, base, into: c, m: m, n: n, k: k)
      }
      return
    }
    addProduct(a, orientationOfA, b, into: c, m: m, n: n, k: k)
  }

  private static func addProduct(
    _ a: UnsafePointer<Float>, _ orientationOfA: Orientation, _ b: UnsafePointer<Float>,
    into c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int
  ) {
    let (rowStride, termStride) = orientationOfA == .plain ? (k, 1) : (1, m)
    for row in 0..<m {
      let sums = c + row * n
      for term in 0..<k {
        let factor = a[row * rowStride + term * termStride]
        let terms = b + term * n
        for column in 0..<n { sums[column] += factor * terms[column] }
      }
    }
  }
}
