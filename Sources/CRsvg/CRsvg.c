#include "CRsvg.h"

#include <dlfcn.h>
#include <stdio.h>

#if defined(__APPLE__)
#define LIBRARY_FILE(name, version) "lib" name "." version ".dylib"
#else
#define LIBRARY_FILE(name, version) "lib" name ".so." version
#endif

static const char *const rsvg = LIBRARY_FILE("rsvg-2", "2");
static const char *const cairo = LIBRARY_FILE("cairo", "2");
static const char *const glib = LIBRARY_FILE("glib-2.0", "0");
static const char *const gobject = LIBRARY_FILE("gobject-2.0", "0");
static const char *const gio = LIBRARY_FILE("gio-2.0", "0");
static const char *const fontconfig = LIBRARY_FILE("fontconfig", "1");

static assay_drawing_functions functions;

// A function of a library, or NULL and a reason. A library that is there already is not loaded again.
static void *function_named(
  const char *name, const char *library, char *reason, size_t capacity) {
  void *handle = dlopen(library, RTLD_LAZY | RTLD_LOCAL);
  void *function = handle ? dlsym(handle, name) : NULL;
  if (!function) {
    const char *detail = dlerror();
    snprintf(reason, capacity, "%s", detail ? detail : name);
  }
  return function;
}

// POSIX has the address of a function be what dlsym returns, which ISO C cannot say without a detour.
#define LOAD(library, result, name, parameters) \
  *(void **)&functions.name = function_named(#name, library, reason, capacity); \
  if (!functions.name) return NULL;

const assay_drawing_functions *assay_load_drawing_functions(char *reason, size_t capacity) {
  ASSAY_DRAWING_FUNCTIONS(LOAD)
  return &functions;
}
