#ifndef CSUBPROCESS_H
#define CSUBPROCESS_H

#include <spawn.h>

// What the C library has beyond POSIX, and Swift does not see.

/// Has the new process begin in a directory; 0, or the number of an error.
int assay_spawn_change_directory(posix_spawn_file_actions_t *actions, const char *path);

/// Makes a pipe whose ends no other process inherits unasked; 0, or -1 and errno.
int assay_pipe(int ends[2]);

#endif
