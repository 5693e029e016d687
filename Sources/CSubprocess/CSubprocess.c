#define _GNU_SOURCE

#include "CSubprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int assay_spawn_change_directory(posix_spawn_file_actions_t *actions, const char *path) {
  return posix_spawn_file_actions_addchdir_np(actions, path);
}

static int open_pipe(int ends[2]) {
#ifdef __linux__
  return pipe2(ends, O_CLOEXEC);
#else
  if (pipe(ends) != 0) return -1;
  fcntl(ends[0], F_SETFD, FD_CLOEXEC);
  fcntl(ends[1], F_SETFD, FD_CLOEXEC);
  return 0;
#endif
}

int assay_pipe(int ends[2]) {
  int opened[2];
  if (open_pipe(opened) != 0) return -1;
  for (int end = 0; end < 2; end++) {
    ends[end] = opened[end];
    if (opened[end] > STDERR_FILENO) continue;
    // A standard stream of this process is closed. The new one's must not be made from its place.
    ends[end] = fcntl(opened[end], F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
    int code = errno;
    close(opened[end]);
    if (ends[end] < 0) {
      close(end == 0 ? opened[1] : ends[0]);
      errno = code;
      return -1;
    }
  }
  return 0;
}
