// What the parts of the layer share.

#ifndef FAULTVFS_INTERNAL_H
#define FAULTVFS_INTERNAL_H

#include <sqlite3.h>

// The operations that are counted, in the order in which counts are written.
typedef enum {
  OPERATION_READ,
  OPERATION_WRITE,
  OPERATION_SYNC,
  OPERATION_TRUNCATE,
  OPERATION_OPEN,
  OPERATION_DELETE,
  OPERATION_ANY
} operation;

// What is to become of one operation.
typedef enum {
  OUTCOME_DONE,   // as if there were no layer
  OUTCOME_ERROR,  // it fails
  OUTCOME_FULL,   // it finds no room
  OUTCOME_SHORT   // a write is cut short
} outcome;

// Reads the plan from the environment; once, before the first operation.
void plan_read(void);
// Counts an operation and says what is to become of it. Does not return where the process is to die.
outcome plan_next(operation kind);
// Adds the counts of this process to the file that the environment names.
void plan_write_counts(void);

// Remembers what a part of a file held when it was last synced, before that part changes. `file` is
// the real file below the layer; size and offset are in bytes.
void unsynced_remember(const char *path, sqlite3_file *file, sqlite3_int64 offset,
                       sqlite3_int64 size);
// Forgets what a file held: it is on the disk now.
void unsynced_forget(const char *path);
// Brings a part of what was not synced back to what it was.
void unsynced_lose(unsigned seed);

#endif
