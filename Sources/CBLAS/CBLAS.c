#include "CBLAS.h"

#include <stdio.h>

enum { ROW_MAJOR = 101, NOT_TRANSPOSED = 111, TRANSPOSED = 112 };

#if defined(__APPLE__)

#define ACCELERATE_NEW_LAPACK
#include <Accelerate/Accelerate.h>

int assay_blas_load(int idle_threads, char *reason, size_t capacity) { return 0; }

void assay_blas_description(char *text, size_t capacity) {
  snprintf(text, capacity, "Accelerate");
}

#else

#include <dlfcn.h>
#include <stdlib.h>

static void (*cblas_sgemm)(
  int order, int transposition_of_a, int transposition_of_b, int m, int n, int k, float alpha,
  const float *a, int leading_dimension_of_a, const float *b, int leading_dimension_of_b, float beta,
  float *c, int leading_dimension_of_c);
static char *(*get_configuration)(void);
static char *(*get_kernel)(void);

// The version of the interface with 32-bit dimensions, which Debian's libopenblas0-* all install.
static const char library_name[] = "libopenblas.so.0";
static const char thread_count[] = "OPENBLAS_NUM_THREADS";

int assay_blas_load(int idle_threads, char *reason, size_t capacity) {
  // OpenBLAS reads the variable while it is loaded, and never again.
  int is_ours = !idle_threads && !getenv(thread_count);
  if (is_ours) setenv(thread_count, "1", 1);
  void *library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
  if (is_ours) unsetenv(thread_count);
  void (*set_thread_count)(int) = NULL;
  if (library) {
    // POSIX has the address of a function be what dlsym returns, which ISO C cannot say without a detour.
    *(void **)&cblas_sgemm = dlsym(library, "cblas_sgemm");
    *(void **)&get_configuration = dlsym(library, "openblas_get_config");
    *(void **)&get_kernel = dlsym(library, "openblas_get_corename");
    *(void **)&set_thread_count = dlsym(library, "openblas_set_num_threads");
  }
  if (!cblas_sgemm || !get_configuration || !get_kernel || !set_thread_count) {
    const char *detail = dlerror();
    snprintf(reason, capacity, "%s", detail ? detail : library_name);
    return -1;
  }
  // Shards are spread over threads above the BLAS, never inside it.
  set_thread_count(1);
  return 0;
}

void assay_blas_description(char *text, size_t capacity) {
  snprintf(text, capacity, "%s %s", get_configuration(), get_kernel());
}

#endif

void assay_blas_product(
  int a_is_transposed, int b_is_transposed, int m, int n, int k,
  const float *a, int leading_dimension_of_a, const float *b, int leading_dimension_of_b,
  int accumulates, float *c, int leading_dimension_of_c) {
  cblas_sgemm(
    ROW_MAJOR, a_is_transposed ? TRANSPOSED : NOT_TRANSPOSED,
    b_is_transposed ? TRANSPOSED : NOT_TRANSPOSED, m, n, k, 1, a, leading_dimension_of_a, b,
    leading_dimension_of_b, accumulates ? 1 : 0, c, leading_dimension_of_c);
}
