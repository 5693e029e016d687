#define _GNU_SOURCE

#include "CSubprocess.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#ifdef __linux__
#include <sys/syscall.h>
#endif

void assay_spawn_in_session(posix_spawnattr_t *attributes) {
  short flags = 0;
  posix_spawnattr_getflags(attributes, &flags);
  posix_spawnattr_setflags(attributes, flags | POSIX_SPAWN_SETSID);
}

int assay_has_ended(int process) {
  siginfo_t found;
  memset(&found, 0, sizeof found);
  int code = waitid(P_PID, (id_t)process, &found, WEXITED | WNOHANG | WNOWAIT);
  return code != 0 ? errno != EINTR : found.si_pid == process;
}

int assay_wait(int process, assay_change *change) {
  int status = 0;
  struct rusage usage;
  memset(&usage, 0, sizeof usage);
  int found = wait4(process, &status, WNOHANG | WUNTRACED, &usage);
  if (found == 0 || (found < 0 && errno == EINTR)) return 0;
  change->user_seconds = (double)usage.ru_utime.tv_sec + 1e-6 * (double)usage.ru_utime.tv_usec;
  change->system_seconds = (double)usage.ru_stime.tv_sec + 1e-6 * (double)usage.ru_stime.tv_usec;
#ifdef __linux__
  change->peak_memory = (int64_t)usage.ru_maxrss * 1024;
#else
  change->peak_memory = usage.ru_maxrss;
#endif
  change->number = 0;
  if (found < 0) {
    // Somebody else has collected it.
    change->kind = ASSAY_LOST;
  } else if (WIFSTOPPED(status)) {
    change->kind = ASSAY_STOPPED;
    change->number = WSTOPSIG(status);
  } else if (WIFSIGNALED(status)) {
    change->kind = ASSAY_SIGNALLED;
    change->number = WTERMSIG(status);
  } else {
    change->kind = ASSAY_EXITED;
    change->number = WEXITSTATUS(status);
  }
  return 1;
}

int assay_open_process(int process) {
#if defined(__linux__) && defined(SYS_pidfd_open)
  return (int)syscall(SYS_pidfd_open, process, 0);
#else
  return -1;
#endif
}

int assay_open_terminal(char *name, int size) {
  int leader = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (leader < 0) return -1;
  const char *found = NULL;
  if (grantpt(leader) == 0 && unlockpt(leader) == 0) found = ptsname(leader);
  if (found == NULL || strlen(found) >= (size_t)size) {
    close(leader);
    return -1;
  }
  strcpy(name, found);
  return leader;
}

static volatile int signal_pipe = -1;
static struct sigaction earlier[NSIG];
static volatile sig_atomic_t is_watched[NSIG];

static void pass_signal(int number) {
  int code = errno;
  unsigned char byte = (unsigned char)number;
  // A pipe that is full holds enough of them.
  if (write(signal_pipe, &byte, 1) < 0) errno = code;
  errno = code;
}

void assay_watch_signals(int descriptor, const int *numbers, int count) {
  signal_pipe = descriptor;
  struct sigaction action;
  memset(&action, 0, sizeof action);
  action.sa_handler = pass_signal;
  action.sa_flags = SA_RESTART;
  sigfillset(&action.sa_mask);
  for (int i = 0; i < count; i++) {
    int number = numbers[i];
    sigaction(number, NULL, &earlier[number]);
    // nohup has what it starts live on when the terminal goes.
    if (number == SIGHUP && earlier[number].sa_handler == SIG_IGN) continue;
    is_watched[number] = 1;
    sigaction(number, &action, NULL);
  }
}

void assay_forget_signals(void) {
  for (int number = 1; number < NSIG; number++) {
    if (!is_watched[number]) continue;
    sigaction(number, &earlier[number], NULL);
    is_watched[number] = 0;
  }
}
