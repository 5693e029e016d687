internal import Foundation

#if BLAS
  internal import CBLAS
#endif

/// Products of row-major single-precision matrices: the one place that knows the BLAS.
public enum MatrixProduct {
  /// How a factor lies in memory.
  public enum Orientation: Sendable {
    /// Row by row, as the product reads it.
    case plain
    /// Column by column: what lies in memory is the factor's transpose.
    case transposed
  }

  /// Computes `c = a · b`, or `c += a · b`, with a of m x k and b of k x n.
  ///
  /// Runs on the calling thread only; the same operands give the same bits.
  ///
  /// - Parameters:
  ///   - a: m * k elements, [m, k], or [k, m] if transposed.
  ///   - orientationOfA: How `a` lies in memory.
  ///   - b: k * n elements, [k, n], or [n, k] if transposed.
  ///   - orientationOfB: How `b` lies in memory.
  ///   - c: m * n elements, [m, n]; overlaps neither factor.
  ///   - m: Rows of the product.
  ///   - n: Columns of the product.
  ///   - k: The length of the sums.
  ///   - accumulating: Whether the product is added to what `c` holds.
  public static func multiply(
    _ a: UnsafePointer<Float>, _ orientationOfA: Orientation = .plain,
    _ b: UnsafePointer<Float>, _ orientationOfB: Orientation = .plain,
    into c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int, accumulating: Bool = false
  ) {
    #if BLAS
      _ = singleThreaded
      cblas_sgemm(
        CblasRowMajor,
        orientationOfA == .plain ? CblasNoTrans : CblasTrans,
        orientationOfB == .plain ? CblasNoTrans : CblasTrans,
        numericCast(m), numericCast(n), numericCast(k), 1,
        a, numericCast(orientationOfA == .plain ? k : m),
        b, numericCast(orientationOfB == .plain ? n : k),
        accumulating ? 1 : 0, c, numericCast(n))
    #else
      reference(
        a, orientationOfA, b, orientationOfB, into: c, m: m, n: n, k: k,
        accumulating: accumulating)
    #endif
  }

  /// Which implementation computes the products, with its version and kernel, such as
  /// "OpenBLAS 0.3.21 Zen".
  public static var implementation: String {
    #if BLAS && canImport(Darwin)
      "Accelerate"
    #elseif BLAS
      [openblas_get_config(), openblas_get_corename()]
        .compactMap { $0.map { String(cString: $0) } }
        .joined(separator: " ")
    #else
      "Swift reference"
    #endif
  }

  #if BLAS
    /// Set up on first use: shards are spread over threads above the BLAS, never inside it.
    private static let singleThreaded: Void = {
      #if !canImport(Darwin)
        openblas_set_num_threads(1)
      #endif
    }()
  #endif
}
