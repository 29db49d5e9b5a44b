/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "why/lock.h"

struct finding *
lock_note(struct lock *l, enum cause_id cause, enum cause_level level)
{
	enum cause_role role = cause_info(cause)->role;
	enum finding_aspect aspect =
	    role == ROLE_KEY || cause == CAUSE_KEY_OTHER_SELECTOR ? ASPECT_KEY
								  : l->aspect;
	struct explanation *e = l->s->out;

	/* AMS and AS of a set mostly share a key. */
	for (size_t n = 0; n < e->n; n++)
		if (e->finding[n].cause == cause &&
		    e->finding[n].aspect == aspect &&
		    e->finding[n].instance == l->i &&
		    e->finding[n].signature == l->k->number)
			return NULL;
	struct finding *f = finding_about(l->s, cause, level, aspect, l->k);

	if (f != NULL) {
		f->domain = l->k->f->tags.domain;
		if (role == ROLE_MODIFIER)
			f->domain = SLICE_NONE;
	}
	return f;
}

bool
lock_octets(struct lock *l, struct buf *b)
{
	struct search *s = l->s;
	struct sink sink = buf_sink(b);

	if (l->kind == ARC_SEAL)
		chain_put_seal(s->chain, l->i, &sink);
	else
		sigfield_put(l->k->f, s->select, &sink);
	if (b->failure != BUF_OK)
		search_memory(s);
	search_pay(s, (uint64_t)COST_MADE * b->len);
	return b->failure == BUF_OK;
}

bool
lock_hash(struct search *s, struct slice octets, unsigned char out[DIGEST_SIZE])
{
	struct digest d;
	struct diag why;
	bool good;

	digest_init(&d);
	digest_put(&d, octets.p, octets.len);
	good = digest_final(&d, out, &why) == 0;
	if (!good)
		search_fail(s, &why);
	digest_release(&d);
	return good;
}

bool
lock_digest(struct lock *l, unsigned char out[DIGEST_SIZE],
    unsigned char sha1[DIGEST_SHA1_SIZE])
{
	struct buf b = { .max = 0 };
	struct diag why;
	bool good = lock_octets(l, &b) && lock_hash(l->s, buf_view(&b), out);

	if (good && digest_sha1(buf_view(&b), sha1, &why) != 0) {
		search_fail(l->s, &why);
		good = false;
	}
	buf_release(&b);
	return good;
}

uint64_t
lock_cost(const struct key *key)
{
	return key->type == KEY_RSA ? (uint64_t)key->noctets * key->noctets / 3
				    : COST_VERIFICATION;
}

bool
lock_key_made(struct lock *l, const struct key *key)
{
	struct search *s = l->s;
	struct signature_opened opened;
	unsigned char digest[DIGEST_SIZE], sha1[DIGEST_SHA1_SIZE];
	struct slice sig = l->k->f->tags.signature;
	struct diag why;

	if (!search_pay(s, lock_cost(key)))
		return false;
	if (key->type == KEY_ED25519) {
		if (!lock_digest(l, digest, sha1) ||
		    signature_verify(key, SIGNATURE_ED25519_SHA256, 0, digest,
			sig, &why) != 0)
			return false;
		l->k->holds = true;
		return true;
	}
	if (signature_open(key, sig, &opened, &why) != 0) {
		search_fail(s, &why);
		return false;
	}
	if (opened.what != OPENED_SHA256)
		return false;
	l->k->opened = opened;
	l->k->target.kind = TARGET_DIGEST;
	memcpy(l->k->target.digest, opened.digest, DIGEST_SIZE);
	if (lock_digest(l, digest, sha1))
		l->k->holds = memcmp(digest, opened.digest, DIGEST_SIZE) == 0;
	return true;
}
