// Vectors of 8 floats, 16 registers.

#if defined(__x86_64__)

#include <string.h>

#include "variant.h"

#pragma clang attribute push(__attribute__((target("avx2,fma,bmi,bmi2"))), apply_to = function)

#define VARIANT kernels_avx2
#define NAME "avx2"
#define LANES 8
#define TILE_VECTORS 3
#define TILE_WINDOWS 1

#include "kernels.inc"

#pragma clang attribute pop

#endif
