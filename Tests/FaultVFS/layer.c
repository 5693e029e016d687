// The layer itself: each call is counted, and passed on to the real one unless it is to fail.

#include "FaultVFS.h"

#include <stdlib.h>
#include <string.h>

#include "internal.h"

// A file of ours; the real one follows in the same memory.
typedef struct {
  sqlite3_file base;
  const char *path;  // NULL: a temporary file
} layer_file;

static sqlite3_file *below(sqlite3_file *file) { return (sqlite3_file *)((layer_file *)file + 1); }

static const char *path_of(sqlite3_file *file) { return ((layer_file *)file)->path; }

static int layer_close(sqlite3_file *file) { return below(file)->pMethods->xClose(below(file)); }

static int layer_read(sqlite3_file *file, void *bytes, int count, sqlite3_int64 offset) {
  if (plan_next(OPERATION_READ) != OUTCOME_DONE) return SQLITE_IOERR_READ;
  return below(file)->pMethods->xRead(below(file), bytes, count, offset);
}

static int layer_write(sqlite3_file *file, const void *bytes, int count, sqlite3_int64 offset) {
  outcome due = plan_next(OPERATION_WRITE);
  if (due == OUTCOME_ERROR) return SQLITE_IOERR_WRITE;
  unsynced_remember(path_of(file), below(file), offset, count);
  if (due == OUTCOME_DONE) return below(file)->pMethods->xWrite(below(file), bytes, count, offset);
  int code = below(file)->pMethods->xWrite(below(file), bytes, count / 2, offset);
  if (code != SQLITE_OK) return code;
  return due == OUTCOME_FULL ? SQLITE_FULL : SQLITE_IOERR_WRITE;
}

static int layer_truncate(sqlite3_file *file, sqlite3_int64 size) {
  if (plan_next(OPERATION_TRUNCATE) != OUTCOME_DONE) return SQLITE_IOERR_TRUNCATE;
  sqlite3_int64 before = 0;
  if (below(file)->pMethods->xFileSize(below(file), &before) == SQLITE_OK) {
    unsynced_remember(path_of(file), below(file), size, before - size);
  }
  return below(file)->pMethods->xTruncate(below(file), size);
}

static int layer_sync(sqlite3_file *file, int flags) {
  if (plan_next(OPERATION_SYNC) != OUTCOME_DONE) return SQLITE_IOERR_FSYNC;
  int code = below(file)->pMethods->xSync(below(file), flags);
  if (code == SQLITE_OK) unsynced_forget(path_of(file));
  return code;
}

static int layer_file_size(sqlite3_file *file, sqlite3_int64 *size) {
  return below(file)->pMethods->xFileSize(below(file), size);
}

static int layer_lock(sqlite3_file *file, int level) {
  return below(file)->pMethods->xLock(below(file), level);
}

static int layer_unlock(sqlite3_file *file, int level) {
  return below(file)->pMethods->xUnlock(below(file), level);
}

static int layer_check_reserved_lock(sqlite3_file *file, int *is_held) {
  return below(file)->pMethods->xCheckReservedLock(below(file), is_held);
}

static int layer_file_control(sqlite3_file *file, int operation, void *argument) {
  return below(file)->pMethods->xFileControl(below(file), operation, argument);
}

static int layer_sector_size(sqlite3_file *file) {
  return below(file)->pMethods->xSectorSize(below(file));
}

// No promise that a power cut spares neighbouring bytes: sectors are lost one by one.
static int layer_characteristics(sqlite3_file *file) {
  return below(file)->pMethods->xDeviceCharacteristics(below(file)) &
         ~SQLITE_IOCAP_POWERSAFE_OVERWRITE;
}

static int layer_map(sqlite3_file *file, int region, int size, int extend,
                     void volatile **memory) {
  return below(file)->pMethods->xShmMap(below(file), region, size, extend, memory);
}

static int layer_map_lock(sqlite3_file *file, int offset, int count, int flags) {
  return below(file)->pMethods->xShmLock(below(file), offset, count, flags);
}

static void layer_map_barrier(sqlite3_file *file) {
  below(file)->pMethods->xShmBarrier(below(file));
}

static int layer_unmap(sqlite3_file *file, int is_deleted) {
  return below(file)->pMethods->xShmUnmap(below(file), is_deleted);
}

// Of version 2: without xFetch SQLite reads by xRead alone, which is counted.
static const sqlite3_io_methods methods = {
    .iVersion = 2,
    .xClose = layer_close,
    .xRead = layer_read,
    .xWrite = layer_write,
    .xTruncate = layer_truncate,
    .xSync = layer_sync,
    .xFileSize = layer_file_size,
    .xLock = layer_lock,
    .xUnlock = layer_unlock,
    .xCheckReservedLock = layer_check_reserved_lock,
    .xFileControl = layer_file_control,
    .xSectorSize = layer_sector_size,
    .xDeviceCharacteristics = layer_characteristics,
    .xShmMap = layer_map,
    .xShmLock = layer_map_lock,
    .xShmBarrier = layer_map_barrier,
    .xShmUnmap = layer_unmap,
};

static sqlite3_vfs *real;

static int layer_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags,
                      int *given_flags) {
  (void)vfs;
  file->pMethods = NULL;
  outcome due = plan_next(OPERATION_OPEN);
  if (due != OUTCOME_DONE) return due == OUTCOME_FULL ? SQLITE_FULL : SQLITE_CANTOPEN;
  // SQLite keeps the path of a database, and of its journal and log, for as long as the file is open.
  ((layer_file *)file)->path =
      flags & (SQLITE_OPEN_MAIN_DB | SQLITE_OPEN_WAL | SQLITE_OPEN_MAIN_JOURNAL) ? path : NULL;
  int code = real->xOpen(real, path, below(file), flags, given_flags);
  if (below(file)->pMethods) file->pMethods = &methods;
  return code;
}

static int layer_delete(sqlite3_vfs *vfs, const char *path, int syncs_directory) {
  (void)vfs;
  if (plan_next(OPERATION_DELETE) != OUTCOME_DONE) return SQLITE_IOERR_DELETE;
  unsynced_forget(path);
  return real->xDelete(real, path, syncs_directory);
}

// The real layer finds its own methods by its own address.
static int layer_access(sqlite3_vfs *vfs, const char *path, int flags, int *result) {
  (void)vfs;
  return real->xAccess(real, path, flags, result);
}

static int layer_full_path(sqlite3_vfs *vfs, const char *path, int count, char *full) {
  (void)vfs;
  return real->xFullPathname(real, path, count, full);
}

static sqlite3_vfs layer;

__attribute__((constructor)) static void load(void) {
  plan_read();
  // As Assay asks for before its first connection, which is too late once a layer is registered.
  sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  real = sqlite3_vfs_find(NULL);
  if (!real) abort();
  layer = *real;
  layer.zName = FAULT_VFS_NAME;
  layer.szOsFile = (int)sizeof(layer_file) + real->szOsFile;
  layer.pNext = NULL;
  layer.xOpen = layer_open;
  layer.xDelete = layer_delete;
  layer.xAccess = layer_access;
  layer.xFullPathname = layer_full_path;
  if (sqlite3_vfs_register(&layer, 1) != SQLITE_OK) abort();
}

__attribute__((destructor)) static void unload(void) { plan_write_counts(); }
