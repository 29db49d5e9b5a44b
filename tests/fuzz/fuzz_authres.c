/* SPDX-License-Identifier: BSD-2-Clause */
/* Authentication-Results: what is read and written again reads the same, and
 * what is written is one line of printable octets. */
#include "mail/authres.h"
#include "fuzz.h"

static void
need_same(const struct authres *a, const struct authres *b)
{
	need(b->bad.len == 0 && b->nresults == a->nresults);
	for (size_t i = 0; i < a->nresults; i++) {
		const struct authres_result *x = &a->result[i];
		const struct authres_result *y = &b->result[i];

		need(slice_eq(x->method, y->method));
		need(slice_eq(x->result, y->result));
		need(x->nproperties == y->nproperties);
		for (size_t k = 0; k < x->nproperties; k++)
			need(
			    slice_eq(x->property[k].name, y->property[k].name));
	}
}

/* Whether it is an id as hosts have them: only such a one is ours, and what
 * some readers take for white space is no part of it. */
static bool
is_an_id(struct slice id)
{
	for (size_t i = 0; i < id.len; i++)
		if (!ascii_is_alnum(id.p[i]) && id.p[i] != '-' &&
		    (id.p[i] != '.' || i == 0 || i + 1 == id.len))
			return false;
	return id.p != NULL && id.len > 0;
}

static void
put_word(void *ctx, bool comment, struct slice text)
{
	(void)comment;
	buf_char(ctx, ' ');
	buf_slice(ctx, text);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice text = { (const char *)p, n };
	struct arena *arena = arena_new();
	struct buf out = { .max = 0 };
	struct authres a, b;
	struct diag why;
	size_t good = 0;
	bool claims;

	need(arena != NULL && authres_parse(text, arena, &a, &why) == 0);
	if (is_an_id(a.authserv_id))
		need(authres_claims(
			 text, a.authserv_id, arena, &claims, &why) == 0 &&
		     claims);
	buf_text(&out, "id");
	for (size_t i = 0; i < a.nresults; i++) {
		if (a.result[i].fault.why != NULL)
			continue;
		a.result[good++] = a.result[i];
		buf_char(&out, ';');
		need(authres_put(&a.result[i],
			 &(struct authres_words){ put_word, &out }) == 0);
	}
	a.nresults = good;
	for (size_t i = 0; i < out.len; i++)
		need((unsigned char)out.p[i] >= ' ' && out.p[i] != 0x7f);
	need(authres_parse(buf_view(&out), arena, &b, &why) == 0);
	need_same(&a, &b);
	buf_release(&out);
	arena_free(arena);
	return 0;
}
