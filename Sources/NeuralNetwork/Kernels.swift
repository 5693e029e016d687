internal import CKernels

/// The inner loops of the layers, compiled for several instruction sets.
public enum Kernels {
  /// The instruction set whose loops this process runs: "avx512", "avx2" or "baseline".
  ///
  /// The last bits of results depend on it.
  public static var variant: String { String(cString: kernels_variant_name()) }
}
