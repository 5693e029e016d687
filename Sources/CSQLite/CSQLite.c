#include "CSQLite.h"

void csqlite_set_up(void) { sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); }

int csqlite_harden(sqlite3 *db) {
  // The schema stays trusted: SQLite 3.40 counts its own JSON functions, which CHECKs use, as
  // unsafe there.
  static const struct {
    int option;
    int value;
  } settings[] = {
      {SQLITE_DBCONFIG_DEFENSIVE, 1},
      {SQLITE_DBCONFIG_DQS_DDL, 0},
      {SQLITE_DBCONFIG_DQS_DML, 0},
      {SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1},
  };
  for (unsigned i = 0; i < sizeof settings / sizeof settings[0]; i++) {
    int code = sqlite3_db_config(db, settings[i].option, settings[i].value, (int *)0);
    if (code != SQLITE_OK) return code;
  }
  return SQLITE_OK;
}

int csqlite_checkpoint_on_close(sqlite3 *db) {
  return sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 0, (int *)0);
}

int csqlite_bind_text(sqlite3_stmt *statement, int index, const char *text, int length) {
  return sqlite3_bind_text(statement, index, text, length, SQLITE_TRANSIENT);
}

int csqlite_bind_blob(sqlite3_stmt *statement, int index, const void *bytes, int length) {
  if (length == 0) return sqlite3_bind_zeroblob(statement, index, 0);
  return sqlite3_bind_blob(statement, index, bytes, length, SQLITE_TRANSIENT);
}

static int bind_column(sqlite3_stmt *statement, int index, const csqlite_column *column,
                       int64_t row) {
  switch (column->kind) {
    case CSQLITE_CONSTANT:
      return sqlite3_bind_int64(statement, index, column->constant);
    case CSQLITE_TEXT:
      return sqlite3_bind_text(statement, index, (const char *)column->values, column->blob_size,
                               SQLITE_STATIC);
    case CSQLITE_INTEGERS:
      return sqlite3_bind_int64(statement, index, ((const int64_t *)column->values)[row]);
    case CSQLITE_REALS:
      // SQLite itself makes NULL of a NaN.
      return sqlite3_bind_double(statement, index, ((const double *)column->values)[row]);
    case CSQLITE_BLOBS:
      // The caller's array outlives the step, so nothing needs to be copied.
      return sqlite3_bind_blob(statement, index,
                               (const char *)column->values + row * column->blob_size,
                               column->blob_size, SQLITE_STATIC);
  }
  return SQLITE_MISUSE;
}

int csqlite_insert_rows(sqlite3_stmt *statement, const csqlite_column *columns, int column_count,
                        int64_t row_count, int64_t *failed_row) {
  int code = SQLITE_OK;
  for (int64_t row = 0; row < row_count; row++) {
    for (int i = 0; i < column_count && code == SQLITE_OK; i++) {
      code = bind_column(statement, i + 1, &columns[i], row);
    }
    if (code == SQLITE_OK) code = sqlite3_step(statement);
    if (code == SQLITE_DONE) code = sqlite3_reset(statement);
    if (code != SQLITE_OK) {
      *failed_row = row;
      sqlite3_reset(statement);
      break;
    }
  }
  sqlite3_clear_bindings(statement);
  return code;
}
