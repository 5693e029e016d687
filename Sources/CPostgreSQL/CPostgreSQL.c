#include "CPostgreSQL.h"

#include <dlfcn.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__APPLE__)
static const char library_name[] = "libpq.5.dylib";
#else
static const char library_name[] = "libpq.so.5";
#endif

// Numbers of libpq's stable binary interface.
enum {
  CONNECTION_OK = 0,
  CONNECTION_BAD = 1,
  POLLING_FAILED = 0,
  POLLING_READING = 1,
  POLLING_WRITING = 2,
  POLLING_OK = 3,
  COMMAND_OK = 1,
  TUPLES_OK = 2,
  ERRORS_SQLSTATE = 3,
  FIELD_SQLSTATE = 'C',
  FIELD_MESSAGE = 'M'
};

static struct {
  void *(*connectStartParams)(
    const char *const *keywords, const char *const *values, int expand_dbname);
  int (*connectPoll)(void *connection);
  int (*status)(const void *connection);
  int (*socket)(const void *connection);
  char *(*errorMessage)(const void *connection);
  int (*setErrorVerbosity)(void *connection, int verbosity);
  void *(*setNoticeProcessor)(void *connection, void (*processor)(void *, const char *), void *);
  int (*setnonblocking)(void *connection, int on);
  int (*sendQueryParams)(
    void *connection, const char *sql, int count, const unsigned int *types,
    const char *const *values, const int *lengths, const int *formats, int result_format);
  int (*sendQuery)(void *connection, const char *sql);
  int (*sendPrepare)(
    void *connection, const char *name, const char *sql, int count, const unsigned int *types);
  int (*sendQueryPrepared)(
    void *connection, const char *name, int count, const char *const *values, const int *lengths,
    const int *formats, int result_format);
  int (*flush)(void *connection);
  int (*consumeInput)(void *connection);
  int (*isBusy)(void *connection);
  void *(*getResult)(void *connection);
  void (*finish)(void *connection);
  int (*resultStatus)(const void *result);
  char *(*resultErrorField)(const void *result, int field);
  int (*ntuples)(const void *result);
  int (*nfields)(const void *result);
  char *(*getvalue)(const void *result, int row, int column);
  int (*getisnull)(const void *result, int row, int column);
  void (*clear)(void *result);
} pq;

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
  *(void **)&pq.name = dlsym(library, "PQ" #name); \
  if (!pq.name) { \
    snprintf(problem, sizeof problem, "%s lacks PQ" #name, library_name); \
    return; \
  }
  LOAD(connectStartParams)
  LOAD(connectPoll)
  LOAD(status)
  LOAD(socket)
  LOAD(errorMessage)
  LOAD(setErrorVerbosity)
  LOAD(setNoticeProcessor)
  LOAD(setnonblocking)
  LOAD(sendQueryParams)
  LOAD(sendQuery)
  LOAD(sendPrepare)
  LOAD(sendQueryPrepared)
  LOAD(flush)
  LOAD(consumeInput)
  LOAD(isBusy)
  LOAD(getResult)
  LOAD(finish)
  LOAD(resultStatus)
  LOAD(resultErrorField)
  LOAD(ntuples)
  LOAD(nfields)
  LOAD(getvalue)
  LOAD(getisnull)
  LOAD(clear)
#undef LOAD
}

struct assay_pg_connection {
  void *handle;
  char state[6];
};

static void ignore(void *context, const char *message) {
  (void)context;
  (void)message;
}

assay_pg_connection *assay_pg_open(const char *address, char *reason, size_t capacity) {
  pthread_once(&once, load);
  snprintf(reason, capacity, "%s", problem);
  if (problem[0]) return NULL;
  // What stands before the address is overridden by it, what stands behind is not.
  static const char *const keywords[] = {
    "keepalives_idle", "keepalives_interval", "keepalives_count", "tcp_user_timeout", "dbname",
    "fallback_application_name", NULL};
  const char *const values[] = {"20", "5", "3", "30000", address, "assay", NULL};
  assay_pg_connection *connection = calloc(1, sizeof *connection);
  if (!connection) {
    snprintf(reason, capacity, "out of memory");
    return NULL;
  }
  connection->handle = pq.connectStartParams(keywords, values, 1);
  // The socket is there as soon as the address is understood.
  if (!connection->handle || pq.status(connection->handle) == CONNECTION_BAD) {
    // What libpq says of an address that it cannot read repeats it.
    const char *said = connection->handle ? pq.errorMessage(connection->handle) : "";
    int is_network = strncmp(said, "connection to server", 20) == 0
      || strncmp(said, "could not", 9) == 0;
    if (is_network) return connection;
    assay_pg_close(connection);
    return NULL;
  }
  pq.setErrorVerbosity(connection->handle, ERRORS_SQLSTATE);
  pq.setNoticeProcessor(connection->handle, ignore, NULL);
  return connection;
}

/// The five letters and digits that end libpq's message, behind "FATAL:  ".
static void read_state(assay_pg_connection *connection) {
  const char *message = pq.errorMessage(connection->handle);
  const char *found = NULL;
  for (const char *next = message; (next = strstr(next, ":  ")); next += 3) found = next + 3;
  if (found && strspn(found, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ") == 5) {
    memcpy(connection->state, found, 5);
  }
}

assay_pg_opening assay_pg_continue_opening(assay_pg_connection *connection) {
  if (pq.status(connection->handle) == CONNECTION_BAD) return ASSAY_PG_NOT_OPENED;
  switch (pq.connectPoll(connection->handle)) {
    case POLLING_READING: return ASSAY_PG_OPENING_READS;
    case POLLING_WRITING: return ASSAY_PG_OPENING_WRITES;
    case POLLING_OK: pq.setnonblocking(connection->handle, 1); return ASSAY_PG_OPEN;
    default: read_state(connection); return ASSAY_PG_NOT_OPENED;
  }
}

int assay_pg_wait(assay_pg_connection *connection, int writing, int milliseconds) {
  struct pollfd socket = {pq.socket(connection->handle), POLLIN | (writing ? POLLOUT : 0), 0};
  return socket.fd < 0 || poll(&socket, 1, milliseconds) != 0;
}

const char *assay_pg_opening_state(assay_pg_connection *connection) { return connection->state; }

int assay_pg_send(
  assay_pg_connection *connection, const char *sql, int count, const char *const *values) {
  if (count == 0) return pq.sendQuery(connection->handle, sql);
  return pq.sendQueryParams(connection->handle, sql, count, NULL, values, NULL, NULL, 0);
}

int assay_pg_send_preparation(
  assay_pg_connection *connection, const char *name, const char *sql) {
  return pq.sendPrepare(connection->handle, name, sql, 0, NULL);
}

int assay_pg_send_prepared(
  assay_pg_connection *connection, const char *name, int count, const char *const *values) {
  return pq.sendQueryPrepared(connection->handle, name, count, values, NULL, NULL, 0);
}

int assay_pg_flush(assay_pg_connection *connection) { return pq.flush(connection->handle); }

int assay_pg_receive(assay_pg_connection *connection) {
  if (!pq.consumeInput(connection->handle)) return -1;
  return pq.isBusy(connection->handle);
}

assay_pg_result *assay_pg_take_result(assay_pg_connection *connection) {
  return (assay_pg_result *)pq.getResult(connection->handle);
}

int assay_pg_is_open(assay_pg_connection *connection) {
  return pq.status(connection->handle) == CONNECTION_OK;
}

void assay_pg_close(assay_pg_connection *connection) {
  if (connection->handle) pq.finish(connection->handle);
  free(connection);
}

int assay_pg_succeeded(const assay_pg_result *result) {
  int status = pq.resultStatus(result);
  return status == COMMAND_OK || status == TUPLES_OK;
}

const char *assay_pg_state(const assay_pg_result *result) {
  const char *state = pq.resultErrorField(result, FIELD_SQLSTATE);
  return state ? state : "";
}

const char *assay_pg_message(const assay_pg_result *result) {
  const char *message = pq.resultErrorField(result, FIELD_MESSAGE);
  return message ? message : "";
}

int assay_pg_rows(const assay_pg_result *result) { return pq.ntuples(result); }

int assay_pg_columns(const assay_pg_result *result) { return pq.nfields(result); }

const char *assay_pg_value(const assay_pg_result *result, int row, int column) {
  return pq.getisnull(result, row, column) ? NULL : pq.getvalue(result, row, column);
}

void assay_pg_clear(assay_pg_result *result) { pq.clear((void *)result); }
