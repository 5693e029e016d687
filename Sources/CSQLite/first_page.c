#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "CSQLite.h"

// The formats are those of https://sqlite.org/fileformat2.html, sections 1.3, 3 and 4.

enum { HEADER_SIZE = 100, WAL_HEADER_SIZE = 32, FRAME_HEADER_SIZE = 24, JOURNAL_HEADER_SIZE = 28 };

static uint32_t big_endian(const unsigned char *bytes) {
  return (uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 | bytes[3];
}

static uint32_t little_endian(const unsigned char *bytes) {
  return (uint32_t)bytes[3] << 24 | (uint32_t)bytes[2] << 16 | (uint32_t)bytes[1] << 8 | bytes[0];
}

// Whether bytes begin as a database's first page does.
static int parse_header(const unsigned char *bytes, csqlite_header *header) {
  if (memcmp(bytes, "SQLite format 3", 16) != 0) return 0;
  header->uses_wal = bytes[18] == 2;
  header->page_count = big_endian(bytes + 28);
  header->user_version = (int32_t)big_endian(bytes + 60);
  header->application_id = (int32_t)big_endian(bytes + 68);
  return 1;
}

int csqlite_read_header(sqlite3 *db, csqlite_header *header, csqlite_page_state *state) {
  sqlite3_file *file = NULL;
  unsigned char bytes[HEADER_SIZE];
  sqlite3_int64 size = 0;
  int code = sqlite3_file_control(db, "main", SQLITE_FCNTL_FILE_POINTER, &file);
  if (code != SQLITE_OK) return code;
  code = file->pMethods->xFileSize(file, &size);
  if (code != SQLITE_OK) return code;
  *state = size == 0 ? CSQLITE_PAGE_ABSENT : CSQLITE_PAGE_UNKNOWN;
  if (size < HEADER_SIZE) return SQLITE_OK;
  code = file->pMethods->xRead(file, bytes, HEADER_SIZE, 0);
  if (code == SQLITE_OK && parse_header(bytes, header)) *state = CSQLITE_PAGE_FOUND;
  return code;
}

// Opens a regular file that is not empty; NULL, with an error's number in errno, or 0 if there is
// nothing to read.
static FILE *open_regular(const char *path) {
  struct stat status;
  int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) {
    if (errno == ENOENT) errno = 0;
    return NULL;
  }
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0) {
    FILE *file = fdopen(descriptor, "rb");
    if (file) return file;
  }
  errno = 0;
  close(descriptor);
  return NULL;
}

typedef struct {
  uint32_t first, second;
  uint32_t (*word)(const unsigned char *);
} wal_checksum;

static void add(wal_checksum *sum, const unsigned char *bytes, size_t count) {
  for (size_t i = 0; i < count; i += 8) {
    sum->first += sum->word(bytes + i) + sum->second;
    sum->second += sum->word(bytes + i + 4) + sum->first;
  }
}

static int is_page_size(uint32_t size) {
  return size >= 512 && size <= 65536 && (size & (size - 1)) == 0;
}

csqlite_page_state csqlite_first_page_in_wal(const char *path, csqlite_header *header) {
  unsigned char start[WAL_HEADER_SIZE], frame[FRAME_HEADER_SIZE], *page = NULL;
  csqlite_header uncommitted = {0};
  csqlite_page_state state = CSQLITE_PAGE_ABSENT;
  int is_pending = 0;
  FILE *file = open_regular(path);
  if (!file) return errno == 0 ? CSQLITE_PAGE_ABSENT : CSQLITE_PAGE_UNREADABLE;
  setvbuf(file, NULL, _IOFBF, 1 << 18);
  if (fread(start, sizeof start, 1, file) != 1) goto done;
  uint32_t magic = big_endian(start), page_size = big_endian(start + 8);
  if ((magic & 0xfffffffe) != 0x377f0682 || !is_page_size(page_size)) goto done;
  wal_checksum sum = {0, 0, magic & 1 ? big_endian : little_endian};
  add(&sum, start, 24);
  if (sum.first != big_endian(start + 24) || sum.second != big_endian(start + 28)) goto done;
  page = malloc(page_size);
  // As SQLite's recovery does: up to the last frame that is whole and ends a transaction.
  while (page && fread(frame, sizeof frame, 1, file) == 1 &&
         fread(page, page_size, 1, file) == 1) {
    if (memcmp(frame + 8, start + 16, 8) != 0) break;
    add(&sum, frame, 8);
    add(&sum, page, page_size);
    if (sum.first != big_endian(frame + 16) || sum.second != big_endian(frame + 20)) break;
    if (big_endian(frame) == 1) is_pending = parse_header(page, &uncommitted);
    if (big_endian(frame + 4) != 0) {
      if (state == CSQLITE_PAGE_ABSENT) state = CSQLITE_PAGE_UNKNOWN;
      if (is_pending) {
        *header = uncommitted;
        state = CSQLITE_PAGE_FOUND;
        is_pending = 0;
      }
    }
  }
done:
  free(page);
  fclose(file);
  return state;
}

csqlite_page_state csqlite_first_page_in_journal(const char *path, csqlite_header *header) {
  static const unsigned char magic[] = {0xd9, 0xd5, 0x05, 0xf9, 0x20, 0xa1, 0x63, 0xd7};
  unsigned char start[JOURNAL_HEADER_SIZE], bytes[4 + HEADER_SIZE];
  csqlite_page_state state = CSQLITE_PAGE_ABSENT;
  FILE *file = open_regular(path);
  if (!file) return errno == 0 ? CSQLITE_PAGE_ABSENT : CSQLITE_PAGE_UNREADABLE;
  off_t size = fseeko(file, 0, SEEK_END) == 0 ? ftello(file) : 0, offset = 0;
  while (fseeko(file, offset, SEEK_SET) == 0 && fread(start, sizeof start, 1, file) == 1 &&
         memcmp(start, magic, sizeof magic) == 0) {
    // An interrupted change waits, whatever is recorded of it.
    state = CSQLITE_PAGE_UNKNOWN;
    uint32_t count = big_endian(start + 8), sector = big_endian(start + 20);
    uint32_t page_size = big_endian(start + 24);
    if (!is_page_size(page_size) || sector < 32 || sector > 65536) break;
    offset += sector;
    if (count == 0xffffffff) count = (uint32_t)((size - offset) / (page_size + 8));
    for (uint32_t i = 0; i < count && offset < size; i++, offset += page_size + 8) {
      if (fseeko(file, offset, SEEK_SET) != 0 || fread(bytes, sizeof bytes, 1, file) != 1) break;
      if (big_endian(bytes) == 1 && parse_header(bytes + 4, header)) {
        fclose(file);
        return CSQLITE_PAGE_FOUND;
      }
    }
    if (count == 0) break;
    offset = (offset + sector - 1) / sector * sector;
  }
  fclose(file);
  return state;
}

// The system's last error with the database file or its journal, the log of changes included; 0 if
// there was none.
static int last_error(sqlite3 *db, int operation) {
  sqlite3_file *file = NULL;
  int number = 0;
  if (sqlite3_file_control(db, "main", operation, &file) != SQLITE_OK) return 0;
  if (!file || !file->pMethods) return 0;
  file->pMethods->xFileControl(file, SQLITE_FCNTL_LAST_ERRNO, &number);
  return number;
}

static const int files[] = {SQLITE_FCNTL_FILE_POINTER, SQLITE_FCNTL_JOURNAL_POINTER};

int csqlite_failed_read(sqlite3 *db) {
  for (unsigned i = 0; i < sizeof files / sizeof files[0]; i++) {
    int number = last_error(db, files[i]);
    if (number == EIO || number == ENXIO || number == ERANGE) return number;
  }
  return 0;
}

int csqlite_system_error(sqlite3 *db) {
  int number = sqlite3_system_errno(db);
  for (unsigned i = 0; number == 0 && i < sizeof files / sizeof files[0]; i++) {
    number = last_error(db, files[i]);
  }
  return number;
}

int csqlite_is_locked(const char *path) {
  struct flock lock = {.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0x40000000, .l_len = 512};
  int descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0) return 0;
  int is_locked = fcntl(descriptor, F_GETLK, &lock) == 0 && lock.l_type != F_UNLCK;
  close(descriptor);
  return is_locked;
}
