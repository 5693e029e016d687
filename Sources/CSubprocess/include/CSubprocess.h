#ifndef CSUBPROCESS_H
#define CSUBPROCESS_H

#include <spawn.h>
#include <stdint.h>

// What the C library has beyond POSIX, and Swift does not see.

/// Has the new process begin in a directory; 0, or the number of an error.
int assay_spawn_change_directory(posix_spawn_file_actions_t *actions, const char *path);

/// Has the new process begin a session of its own, beside the flags that are set.
void assay_spawn_in_session(posix_spawnattr_t *attributes);

/// Makes a pipe whose ends no other process inherits unasked; 0, or -1 and errno.
int assay_pipe(int ends[2]);

/// What became of a child process.
typedef enum {
  ASSAY_EXITED,     // by itself; the number is its code
  ASSAY_SIGNALLED,  // by a signal of that number
  ASSAY_STOPPED,    // by a signal of that number; it may be continued
  ASSAY_LOST        // somebody else has collected its end
} assay_change_kind;

typedef struct {
  assay_change_kind kind;
  int number;
  double user_seconds;    // of the child and of those that it waited for
  double system_seconds;
  int64_t peak_memory;    // of the largest of them, in bytes
} assay_change;

/// Looks whether a child has changed, without waiting, and collects it if it has ended; 0 or 1.
int assay_wait(int process, assay_change *change);

/// Whether a child has ended, without collecting it: its number stays its own.
int assay_has_ended(int process);

/// A descriptor that can be read once a process has ended; -1 where the system has none.
int assay_open_process(int process);

/// Opens a pseudoterminal. Returns the leader's descriptor and the name of the other side, or -1.
int assay_open_terminal(char *name, int size);

/// From now on signals are written to a descriptor, a byte each, instead of what they did.
void assay_watch_signals(int descriptor, const int *numbers, int count);

/// Signals do again what they did before.
void assay_forget_signals(void);

#endif
