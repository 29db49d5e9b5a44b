/* SPDX-License-Identifier: BSD-2-Clause */
/* From octets to a verdict and its reports, as arc-verify does.  Input: a key
 * record, published at every name, an octet 0xFF, and a message.  The verdict
 * is the same with other line ends, and the same in text, in JSON and in an
 * Authentication-Results field. */
#include "mail.h"

static bool
has_cr_before_end(struct slice s)
{
	for (size_t i = 2; i < s.len; i++)
		if (s.p[i] == '\n' && s.p[i - 1] == '\r' && s.p[i - 2] == '\r')
			return true;
	return false;
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice octets = { (const char *)p, n }, record;
	struct buf crlf = { .max = 0 }, lf = { .max = 0 };
	struct mail_verdict as_came = { .word = NULL };
	struct mail w;

	if (!slice_cut(&octets, '\xff', &record) || octets.p == NULL)
		return 0;
	struct keystore *keys = mail_keys(record);

	if (mail_judge(&w, octets, keys, false)) {
		mail_check_reports(&w.report);
		mail_close(&w);
	}
	as_came = mail_verdict(octets, keys);
	mail_crlf(octets, &crlf);
	need_same_verdict(as_came, mail_verdict(buf_view(&crlf), keys));
	/* CR CR LF would lose a CR that is no line end's. */
	if (!has_cr_before_end(buf_view(&crlf))) {
		mail_lf(buf_view(&crlf), &lf);
		need_same_verdict(as_came, mail_verdict(buf_view(&lf), keys));
	}
	keystore_free(keys);
	buf_release(&crlf);
	buf_release(&lf);
	return 0;
}
