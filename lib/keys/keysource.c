/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/buf.h"
#include "keys/keysource.h"

static const struct {
	const char *word;
	enum diag_code code;
} kinds[] = {
	[ANSWER_RECORDS] = { "RECORDS", DIAG_NONE },
	[ANSWER_NXDOMAIN] = { "NXDOMAIN", DIAG_KEY_MISSING },
	[ANSWER_NODATA] = { "NODATA", DIAG_KEY_MISSING },
	[ANSWER_TIMEOUT] = { "TIMEOUT", DIAG_DNS_TIMEOUT },
	[ANSWER_SERVFAIL] = { "SERVFAIL", DIAG_DNS_SERVFAIL },
	[ANSWER_REFUSED] = { "REFUSED", DIAG_DNS_REFUSED },
	[ANSWER_BOGUS] = { "BOGUS", DIAG_DNS_BOGUS },
	[ANSWER_MALFORMED] = { "MALFORMED", DIAG_DNS_MALFORMED },
	[ANSWER_UNREACHABLE] = { "UNREACHABLE", DIAG_DNS_UNREACHABLE },
	[ANSWER_UNKNOWN] = { "UNKNOWN", DIAG_KEY_MISSING },
};

const char *
answer_word(enum answer_kind kind)
{
	return kinds[kind].word;
}

enum diag_code
answer_diag(enum answer_kind kind)
{
	return kinds[kind].code;
}

enum {
	MOST_FILE = 40 /* octets of a keys file's name in a detail */
};

const char *
answer_detail(
    const struct answer *a, struct slice name, char out[ANSWER_DETAIL])
{
	char n[DIAG_QUOTED], f[DIAG_QUOTED];
	struct slice file = a->file;

	if (a->cname.len > 0)
		name = a->cname;
	if (!a->not_asked) {
		snprintf(out, ANSWER_DETAIL, "%s at %s", answer_word(a->kind),
		    diag_quote(name, n));
		return out;
	}
	while (file.len > MOST_FILE && slice_find(file, '/') + 1 < file.len)
		file = slice_sub(file, slice_find(file, '/') + 1, file.len);
	snprintf(out, ANSWER_DETAIL,
	    "%s is not in %s%s; DNS was not asked (--dns)", diag_quote(name, n),
	    file.len > 0 ? diag_quote(slice_sub(file, 0, MOST_FILE), f)
			 : "any keys file",
	    file.len > MOST_FILE ? "..." : "");
	return out;
}

static void
write_string(struct buf *out, struct slice s)
{
	buf_text(out, " \"");
	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];

		if (c == '"' || c == '\\')
			buf_printf(out, "\\%c", c);
		else if (c >= 0x20 && c < 0x7f)
			buf_char(out, (char)c);
		else
			buf_printf(out, "\\%03u", c);
	}
	buf_char(out, '"');
}

/* A name with its final dot.  A quote would begin a string, and a line "$..."
 * or a name "@" be something else; the other escapes are there already. */
static void
write_name(struct buf *out, struct slice name)
{
	for (size_t i = 0; i < name.len; i++) {
		if (name.p[i] == '"' || name.p[i] == '$' || name.p[i] == '@')
			buf_char(out, '\\');
		buf_char(out, name.p[i]);
	}
	if (!slice_eq(name, SLICE(".")))
		buf_char(out, '.');
}

static void
write_owner(struct buf *out, struct slice owner, enum rr_type type,
    const struct answer *a)
{
	write_name(out, owner);
	if (a->has_ttl)
		buf_printf(out, " %lu", (unsigned long)a->ttl);
	buf_printf(out, " IN %s", rr_word(type));
}

static void
write_rr(struct buf *out, enum rr_type type, const struct rr *rr)
{
	buf_char(out, ' ');
	if (type == RR_MX)
		buf_printf(out, "%u ", rr->preference);
	if (type == RR_A || type == RR_AAAA)
		rr_write_address(out, type, rr->address);
	else
		write_name(out, rr->name);
	buf_char(out, '\n');
}

void
keyfile_write(struct buf *out, const struct question *q, const struct answer *a)
{
	struct slice name = q->name;
	struct slice owner = a->cname.len > 0 ? a->cname : name;

	if (a->cname.len > 0) {
		write_name(out, name);
		buf_text(out, " IN CNAME ");
		write_name(out, a->cname);
		buf_char(out, '\n');
	}
	if (a->kind != ANSWER_RECORDS) {
		buf_text(out, ";! ");
		write_name(out, owner);
		buf_printf(out, " %s", answer_word(a->kind));
		if (q->type != RR_TXT)
			buf_printf(out, " %s", rr_word(q->type));
		buf_char(out, '\n');
	}
	for (size_t i = 0; i < a->nrr; i++) {
		write_owner(out, owner, q->type, a);
		write_rr(out, q->type, &a->rr[i]);
	}
	for (size_t i = 0; i < a->ntxt; i++) {
		write_owner(out, owner, RR_TXT, a);
		for (size_t k = 0; k < a->txt[i].nstrings; k++)
			write_string(out, a->txt[i].strings[k]);
		buf_char(out, '\n');
	}
	/* Of keys alone it makes a difference. */
	if (a->secure && q->type == RR_TXT) {
		buf_text(out, ";! ");
		write_name(out, name);
		buf_text(out, " SECURE\n");
	}
}
