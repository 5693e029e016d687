// What every processor of the architecture has.

#include <string.h>

#include "variant.h"

#define VARIANT kernels_baseline
#define NAME "baseline"
#define LANES 4
#define TILE_VECTORS 3
#define TILE_WINDOWS 1

#include "kernels.inc"
