/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "report/audit.h"
#include "base/escape.h"
#include "keys/keyline.h"
#include "keys/keyname.h"
#include "keys/keyrepair.h"
#include "mail/taglist.h"

enum {
	MAX_NAMES = 2 * CHAIN_MAX + LIMIT_DKIM,
	MAX_SHOWN = 200, /* octets of a record that are shown */
	WISE_RSA_BITS = 2048,
};

/* One name and who uses it. */
struct use {
	struct slice name;
	struct buf users;
	const struct keyentry *entry;
};

static void __attribute__((format(printf, 2, 3)))
remark(struct buf *b, const char *format, ...)
{
	va_list ap;
	char text[300];

	va_start(ap, format);
	vsnprintf(text, sizeof text, format, ap);
	va_end(ap);
	buf_printf(b, "  ! %s\n", text);
}

/* ------------------------------------------------------------------------
 * The record as text. */

/* White space where two strings of a record meet is part of the record. */
static void
audit_joints(struct buf *b, const struct txt *t)
{
	for (size_t k = 0; k + 1 < t->nstrings; k++) {
		struct slice a = t->strings[k], c = t->strings[k + 1];

		if ((a.len > 0 && ascii_is_wsp(a.p[a.len - 1])) ||
		    (c.len > 0 && ascii_is_wsp(c.p[0]))) {
			remark(b,
			    "White space at the joint of strings %zu and %zu "
			    "is part of the record: strings are joined without "
			    "a separator (RFC 6376 section 3.6.2.2).",
			    k + 1, k + 2);
			return;
		}
	}
}

static void
audit_strings(struct buf *b, const struct txt *t)
{
	buf_printf(b, "  text        %zu bytes in %zu string%s (", t->text.len,
	    t->nstrings, t->nstrings == 1 ? "" : "s");
	for (size_t k = 0; k < t->nstrings && k < 8; k++)
		buf_printf(b, "%s%zu", k > 0 ? ", " : "", t->strings[k].len);
	buf_text(b, t->nstrings > 8 ? ", ...): " : "): ");
	escape_text(b, slice_sub(t->text, 0, MAX_SHOWN));
	buf_text(b, t->text.len > MAX_SHOWN ? "...\n" : "\n");
	audit_joints(b, t);
}

/* A flag list has a word. */
static bool
has_word(const struct tag *t, const char *word)
{
	struct slice rest, item;

	if (t == NULL)
		return false;
	rest = t->value;
	while (slice_cut(&rest, ':', &item))
		if (slice_eq_nocase(slice_trim(item), slice_of(word)))
			return true;
	return false;
}

static void
audit_tags(struct buf *b, const struct taglist *tags)
{
	static const char *const told[] = { "h", "s", "t", "n" };

	for (size_t k = 0; k < ARRAY_LEN(told); k++) {
		const struct tag *tag = taglist_find(tags, slice_of(told[k]));

		if (tag == NULL)
			continue;
		buf_printf(b, "  %s=          ", told[k]);
		escape_text(b, slice_sub(tag->value, 0, MAX_SHOWN));
		buf_char(b, '\n');
	}
	if (taglist_find(tags, SLICE("v")) == NULL)
		remark(b, "v=DKIM1 is missing; RFC 6376 section 3.6.1 "
			  "recommends it.");
	if (taglist_find(tags, SLICE("g")) != NULL)
		remark(b, "g= is obsolete since RFC 6376: remove it.");
	if (has_word(taglist_find(tags, SLICE("t")), "y"))
		remark(b, "t=y: the domain is testing DKIM (RFC 6376 section "
			  "3.6.1); remove it after testing.");
	if (has_word(taglist_find(tags, SLICE("t")), "s"))
		remark(b, "t=s has no effect on ARC, where i= is the instance "
			  "(RFC 8617 section 4.1.2).");
}

/* Tags that a fixed record keeps, as text that a master file can hold: flags
 * and notes, and of a record that is no good only these. */
static void
keep_tags(struct buf *text, const struct taglist *tags, bool good)
{
	static const char *const kept[] = { "n", "t", "h", "s" };

	for (size_t k = 0; k < (good ? 4U : 2U); k++) {
		const struct tag *tag = taglist_find(tags, slice_of(kept[k]));
		bool plain = tag != NULL && tag->value.len > 0;

		for (size_t i = 0; plain && i < tag->value.len; i++)
			plain =
			    tag->value.p[i] >= ' ' && tag->value.p[i] < 0x7f &&
			    tag->value.p[i] != '"' && tag->value.p[i] != '\\';
		if (plain)
			buf_printf(
			    text, "%s=%.*s; ", kept[k], SLICE_ARG(tag->value));
	}
}

/* ------------------------------------------------------------------------
 * The key. */

static void
audit_key(struct buf *b, const struct key *k)
{
	if (k->type == KEY_ED25519) {
		buf_text(b, "  key         Ed25519, 256 bits\n");
		remark(b, "Many ARC validators do not support Ed25519 and fail "
			  "the chain (RFC 8463 recommends it to signers only "
			  "in addition to RSA).");
		return;
	}
	buf_printf(b, "  key         RSA, %u bits, exponent %llu\n", k->bits,
	    k->exponent);
	if (k->bits < KEY_MIN_RSA_BITS)
		remark(b, "Verifiers must reject RSA keys shorter than 1024 "
			  "bits (RFC 8301 section 3.2): use 2048.");
	else if (k->bits < WISE_RSA_BITS)
		remark(b, "Signers should use at least 2048 bits (RFC 8301 "
			  "section 3.2).");
	else if (k->bits > 4096)
		remark(b, "Verifiers need not support RSA keys longer than "
			  "4096 bits (RFC 8301 section 3.2).");
	if (k->bare)
		remark(b,
		    "The key is a bare RSAPublicKey; many verifiers accept "
		    "only a SubjectPublicKeyInfo (RFC 6376 erratum 3017).");
	if (k->exponent != 65537)
		remark(b, "The exponent is not the usual 65537.");
}

/* The record as a line of a master file. */
static void
put_record(struct buf *b, struct slice name, const struct key *k,
    const struct taglist *tags, bool good)
{
	struct buf kept = { .max = 0 };

	keep_tags(&kept, tags, good);
	buf_text(b, "  write it so ");
	keyline_put(b, name, k, buf_view(&kept));
	if (kept.failure != BUF_OK)
		b->failure = BUF_NO_MEMORY;
	buf_release(&kept);
}

/* A record that is no good, but has a key in it: its owner can write it right.
 */
static int
audit_fix(struct buf *b, const struct use *u, struct slice text,
    const struct taglist *tags, struct diag *why)
{
	char what[KEYREPAIR_TEXT];
	struct key key;
	int found = key_repair(text, &key, what, why);

	if (found <= 0)
		return found;
	remark(b, "The record has %s; the key in it is this:", what);
	audit_key(b, &key);
	put_record(b, u->name, &key, tags, false);
	key_release(&key);
	return 0;
}

static int
audit_record(struct buf *b, const struct use *u, const struct keyrecord *r,
    size_t number, struct arena *arena, struct diag *why)
{
	struct taglist tags = { NULL, 0 };
	bool good = r->why.code == DIAG_NONE;

	buf_printf(b, "  record %zu\n", number);
	audit_strings(b, r->text);
	if (taglist_parse(r->text->text, arena, &tags, why) == 0)
		audit_tags(b, &tags);
	else if (why->code == DIAG_MEMORY)
		return -1;
	else
		tags.n = 0;
	if (good) {
		audit_key(b, &r->key);
		put_record(b, u->name, &r->key, &tags, true);
		return 0;
	}
	buf_printf(b, "  ! %s", diag_info(r->why.code)->sentence);
	if (r->why.detail[0] != '\0')
		buf_printf(b, " (%s)", r->why.detail);
	buf_printf(b, " [%s; %s]\n", diag_info(r->why.code)->word,
	    diag_info(r->why.code)->clause);
	return audit_fix(b, u, r->text->text, &tags, why);
}

/* One key that was cut into several records is fixed by joining them. */
static int
audit_joined(struct buf *b, const struct use *u, struct diag *why)
{
	const struct answer *a = &u->entry->answer;
	const struct taglist none = { NULL, 0 };
	struct buf text = { .max = 0 };
	struct key key;
	int result = 0;

	if (a->ntxt < 2 || a->ntxt > 4)
		return 0;
	for (size_t k = 0; k < u->entry->nrecords; k++)
		if (u->entry->record[k].why.code == DIAG_NONE)
			return 0;
	for (size_t way = 0; way < 2 && result == 0; way++) {
		buf_clear(&text);
		for (size_t k = 0; k < a->ntxt; k++)
			buf_slice(
			    &text, a->txt[way == 0 ? k : a->ntxt - 1 - k].text);
		if (key_parse(buf_view(&text), &key, why) == 0) {
			remark(b, "Joined, the records are one key: publish "
				  "one record with several strings.");
			audit_key(b, &key);
			put_record(b, u->name, &key, &none, false);
			key_release(&key);
			break;
		}
		if (why->code == DIAG_MEMORY)
			result = -1;
	}
	buf_release(&text);
	return result;
}

static void
audit_answer(struct buf *b, const struct answer *a, struct slice name)
{
	char detail[ANSWER_DETAIL];

	if (a->cname.len > 0) {
		buf_text(b, "  CNAME       ");
		escape_text(b, a->cname);
		buf_char(b, '\n');
	}
	if (a->kind != ANSWER_RECORDS) {
		buf_printf(b, "  ! %s (%s)\n",
		    diag_info(answer_diag(a->kind))->sentence,
		    answer_detail(a, name, detail));
		return;
	}
	if (a->has_ttl)
		buf_printf(b, "  TTL         %lu s\n", (unsigned long)a->ttl);
	buf_printf(b, "  DNSSEC      %s\n",
	    a->secure	  ? "secure according to the resolver (AD)"
	    : a->from_dns ? "unsigned, or the resolver's AD bit is not trusted"
			  : "unsigned, or not recorded");
	if (a->ntxt > 1)
		remark(b,
		    "%zu TXT records under this name; there must be only one "
		    "(RFC 6376 section 3.6.2.2).",
		    a->ntxt);
	if (a->has_ttl && a->ttl < 300)
		remark(b, "The TTL is below 5 minutes, so almost every message "
			  "needs a lookup.");
}

static int
audit_use(struct buf *b, struct use *u, struct arena *arena, struct diag *why)
{
	const struct keyentry *e = u->entry;

	escape_text(b, u->name);
	buf_text(b, "\n  used by     ");
	buf_slice(b, buf_view(&u->users));
	buf_char(b, '\n');
	audit_answer(b, &e->answer, u->name);
	if (e->answer.kind != ANSWER_RECORDS)
		return 0;
	for (size_t k = 0; k < e->nrecords; k++)
		if (audit_record(b, u, &e->record[k], k + 1, arena, why) != 0)
			return -1;
	if (e->answer.ntxt > e->nrecords)
		remark(b, "%zu of the records are not key records; not shown.",
		    e->answer.ntxt - e->nrecords);
	return audit_joined(b, u, why);
}

/* ------------------------------------------------------------------------
 * Which keys. */

static int
add_use(struct use use[], size_t *n, const struct sigfield *f,
    struct arena *arena, struct diag *why)
{
	struct slice name;
	size_t k = 0;

	if (f == NULL || f->tags.domain.len == 0 || f->tags.selector.len == 0)
		return 0;
	if (keyname_make(f->tags.selector, f->tags.domain, arena, &name, why) !=
	    0)
		return diag_info(why->code)->class == DIAG_CLASS_TROUBLE ? -1
									 : 0;
	while (k < *n && !slice_eq(use[k].name, name))
		k++;
	if (k == *n)
		use[(*n)++].name = name;
	if (use[k].users.len > 0)
		buf_text(&use[k].users, ", ");
	if (f->instance > 0)
		buf_printf(&use[k].users, "i=%u ", f->instance);
	buf_slice(&use[k].users, sigfield_name(f->kind));
	return 0;
}

int
audit_keys(struct buf *b, const struct chain *c, const struct dkim *d,
    struct keystore *keys, int64_t deadline, struct arena *arena,
    bool *temporary, struct diag *why)
{
	struct use *use = arena_array(arena, MAX_NAMES, sizeof *use);
	struct slice names[MAX_NAMES];
	size_t n = 0;
	int result = 0;

	*temporary = false;
	if (use == NULL)
		return diag_memory(why);
	for (unsigned i = 1; i <= c->n && result == 0; i++)
		for (enum sigkind k = ARC_AMS; k <= ARC_SEAL && result == 0;
		     k++)
			result =
			    add_use(use, &n, c->set[i].part[k], arena, why);
	for (size_t i = 0; i < d->n && i < LIMIT_DKIM && result == 0; i++)
		result = add_use(use, &n, &d->signature[i].field, arena, why);
	for (size_t k = 0; k < n; k++)
		names[k] = use[k].name;
	if (result == 0 && n > 0)
		result = keystore_fetch(keys, names, n, deadline, why);
	for (size_t k = 0; k < n && result == 0; k++) {
		use[k].entry = keystore_find(keys, use[k].name);
		if (use[k].entry == NULL)
			continue;
		if (k > 0)
			buf_char(b, '\n');
		result = audit_use(b, &use[k], arena, why);
		*temporary |=
		    diag_is_temporary(answer_diag(use[k].entry->answer.kind));
	}
	for (size_t k = 0; k < n; k++) {
		if (use[k].users.failure != BUF_OK)
			b->failure = use[k].users.failure;
		buf_release(&use[k].users);
	}
	return result;
}
