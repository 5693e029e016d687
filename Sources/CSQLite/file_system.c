#define _GNU_SOURCE
#include <stdio.h>

#include "CSQLite.h"

#ifdef __APPLE__

#include <sys/mount.h>
#include <sys/param.h>

int csqlite_is_on_network_file_system(const char *directory) {
  struct statfs status;
  return statfs(directory, &status) == 0 && (status.f_flags & MNT_LOCAL) == 0;
}

int csqlite_is_mount_point(const char *path) {
  (void)path;
  return 0;
}

int csqlite_rename_new(const char *from, const char *to) {
  return renamex_np(from, to, RENAME_EXCL);
}

#else

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

// The magic numbers that Linux gives network file systems.
static const unsigned int magic_numbers[] = {
    0x6969,      // NFS
    0x517B,      // SMB
    0xFF534D42,  // CIFS
    0xFE534D42,  // SMB 2
    0x0BD00BD0,  // Lustre
    0x47504653,  // GPFS
    0x19830326,  // BeeGFS
    0x00C36400,  // Ceph
    0x5346414F,  // AFS
    0x01021997,  // 9P
    0x65735546,  // FUSE, such as sshfs
};

int csqlite_is_on_network_file_system(const char *directory) {
  struct statfs status;
  if (statfs(directory, &status) != 0) return 0;
  for (unsigned i = 0; i < sizeof magic_numbers / sizeof magic_numbers[0]; i++) {
    if ((unsigned int)status.f_type == magic_numbers[i]) return 1;
  }
  return 0;
}

int csqlite_is_mount_point(const char *path) {
  struct statx status;
  if (statx(AT_FDCWD, path, 0, STATX_TYPE, &status) != 0) return 0;
  return (status.stx_attributes & STATX_ATTR_MOUNT_ROOT) != 0;
}

int csqlite_rename_new(const char *from, const char *to) {
  if (renameat2(AT_FDCWD, from, AT_FDCWD, to, RENAME_NOREPLACE) == 0) return 0;
  if (errno != ENOSYS && errno != EINVAL) return -1;
  // The file system cannot do both at once.
  if (access(to, F_OK) == 0) {
    errno = EEXIST;
    return -1;
  }
  return rename(from, to);
}

#endif
