// What JPEG does to a picture in colour: libjpeg's conversion to luminance and two differences of colour
// with 16 fractional bits (jccolor.c, jdcolor.c), its means of four pixels (jcsample.c) and its "fancy"
// enlargement (jdsample.c), bit for bit.

#include "CKernels.h"

enum { FRACTION = 16, HALF = 1 << (FRACTION - 1), MIDDLE = 128 };

// A factor as a whole number of 2^-16.
#define FACTOR(x) ((int32_t)((x) * (1 << FRACTION) + 0.5))

// The differences of colour, [height, width], where the encoder makes them.
typedef struct {
  int64_t height, width;
  uint8_t *blue, *red;
} differences;

static int64_t half(int64_t count) { return (count + 1) / 2; }

// A line of differences goes on to the end of its blocks, as its last pixel goes on.
static int64_t chroma_width(int64_t width) { return (width + 15) / 16 * 8; }

int64_t kernels_jpeg_colour_scratch_count(int64_t height, int64_t width) {
  return 3 * height * width + 2 * half(height) * chroma_width(width);
}

static int32_t whole(float pixel) {
  const float byte = pixel * 255 + 0.5f;
  return (int32_t)(byte > 255 ? 255 : byte > 0 ? byte : 0);
}

static uint8_t clipped(int32_t value) {
  return (uint8_t)(value < 0 ? 0 : value > 255 ? 255 : value);
}

static void convert(const float *x, int64_t count, uint8_t *luminance, differences to) {
  // One less than a half, so that the largest difference is still a byte.
  const int32_t offset = (MIDDLE << FRACTION) + HALF - 1;
  for (int64_t i = 0; i < count; i++) {
    const int32_t r = whole(x[3 * i]), g = whole(x[3 * i + 1]), b = whole(x[3 * i + 2]);
    luminance[i] = (uint8_t)(
        (FACTOR(0.299) * r + FACTOR(0.587) * g + FACTOR(0.114) * b + HALF) >> FRACTION);
    to.blue[i] = (uint8_t)(
        (FACTOR(0.5) * b - FACTOR(0.168735892) * r - FACTOR(0.331264108) * g + offset) >> FRACTION);
    to.red[i] = (uint8_t)(
        (FACTOR(0.5) * r - FACTOR(0.418687589) * g - FACTOR(0.081312411) * b + offset) >> FRACTION);
  }
}

// The means of two by two pixels, of which every other one is rounded up.
static void halve(const uint8_t *from, int64_t height, int64_t width, uint8_t *to) {
  const int64_t columns = chroma_width(width);
  for (int64_t row = 0; row < half(height); row++) {
    const uint8_t *upper = from + 2 * row * width;
    const uint8_t *lower = 2 * row + 1 < height ? upper + width : upper;
    for (int64_t column = 0; column < columns; column++) {
      const int64_t left = 2 * column < width ? 2 * column : width - 1;
      const int64_t right = 2 * column + 1 < width ? 2 * column + 1 : width - 1;
      const int sum = upper[left] + upper[right] + lower[left] + lower[right];
      to[row * columns + column] = (uint8_t)((sum + 1 + column % 2) >> 2);
    }
  }
}

// Each pixel is nine parts of the nearest difference, three of the next in its row and its column, and
// one of the one across. Pictures of up to four columns repeat the nearest.
static void enlarge(const uint8_t *from, int64_t height, int64_t width, uint8_t *to) {
  const int64_t columns = half(width), stride = chroma_width(width);
  for (int64_t row = 0; row < height; row++) {
    const int64_t other = row % 2 == 0 ? row / 2 - 1 : row / 2 + 1;
    const uint8_t *near = from + row / 2 * stride;
    const uint8_t *far = other < 0 || other >= half(height) ? near : from + other * stride;
    for (int64_t i = 0; i < width; i++) {
      const int64_t column = i / 2, next = i % 2 == 0 ? column - 1 : column + 1;
      const int64_t beside = next < 0 || next >= columns ? column : next;
      const int sum = 3 * (3 * near[column] + far[column]) + 3 * near[beside] + far[beside];
      to[row * width + i] = columns > 2 ? (uint8_t)((sum + 8 - i % 2) >> 4) : near[column];
    }
  }
}

static void restore(const uint8_t *luminance, differences from, float *y) {
  for (int64_t i = 0; i < from.height * from.width; i++) {
    const int32_t blue = from.blue[i] - MIDDLE, red = from.red[i] - MIDDLE;
    const int32_t green =
        (HALF - FACTOR(0.34414) * blue - FACTOR(0.71414) * red) >> FRACTION;
    const int32_t pixel[] = {((FACTOR(1.402) * red + HALF) >> FRACTION), green,
                             ((FACTOR(1.772) * blue + HALF) >> FRACTION)};
    for (int64_t channel = 0; channel < 3; channel++)
      y[3 * i + channel] = (float)clipped(luminance[i] + pixel[channel]) / 255;
  }
}

void kernels_jpeg_colour(const float *x, int64_t height, int64_t width, const float *luminance,
                         const float *chrominance, float *y, uint8_t *scratch) {
  const int64_t count = height * width, half_count = half(height) * chroma_width(width);
  uint8_t *light = scratch;
  const differences full = {height, width, light + count, light + 2 * count};
  uint8_t *halves[] = {light + 3 * count, light + 3 * count + half_count};
  uint8_t *fulls[] = {full.blue, full.red};
  convert(x, count, light, full);
  kernels_jpeg_plane(light, height, width, luminance);
  for (int i = 0; i < 2; i++) {
    halve(fulls[i], height, width, halves[i]);
    kernels_jpeg_plane(halves[i], half(height), chroma_width(width), chrominance);
    enlarge(halves[i], height, width, fulls[i]);
  }
  restore(light, full, y);
}
