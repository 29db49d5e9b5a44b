/* SPDX-License-Identifier: BSD-2-Clause */
/* line.h - what the lines of text have in common */
#ifndef REPORT_LINE_H
#define REPORT_LINE_H

#include <stdbool.h>

#include "base/buf.h"
#include "base/diag.h"
#include "report/report.h"
#include "base/slice.h"

/* A result, in its colour. */
void line_word(struct buf *, bool color, const char *word);

/* How a line on a message begins: "FILE: dkim=pass", or aligned "dkim=pass
 * FILE"; method is "dkim=", or "" where the word is a verdict. */
void line_begin(
    struct buf *, const struct report *, const char *method, const char *word);

/* name and value, escaped; nothing when there is no value. */
void line_pair(struct buf *, const char *name, struct slice value);

/* " Sentence (particulars)  [code]". */
void line_reason(struct buf *, const struct report *, const struct diag *why);

/* "[code]", set back where there are colours. */
void line_code(struct buf *, bool color, const char *word);

#endif
