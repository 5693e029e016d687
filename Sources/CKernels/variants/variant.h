// What each variant of the kernels exports: a table of functions.

#ifndef VARIANT_H
#define VARIANT_H

#include "CKernels.h"

typedef struct {
  void (*convolve)(const kernels_convolution *, const float *, int64_t, const float *, float *,
                   uint8_t *, float *);
  void (*input_gradient)(const kernels_convolution *, const float *, const uint8_t *, int64_t,
                         const float *, float *, float *);
  void (*parameter_gradient)(const kernels_convolution *, const float *, const float *,
                             const uint8_t *, int64_t, float *, float *);
  void (*apply_mask)(const uint32_t *, const float *, int64_t, float, float *);
  void (*fill_mask)(uint32_t *, int64_t, uint32_t, uint64_t, uint32_t, uint32_t, uint32_t);
  void (*narrow_dense)(const float *, int64_t, int64_t, int64_t, const float *, float *, float *);
} kernels_variant;

extern const kernels_variant kernels_baseline;
#if defined(__x86_64__)
extern const kernels_variant kernels_avx2;
extern const kernels_variant kernels_avx512;
#endif

#endif
