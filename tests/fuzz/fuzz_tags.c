/* SPDX-License-Identifier: BSD-2-Clause */
/* The values of tags: what an ARC field says when it is read without complaint
 * is what its text says.  The first octet picks the kind of field, the rest is
 * its value. */
#include <string.h>

#include "crypto/digest.h"
#include "mail.h"

/* The number that text is, saturated; false when it is none. */
static bool
number(struct slice text, size_t max_digits, uint64_t *out)
{
	*out = 0;
	if (text.len == 0 || text.len > max_digits)
		return false;
	for (size_t i = 0; i < text.len; i++) {
		if (!ascii_is_digit(text.p[i]))
			return false;
		uint64_t digit = (uint64_t)(text.p[i] - '0');

		*out = *out > (UINT64_MAX - digit) / 10 ? UINT64_MAX
							: *out * 10 + digit;
	}
	return true;
}

static struct slice
value(const struct sigfield *f, const char *name)
{
	const struct tag *t = taglist_find(&f->list, slice_of(name));

	return t != NULL ? t->value : SLICE_NONE;
}

static void
check_number(const struct sigfield *f, const char *tag, size_t max_digits,
    bool has, uint64_t is)
{
	struct slice text = value(f, tag);
	uint64_t says;

	need(has == (text.p != NULL));
	need(!has || (number(text, max_digits, &says) && says == is));
}

static void
check_sig(const struct sigfield *f)
{
	const struct sigtags *s = &f->tags;

	need(s->signature.len > 0 && s->domain.len > 0 && s->selector.len > 0);
	need(s->b_raw.p >= f->field->raw.p &&
	     s->b_raw.p + s->b_raw.len <= f->field->raw.p + f->field->raw.len);
	if (f->kind == ARC_AMS) {
		check_number(f, "l", 76, s->has_length, s->length);
		check_number(f, "x", 12, s->has_expires, s->expires);
		check_number(f, "t", 12, s->has_time, s->time);
		need(s->body_hash.len == DIGEST_SIZE && s->nheaders > 0);
	} else {
		need(s->cv == CV_NONE || s->cv == CV_PASS || s->cv == CV_FAIL);
	}
	for (size_t i = 0; i < s->nheaders; i++)
		for (size_t k = 0; k < s->headers[i].len; k++)
			need(!ascii_is_fws(s->headers[i].p[k]) &&
			     s->headers[i].p[k] != ':');
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice all = { (const char *)p, n };
	struct buf octets = { .max = 0 };
	struct mail w;
	uint64_t instance;

	if (n == 0)
		return 0;
	buf_slice(&octets, sigfield_name((enum sigkind)(p[0] % ARC_KINDS)));
	buf_char(&octets, ':');
	buf_slice(&octets, slice_sub(all, 1, n));
	buf_text(&octets, "\r\n\r\n");
	if (!mail_judge(&w, buf_view(&octets), NULL, true)) {
		buf_release(&octets);
		return 0;
	}
	for (size_t i = 0; i < w.chain.nfields; i++) {
		const struct sigfield *f = &w.chain.field[i];

		/* One that belongs to a set may have a fault in its tags. */
		need(f->instance > 0 || f->problem.code != DIAG_NONE);
		need(f->instance <= CHAIN_MAX);
		if (f->instance == 0 || f->kind == ARC_AAR)
			continue;
		/* One that stands first is no tag of the list. */
		need(
		    f->instance_first || (number(value(f, "i"), 2, &instance) &&
					     instance == f->instance));
		if (f->problem.code == DIAG_NONE)
			check_sig(f);
	}
	mail_hops(&w);
	mail_close(&w);
	buf_release(&octets);
	return 0;
}
