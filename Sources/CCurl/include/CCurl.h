#ifndef ASSAY_CCURL_H
#define ASSAY_CCURL_H

#include <stddef.h>
#include <stdint.h>

/// What fetches files from web servers: libcurl 7.66 or later.
///
/// Swift itself needs it, so it is there. The library and the twenty that it stands on take several
/// milliseconds to load, so they are loaded by what downloads alone, and a build needs none of their headers.

/// A transfer under way.
typedef struct assay_transfer assay_transfer;

/// Takes what arrives; returns 0 to end the transfer.
typedef int (*assay_transfer_receiver)(
  void *_Nullable context, const unsigned char *_Nonnull bytes, size_t count);

/// How a transfer stands.
typedef enum {
  ASSAY_TRANSFER_GOES_ON,
  ASSAY_TRANSFER_COMPLETE,
  ASSAY_TRANSFER_FAILED_HOST_UNKNOWN,
  ASSAY_TRANSFER_FAILED_NO_CONNECTION,
  ASSAY_TRANSFER_FAILED_CONNECTION_LOST,
  /// For a reason that ``assay_transfer_reason`` tells.
  ASSAY_TRANSFER_FAILED
} assay_transfer_state;

/// Begins to fetch what an address names, by http or https.
///
/// With an `offset` above 0 the server is asked for the bytes from there on; its status tells whether it
/// obeys (206), sends all (200) or has no more (416). Returns NULL if libcurl is missing, and what is missing in `reason`, a text of at most `capacity` bytes
/// with its end.
assay_transfer *_Nullable assay_transfer_begin(
  const char *_Nonnull address, int64_t offset, assay_transfer_receiver _Nonnull receive,
  void *_Nullable context, char *_Nonnull reason, size_t capacity);

/// Goes on with a transfer, and waits for data for some milliseconds at most.
assay_transfer_state assay_transfer_continue(assay_transfer *_Nonnull transfer, int milliseconds);

/// The status that the server has answered with; 0: it has not.
long assay_transfer_status(assay_transfer *_Nonnull transfer);

/// The number of bytes that the server has announced; -1: none.
int64_t assay_transfer_length(assay_transfer *_Nonnull transfer);

/// Why it failed.
const char *_Nonnull assay_transfer_reason(assay_transfer *_Nonnull transfer);

/// Ends a transfer, complete or not.
void assay_transfer_end(assay_transfer *_Nonnull transfer);

#endif
