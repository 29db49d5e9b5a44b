/* SPDX-License-Identifier: BSD-2-Clause */
/* sheet.h - a page that is being written, as wide as the terminal
 *
 * Text goes on it by display width and, where it comes from a message, made
 * inert (escape.h).  What fails on the way is kept until sheet_end(). */
#ifndef SHEET_H
#define SHEET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "mail/message.h"
#include "base/slice.h"
#include "base/width.h"
#include "mail/taglist.h"

enum {
	SHEET_COLUMNS = 79, /* in a pipe; the last one stays free */
	SHEET_NARROWEST = 62,
	SHEET_WIDEST = 160,
};

struct sheet {
	struct buf *b; /* the page */
	struct arena *arena;
	struct width width;
	size_t columns; /* of a line */
	bool cuts;	/* a terminal shows it: long fields of a message may be
			 * cut to a line */
	bool color;	/* SGR colours */
	bool failed;	/* memory was short for some of it */
};

/* To be ended with sheet_end(), which gives -1 with DIAG_MEMORY when anything
 * of the page is missing. */
void sheet_begin(
    struct sheet *, struct buf *, struct arena *, bool color, size_t columns);
int sheet_end(struct sheet *, struct diag *why);

/* Text of a message, made inert; in the arena. */
struct slice sheet_inert(struct sheet *, struct slice);

/* What a line has left besides so many columns, for a cell of a table: from 8
 * to 40. */
size_t sheet_left(const struct sheet *, size_t besides);

void sheet_spaces(struct sheet *, size_t n);

/* Inert text in a colour ("1;31"; NULL: none). */
void sheet_colored(struct sheet *, const char *sgr, struct slice);

/* Inert text in at most so many columns; "~" stands where it was cut. */
void sheet_cut(struct sheet *, struct slice, size_t columns);

/* The same, filled up with spaces. */
void sheet_cell(struct sheet *, struct slice, size_t columns);

/* Inert text in lines: the first goes on where the line is, at column, the
 * others begin after indent spaces. */
void sheet_wrap(struct sheet *, struct slice, size_t column, size_t indent);

/* " * text", wrapped after its mark, and text released. */
void sheet_item(
    struct sheet *, const char *mark, const char *sgr, struct buf *text);

/* The line of raw that holds where, and a caret under it; nothing when where is
 * no part of raw. */
void sheet_caret(struct sheet *, struct slice raw, struct slice where);

/* Append the value of a tag without its folds, each of which becomes a space,
 * or nothing within base64 (b=, bh=).  Not inert yet. */
void sheet_unfold(struct buf *, const struct tag *);

#endif
