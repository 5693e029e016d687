// Which operation fails, and how.

#define _GNU_SOURCE
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "internal.h"

static const char *const operation_names[] = {"read", "write",  "sync", "truncate",
                                              "open", "delete", "any"};
static const char *const effect_names[] = {"error", "full", "short", "kill", "power"};

typedef enum { EFFECT_ERROR, EFFECT_FULL, EFFECT_SHORT, EFFECT_KILL, EFFECT_POWER } effect;

static struct {
  int is_set;
  operation kind;
  long number;
  int goes_on;
  effect effect;
  unsigned seed;
  int has_struck;
} plan;

static long counts[OPERATION_ANY + 1];
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static int index_of(const char *word, const char *const *names, int count) {
  for (int i = 0; i < count; i++) {
    if (strcmp(word, names[i]) == 0) return i;
  }
  fprintf(stderr, "fault layer: '%s' is not known\n", word);
  _exit(70);
}

void plan_read(void) {
  const char *seed = getenv("ASSAY_FAULT_SEED");
  plan.seed = seed ? (unsigned)strtoul(seed, NULL, 10) : 1;
  const char *text = getenv("ASSAY_FAULT");
  if (!text || !*text) return;
  char kind[16], after[16];
  if (sscanf(text, "%15[a-z]:%ld%15s", kind, &plan.number, after) != 3) {
    fprintf(stderr, "fault layer: ASSAY_FAULT='%s' cannot be read\n", text);
    _exit(70);
  }
  plan.goes_on = after[0] == '+';
  const char *word = strchr(after, ':');
  plan.kind = (operation)index_of(kind, operation_names, OPERATION_ANY + 1);
  plan.effect = (effect)index_of(word ? word + 1 : "", effect_names, 5);
  plan.is_set = 1;
}

// Whether this process is the one that the fault strikes.
static int strikes(void) {
  const char *mark = getenv("ASSAY_FAULT_MARK");
  if (plan.has_struck || !mark) return 1;
  int file = open(mark, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) return 0;
  close(file);
  return 1;
}

static outcome struck(operation kind) {
  plan.has_struck = 1;
  switch (plan.effect) {
    case EFFECT_ERROR:
      return OUTCOME_ERROR;
    case EFFECT_FULL:
      // Only what takes room can lack it.
      return kind == OPERATION_WRITE || kind == OPERATION_OPEN ? OUTCOME_FULL : OUTCOME_ERROR;
    case EFFECT_SHORT:
      return kind == OPERATION_WRITE ? OUTCOME_SHORT : OUTCOME_ERROR;
    case EFFECT_POWER:
      unsynced_lose(plan.seed);
      break;
    case EFFECT_KILL:
      break;
  }
  kill(getpid(), SIGKILL);
  pause();
  return OUTCOME_ERROR;
}

outcome plan_next(operation kind) {
  pthread_mutex_lock(&lock);
  counts[OPERATION_ANY]++;
  long number = plan.kind == OPERATION_ANY ? counts[OPERATION_ANY] : counts[kind] + 1;
  counts[kind]++;
  int is_due = plan.is_set && (plan.kind == OPERATION_ANY || plan.kind == kind) &&
               (number == plan.number || (plan.goes_on && number > plan.number));
  outcome result = is_due && strikes() ? struck(kind) : OUTCOME_DONE;
  pthread_mutex_unlock(&lock);
  return result;
}

void plan_write_counts(void) {
  const char *path = getenv("ASSAY_FAULT_COUNTS");
  if (!path) return;
  char line[256];
  int length = 0;
  for (int i = 0; i <= OPERATION_ANY; i++) {
    length += snprintf(line + length, sizeof line - (size_t)length, "%s%ld", i ? " " : "",
                       counts[i]);
  }
  line[length++] = '\n';
  int file = open(path, O_CREAT | O_APPEND | O_WRONLY | O_CLOEXEC, 0644);
  if (file < 0) return;
  if (write(file, line, (size_t)length) != length) perror("fault layer");
  close(file);
}
