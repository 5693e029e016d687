// Inner loops of the layers, each compiled for several instruction sets. The best that the processor
// has runs, always the same one in a process.
//
// Arrays may be touched up to KERNELS_SLACK floats (or bytes, of winners) behind their ends: whole
// vectors are read and written there, of which only the part that lies in the array means
// something.

#ifndef CKERNELS_H
#define CKERNELS_H

#include <stdint.h>

#define KERNELS_SLACK 64

// A convolution without padding, stride 1, with max-pooling over 2 x 2 pixels and a rectifier
// behind it.
typedef struct {
  int64_t height;  // of an input image, as are width and channels
  int64_t width;
  int64_t channels;
  int64_t kernel;  // the side of a filter
  int64_t filters;
} kernels_convolution;

// How many floats of scratch memory each of the following three needs.
int64_t kernels_scratch_count(const kernels_convolution *shape);

// Writes y, [images, pooled height, pooled width, filters], of x, [images, height, width,
// channels]. winners gets for each element of y which pixel of its window was the largest, 0...3 in
// reading order and the first of equal ones, or 4 if none was positive. parameters are the weights
// [filters, kernel, kernel, channels], then one bias a filter.
void kernels_convolve(const kernels_convolution *shape, const float *x, int64_t images,
                      const float *parameters, float *y, uint8_t *winners, float *scratch);

// Writes the gradient with respect to x, given that with respect to y.
void kernels_input_gradient(const kernels_convolution *shape, const float *y_gradient,
                            const uint8_t *winners, int64_t images, const float *parameters,
                            float *x_gradient, float *scratch);

// Writes the gradient with respect to the parameters, summed over the images in order.
void kernels_parameter_gradient(const kernels_convolution *shape, const float *x,
                                const float *y_gradient, const uint8_t *winners, int64_t images,
                                float *parameter_gradient, float *scratch);

// A convolution of any stride and padding.
typedef struct {
  int64_t height;  // of an input image, as are width and channels
  int64_t width;
  int64_t channels;
  int64_t kernel;  // the side of a filter
  int64_t filters;
  int64_t stride;
  int64_t top;  // rows of zeros above the image, below the kernel's side
  int64_t left;
  int64_t padded_height;  // of the image with the zeros around it
  int64_t padded_width;
  int64_t output_height;
  int64_t output_width;
} kernels_correlation;

// How many floats of scratch memory each of the following three needs.
int64_t kernels_correlation_scratch_count(const kernels_correlation *shape);

// Writes y, [images, output height, output width, filters], of x, [images, height, width, channels].
// weights are [filters, kernel, kernel, channels]; biases, one a filter, may be null.
void kernels_correlate(const kernels_correlation *shape, const float *x, int64_t images,
                       const float *weights, const float *biases, float *y, float *scratch);

// Writes the gradient with respect to x, given that with respect to y.
void kernels_correlation_input_gradient(const kernels_correlation *shape, const float *y_gradient,
                                        int64_t images, const float *weights, float *x_gradient,
                                        float *scratch);

// Writes the gradients with respect to weights and biases, summed over the images in order; biases
// may be null.
void kernels_correlation_parameter_gradient(const kernels_correlation *shape, const float *x,
                                            const float *y_gradient, int64_t images, float *weights,
                                            float *biases, float *scratch);

// Pooling of windows that lie wholly in the image.
typedef struct {
  int64_t height;
  int64_t width;
  int64_t channels;
  int64_t window_height;
  int64_t window_width;
  int64_t stride;
  int64_t output_height;
  int64_t output_width;
} kernels_pooling;

// Writes y, [images, output height, output width, channels], of x; the gradient of a maximum goes to
// the first of the largest pixels of a window.
void kernels_pool_maximum(const kernels_pooling *shape, const float *x, int64_t images, float *y);
void kernels_pool_maximum_gradient(const kernels_pooling *shape, const float *x, const float *y,
                                   const float *y_gradient, int64_t images, float *x_gradient);
void kernels_pool_average(const kernels_pooling *shape, const float *x, int64_t images, float *y);
void kernels_pool_average_gradient(const kernels_pooling *shape, const float *y_gradient,
                                   int64_t images, float *x_gradient);

// Writes the mean and the variance (divided by their number) of each channel of x, [pixels,
// channels]; sums is room for one number a channel.
void kernels_channel_statistics(const float *x, int64_t pixels, int64_t channels, double *sums,
                                float *means, float *variances);

// Writes y = x * factors + terms, by channel.
void kernels_scale_channels(const float *x, int64_t pixels, int64_t channels, const float *factors,
                            const float *terms, float *y);

// Writes y = x * factors + more * shares + terms, by channel.
void kernels_combine_channels(const float *x, const float *more, int64_t pixels, int64_t channels,
                              const float *factors, const float *shares, const float *terms,
                              float *y);

// Writes for each channel the sums of gradient * (x - mean) and of the gradient.
void kernels_channel_products(const float *x, const float *gradient, int64_t pixels,
                              int64_t channels, const float *means, double *products, double *sums);

// Writes x times scale where the mask's bit is set, and zero elsewhere; bit i of the mask is bit
// i % 32 of word i / 32.
void kernels_apply_mask(const uint32_t *mask, const float *x, int64_t count, float scale, float *y);

// Writes one random mask a pass, each of count bits rounded up to whole groups of four words: the
// same as RandomStream.fillMask of the module Tensor, whose comment says how. digits is the
// probability in units of 1/65,536.
void kernels_fill_masks(uint32_t *masks, int64_t passes, int64_t count, uint32_t digits,
                        uint64_t key, uint32_t stream, uint32_t image, uint32_t first_pass);

// The most outputs of a narrow dense layer.
#define KERNELS_NARROW 16

// Writes y, [rows, outputs], of x, [rows, inputs]: W x + b, with parameters [outputs, inputs] and
// [outputs], and room for (inputs + 1) * KERNELS_NARROW floats of scratch.
void kernels_narrow_dense(const float *x, int64_t rows, int64_t inputs, int64_t outputs,
                          const float *parameters, float *y, float *scratch);

// How many floats of scratch memory the following needs.
int64_t kernels_masked_scratch_count(int64_t inputs, int64_t passes);

// Writes y, [images, passes, outputs], of x, [images, inputs]: W (x times scale where the mask's bit
// is set, and zero elsewhere) + b, with masks as kernels_fill_masks writes them, [images, passes,
// words], and parameters as of a narrow dense layer. y has no slack.
void kernels_masked_dense(const uint32_t *masks, int64_t images, int64_t passes, const float *x,
                          int64_t inputs, int64_t outputs, float scale, const float *parameters,
                          float *y, float *scratch);

// Writes e to the power of each element of x, none of which is above 700, within two units in the
// last place; 0 below -708. Both arrays have count elements and no slack, and may be the same.
void kernels_exponentials(const double *x, int64_t count, double *y);

// Returns the sum over i of e^(t_i - largest) with t_i = (2 products[i] - squares[i] - square) *
// scale, and writes the largest t_i. With products x . s_i and squares |s_i|^2, that is a sum of
// Gaussian kernels around s_i at x, where |x|^2 = square and scale = 1 / (2 bandwidth^2). The
// arrays, like all of the following functions, have no slack.
double kernels_sum_of_kernels(const float *products, const double *squares, int64_t count,
                              double square, double scale, double *largest);

// Writes y, [rows]: the products of the rows of x, [rows, inputs], with v, [inputs].
void kernels_row_products(const double *x, int64_t rows, int64_t inputs, const double *v,
                          double *y);

// Adds the rows of x, [rows, inputs], each times its weight, to sum, [inputs].
void kernels_weighted_sum(const double *x, int64_t rows, int64_t inputs, const double *weights,
                          double *sum);

// Adds the products of the inputs with each other, summed over the rows of x, [rows, inputs], each
// times its weight, to the lower triangle of gram, [inputs, inputs].
void kernels_weighted_gram(const double *x, int64_t rows, int64_t inputs, const double *weights,
                           double *gram);

// Adds the slope and the curvature of each row to the sums of the row's bin: sums, [256, 2].
void kernels_histogram(const uint8_t *bins, int64_t rows, const double *slopes,
                       const double *curvatures, double *sums);

// The largest window of a median filter.
#define KERNELS_MEDIAN_SIDE 7

// How many floats of scratch memory the following needs.
int64_t kernels_median_scratch_count(int64_t height, int64_t width, int64_t side);

// Writes for each pixel of x, [height, width], the median of the side x side pixels around it (of an
// even number the upper one, and the window reaches farther up and left), where the image goes on
// beyond its rim as in a mirror that shows the rim, too: scipy.ndimage.median_filter with mode
// reflect. The side is 2 to KERNELS_MEDIAN_SIDE. x and y have no slack.
void kernels_median(const float *x, int64_t height, int64_t width, int64_t side, float *y,
                    float *scratch);

// Writes what a JPEG decoder makes of x, [height, width], as an encoder wrote it: bytes, cut into
// blocks of 8 x 8 (the last row and column are repeated as needed), transformed, rounded to multiples
// of steps, [8, 8], whole numbers from 1 to 255, and back. x and y have no slack.
void kernels_jpeg(const float *x, int64_t height, int64_t width, const float *steps, float *y);

// Does the same to the bytes of a plane, [height, width].
void kernels_jpeg_plane(uint8_t *plane, int64_t height, int64_t width, const float *steps);

// How many bytes of scratch memory the following needs.
int64_t kernels_jpeg_colour_scratch_count(int64_t height, int64_t width);

// Writes what a JPEG decoder makes of x, [height, width, 3], red, green and blue, as libjpeg writes and
// reads it unless told otherwise: luminance, and two differences of colour of half the height and width,
// each transformed and rounded as kernels_jpeg does, by steps of their own; the differences are
// enlarged by a triangle. x and y have no slack.
void kernels_jpeg_colour(const float *x, int64_t height, int64_t width, const float *luminance,
                         const float *chrominance, float *y, uint8_t *scratch);

// How many doubles of scratch memory the following needs.
int64_t kernels_total_variation_scratch_count(int64_t height, int64_t width, int64_t channels);

// Writes y, [height, width, channels]: the image of little total variation that is near x where kept,
// [height, width], is not 0, by split Bregman. The variation is the sum of the channels'. Each round makes so many Gauss-Seidel sweeps and one shrinkage; the rounds end when
// the root mean square of y's change is at most the tolerance. Returns how many there were. x and y
// have no slack.
int64_t kernels_total_variation(const float *x, const uint8_t *kept, int64_t height, int64_t width,
                                int64_t channels, double weight, double tolerance, int64_t rounds,
                                int64_t sweeps, float *y, double *scratch);

// The columns of a block of vectors that are compared at a time.
#define KERNELS_BLOCK 64

// A row and a column, counted over all blocks, whose product is below the row's bound.
typedef struct {
  int32_t row;
  int32_t column;
  float product;
} kernels_near;

// Finds the products of rows, [rows, depth], and columns, [blocks, depth, KERNELS_BLOCK], that are
// below the bounds, [rows], and returns how many there are: for each row in the order of the columns.
// rows is a multiple of four. found has room for each row and column. Nothing has slack.
int64_t kernels_find_near(const float *blocks, int64_t block_count, int64_t depth, const float *rows,
                          int64_t row_count, const float *bounds, kernels_near *found);

// Images x = (tanh(w) + 1) / 2 of variables w without bounds, which lie above 0 and below 1 or on
// them. No array of the following four has slack.

// Writes x, and returns the sum of the squares of x - clean.
double kernels_tanh_image(const float *w, const float *clean, int64_t count, float *x);

// Writes slope = 2 (x - clean) + constant * gradient.
void kernels_distance_slope(const float *x, const float *clean, const float *gradient,
                            float constant, int64_t count, float *slope);

// Writes slope = constant * gradient, plus the sign of x - clean where that is larger than the bound,
// which is not negative; returns the sum of what is beyond the bound.
double kernels_excess_slope(const float *x, const float *clean, const float *gradient,
                            float constant, float bound, int64_t count, float *slope);

// Moves w by one step of Adam (decays 0.9 and 0.999, 1e-8 beside the root) against the slope with
// respect to x. first and second are the moments; the rate includes their correction.
void kernels_tanh_descent(float *w, float *first, float *second, const float *slope, int64_t count,
                          float rate);

// The kernels as they are compiled for one instruction set; each does what the function of its name
// above does.
typedef struct {
  const char *name;
  void (*convolve)(const kernels_convolution *, const float *, int64_t, const float *, float *,
                   uint8_t *, float *);
  void (*input_gradient)(const kernels_convolution *, const float *, const uint8_t *, int64_t,
                         const float *, float *, float *);
  void (*parameter_gradient)(const kernels_convolution *, const float *, const float *,
                             const uint8_t *, int64_t, float *, float *);
  void (*apply_mask)(const uint32_t *, const float *, int64_t, float, float *);
  void (*fill_masks)(uint32_t *, int64_t, int64_t, uint32_t, uint64_t, uint32_t, uint32_t,
                     uint32_t);
  void (*narrow_dense)(const float *, int64_t, int64_t, int64_t, const float *, float *, float *);
  void (*masked_dense)(const uint32_t *, int64_t, int64_t, const float *, int64_t, int64_t, float,
                       const float *, float *, float *);
  void (*exponentials)(const double *, int64_t, double *);
  void (*median)(const float *, int64_t, int64_t, int64_t, float *, float *);
  void (*jpeg)(const float *, int64_t, int64_t, const float *, float *);
  void (*jpeg_plane)(uint8_t *, int64_t, int64_t, const float *);
  int64_t (*find_near)(const float *, int64_t, int64_t, const float *, int64_t, const float *,
                       kernels_near *);
  double (*sum_of_kernels)(const float *, const double *, int64_t, double, double, double *);
  void (*row_products)(const double *, int64_t, int64_t, const double *, double *);
  void (*weighted_sum)(const double *, int64_t, int64_t, const double *, double *);
  void (*weighted_gram)(const double *, int64_t, int64_t, const double *, double *);
  void (*histogram)(const uint8_t *, int64_t, const double *, const double *, double *);
  void (*correlate)(const kernels_correlation *, const float *, int64_t, const float *,
                    const float *, float *, float *);
  void (*correlation_input_gradient)(const kernels_correlation *, const float *, int64_t,
                                     const float *, float *, float *);
  void (*correlation_parameter_gradient)(const kernels_correlation *, const float *, const float *,
                                         int64_t, float *, float *, float *);
  void (*pool_maximum)(const kernels_pooling *, const float *, int64_t, float *);
  void (*pool_maximum_gradient)(const kernels_pooling *, const float *, const float *,
                                const float *, int64_t, float *);
  void (*pool_average)(const kernels_pooling *, const float *, int64_t, float *);
  void (*pool_average_gradient)(const kernels_pooling *, const float *, int64_t, float *);
  void (*channel_statistics)(const float *, int64_t, int64_t, double *, float *, float *);
  void (*scale_channels)(const float *, int64_t, int64_t, const float *, const float *, float *);
  void (*combine_channels)(const float *, const float *, int64_t, int64_t, const float *,
                           const float *, const float *, float *);
  void (*channel_products)(const float *, const float *, int64_t, int64_t, const float *, double *,
                           double *);
  double (*tanh_image)(const float *, const float *, int64_t, float *);
  void (*distance_slope)(const float *, const float *, const float *, float, int64_t, float *);
  double (*excess_slope)(const float *, const float *, const float *, float, float, int64_t,
                         float *);
  void (*tanh_descent)(float *, float *, float *, const float *, int64_t, float);
} kernels_variant;

// The name of the variant that runs, which results depend on in their last bits.
const char *kernels_variant_name(void);

// The variant named "avx512", "avx2" or "baseline", or null if this processor cannot run it. For
// tests, which hold each against its oracle.
const kernels_variant *kernels_variant_named(const char *name);

#endif
