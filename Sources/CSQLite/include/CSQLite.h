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

// Turns a fresh connection's settings to the safe side: defensive, no strings in double quotes, and
// nothing copied from the write-ahead log into the file when it closes, until it is known whose
// file it is. Returns an SQLite result code.
int csqlite_harden(sqlite3 *db);

// Lets a connection that closes last copy the write-ahead log into the file and remove it. Returns
// an SQLite result code.
int csqlite_checkpoint_on_close(sqlite3 *db);

// What the first page of a database says of it.
typedef struct {
  int32_t application_id;
  int32_t user_version;
  uint32_t page_count;
  int uses_wal;
} csqlite_header;

// What a file holds of a database's first page.
typedef enum {
  CSQLITE_PAGE_ABSENT,     // there is no file, or nothing in it counts
  CSQLITE_PAGE_FOUND,      // the page
  CSQLITE_PAGE_UNKNOWN,    // something that counts, but not this page
  CSQLITE_PAGE_UNREADABLE  // the file is there and cannot be read
} csqlite_page_state;

// Reads the first page's header in the database file itself, without a lock and without a look at
// journals. Returns an SQLite result code.
int csqlite_read_header(sqlite3 *db, csqlite_header *header, csqlite_page_state *state);

// Looks for the first page as the committed transactions of a write-ahead log leave it.
csqlite_page_state csqlite_first_page_in_wal(const char *path, csqlite_header *header);

// Looks for the first page as a rollback journal would restore it.
csqlite_page_state csqlite_first_page_in_journal(const char *path, csqlite_header *header);

// The system's error of a read of the database or its journal that the disk failed; 0 if none did.
//
// SQLite reports it as damage, since some file systems refuse to read what they find damaged.
int csqlite_failed_read(sqlite3 *db);

// The system's error behind an error of input or output; 0 if none is known.
//
// SQLite forgets it where a commit fails, but the file that it happened to has it.
int csqlite_system_error(sqlite3 *db);

// Whether another process holds one of SQLite's locks on a database file. Must not be asked of a
// file on which this process holds locks, which closing a descriptor drops.
int csqlite_is_locked(const char *path);

// Whether a file is mounted by itself, so that its journals lie elsewhere under another name. 0 if
// that cannot be told.
int csqlite_is_mount_point(const char *path);

// Bind a copy of the bytes, which the caller may free at once.
int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int length);
int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int length);

// Whether a directory lies where shared memory and locks do not work across machines. 0 if that
// cannot be told.
int csqlite_is_on_network_file_system(const char *directory);

// Renames a file unless there is one of the new name; never is one file under both names, as with
// link(2). Returns 0, or -1 with an error's number in errno, EEXIST among them.
int csqlite_rename_new(const char *from, const char *to);

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
