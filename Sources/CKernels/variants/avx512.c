// Vectors of 16 floats, 32 registers.

#if defined(__x86_64__)

#include <string.h>

#include "variant.h"

#pragma clang attribute push( \
    __attribute__((target("avx512f,avx512bw,avx512dq,avx512vl,avx2,fma,bmi,bmi2"))), \
    apply_to = function)

#define VARIANT kernels_avx512
#define NAME "avx512"
#define LANES 16
#define TILE_VECTORS 2
#define TILE_WINDOWS 2

#include "kernels.inc"

#pragma clang attribute pop

#endif
