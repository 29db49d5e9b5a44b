/* SPDX-License-Identifier: BSD-2-Clause */
#include "dkim/canon.h"
#include "crypto/digest.h"
#include "arc/state.h"

static const char head[] = "arc-tools state 1\n";

/* Which ARC fields these are. */
static int
fingerprint(struct buf *out, const struct chain *c, struct diag *why)
{
	unsigned char octets[DIGEST_SIZE];
	struct digest d;
	struct sink sink = digest_sink(&d);

	digest_init(&d);
	for (size_t i = 0; i < c->nfields; i++)
		canon_header(
		    CANON_RELAXED, c->field[i].field, SLICE_NONE, true, &sink);
	int result = digest_final(&d, octets, why);

	digest_release(&d);
	buf_hex(out, octets, sizeof octets);
	return result;
}

int
state_write(struct buf *out, const struct chain *c, enum cv cv, bool temporary,
    struct diag *why)
{
	buf_text(out, head);
	buf_printf(
	    out, "arc=%s\nfields=", temporary ? "tempfail" : cv_word(cv));
	if (fingerprint(out, c, why) != 0)
		return -1;
	buf_char(out, '\n');
	return out->failure == BUF_OK ? 0 : diag_memory(why);
}

int
state_read(struct slice text, const struct chain *c, enum cv *cv,
    bool *temporary, struct diag *why)
{
	static const char *const words[] = { "none", "pass", "fail",
		"tempfail" };
	struct buf wanted = { .max = 0 };
	int result = diag_set(why, DIAG_STATE, SLICE_NONE,
	    "it was saved for another message, or one that was sealed since");

	if (!slice_starts(text, slice_of(head)))
		return diag_set(
		    why, DIAG_STATE, SLICE_NONE, "not a state file");
	/* Of all states that the message could have, is it one? */
	for (size_t i = 0; i < ARRAY_LEN(words); i++) {
		*temporary = i == 3;
		*cv = *temporary ? CV_FAIL : cv_parse(slice_of(words[i]));
		buf_clear(&wanted);
		if (state_write(&wanted, c, *cv, *temporary, why) != 0)
			break;
		if (slice_eq(buf_view(&wanted), text)) {
			result = 0;
			break;
		}
	}
	if (result != 0 && why->code != DIAG_MEMORY)
		diag_set(why, DIAG_STATE, SLICE_NONE,
		    "it was saved for another message, or one that was sealed "
		    "since");
	buf_release(&wanted);
	return result;
}
