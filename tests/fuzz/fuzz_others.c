/* SPDX-License-Identifier: BSD-2-Clause */
/* What others would say of a message, as arc-verify --as all does.  Input: as
 * of fuzz_verify.  Each says one of five words, for reasons that are rows of
 * its own, and without one it says what we say. */
#include <string.h>

#include "mail.h"
#include "others/others.h"

static bool
is_word(const char *word)
{
	static const char *const words[] = { "pass", "fail", "none", "tempfail",
		"error" };

	for (size_t i = 0; i < sizeof words / sizeof words[0]; i++)
		if (strcmp(word, words[i]) == 0)
			return true;
	return false;
}

static void
check_said(const struct mail *w, const struct other_said *said, enum other who)
{
	need(said->who == who && is_word(said->word));
	need(said->n <= OTHER_MAX_FINDINGS);
	for (size_t i = 0; i < said->n; i++) {
		need(said->finding[i].row->who == who);
		need(said->finding[i].instance <= CHAIN_MAX);
	}
	if (said->n == 0 && !w->verdict.temporary)
		need(strcmp(said->word, cv_word(w->verdict.cv)) == 0);
}

static void
ask_all(struct mail *w, struct other_said said[OTHERS])
{
	struct diag why;

	for (enum other who = 0; who < OTHERS; who++) {
		if (others_judge(who, w->octets, &w->options, w->keys,
			&w->verdict, &said[who], &why) == 0)
			check_said(w, &said[who], who);
		else {
			need(diag_info(why.code)->class == DIAG_CLASS_TROUBLE);
			said[who].word = "trouble";
		}
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice octets = { (const char *)p, n }, record;
	struct other_said said[OTHERS];
	struct mail w;

	if (!slice_cut(&octets, '\xff', &record) || octets.p == NULL)
		return 0;
	struct keystore *keys = mail_keys(record);

	if (mail_judge(&w, octets, keys, false)) {
		ask_all(&w, said);
		w.report.others = said;
		w.report.nothers = OTHERS;
		mail_check_reports(&w.report);
		mail_close(&w);
	}
	keystore_free(keys);
	return 0;
}
