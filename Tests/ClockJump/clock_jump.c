// Sets the clock of the process that this library is loaded into before all others (LD_PRELOAD): by
// JUMP seconds at its start, or again and again, EVERY so many seconds. Clocks that nobody sets go on as
// they are.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <stdlib.h>
#include <sys/time.h>
#include <time.h>

static double setting(const char *name) {
  const char *text = getenv(name);
  return text ? atof(text) : 0;
}

static time_t jump(double now) {
  static double start = 0;
  if (start == 0) start = now;
  double every = setting("EVERY");
  return (time_t)setting("JUMP") * (every > 0 ? (time_t)((now - start) / every) : 1);
}

int clock_gettime(clockid_t clock, struct timespec *time) {
  int (*real)(clockid_t, struct timespec *) = dlsym(RTLD_NEXT, "clock_gettime");
  int code = real(clock, time);
  if (code == 0 && clock == CLOCK_REALTIME) {
    time->tv_sec += jump((double)time->tv_sec + (double)time->tv_nsec / 1e9);
  }
  return code;
}

int gettimeofday(struct timeval *time, void *zone) {
  int (*real)(struct timeval *, void *) = dlsym(RTLD_NEXT, "gettimeofday");
  int code = real(time, zone);
  if (code == 0) time->tv_sec += jump((double)time->tv_sec + (double)time->tv_usec / 1e6);
  return code;
}
