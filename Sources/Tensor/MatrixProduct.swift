internal import Foundation

#if BLAS
  internal import CBLAS
  internal import Synchronization
#endif

/// Products of row-major single-precision matrices.
///
/// Only this type knows the BLAS.
public enum MatrixProduct {
  /// How a factor lies in memory.
  public enum Orientation: Sendable {
    /// Row by row, as the product reads it.
    case plain
    /// Column by column, so that memory holds the factor's transpose.
    case transposed
  }

  /// Computes `c = a · b`, or `c += a · b`, with a of m x k and b of k x n.
  ///
  /// The product runs only on the calling thread. The same operands give the same bits.
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
  public static func multiply(
    _ a: UnsafePointer<Float>, _ orientationOfA: Orientation = .plain,
    _ b: UnsafePointer<Float>, _ orientationOfB: Orientation = .plain,
    into c: UnsafeMutablePointer<Float>, m: Int, n: Int, k: Int, accumulating: Bool = false
  ) {
    #if BLAS
      // Who multiplies without prepare() has no way to be told, as where a linked library is not there.
      if let missing { fatalError(missing.description) }
      assay_blas_product(
        orientationOfA == .plain ? 0 : 1, orientationOfB == .plain ? 0 : 1,
        numericCast(m), numericCast(n), numericCast(k),
        a, numericCast(orientationOfA == .plain ? k : m),
        b, numericCast(orientationOfB == .plain ? n : k),
        accumulating ? 1 : 0, c, numericCast(n))
    #else
      reference(
        a, orientationOfA, b, orientationOfB, into: c, m: m, n: n, k: k,
        accumulating: accumulating)
    #endif
  }

  /// The implementation that computes the products, such as "OpenBLAS 0.3.21 Zen".
  ///
  /// The name includes its version and kernel. If the BLAS does not load, it is the reason instead.
  public static var implementation: String {
    #if BLAS
      missing?.description ?? text { assay_blas_description($0, $1) }
    #else
      "Swift reference"
    #endif
  }

  /// Loads the BLAS without threads of its own.
  ///
  /// Such threads would wait for work that never comes, and would wait forever if the address space
  /// is limited. If you don't call this function, the first product loads the BLAS with these
  /// threads. Call it before other threads read the environment, which it changes for a moment.
  ///
  /// - Throws: ``MatrixProductError`` if the BLAS does not load. A build without the trait BLAS
  ///   never throws.
  public static func prepare() throws(MatrixProductError) {
    #if BLAS
      startsIdleThreads.store(false, ordering: .relaxed)
      if let missing { throw missing }
    #endif
  }

  #if BLAS
    private static let startsIdleThreads = Atomic(true)

    /// Loaded on first use.
    private static let missing: MatrixProductError? = {
      let idleThreads: Int32 = startsIdleThreads.load(ordering: .relaxed) ? 1 : 0
      var status: Int32 = 0
      let reason = text { status = assay_blas_load(idleThreads, $0, $1) }
      return status == 0 ? nil : MatrixProductError(reason: reason)
    }()

    /// The text that a C function writes with its end into a buffer of a capacity.
    private static func text(
      _ write: (_ start: UnsafeMutablePointer<CChar>, _ capacity: Int) -> Void
    ) -> String {
      withUnsafeTemporaryAllocation(of: CChar.self, capacity: 512) { buffer in
        buffer.initialize(repeating: 0)
        guard let start = buffer.baseAddress else { return "" }
        write(start, buffer.count)
        return String(cString: start)
      }
    }
  #endif
}

/// The failure to load OpenBLAS, the library that multiplies matrices.
public struct MatrixProductError: Error, Equatable, CustomStringConvertible {
  /// The reason, in the words of the dynamic loader.
  public let reason: String

  /// Whether the library is missing, as opposed to a lack of memory or open files.
  public var isNotInstalled: Bool { reason.contains("No such file") }

  /// The failure and its reason, in one line.
  public var description: String { "OpenBLAS, which multiplies matrices, does not load: \(reason)" }
}
