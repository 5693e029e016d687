// What libsqlite3 can do at most on this machine: plain loops in C over one prepared statement, to
// measure the store against.

#ifndef CSTORELIMIT_H
#define CSTORELIMIT_H

#include <stdint.h>

// Inserts chunks of rows of image_uncertainty of one measurement, each chunk in a transaction.
// Returns an SQLite result code; *seconds is what the loop took.
int store_limit_image_rows(const char *path, int64_t measurement, int64_t chunks, int64_t rows,
                           double *seconds);

// The same for metric points of one run.
int store_limit_metrics(const char *path, int64_t run, int64_t chunks, int64_t rows,
                        double *seconds);

#endif
