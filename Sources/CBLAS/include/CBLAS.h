#ifndef ASSAY_CBLAS_H
#define ASSAY_CBLAS_H

#include <stddef.h>

/// What multiplies matrices: OpenBLAS, or Accelerate on macOS.
///
/// OpenBLAS starts threads of its own as it is loaded, so it is loaded by what multiplies alone.

/// Loads the library; to be called once, before any product.
///
/// With a limit on the address space, threads of OpenBLAS's own wait for ever, at full load, for memory that
/// the limit refuses. `idle_threads` = 0 starts none; the caller's environment is changed meanwhile, so no other
/// thread may read it then. Returns 0, or -1 with what is wrong in `reason`, a text of at most `capacity` bytes
/// with its end.
int assay_blas_load(int idle_threads, char *_Nonnull reason, size_t capacity);

/// c = a b, or c += a b, with the operands of `MatrixProduct.multiply`; each runs on its calling thread.
///
/// Leading dimensions are in elements. The library must be loaded.
void assay_blas_product(
  int a_is_transposed, int b_is_transposed, int m, int n, int k,
  const float *_Nonnull a, int leading_dimension_of_a,
  const float *_Nonnull b, int leading_dimension_of_b,
  int accumulates, float *_Nonnull c, int leading_dimension_of_c);

/// The library's name, version and kernel, such as "OpenBLAS 0.3.21 Zen", in `text`, of at most `capacity` bytes
/// with its end. The library must be loaded.
void assay_blas_description(char *_Nonnull text, size_t capacity);

#endif
