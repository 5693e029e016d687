#include "CCurl.h"

#include <dlfcn.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>

#if defined(__APPLE__)
static const char library_name[] = "libcurl.4.dylib";
#else
static const char library_name[] = "libcurl.so.4";
#endif

// Numbers of libcurl's stable binary interface.
enum {
  OPTION_WRITE_DATA = 10001,
  OPTION_URL = 10002,
  OPTION_RANGE = 10007,
  OPTION_WRITE_FUNCTION = 20011,
  OPTION_FOLLOW_LOCATION = 52,
  OPTION_MAXIMUM_REDIRECTIONS = 68,
  OPTION_NO_SIGNAL = 99,
  OPTION_PROTOCOLS = 181,
  OPTION_REDIRECTION_PROTOCOLS = 182,
  PROTOCOLS_HTTP_AND_HTTPS = 3,
  INFO_RESPONSE_CODE = 0x200002,
  INFO_CONTENT_LENGTH = 0x60000f,
  GLOBAL_ALL = 3,
  MESSAGE_DONE = 1,
  COULD_NOT_RESOLVE_PROXY = 5,
  COULD_NOT_RESOLVE_HOST = 6,
  COULD_NOT_CONNECT = 7,
  PARTIAL_FILE = 18,
  GOT_NOTHING = 52,
  SEND_ERROR = 55,
  RECEIVE_ERROR = 56
};

typedef struct {
  int kind;
  void *handle;
  union {
    void *other;
    int result;
  } data;
} message;

static struct {
  int (*global_init)(long flags);
  void *(*easy_init)(void);
  int (*easy_setopt)(void *handle, int option, ...);
  int (*easy_getinfo)(void *handle, int information, ...);
  const char *(*easy_strerror)(int code);
  void (*easy_cleanup)(void *handle);
  void *(*multi_init)(void);
  int (*multi_add_handle)(void *multi, void *handle);
  int (*multi_remove_handle)(void *multi, void *handle);
  int (*multi_perform)(void *multi, int *running);
  int (*multi_poll)(void *multi, void *extra, unsigned int count, int milliseconds, int *ready);
  message *(*multi_info_read)(void *multi, int *left);
  int (*multi_cleanup)(void *multi);
} curl;

static pthread_once_t once = PTHREAD_ONCE_INIT;
static char problem[256];

static void load(void) {
  void *library = dlopen(library_name, RTLD_NOW | RTLD_LOCAL);
  if (!library) {
    snprintf(problem, sizeof problem, "%s", dlerror());
    return;
  }
  // POSIX has the address of a function be what dlsym returns, which ISO C cannot say without a detour.
#define LOAD(name) \
  *(void **)&curl.name = dlsym(library, "curl_" #name); \
  if (!curl.name) { \
    snprintf(problem, sizeof problem, "%s lacks curl_" #name, library_name); \
    return; \
  }
  LOAD(global_init)
  LOAD(easy_init)
  LOAD(easy_setopt)
  LOAD(easy_getinfo)
  LOAD(easy_strerror)
  LOAD(easy_cleanup)
  LOAD(multi_init)
  LOAD(multi_add_handle)
  LOAD(multi_remove_handle)
  LOAD(multi_perform)
  LOAD(multi_poll)
  LOAD(multi_info_read)
  LOAD(multi_cleanup)
#undef LOAD
  if (curl.global_init(GLOBAL_ALL) != 0) {
    snprintf(problem, sizeof problem, "%s cannot be set up", library_name);
  }
}

struct assay_transfer {
  void *handle;
  void *multi;
  assay_transfer_receiver receive;
  void *context;
  int result;
};

static size_t receive(char *bytes, size_t size, size_t count, void *user_data) {
  assay_transfer *transfer = user_data;
  const unsigned char *data = (const unsigned char *)bytes;
  return transfer->receive(transfer->context, data, size * count) ? size * count : 0;
}

assay_transfer *assay_transfer_begin(
  const char *address, int64_t offset, assay_transfer_receiver receiver, void *context, char *reason,
  size_t capacity) {
  pthread_once(&once, load);
  snprintf(reason, capacity, "%s", problem);
  if (problem[0]) return NULL;
  assay_transfer *transfer = calloc(1, sizeof *transfer);
  void *handle = curl.easy_init();
  void *multi = curl.multi_init();
  if (!transfer || !handle || !multi) {
    snprintf(reason, capacity, "out of memory");
    if (handle) curl.easy_cleanup(handle);
    if (multi) curl.multi_cleanup(multi);
    free(transfer);
    return NULL;
  }
  *transfer = (assay_transfer){handle, multi, receiver, context, 0};
  curl.easy_setopt(handle, OPTION_URL, address);
  if (offset > 0) {
    // libcurl's own way to resume fails where a server sends all instead.
    char range[24];
    snprintf(range, sizeof range, "%lld-", (long long)offset);
    curl.easy_setopt(handle, OPTION_RANGE, range);
  }
  curl.easy_setopt(handle, OPTION_WRITE_FUNCTION, receive);
  curl.easy_setopt(handle, OPTION_WRITE_DATA, transfer);
  curl.easy_setopt(handle, OPTION_FOLLOW_LOCATION, 1L);
  curl.easy_setopt(handle, OPTION_MAXIMUM_REDIRECTIONS, 10L);
  curl.easy_setopt(handle, OPTION_NO_SIGNAL, 1L);
  curl.easy_setopt(handle, OPTION_PROTOCOLS, (long)PROTOCOLS_HTTP_AND_HTTPS);
  curl.easy_setopt(handle, OPTION_REDIRECTION_PROTOCOLS, (long)PROTOCOLS_HTTP_AND_HTTPS);
  curl.multi_add_handle(multi, handle);
  return transfer;
}

assay_transfer_state assay_transfer_continue(assay_transfer *transfer, int milliseconds) {
  int running = 0;
  if (curl.multi_perform(transfer->multi, &running) != 0) return ASSAY_TRANSFER_FAILED;
  if (running) {
    int ready = 0;
    curl.multi_poll(transfer->multi, NULL, 0, milliseconds, &ready);
    return ASSAY_TRANSFER_GOES_ON;
  }
  int left = 0;
  message *last = curl.multi_info_read(transfer->multi, &left);
  if (!last || last->kind != MESSAGE_DONE) return ASSAY_TRANSFER_FAILED;
  transfer->result = last->data.result;
  switch (transfer->result) {
    case 0: return ASSAY_TRANSFER_COMPLETE;
    case COULD_NOT_RESOLVE_PROXY:
    case COULD_NOT_RESOLVE_HOST: return ASSAY_TRANSFER_FAILED_HOST_UNKNOWN;
    case COULD_NOT_CONNECT: return ASSAY_TRANSFER_FAILED_NO_CONNECTION;
    case PARTIAL_FILE:
    case GOT_NOTHING:
    case SEND_ERROR:
    case RECEIVE_ERROR: return ASSAY_TRANSFER_FAILED_CONNECTION_LOST;
    default: return ASSAY_TRANSFER_FAILED;
  }
}

long assay_transfer_status(assay_transfer *transfer) {
  long status = 0;
  curl.easy_getinfo(transfer->handle, INFO_RESPONSE_CODE, &status);
  return status;
}

int64_t assay_transfer_length(assay_transfer *transfer) {
  int64_t length = -1;
  curl.easy_getinfo(transfer->handle, INFO_CONTENT_LENGTH, &length);
  return length;
}

const char *assay_transfer_reason(assay_transfer *transfer) {
  return curl.easy_strerror(transfer->result);
}

void assay_transfer_end(assay_transfer *transfer) {
  curl.multi_remove_handle(transfer->multi, transfer->handle);
  curl.easy_cleanup(transfer->handle);
  curl.multi_cleanup(transfer->multi);
  free(transfer);
}
