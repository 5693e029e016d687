#include <math.h>
#include <string.h>

#include "CKernels.h"

// Of one channel of an image with a rim of one pixel, which holds zeros: neighbours and differences that are not
// there.
typedef struct {
  int64_t height, width, stride;
  double *u, *before;                          // the image, and the one of the last round
  double *share, *fixed;                       // u = share * (neighbours + z) + fixed
  double *down_d, *right_d, *down_b, *right_b; // split differences and Bregman's variables
  double *z;
} problem;

enum { ARRAYS = 9 };

static int64_t padded_count(int64_t height, int64_t width) { return (height + 2) * (width + 2); }

int64_t kernels_total_variation_scratch_count(int64_t height, int64_t width, int64_t channels) {
  return ARRAYS * padded_count(height, width) * channels;
}

// One Gauss-Seidel sweep, row by row. Only the left neighbour is not known beforehand.
static void sweep(const problem *p) {
  for (int64_t row = 1; row <= p->height; row++) {
    double *u = p->u + row * p->stride;
    const double *above = u - p->stride, *below = u + p->stride;
    const double *share = p->share + row * p->stride, *fixed = p->fixed + row * p->stride;
    const double *z = p->z + row * p->stride;
    double left = 0;
    for (int64_t i = 1; i <= p->width; i++) {
      left = share[i] * left + (share[i] * (z[i] + above[i] + below[i] + u[i + 1]) + fixed[i]);
      u[i] = left;
    }
  }
}

// Shrinks the differences and moves Bregman's variables; returns the sum of squared changes of u.
static double shrink(const problem *p, double mu) {
  double squares = 0;
  for (int64_t row = 1; row <= p->height; row++) {
    const int64_t first = row * p->stride;
    for (int64_t i = first + 1; i <= first + p->width; i++) {
      const double u = p->u[i];
      const double right = (i == first + p->width ? 0 : p->u[i + 1] - u) + p->right_b[i];
      const double down = (row == p->height ? 0 : p->u[i + p->stride] - u) + p->down_b[i];
      const double size = sqrt(right * right + down * down) * mu;
      const double kept = size / (size + 1);
      p->right_d[i] = kept * right;
      p->down_d[i] = kept * down;
      p->right_b[i] = right - kept * right;
      p->down_b[i] = down - kept * down;
      p->z[i] = (p->right_b[i] - p->right_d[i]) + (p->down_b[i] - p->down_d[i]) +
                (p->right_d[i - 1] - p->right_b[i - 1]) +
                (p->down_d[i - p->stride] - p->down_b[i - p->stride]);
      squares += (u - p->before[i]) * (u - p->before[i]);
      p->before[i] = u;
    }
  }
  return squares;
}

// One channel of an image, whose arrays are in scratch memory.
static problem make(int64_t height, int64_t width, int64_t channel, double *scratch) {
  const int64_t count = padded_count(height, width);
  double *arrays[ARRAYS];
  for (int i = 0; i < ARRAYS; i++) arrays[i] = scratch + (ARRAYS * channel + i) * count;
  return (problem){height,    width,     width + 2, arrays[0], arrays[1], arrays[2],
                   arrays[3], arrays[4], arrays[5], arrays[6], arrays[7], arrays[8]};
}

static void begin(const problem *p, const float *x, const uint8_t *kept, int64_t channels,
                  double weight, double mu) {
  for (int64_t row = 0; row < p->height; row++)
    for (int64_t column = 0; column < p->width; column++) {
      const int64_t from = row * p->width + column, to = (row + 1) * p->stride + column + 1;
      const int neighbours =
          (row > 0) + (row < p->height - 1) + (column > 0) + (column < p->width - 1);
      const double pixel = kept[from] ? x[from * channels] : 0;
      p->u[to] = p->before[to] = pixel;
      p->share[to] = kept[from] ? mu / (weight + neighbours * mu) : 0.25;
      p->fixed[to] = kept[from] ? weight * pixel / (weight + neighbours * mu) : 0;
    }
}

int64_t kernels_total_variation(const float *x, const uint8_t *kept, int64_t height, int64_t width,
                                int64_t channels, double weight, double tolerance, int64_t rounds,
                                int64_t sweeps, float *y, double *scratch) {
  memset(scratch, 0, ARRAYS * padded_count(height, width) * channels * sizeof(double));
  const double mu = 2 * weight;
  for (int64_t channel = 0; channel < channels; channel++) {
    const problem p = make(height, width, channel, scratch);
    begin(&p, x + channel, kept, channels, weight, mu);
  }
  double change = INFINITY;
  int64_t round = 0;
  for (; round < rounds && change > tolerance; round++) {
    double squares = 0;
    for (int64_t channel = 0; channel < channels; channel++) {
      const problem p = make(height, width, channel, scratch);
      for (int64_t i = 0; i < sweeps; i++) sweep(&p);
      squares += shrink(&p, mu);
    }
    change = sqrt(squares / (double)(height * width * channels));
  }
  for (int64_t channel = 0; channel < channels; channel++) {
    const problem p = make(height, width, channel, scratch);
    for (int64_t row = 0; row < height; row++)
      for (int64_t column = 0; column < width; column++)
        y[(row * width + column) * channels + channel] =
            (float)p.u[(row + 1) * p.stride + column + 1];
  }
  return round;
}
