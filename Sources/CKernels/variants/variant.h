// The variants of the kernels, each a table of functions.

#ifndef VARIANT_H
#define VARIANT_H

#include "CKernels.h"

extern const kernels_variant kernels_baseline;
#if defined(__x86_64__)
extern const kernels_variant kernels_avx2;
extern const kernels_variant kernels_avx512;
#endif

#endif
