// What files held when they were last synced, so that a power cut can be played.

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

enum { SECTOR = 512 };

// A sector that has changed since the last sync, with what it held then.
typedef struct {
  sqlite3_int64 number;
  unsigned char content[SECTOR];
} sector;

// A file with changes that were not synced.
typedef struct pending {
  struct pending *next;
  char *path;
  sqlite3_int64 synced_size;
  sector *sectors;  // sorted by number
  size_t count, room;
} pending;

static pending *files;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static pending *find(const char *path, sqlite3_file *file) {
  for (pending *known = files; known; known = known->next) {
    if (strcmp(known->path, path) == 0) return known;
  }
  pending *fresh = calloc(1, sizeof *fresh);
  if (!fresh) abort();
  fresh->path = strdup(path);
  if (!fresh->path) abort();
  if (file->pMethods->xFileSize(file, &fresh->synced_size) != SQLITE_OK) fresh->synced_size = 0;
  fresh->next = files;
  files = fresh;
  return fresh;
}

// Where a sector stands, or is to be put.
static size_t place(const pending *file, sqlite3_int64 number) {
  size_t low = 0, high = file->count;
  while (low < high) {
    size_t middle = (low + high) / 2;
    if (file->sectors[middle].number < number) low = middle + 1;
    else high = middle;
  }
  return low;
}

static void remember_sector(pending *known, sqlite3_file *file, sqlite3_int64 number) {
  size_t at = place(known, number);
  if (at < known->count && known->sectors[at].number == number) return;
  if (known->count == known->room) {
    known->room = known->room ? 2 * known->room : 64;
    known->sectors = realloc(known->sectors, known->room * sizeof *known->sectors);
    if (!known->sectors) abort();
  }
  memmove(known->sectors + at + 1, known->sectors + at,
          (known->count - at) * sizeof *known->sectors);
  known->count++;
  known->sectors[at].number = number;
  // Beyond the end of the file SQLite fills with zeros.
  memset(known->sectors[at].content, 0, SECTOR);
  file->pMethods->xRead(file, known->sectors[at].content, SECTOR, number * SECTOR);
}

void unsynced_remember(const char *path, sqlite3_file *file, sqlite3_int64 offset,
                       sqlite3_int64 size) {
  if (!path || size <= 0) return;
  pthread_mutex_lock(&lock);
  pending *known = find(path, file);
  // What lies beyond the synced size is lost by cutting the file, not by its content.
  sqlite3_int64 end = offset + size < known->synced_size ? offset + size : known->synced_size;
  for (sqlite3_int64 number = offset / SECTOR; number * SECTOR < end; number++) {
    remember_sector(known, file, number);
  }
  pthread_mutex_unlock(&lock);
}

static void forget(pending **link) {
  pending *gone = *link;
  *link = gone->next;
  free(gone->path);
  free(gone->sectors);
  free(gone);
}

void unsynced_forget(const char *path) {
  if (!path) return;
  pthread_mutex_lock(&lock);
  for (pending **link = &files; *link; link = &(*link)->next) {
    if (strcmp((*link)->path, path) == 0) {
      forget(link);
      break;
    }
  }
  pthread_mutex_unlock(&lock);
}

// The next of a row of numbers that depends on the seed alone.
static unsigned draw(unsigned *state) {
  *state ^= *state << 13;
  *state ^= *state >> 17;
  *state ^= *state << 5;
  return *state;
}

static void lose(const pending *known, unsigned *state) {
  int file = open(known->path, O_RDWR | O_CLOEXEC);
  if (file < 0) return;
  off_t size = lseek(file, 0, SEEK_END);
  for (size_t i = 0; i < known->count; i++) {
    if (draw(state) % 2) continue;
    off_t start = known->sectors[i].number * SECTOR;
    size_t length = known->synced_size - start < SECTOR ? (size_t)(known->synced_size - start)
                                                        : (size_t)SECTOR;
    if (pwrite(file, known->sectors[i].content, length, start) != (ssize_t)length) abort();
  }
  if (size > known->synced_size) {
    // Of what was added, sectors may be missing as zeros, and the end may be missing as a whole.
    static const unsigned char zeros[SECTOR];
    off_t kept = known->synced_size + (off_t)(draw(state) % (unsigned)(size - known->synced_size + 1));
    if (ftruncate(file, kept) != 0) abort();
    for (off_t start = known->synced_size; start + SECTOR <= kept; start += SECTOR) {
      if (draw(state) % 4 == 0 && pwrite(file, zeros, SECTOR, start) != SECTOR) abort();
    }
  }
  close(file);
}

void unsynced_lose(unsigned seed) {
  pthread_mutex_lock(&lock);
  unsigned state = seed * 2654435761u + 1;
  if (state == 0) state = 1;
  for (const pending *known = files; known; known = known->next) lose(known, &state);
  pthread_mutex_unlock(&lock);
}
