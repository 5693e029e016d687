#ifndef ASSAY_CRSVG_H
#define ASSAY_CRSVG_H

#include <stddef.h>
#include <stdint.h>

/// What draws figures: librsvg 2.46 or later, with the cairo, GLib and fontconfig that it stands on.
///
/// The libraries and what they bring take 40 MB of address space and 6 ms to load, so they are loaded when
/// the first figure is drawn, and a build needs none of their headers. The declarations here are those of
/// their stable interfaces, as far as figures use them.

typedef struct cairo cairo_t;
typedef struct cairo_surface cairo_surface_t;
typedef struct GInputStream GInputStream;
typedef struct RsvgHandle RsvgHandle;
typedef struct FcConfig FcConfig;
typedef struct FcPattern FcPattern;

typedef struct {
  uint32_t domain;
  int code;
  char *_Nonnull message;
} GError;

typedef struct {
  double x, y, width, height;
} RsvgRectangle;

/// Takes what cairo writes; returns 0, or CAIRO_STATUS_WRITE_ERROR.
typedef int (*cairo_write_func_t)(
  void *_Nullable closure, const unsigned char *_Nonnull data, unsigned int length);

#define CAIRO_STATUS_SUCCESS 0
#define CAIRO_STATUS_WRITE_ERROR 11
#define CAIRO_FORMAT_RGB24 1
#define CAIRO_PDF_METADATA_TITLE 0
#define CAIRO_PDF_METADATA_SUBJECT 2
#define CAIRO_PDF_METADATA_CREATOR 4
#define CAIRO_PDF_METADATA_CREATE_DATE 5
#define RSVG_HANDLE_FLAG_UNLIMITED 1
#define FcMatchPattern 0
#define FcResultMatch 0
#define FC_FAMILY "family"

/// Each function: its library, its result, its name, its parameters.
#define ASSAY_DRAWING_FUNCTIONS(FUNCTION) \
  FUNCTION(cairo, cairo_surface_t *_Nullable, cairo_pdf_surface_create_for_stream, \
    (cairo_write_func_t _Nonnull write, void *_Nullable closure, double width, double height)) \
  FUNCTION(cairo, void, cairo_pdf_surface_set_metadata, \
    (cairo_surface_t *_Nullable surface, int metadata, const char *_Nonnull text)) \
  FUNCTION(cairo, cairo_surface_t *_Nullable, cairo_image_surface_create, \
    (int format, int width, int height)) \
  FUNCTION(cairo, int, cairo_surface_write_to_png_stream, \
    (cairo_surface_t *_Nullable surface, cairo_write_func_t _Nonnull write, void *_Nullable closure)) \
  FUNCTION(cairo, void, cairo_surface_finish, (cairo_surface_t *_Nullable surface)) \
  FUNCTION(cairo, int, cairo_surface_status, (cairo_surface_t *_Nullable surface)) \
  FUNCTION(cairo, void, cairo_surface_destroy, (cairo_surface_t *_Nullable surface)) \
  FUNCTION(cairo, cairo_t *_Nullable, cairo_create, (cairo_surface_t *_Nullable surface)) \
  FUNCTION(cairo, void, cairo_set_source_rgb, \
    (cairo_t *_Nullable context, double red, double green, double blue)) \
  FUNCTION(cairo, void, cairo_paint, (cairo_t *_Nullable context)) \
  FUNCTION(cairo, int, cairo_status, (cairo_t *_Nullable context)) \
  FUNCTION(cairo, void, cairo_destroy, (cairo_t *_Nullable context)) \
  FUNCTION(cairo, const char *_Nonnull, cairo_status_to_string, (int status)) \
  FUNCTION(glib, void, g_error_free, (GError *_Nullable error)) \
  FUNCTION(gobject, void, g_object_unref, (void *_Nullable object)) \
  FUNCTION(gio, GInputStream *_Nullable, g_memory_input_stream_new_from_data, \
    (const void *_Nullable data, ptrdiff_t length, void (*_Nullable destroy)(void *_Nullable))) \
  FUNCTION(rsvg, RsvgHandle *_Nullable, rsvg_handle_new_from_stream_sync, \
    (GInputStream *_Nullable stream, void *_Nullable base, int flags, void *_Nullable cancellable, \
      GError *_Nullable *_Nullable error)) \
  FUNCTION(rsvg, int, rsvg_handle_render_document, \
    (RsvgHandle *_Nonnull handle, cairo_t *_Nullable context, const RsvgRectangle *_Nonnull viewport, \
      GError *_Nullable *_Nullable error)) \
  FUNCTION(fontconfig, FcConfig *_Nullable, FcConfigCreate, (void)) \
  FUNCTION(fontconfig, int, FcConfigParseAndLoadFromMemory, \
    (FcConfig *_Nullable configuration, const unsigned char *_Nonnull text, int complains)) \
  FUNCTION(fontconfig, int, FcConfigBuildFonts, (FcConfig *_Nullable configuration)) \
  FUNCTION(fontconfig, int, FcConfigSetCurrent, (FcConfig *_Nullable configuration)) \
  FUNCTION(fontconfig, int, FcConfigSubstitute, \
    (FcConfig *_Nullable configuration, FcPattern *_Nonnull pattern, int kind)) \
  FUNCTION(fontconfig, void, FcDefaultSubstitute, (FcPattern *_Nonnull pattern)) \
  FUNCTION(fontconfig, FcPattern *_Nullable, FcFontMatch, \
    (FcConfig *_Nullable configuration, FcPattern *_Nonnull pattern, int *_Nonnull result)) \
  FUNCTION(fontconfig, FcPattern *_Nullable, FcNameParse, (const unsigned char *_Nonnull name)) \
  FUNCTION(fontconfig, int, FcPatternGetString, \
    (FcPattern *_Nonnull pattern, const char *_Nonnull object, int number, \
      unsigned char *_Nullable *_Nonnull text)) \
  FUNCTION(fontconfig, void, FcPatternDestroy, (FcPattern *_Nonnull pattern))

#define ASSAY_DRAWING_FIELD(library, result, name, parameters) result(*_Nonnull name) parameters;

/// The functions, under their own names.
typedef struct {
  ASSAY_DRAWING_FUNCTIONS(ASSAY_DRAWING_FIELD)
} assay_drawing_functions;

/// Loads the libraries; to be called once.
///
/// Returns NULL if one of them or of their functions is missing, and what is missing in `reason`, a text of
/// at most `capacity` bytes with its end.
const assay_drawing_functions *_Nullable assay_load_drawing_functions(
  char *_Nonnull reason, size_t capacity);

#endif
