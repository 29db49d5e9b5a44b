/* SPDX-License-Identifier: BSD-2-Clause */
/* Whatever is sealed verifies: it passes, or fails at step 2 as a set that says
 * cv=fail has to.  The first octet says how it is sealed and how often, the
 * rest is the message; every name has the key that seals. */
#include "mail.h"
#include "arc/seal.h"

static void
check_sealed(struct slice octets, enum cv cv, const struct mail_seal *how,
    struct keystore *keys)
{
	struct mail_verdict v = mail_verdict(octets, keys);
	struct input in;
	struct mail w;
	struct diag why;

	need(v.word != NULL);
	need(cv == CV_FAIL ? v.code == DIAG_SEAL_CV_FAIL : v.code == DIAG_NONE);
	need(mail_judge(&w, octets, keys, false));
	unsigned n = w.chain.n;
	size_t mbox = w.m->mbox.len;

	need(cv != CV_FAIL || w.verdict.step == 2);
	mail_close(&w);
	input_from_memory(&in, slice_sub(octets, mbox, octets.len));
	need(seal_check(&in, &limits_usual, n, signing_key_public(how->key),
		 &why) == 0);
	input_release(&in);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice all = { (const char *)p, n };
	struct buf record = { .max = 0 }, text = { .max = 0 };

	if (n == 0)
		return 0;
	struct mail_seal how = { .key = mail_private_key((p[0] & 1) != 0),
		.simple_header = (p[0] & 2) != 0,
		.simple_body = (p[0] & 4) != 0,
		.bare = (p[0] & 8) != 0 };
	struct keystore *keys = mail_keys_of(how.key, &record);

	buf_slice(&text, slice_sub(all, 1, n));
	for (unsigned i = 0; i <= (unsigned)p[0] >> 6; i++) {
		struct buf out = { .max = 0 };
		enum cv cv = CV_MISSING;

		if (!mail_seal(buf_view(&text), &how, keys, &out, &cv))
			break;
		/* What came goes out, all of it, behind the new fields. */
		need(out.len > text.len);
		check_sealed(buf_view(&out), cv, &how, keys);
		buf_release(&text);
		text = out;
	}
	keystore_free(keys);
	buf_release(&record);
	buf_release(&text);
	return 0;
}
