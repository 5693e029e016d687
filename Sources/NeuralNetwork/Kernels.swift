internal import CKernels

/// The inner loops of the layers, which are compiled for several instruction sets.
public enum Kernels {
  /// The instruction set whose loops run in this process: "avx512", "avx2" or "baseline".
  ///
  /// Results depend on it in their last bits.
  public static var variant: String { String(cString: kernels_variant_name()) }
}
