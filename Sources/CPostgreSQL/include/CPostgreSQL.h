#ifndef ASSAY_CPOSTGRESQL_H
#define ASSAY_CPOSTGRESQL_H

#include <stddef.h>

/// What talks to a PostgreSQL server: libpq 12 or later.
///
/// The library is loaded by what opens a connection alone, and a build needs none of its headers. Nothing
/// here waits: ``assay_pg_wait`` does, for as long as it is told.

/// A connection, open or on its way there.
typedef struct assay_pg_connection assay_pg_connection;
/// What a statement gave.
typedef struct assay_pg_result assay_pg_result;

/// How the opening of a connection stands.
typedef enum {
  ASSAY_PG_OPENING_READS,
  ASSAY_PG_OPENING_WRITES,
  ASSAY_PG_OPEN,
  ASSAY_PG_NOT_OPENED
} assay_pg_opening;

/// Begins to open a connection.
///
/// `address` is a URI or a list of `keyword=value`, as libpq takes them. Returns NULL where the library is
/// missing, with what is missing in `reason`, a text of at most `capacity` bytes with its end; with an empty
/// `reason` the address could not be read.
assay_pg_connection *_Nullable assay_pg_open(
  const char *_Nonnull address, char *_Nonnull reason, size_t capacity);

/// Goes on opening a connection, after the socket has become ready for what the last call said.
assay_pg_opening assay_pg_continue_opening(assay_pg_connection *_Nonnull connection);

/// Waits until the socket can be read, or written too if `writing` says so; returns 0 if neither came in so
/// many milliseconds.
int assay_pg_wait(assay_pg_connection *_Nonnull connection, int writing, int milliseconds);

/// The SQLSTATE with which the server has ended the opening; empty if the network did.
const char *_Nonnull assay_pg_opening_state(assay_pg_connection *_Nonnull connection);

/// Sends a statement with parameters as text, NULL for NULL; without any, it may be several statements.
/// Returns 0 if the connection is lost.
int assay_pg_send(
  assay_pg_connection *_Nonnull connection, const char *_Nonnull sql, int count,
  const char *_Nullable const *_Nullable values);

/// Sends a statement that is kept under a name, to be run later; returns 0 if the connection is lost.
int assay_pg_send_preparation(
  assay_pg_connection *_Nonnull connection, const char *_Nonnull name, const char *_Nonnull sql);

/// Has a kept statement run with parameters as text; returns 0 if the connection is lost.
int assay_pg_send_prepared(
  assay_pg_connection *_Nonnull connection, const char *_Nonnull name, int count,
  const char *_Nullable const *_Nullable values);

/// Sends what is left to send: returns 0 if nothing is, 1 if the socket must be waited for, -1 if the
/// connection is lost.
int assay_pg_flush(assay_pg_connection *_Nonnull connection);

/// Takes what has arrived: returns 0 if a result can be taken, 1 if more must come, -1 if the connection is
/// lost.
int assay_pg_receive(assay_pg_connection *_Nonnull connection);

/// The next result of what was sent; NULL behind the last one.
assay_pg_result *_Nullable assay_pg_take_result(assay_pg_connection *_Nonnull connection);

/// Whether a connection can still be used.
int assay_pg_is_open(assay_pg_connection *_Nonnull connection);

/// Closes a connection.
void assay_pg_close(assay_pg_connection *_Nonnull connection);

/// Whether a statement did what it says.
int assay_pg_succeeded(const assay_pg_result *_Nonnull result);
/// The SQLSTATE of one that did not; empty if the server said none.
const char *_Nonnull assay_pg_state(const assay_pg_result *_Nonnull result);
/// What the server said of it.
const char *_Nonnull assay_pg_message(const assay_pg_result *_Nonnull result);
int assay_pg_rows(const assay_pg_result *_Nonnull result);
int assay_pg_columns(const assay_pg_result *_Nonnull result);
/// A value as text; NULL for NULL.
const char *_Nullable assay_pg_value(const assay_pg_result *_Nonnull result, int row, int column);
/// Forgets a result.
void assay_pg_clear(assay_pg_result *_Nonnull result);

#endif
