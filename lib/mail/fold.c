/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/fold.h"

enum {
	TAB_WIDTH = 8
};

void
fold_put(struct fold *f, struct slice octets)
{
	buf_slice(&f->text, octets);
	f->column += octets.len;
}

void
fold_line(struct fold *f)
{
	buf_text(&f->text, f->eol);
	buf_char(&f->text, '\t');
	f->column = TAB_WIDTH;
}

void
fold_word(struct fold *f, struct slice word)
{
	if (f->column + 1 + word.len > FOLD_AT)
		fold_line(f);
	else
		fold_put(f, SLICE(" "));
	fold_put(f, word);
}

void
fold_before_next(struct fold *f)
{
	f->column = FOLD_AT;
}
