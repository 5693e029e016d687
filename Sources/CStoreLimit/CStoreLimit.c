#include "CStoreLimit.h"

#include <sqlite3.h>
#include <time.h>

static double now(void) {
  struct timespec time;
  clock_gettime(CLOCK_MONOTONIC, &time);
  return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

typedef void (*binder)(sqlite3_stmt *, int64_t owner, int64_t number);

static int insert(const char *path, const char *sql, binder bind, int64_t owner, int64_t chunks,
                  int64_t rows, double *seconds) {
  sqlite3 *database = 0;
  sqlite3_stmt *statement = 0;
  int code = sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, 0);
  // As the store sets them; the file itself says that it has a write-ahead log, and its page size.
  if (code == SQLITE_OK)
    code = sqlite3_exec(database, "PRAGMA foreign_keys = ON; PRAGMA synchronous = NORMAL", 0, 0, 0);
  if (code == SQLITE_OK) code = sqlite3_prepare_v2(database, sql, -1, &statement, 0);
  const double start = now();
  for (int64_t chunk = 0; chunk < chunks && code == SQLITE_OK; chunk++) {
    code = sqlite3_exec(database, "BEGIN IMMEDIATE", 0, 0, 0);
    for (int64_t row = 0; row < rows && code == SQLITE_OK; row++) {
      bind(statement, owner, chunk * rows + row);
      code = sqlite3_step(statement);
      if (code == SQLITE_DONE) code = sqlite3_reset(statement);
    }
    if (code == SQLITE_OK) code = sqlite3_exec(database, "COMMIT", 0, 0, 0);
  }
  *seconds = now() - start;
  sqlite3_finalize(statement);
  sqlite3_close(database);
  return code;
}

static void bind_image_row(sqlite3_stmt *statement, int64_t measurement, int64_t image) {
  sqlite3_bind_int64(statement, 1, measurement);
  sqlite3_bind_int64(statement, 2, image);
  for (int i = 3; i <= 5; i++) sqlite3_bind_int64(statement, i, image % 10);
  for (int i = 6; i <= 12; i++) sqlite3_bind_double(statement, i, 1.0 / (double)(image + i));
  for (int i = 13; i <= 17; i++) sqlite3_bind_int64(statement, i, (image + i) % 10);
}

int store_limit_image_rows(const char *path, int64_t measurement, int64_t chunks, int64_t rows,
                           double *seconds) {
  return insert(path,
                "INSERT INTO image_uncertainty "
                "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                bind_image_row, measurement, chunks, rows, seconds);
}

static void bind_metric(sqlite3_stmt *statement, int64_t run, int64_t step) {
  sqlite3_bind_int64(statement, 1, run);
  sqlite3_bind_text(statement, 2, "loss", 4, SQLITE_STATIC);
  sqlite3_bind_int64(statement, 3, step);
  sqlite3_bind_double(statement, 4, 1.0 / (double)(step + 1));
  sqlite3_bind_int64(statement, 5, 1700000000000 + step);
}

int store_limit_metrics(const char *path, int64_t run, int64_t chunks, int64_t rows,
                        double *seconds) {
  return insert(path, "INSERT INTO metric VALUES (?, ?, ?, ?, ?)", bind_metric, run, chunks, rows,
                seconds);
}
