#include "CKernels.h"

#include <stddef.h>
#include <string.h>

#include "variants/variant.h"

// The variants that this processor can run, the best one first.
static const kernels_variant *runnable(int index) {
#if defined(__x86_64__)
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
      __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl") && index-- == 0)
    return &kernels_avx512;
  if (__builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
      __builtin_cpu_supports("bmi") && __builtin_cpu_supports("bmi2") && index-- == 0)
    return &kernels_avx2;
#endif
  return index == 0 ? &kernels_baseline : NULL;
}

static const kernels_variant *variant(void) { return runnable(0); }

const char *kernels_variant_name(void) { return variant()->name; }

const kernels_variant *kernels_variant_named(const char *name) {
  for (int index = 0; runnable(index) != NULL; index++)
    if (strcmp(runnable(index)->name, name) == 0) return runnable(index);
  return NULL;
}

int64_t kernels_scratch_count(const kernels_convolution *shape) {
  const int64_t row = shape->kernel * shape->channels;
  const int64_t padded_filters = shape->filters + 16;
  // The weights with rows padded to whole vectors, in one of three layouts, and the biases.
  const int64_t by_tap = shape->kernel * row * padded_filters + padded_filters;
  const int64_t by_filter = shape->filters * shape->kernel * (row + 16);
  const int64_t by_winner = shape->filters * 4 * (shape->kernel + 1) * 8;
  int64_t weights = by_tap > by_filter ? by_tap : by_filter;
  if (shape->channels == 1 && weights < by_winner) weights = by_winner;
  // What is not zero of a gradient: an offset and a value each, of a block of images.
  const int64_t windows =
      ((shape->height - shape->kernel + 1) / 2) * ((shape->width - shape->kernel + 1) / 2);
  const int64_t terms = 2 * 4 * (windows + 4) * (shape->filters + 1);
  return weights + terms + 4 * KERNELS_SLACK;
}

void kernels_convolve(const kernels_convolution *shape, const float *x, int64_t images,
                      const float *parameters, float *y, uint8_t *winners, float *scratch) {
  variant()->convolve(shape, x, images, parameters, y, winners, scratch);
}

void kernels_input_gradient(const kernels_convolution *shape, const float *y_gradient,
                            const uint8_t *winners, int64_t images, const float *parameters,
                            float *x_gradient, float *scratch) {
  variant()->input_gradient(shape, y_gradient, winners, images, parameters, x_gradient, scratch);
}

void kernels_parameter_gradient(const kernels_convolution *shape, const float *x,
                                const float *y_gradient, const uint8_t *winners, int64_t images,
                                float *parameter_gradient, float *scratch) {
  variant()->parameter_gradient(shape, x, y_gradient, winners, images, parameter_gradient, scratch);
}

// The widest panel of filters of any variant: two vectors of 16.
#define WIDEST_PANEL 32

static int64_t in_panels(int64_t filters) {
  return (filters + WIDEST_PANEL - 1) / WIDEST_PANEL * WIDEST_PANEL;
}

int64_t kernels_correlation_scratch_count(const kernels_correlation *shape) {
  const int64_t area = shape->kernel * shape->kernel, side = shape->kernel;
  // Packed weights and biases, and the image with zeros around it.
  const int64_t forward = (area * shape->channels + 1) * in_panels(shape->filters) +
                          shape->padded_height * shape->padded_width * shape->channels;
  const int64_t turned = (area * shape->filters + 1) * in_panels(shape->channels) +
                         (shape->height + side - 1) * (shape->width + side - 1) * shape->filters;
  const int64_t spread = (shape->filters + 1) * in_panels(area * shape->channels) +
                         shape->output_height * shape->output_width * area * shape->channels +
                         shape->padded_height * shape->padded_width * shape->channels;
  const int64_t to_input = shape->stride > 1 || spread > turned ? spread : turned;
  // The gradients of a panel, too.
  const int64_t to_weights =
      forward + shape->output_height * shape->output_width * WIDEST_PANEL;
  return (to_input > to_weights ? to_input : to_weights) + KERNELS_SLACK;
}

void kernels_correlate(const kernels_correlation *shape, const float *x, int64_t images,
                       const float *weights, const float *biases, float *y, float *scratch) {
  variant()->correlate(shape, x, images, weights, biases, y, scratch);
}

void kernels_correlation_input_gradient(const kernels_correlation *shape, const float *y_gradient,
                                        int64_t images, const float *weights, float *x_gradient,
                                        float *scratch) {
  variant()->correlation_input_gradient(shape, y_gradient, images, weights, x_gradient, scratch);
}

void kernels_correlation_parameter_gradient(const kernels_correlation *shape, const float *x,
                                            const float *y_gradient, int64_t images, float *weights,
                                            float *biases, float *scratch) {
  variant()->correlation_parameter_gradient(shape, x, y_gradient, images, weights, biases, scratch);
}

void kernels_pool_maximum(const kernels_pooling *shape, const float *x, int64_t images, float *y) {
  variant()->pool_maximum(shape, x, images, y);
}

void kernels_pool_maximum_gradient(const kernels_pooling *shape, const float *x, const float *y,
                                   const float *y_gradient, int64_t images, float *x_gradient) {
  variant()->pool_maximum_gradient(shape, x, y, y_gradient, images, x_gradient);
}

void kernels_pool_average(const kernels_pooling *shape, const float *x, int64_t images, float *y) {
  variant()->pool_average(shape, x, images, y);
}

void kernels_pool_average_gradient(const kernels_pooling *shape, const float *y_gradient,
                                   int64_t images, float *x_gradient) {
  variant()->pool_average_gradient(shape, y_gradient, images, x_gradient);
}

void kernels_channel_statistics(const float *x, int64_t pixels, int64_t channels, double *sums,
                                float *means, float *variances) {
  variant()->channel_statistics(x, pixels, channels, sums, means, variances);
}

void kernels_scale_channels(const float *x, int64_t pixels, int64_t channels, const float *factors,
                            const float *terms, float *y) {
  variant()->scale_channels(x, pixels, channels, factors, terms, y);
}

void kernels_combine_channels(const float *x, const float *more, int64_t pixels, int64_t channels,
                              const float *factors, const float *shares, const float *terms,
                              float *y) {
  variant()->combine_channels(x, more, pixels, channels, factors, shares, terms, y);
}

void kernels_channel_products(const float *x, const float *gradient, int64_t pixels,
                              int64_t channels, const float *means, double *products,
                              double *sums) {
  variant()->channel_products(x, gradient, pixels, channels, means, products, sums);
}

void kernels_apply_mask(const uint32_t *mask, const float *x, int64_t count, float scale,
                        float *y) {
  variant()->apply_mask(mask, x, count, scale, y);
}

void kernels_fill_masks(uint32_t *masks, int64_t passes, int64_t count, uint32_t digits,
                        uint64_t key, uint32_t stream, uint32_t image, uint32_t first_pass) {
  variant()->fill_masks(masks, passes, count, digits, key, stream, image, first_pass);
}

void kernels_narrow_dense(const float *x, int64_t rows, int64_t inputs, int64_t outputs,
                          const float *parameters, float *y, float *scratch) {
  variant()->narrow_dense(x, rows, inputs, outputs, parameters, y, scratch);
}

int64_t kernels_masked_scratch_count(int64_t inputs, int64_t passes) {
  // The weights, the tables of 128 inputs, and the sums.
  return (inputs + 1 + 128 / 4 * 16 + passes) * KERNELS_NARROW;
}

void kernels_masked_dense(const uint32_t *masks, int64_t images, int64_t passes, const float *x,
                          int64_t inputs, int64_t outputs, float scale, const float *parameters,
                          float *y, float *scratch) {
  variant()->masked_dense(masks, images, passes, x, inputs, outputs, scale, parameters, y, scratch);
}

void kernels_exponentials(const double *x, int64_t count, double *y) {
  variant()->exponentials(x, count, y);
}

double kernels_sum_of_kernels(const float *products, const double *squares, int64_t count,
                              double square, double scale, double *largest) {
  return variant()->sum_of_kernels(products, squares, count, square, scale, largest);
}

void kernels_row_products(const double *x, int64_t rows, int64_t inputs, const double *v,
                          double *y) {
  variant()->row_products(x, rows, inputs, v, y);
}

void kernels_weighted_sum(const double *x, int64_t rows, int64_t inputs, const double *weights,
                          double *sum) {
  variant()->weighted_sum(x, rows, inputs, weights, sum);
}

void kernels_weighted_gram(const double *x, int64_t rows, int64_t inputs, const double *weights,
                           double *gram) {
  variant()->weighted_gram(x, rows, inputs, weights, gram);
}

void kernels_histogram(const uint8_t *bins, int64_t rows, const double *slopes,
                       const double *curvatures, double *sums) {
  variant()->histogram(bins, rows, slopes, curvatures, sums);
}

int64_t kernels_median_scratch_count(int64_t height, int64_t width, int64_t side) {
  return (height + side - 1) * (width + side - 1) + KERNELS_SLACK;
}

void kernels_median(const float *x, int64_t height, int64_t width, int64_t side, float *y,
                    float *scratch) {
  variant()->median(x, height, width, side, y, scratch);
}

void kernels_jpeg(const float *x, int64_t height, int64_t width, const float *steps, float *y) {
  variant()->jpeg(x, height, width, steps, y);
}

void kernels_jpeg_plane(uint8_t *plane, int64_t height, int64_t width, const float *steps) {
  variant()->jpeg_plane(plane, height, width, steps);
}

int64_t kernels_find_near(const float *blocks, int64_t block_count, int64_t depth, const float *rows,
                          int64_t row_count, const float *bounds, kernels_near *found) {
  return variant()->find_near(blocks, block_count, depth, rows, row_count, bounds, found);
}

double kernels_tanh_image(const float *w, const float *clean, int64_t count, float *x) {
  return variant()->tanh_image(w, clean, count, x);
}

void kernels_distance_slope(const float *x, const float *clean, const float *gradient,
                            float constant, int64_t count, float *slope) {
  variant()->distance_slope(x, clean, gradient, constant, count, slope);
}

double kernels_excess_slope(const float *x, const float *clean, const float *gradient,
                            float constant, float bound, int64_t count, float *slope) {
  return variant()->excess_slope(x, clean, gradient, constant, bound, count, slope);
}

void kernels_tanh_descent(float *w, float *first, float *second, const float *slope, int64_t count,
                          float rate) {
  variant()->tanh_descent(w, first, second, slope, count, rate);
}
