// The C side of the SQLite module: sqlite3.h itself, and what Swift cannot call or would do slowly.

#ifndef CSQLITE_H
#define CSQLITE_H

#include <sqlite3.h>
#include <stdint.h>

// Sets up the library for several connections beside each other; once, before the first is opened.
//
// SQLite counts the memory that it takes under one lock for all connections, on which threads that
// only read wait for each other. Without effect if somebody else in the process uses SQLite already.
void csqlite_set_up(void);

// Turns a fresh connection's settings to the safe side: defensive, and no strings in double quotes.
// Returns an SQLite result code.
int csqlite_harden(sqlite3 *db);

// Bind a copy of the bytes, which the caller may free at once.
int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int length);
int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int length);

// Whether a directory lies where shared memory and locks do not work across machines. 0 if that
// cannot be told.
int csqlite_is_on_network_file_system(const char *directory);

// What a column of a chunk of rows holds.
typedef enum {
  CSQLITE_CONSTANT,  // the same integer in every row
  CSQLITE_TEXT,      // the same text in every row, of blob_size bytes
  CSQLITE_INTEGERS,  // row_count 64-bit integers
  CSQLITE_REALS,     // row_count doubles; a NaN is bound as NULL
  CSQLITE_BLOBS      // row_count blobs of blob_size bytes each, one after another
} csqlite_column_kind;

typedef struct {
  csqlite_column_kind kind;
  const void *values;  // unused by CSQLITE_CONSTANT
  int64_t constant;    // used by CSQLITE_CONSTANT only
  int blob_size;       // used by CSQLITE_TEXT and CSQLITE_BLOBS only
} csqlite_column;

// Runs a prepared INSERT once a row, column i bound to parameter i + 1.
//
// The arrays are only read, and must hold row_count values each until the call returns. Stops at
// the first failure. Returns SQLITE_OK, or the failing row's code with its number in *failed_row.
int csqlite_insert_rows(sqlite3_stmt *statement, const csqlite_column *columns, int column_count,
                        int64_t row_count, int64_t *failed_row);

#endif
