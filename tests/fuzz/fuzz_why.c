/* SPDX-License-Identifier: BSD-2-Clause */
/* Why a chain fails: whatever was done to a sealed message, no proof lies.
 * Input: an octet that says how it is sealed, edits of four octets each, an
 * octet 0xFF, and the message before it was sealed.  An edit is a kind, a place
 * (two octets) and a value. */
#include "mail.h"
#include "why/repair.h"

static void
put_edit(struct buf *out, struct slice text, const uint8_t *e)
{
	size_t at = text.len * (e[1] * 256U + e[2]) / 65536U;
	size_t n = e[3] % 32U + 1, end;
	struct slice rest = slice_sub(text, at, text.len), line;

	line = slice_sub(rest, 0, slice_find(rest, '\n') + 1);
	end = at + line.len;
	buf_slice(out, slice_sub(text, 0, at));
	switch (e[0] % 7) {
	case 0: buf_slice(out, slice_sub(text, at + n, text.len)); return;
	case 1: buf_char(out, (char)e[3]); break;
	case 2: /* a line taken out */
		buf_slice(out, slice_sub(text, end, text.len));
		return;
	case 3: /* a line twice */ buf_slice(out, line); break;
	case 4: /* one octet for another */
		if (at < text.len)
			buf_char(out, (char)e[3]);
		buf_slice(out, slice_sub(text, at + 1, text.len));
		return;
	case 5: buf_text(out, "[list] "); break;
	default:
		buf_slice(out, rest);
		buf_text(out, "--\r\nA footer\r\n");
		return;
	}
	buf_slice(out, rest);
}

static bool
is_proved(const struct explanation *e, unsigned i, enum finding_aspect aspect)
{
	for (size_t k = 0; k < e->n; k++)
		if (e->finding[k].instance == i &&
		    e->finding[k].aspect == aspect &&
		    e->finding[k].level == LEVEL_PROVED)
			return true;
	return false;
}

/* What the findings say was signed is what was signed: the message they make of
 * it has that signature verify, but for what no proof is of: the body, or
 * the fields where the body verifies. */
static bool
is_as_proved(const struct mail *w, const struct mail *as_signed, unsigned i)
{
	const struct sigresult *now = &as_signed->verdict.ams[i];

	if (now->status == STATUS_PASS)
		return true;
	return !is_proved(&w->reasons, i,
	    now->why.code == DIAG_BODY_HASH ? ASPECT_BODY_HASH
					    : ASPECT_SIGNATURE);
}

static void
check_repair(const struct mail *w, const struct finding *f)
{
	struct buf b = { .max = 0 };
	struct mail as_signed;

	if (explain_repair(w->m, w->body, &w->reasons, f, &b)) {
		need(b.failure == BUF_OK);
		need(mail_judge(&as_signed, buf_view(&b), w->keys, true));
		need(f->instance <= as_signed.chain.n);
		need(is_as_proved(w, &as_signed, f->instance));
		mail_close(&as_signed);
	}
	buf_release(&b);
}

static void
check_findings(const struct mail *w, bool altered)
{
	for (size_t k = 0; k < w->reasons.n; k++) {
		const struct finding *f = &w->reasons.finding[k];

		need(f->instance <= CHAIN_MAX && f->cause != CAUSE_NONE);
		need(f->nchanges <= FINDING_MAX_CHANGES);
		need(altered || f->level != LEVEL_PROVED);
		need_inert(slice_of(f->detail));
	}
	for (unsigned i = 1; i <= w->chain.n; i++)
		check_repair(w, &(struct finding){ .instance = i });
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice message = { (const char *)p, n }, edits;
	struct buf record = { .max = 0 }, text = { .max = 0 };
	enum cv cv;
	struct mail w;

	if (n == 0 || !slice_cut(&message, '\xff', &edits) ||
	    message.p == NULL || edits.len == 0)
		return 0;
	struct mail_seal how = { .key = mail_private_key(true),
		.simple_header = (p[0] & 1) != 0,
		.simple_body = (p[0] & 2) != 0,
		.bare = (p[0] & 4) != 0 };
	struct keystore *keys = mail_keys_of(how.key, &record);

	buf_slice(&text, message);
	for (size_t hop = 0, at = 1; hop < 2; hop++) {
		struct buf out = { .max = 0 };

		if (mail_seal(buf_view(&text), &how, keys, &out, &cv)) {
			buf_release(&text);
			text = out;
		}
		/* Half of the edits after each hop. */
		size_t end = hop == 0 ? edits.len / 2 : edits.len;

		/* Some of them double it. */
		for (; at + 4 <= end && text.len < 100000; at += 4) {
			struct buf next = { .max = 0 };

			put_edit(&next, buf_view(&text), p + at);
			buf_release(&text);
			text = next;
		}
	}
	if (mail_judge(&w, buf_view(&text), keys, false)) {
		mail_explain(&w);
		mail_check_reports(&w.report);
		check_findings(&w,
		    w.verdict.cv == CV_FAIL || edits.len > 4 || w.chain.n == 0);
		mail_close(&w);
	}
	keystore_free(keys);
	buf_release(&record);
	buf_release(&text);
	return 0;
}
