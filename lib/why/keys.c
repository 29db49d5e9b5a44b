/* SPDX-License-Identifier: BSD-2-Clause */
/* A signature whose key is not to be had, or does not open it. */
#include <stdio.h>
#include <string.h>

#include "base/base64.h"
#include "why/keys.h"
#include "why/keys_record.h"

enum {
	REPAIR_COST = 640 * 1024 * 1024,
	MAX_SELECTORS = 16, /* other keys of a domain that are tried */
};

static void
say(struct finding *f, const char *what, struct slice name)
{
	char q[DIAG_QUOTED];

	if (f != NULL)
		snprintf(f->detail, sizeof f->detail, "%s%s", what,
		    diag_quote(name, q));
}

/* ------------------------------------------------------------------------
 * Other keys. */

static void
add_name(struct slice names[], size_t *n, struct slice name, struct slice own)
{
	if (name.len == 0 || slice_eq(name, own))
		return;
	for (size_t k = 0; k < *n; k++)
		if (slice_eq(names[k], name))
			return;
	if (*n < MAX_SELECTORS)
		names[(*n)++] = name;
}

/* Keys of the same domain that the message names or a keys file holds. */
static bool
other_selector(struct lock *l)
{
	struct search *s = l->s;
	struct slice names[MAX_SELECTORS], listed[MAX_SELECTORS];
	struct slice own = l->k->key_name, suffix = own;
	static const struct slice mark = { "._domainkey.", 12 };
	size_t n = 0;
	struct diag why;

	while (suffix.len > 0 && !slice_starts(suffix, mark))
		suffix = slice_sub(suffix, 1, suffix.len);
	for (size_t k = s->nknown; k-- > 0;) {
		struct slice name = s->known[k].key_name;

		if (name.len > suffix.len &&
		    slice_eq(slice_sub(name, name.len - suffix.len, name.len),
			suffix))
			add_name(names, &n, name, own);
	}
	size_t in_files = keystore_list(s->keys, suffix, listed, MAX_SELECTORS);

	for (size_t k = 0; k < in_files; k++)
		add_name(names, &n, listed[k], own);
	if (n > 0 && keystore_fetch(s->keys, names, n, 0, &why) != 0) {
		search_fail(s, &why);
		return false;
	}
	for (size_t k = 0; k < n; k++) {
		const struct keyentry *e = keystore_find(s->keys, names[k]);

		for (size_t r = 0; e != NULL && r < e->nrecords; r++)
			if (e->record[r].why.code == DIAG_NONE &&
			    lock_key_made(l, &e->record[r].key)) {
				say(lock_note(l, CAUSE_KEY_OTHER_SELECTOR,
					LEVEL_PROVED),
				    "it is the key at ", names[k]);
				return true;
			}
	}
	return false;
}

/* ------------------------------------------------------------------------
 * A damaged b=. */

static const char alphabet[] =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/* The repair that was found, told as a change of the field. */
static void
note_repair(struct lock *l, size_t at, char c)
{
	struct finding *f = lock_note(l, CAUSE_SIG_B_DAMAGED, LEVEL_PROVED);
	const struct field *field = l->k->f->field;
	struct slice raw = l->k->f->tags.b_raw;

	if (f == NULL)
		return;
	struct slice value = arena_copy(l->s->arena, field->value);

	if (value.p == NULL) {
		search_memory(l->s);
		return;
	}
	((char *)value.p)[(size_t)(raw.p - field->value.p) + at] = c;
	f->change[f->nchanges++] = (struct change){ .name = field->name,
		.at = field,
		.is = field->value,
		.was = value };
	snprintf(
	    f->detail, sizeof f->detail, "character %zu was \"%c\"", at + 1, c);
}

/* Every seal from set i on covers the field with its b=, but for the seal
 * itself; the first one whose digest is known tells which character was
 * another. */
static bool
repair_by_seal(struct lock *l, unsigned j)
{
	struct search *s = l->s;
	const struct sigfield *f = l->k->f;
	struct buf b = { .max = 0 };
	struct sink sink = buf_sink(&b);
	struct slice raw = f->tags.b_raw, mark;
	size_t start = 0;
	bool found = false;

	chain_put_seal(s->chain, j, &sink);
	struct slice own =
	    canon_field(s, CANON_RELAXED, f->field, SLICE_NONE, true);
	struct slice all = search_keep(s, &b);

	buf_release(&b);
	if (s->failed || f->tags.cv == CV_FAIL)
		return false;
	while (start < all.len &&
	       !slice_starts(slice_sub(all, start, all.len), own))
		start++;
	/* Where b='s value is in the canonical field: blanks may have gone. */
	mark = slice_trim(raw);
	size_t at = 0;

	while (at < own.len && mark.len > 0 &&
	       !slice_starts(slice_sub(own, at, own.len),
		   slice_sub(mark, 0, mark.len < 8 ? mark.len : 8)))
		at++;
	if (start == all.len || at == own.len || mark.len == 0)
		return false;
	struct digest d;
	size_t p = start + at, raw_at = (size_t)(mark.p - raw.p);

	digest_init(&d);
	digest_put(&d, all.p, p);
	for (; p < all.len && raw_at < raw.len && !found && !s->failed;
	     p++, raw_at++) {
		/* Both walk over b=; white space there is at most one
		 * space here. */
		while (raw_at < raw.len && ascii_is_fws(raw.p[raw_at]) &&
		       all.p[p] != ' ')
			raw_at++;
		if (raw_at == raw.len)
			break;
		for (size_t c = 0; c < 64 && !found; c++) {
			struct digest e;

			if (all.p[p] == ' ' || alphabet[c] == all.p[p] ||
			    !search_may(s, all.len - p))
				continue;
			digest_copy(&e, &d);
			digest_put(&e, &alphabet[c], 1);
			digest_put(&e, all.p + p + 1, all.len - p - 1);
			found = target_fits_digest(s, &s->seal[j]->target, &e);
			digest_release(&e);
			if (found)
				note_repair(l, raw_at, alphabet[c]);
		}
		digest_put(&d, all.p + p, 1);
	}
	digest_release(&d);
	return found;
}

static bool
repair_by_digest(struct lock *l)
{
	struct search *s = l->s;

	/* No seal covers a DKIM-Signature. */
	if (l->kind == DKIM_SIGNATURE)
		return false;
	for (unsigned j = l->kind == ARC_AMS ? l->i : l->i + 1;
	     j <= s->chain->n; j++)
		if (s->seal[j]->target.kind == TARGET_DIGEST &&
		    !s->seal[j]->holds && s->seal[j]->f->tags.cv != CV_FAIL)
			return repair_by_seal(l, j);
	return false;
}

/* With every one-character repair the signature is opened anew. */
static bool
repair_by_opening(struct lock *l)
{
	struct search *s = l->s;
	struct slice sig = l->k->f->tags.signature, raw = l->k->f->tags.b_raw;
	unsigned char octets[KEY_MAX_RSA_BITS / 8], want[DIGEST_SIZE];
	unsigned char sha1[DIGEST_SHA1_SIZE];
	size_t digit = 0;

	if (l->k->key == NULL || l->k->key->key.type != KEY_RSA ||
	    l->k->key->key.bits > 4096 || sig.len != l->k->key->key.noctets ||
	    !lock_digest(l, want, sha1))
		return false;
	memcpy(octets, sig.p, sig.len);
	for (size_t at = 0; at < raw.len && !s->failed; at++) {
		size_t bit = 6 * digit;

		if (ascii_is_fws(raw.p[at]) || raw.p[at] == '=')
			continue;
		digit++;
		for (unsigned v = 0; v < 64; v++) {
			struct signature_opened opened;
			struct diag why;
			struct slice changed = { (const char *)octets,
				sig.len };

			if (alphabet[v] == raw.p[at] ||
			    !search_may(s, lock_cost(&l->k->key->key)))
				continue;
			for (unsigned k = 0; k < 6; k++) {
				size_t at_bit = bit + k;
				unsigned char mask =
				    (unsigned char)(0x80 >> at_bit % 8);

				if (at_bit / 8 >= sig.len)
					break;
				if (v >> (5 - k) & 1)
					octets[at_bit / 8] |= mask;
				else
					octets[at_bit / 8] &=
					    (unsigned char)~mask;
			}
			if (signature_open(
				&l->k->key->key, changed, &opened, &why) != 0)
				search_fail(s, &why);
			else if (opened.what == OPENED_SHA256 &&
				 memcmp(opened.digest, want, DIGEST_SIZE) ==
				     0) {
				note_repair(l, at, alphabet[v]);
				return true;
			}
		}
		/* As it was, for the next character. */
		memcpy(octets, sig.p, sig.len);
	}
	return false;
}

/* ------------------------------------------------------------------------
 * The order of it. */

/* Whether the record, though it cannot be read, is for another algorithm. */
static bool
is_other_type(const struct lock *l)
{
	struct slice word = SLICE("rsa");
	enum signature_algorithm alg;
	struct taglist tags;
	struct diag why;

	if (!signature_named(l->k->f->tags.algorithm, &alg) ||
	    taglist_parse(
		l->k->entry->answer.txt[0].text, l->s->arena, &tags, &why) != 0)
		return false;
	if (taglist_find(&tags, SLICE("k")) != NULL)
		word = taglist_value(&tags, SLICE("k"));
	return slice_eq_nocase(word, SLICE("ed25519")) !=
	       (alg == SIGNATURE_ED25519_SHA256);
}

static void
no_usable_key(struct lock *l)
{
	const struct keyentry *e = l->k->entry;
	enum cause_id cause;

	if (answer_diag(e->answer.kind) == DIAG_KEY_MISSING) {
		struct finding *f = lock_note(l, CAUSE_KEY_MISSING, LEVEL_FACT);
		char detail[ANSWER_DETAIL];

		if (f != NULL) {
			f->unasked = e->answer.not_asked;
			snprintf(f->detail, sizeof f->detail, "%s",
			    answer_detail(&e->answer, l->k->key_name, detail));
		}
		other_selector(l);
		return;
	}
	if (e->answer.kind != ANSWER_RECORDS || e->nrecords == 0)
		return;
	switch (e->record[0].why.code) {
	case DIAG_KEY_REVOKED: cause = CAUSE_KEY_REVOKED; break;
	case DIAG_KEY_HASH: cause = CAUSE_KEY_HASH_FORBIDDEN; break;
	case DIAG_KEY_TYPE: cause = CAUSE_KEY_TYPE_MISMATCH; break;
	case DIAG_KEY_SHORT: cause = CAUSE_KEY_TOO_SHORT; break;
	case DIAG_KEY_SYNTAX:
		cause = is_other_type(l) ? CAUSE_KEY_TYPE_MISMATCH
					 : CAUSE_KEY_UNPARSABLE;
		break;
	default: return;
	}
	if (record_split(l))
		return;
	if ((cause == CAUSE_KEY_UNPARSABLE ||
		cause == CAUSE_KEY_TYPE_MISMATCH ||
		cause == CAUSE_KEY_HASH_FORBIDDEN) &&
	    record_broken(l, cause))
		return;
	struct finding *f = lock_note(l, cause, LEVEL_FACT);

	if (f != NULL)
		snprintf(
		    f->detail, sizeof f->detail, "%s", e->record[0].why.detail);
	if (cause != CAUSE_KEY_REVOKED)
		other_selector(l);
}

/* Another signature with the same key, as far as there is one: of a set its
 * other. */
static const struct known *
beside(const struct lock *l)
{
	const struct search *s = l->s;

	if (l->kind == ARC_AMS)
		return s->seal[l->i];
	if (l->kind == ARC_SEAL)
		return s->ams[l->i];
	for (size_t k = 0; k < s->nknown; k++)
		if (&s->known[k] != l->k && s->known[k].f != NULL &&
		    slice_eq(s->known[k].key_name, l->k->key_name))
			return &s->known[k];
	return s->ams[0];
}

/* Whether the letters of b= are all of one case, as of a copy that was written
 * in small letters: then the key is not to blame. */
static bool
is_one_case(struct slice b)
{
	size_t lower = 0, upper = 0;

	for (size_t i = 0; b.p != NULL && i < b.len; i++) {
		lower += b.p[i] >= 'a' && b.p[i] <= 'z';
		upper += b.p[i] >= 'A' && b.p[i] <= 'Z';
	}
	return (lower == 0) != (upper == 0) && lower + upper >= 20;
}

/* The key is there and does not open it. */
static void
not_opened(struct lock *l)
{
	struct search *s = l->s;
	const struct known *other = beside(l);

	if (is_one_case(l->k->f->tags.b_raw)) {
		lock_note(l, CAUSE_SIG_B_DAMAGED, LEVEL_INDICATED);
		return;
	}
	if (record_split(l) || other_selector(l))
		return;
	bool same_key =
	    slice_eq(l->k->key_name, other->key_name) && other->f != NULL;

	if (same_key && other->key != NULL &&
	    other->opened.what == OPENED_NOT) {
		lock_note(l, CAUSE_KEY_MISMATCH, LEVEL_PROVED);
		return;
	}
	search_begin(s, REPAIR_COST);
	if (repair_by_digest(l) || repair_by_opening(l))
		return;
	lock_note(l,
	    same_key && other->key != NULL ? CAUSE_SIG_B_DAMAGED
					   : CAUSE_KEY_MISMATCH,
	    LEVEL_INDICATED);
}

/* ------------------------------------------------------------------------
 * What was signed is right, and the step from it to the signature is not. */

/* Whether the signature is one over these octets, hashed once more where that
 * is how its algorithm begins. */
static bool
signs(struct lock *l, struct slice octets, bool hash)
{
	unsigned char digest[DIGEST_SIZE];
	const struct known *k = l->k;
	struct diag why;

	if (l->s->failed || !search_may(l->s, octets.len))
		return false;
	if (k->target.kind == TARGET_DIGEST)
		return lock_hash(l->s, octets, digest) &&
		       memcmp(digest, k->target.digest, DIGEST_SIZE) == 0;
	if (k->target.kind != TARGET_CHECK ||
	    !search_pay(l->s, COST_VERIFICATION) ||
	    (hash && !lock_hash(l->s, octets, digest)))
		return false;
	if (signature_verify_octets(k->target.key,
		hash ? (struct slice){ (const char *)digest, DIGEST_SIZE }
		     : octets,
		k->target.signature, &why) == 0)
		return true;
	if (diag_info(why.code)->class == DIAG_CLASS_TROUBLE)
		search_fail(l->s, &why);
	return false;
}

/* All that is signed is as it was: the signer took another step to sign it. */
static bool
hashed_oddly(struct lock *l)
{
	unsigned char digest[DIGEST_SIZE];
	struct slice once = { (const char *)digest, DIGEST_SIZE };
	struct buf b = { .max = 0 }, hex = { .max = 0 };
	enum cause_id cause = CAUSE_NONE;

	if (!lock_octets(l, &b) || !lock_hash(l->s, buf_view(&b), digest)) {
		buf_release(&b);
		return false;
	}
	buf_hex(&hex, digest, DIGEST_SIZE);
	if (l->k->target.kind == TARGET_CHECK && signs(l, buf_view(&b), false))
		cause = CAUSE_SIG_ED25519_UNHASHED;
	else if (signs(l, once, true))
		cause = CAUSE_SIG_HASH_DOUBLED;
	else if (signs(l, buf_view(&hex), true) ||
		 (l->k->target.kind == TARGET_CHECK &&
		     signs(l, buf_view(&hex), false)))
		cause = CAUSE_SIG_HASH_IN_HEX;
	buf_release(&b);
	buf_release(&hex);
	if (cause == CAUSE_NONE)
		return false;
	lock_note(l, cause, LEVEL_PROVED);
	l->k->holds = true;
	return true;
}

/* The key opens it, and what is in it is odd. */
static void
opened_oddly(struct lock *l)
{
	unsigned char digest[DIGEST_SIZE], sha1[DIGEST_SHA1_SIZE];

	if (!lock_digest(l, digest, sha1))
		return;
	if (l->k->opened.what == OPENED_BARE &&
	    memcmp(l->k->opened.digest, digest, DIGEST_SIZE) == 0)
		lock_note(l, CAUSE_SIG_DIGESTINFO_MISSING, LEVEL_PROVED);
	if (l->k->opened.what == OPENED_SHA1)
		lock_note(l, CAUSE_SIG_DIGESTINFO_SHA1, LEVEL_PROVED);
}

static void
note_cut(struct lock *l)
{
	struct finding *f = lock_note(l, CAUSE_SIG_B_CUT_OFF, LEVEL_FACT);

	if (f != NULL && l->k->f->tags.signature.len > 0)
		snprintf(f->detail, sizeof f->detail, "%zu bytes",
		    l->k->f->tags.signature.len);
}

static bool
is_sha1(struct slice algorithm)
{
	return slice_eq_nocase(algorithm, SLICE("rsa-sha1"));
}

void
explain_keys(struct search *s, struct known *k)
{
	struct lock l = { .s = s,
		.k = k,
		.kind = k->f->kind,
		.i = k->instance,
		.aspect =
		    k->f->kind == ARC_SEAL ? ASPECT_SEAL : ASPECT_SIGNATURE };
	const struct sigtags *g = &l.k->f->tags;

	if (is_sha1(g->algorithm)) {
		lock_note(&l, CAUSE_SIG_ALGORITHM_SHA1, LEVEL_FACT);
		return;
	}
	if (l.k->holds)
		return;
	if (l.k->cut) {
		note_cut(&l);
		return;
	}
	if (g->b_raw.p != NULL && g->signature.len == 0) {
		/* No base64: a character is another. */
		search_begin(s, REPAIR_COST);
		if (!repair_by_digest(&l))
			lock_note(&l, CAUSE_SIG_B_DAMAGED, LEVEL_INDICATED);
		return;
	}
	if (!l.k->readable || l.k->entry == NULL)
		return;
	if (l.k->key == NULL) {
		no_usable_key(&l);
		return;
	}
	enum key_type wanted =
	    slice_eq_nocase(g->algorithm, SLICE("ed25519-sha256")) ? KEY_ED25519
								   : KEY_RSA;

	if (l.k->key->key.type != wanted)
		lock_note(&l, CAUSE_KEY_TYPE_MISMATCH, LEVEL_FACT);
	else if (wanted == KEY_RSA && l.k->opened.what == OPENED_NOT)
		not_opened(&l);
	else if (wanted == KEY_RSA && l.k->opened.what != OPENED_SHA256)
		opened_oddly(&l);
	else if (!hashed_oddly(&l) && wanted == KEY_ED25519)
		other_selector(&l);
}

/* A key that is too short is told of, with what it would have said. */
void
explain_weak_key(struct search *s, struct known *k)
{
	struct lock l = { .s = s,
		.k = k,
		.kind = k->f->kind,
		.i = k->instance,
		.aspect = ASPECT_KEY };
	struct finding *f = lock_note(&l, CAUSE_KEY_TOO_SHORT, LEVEL_FACT);

	if (f != NULL && l.k->key != NULL)
		snprintf(f->detail, sizeof f->detail, "%u bits%s",
		    l.k->key->key.bits,
		    l.k->holds ? "; the signature is right" : "");
}

void
explain_unfit_key(struct search *s, unsigned i)
{
	struct lock l = { .s = s,
		.k = s->ams[i],
		.kind = ARC_AMS,
		.i = i,
		.aspect = ASPECT_SIGNATURE };

	if (s->ams[i]->target.kind != TARGET_CHECK ||
	    s->seal[i]->target.kind != TARGET_CHECK || s->ams[i]->holds ||
	    s->seal[i]->holds ||
	    !slice_eq(s->ams[i]->key_name, s->seal[i]->key_name))
		return;
	for (size_t k = 0; k < s->out->n; k++)
		if (s->out->finding[k].instance == i &&
		    s->out->finding[k].level != LEVEL_INDICATED)
			return;
	lock_note(&l, CAUSE_KEY_MISMATCH, LEVEL_INDICATED);
}
