/* SPDX-License-Identifier: BSD-2-Clause */
/* badoption.h - what is wrong with an option that getopt_long() refused */
#ifndef BADOPTION_H
#define BADOPTION_H

#include <getopt.h>

#include "cli.h"

/* Say it and exit 64: unknown, with the option that was most likely meant;
 * ambiguous; without its argument, or with one that it does not take. */
_Noreturn void bad_option(
    const struct cli *, char **argv, const struct option *options);

#endif
