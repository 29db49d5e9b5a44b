/* SPDX-License-Identifier: BSD-2-Clause */
/* From octets to a verdict and its reports.  Input: a key record, published at
 * every name, an octet 0xFF, and a message.  A record "!N" is the answer of
 * kind N instead. */
#include <string.h>

#include "chain.h"
#include "fuzz.h"
#include "input.h"
#include "keystore.h"
#include "lint.h"
#include "message.h"
#include "report.h"
#include "validate.h"

struct everywhere {
	struct keysource source;
	struct txt txt;
};

static int
ask(struct keysource *s, const struct slice names[], size_t n,
    struct answer answers[], int64_t deadline, struct arena *arena,
    struct diag *why)
{
	struct everywhere *e = (struct everywhere *)(void *)s;
	struct slice text = e->txt.text;

	(void)deadline;
	(void)arena;
	(void)why;
	for (size_t i = 0; i < n; i++) {
		need(names[i].len > 0 && names[i].len <= 253);
		enum answer_kind kind =
		    text.len == 2 && text.p[0] == '!' &&
			    ascii_is_digit(text.p[1])
			? (enum answer_kind)(text.p[1] - '0')
			: ANSWER_RECORDS;

		answers[i] = (struct answer){ .kind = kind };
		if (kind == ANSWER_RECORDS) {
			answers[i].txt = &e->txt;
			answers[i].ntxt = 1;
		}
	}
	return 0;
}

static void
nothing(struct keysource *s)
{
	(void)s;
}

static void
check_reports(const struct report *r)
{
	struct buf b = { .max = 0 };
	struct diag why;

	report_line(&b, r);
	need_inert(buf_view(&b));
	need(slice_find(buf_view(&b), '\n') == b.len - 1);
	report_details(&b, r);
	need_inert(buf_view(&b));
	buf_clear(&b);
	need(report_json(&b, r, &why) == 0);
	need_inert(buf_view(&b));
	need(slice_find(buf_view(&b), '\n') == b.len - 1);
	need(b.failure == BUF_OK);
	buf_release(&b);
}

static void
check_verdict(const struct verdict *v, const struct chain *c)
{
	need(v->cv == CV_NONE || v->cv == CV_PASS || v->cv == CV_FAIL);
	need((v->cv == CV_NONE) == (c->nfields == 0));
	need((v->cv == CV_FAIL) == (v->why.code != DIAG_NONE));
	need(!v->temporary || v->cv == CV_FAIL);
	need(v->step >= 1 && v->step <= 7 &&
	     (v->step == 7) == (v->cv == CV_PASS));
	need(!v->has_oldest_pass || v->oldest_pass <= c->n);
	if (v->cv != CV_PASS)
		return;
	need(v->ams[c->n].status == STATUS_PASS);
	for (unsigned i = 1; i <= c->n; i++)
		need(v->seal[i].status == STATUS_PASS);
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice octets = { (const char *)p, n }, record;
	struct everywhere e = { .source = { ask, nothing } };
	struct validate_options opt = { .now = 1767225600,
		.min_rsa_bits = 1024,
		.dns_timeout = 1000000000 };
	struct input in;
	struct message *m;
	struct chain chain;
	struct verdict verdict;
	struct remarks remarks;
	struct diag why;

	if (!slice_cut(&octets, '\xff', &record) || octets.p == NULL)
		return 0;
	e.txt = (struct txt){ record, &record, 1 };
	input_from_memory(&in, octets);
	if (message_read(&in, &m, &why) != 0) {
		need(diag_info(why.code)->class == DIAG_CLASS_TROUBLE);
		input_release(&in);
		return 0;
	}
	struct keystore *keys = keystore_new(NULL, &e.source);

	need(keys != NULL);
	need(chain_collect(m, m->arena, &chain, &why) == 0);
	if (validate(m, &in, &chain, keys, &opt, &verdict, &why) == 0) {
		check_verdict(&verdict, &chain);
		need(lint_collect(m, &chain, &verdict, opt.now, &remarks) == 0);
		check_reports(&(struct report){ .file = "-",
		    .message = m,
		    .chain = &chain,
		    .verdict = &verdict,
		    .remarks = &remarks });
	} else {
		need(diag_info(why.code)->class == DIAG_CLASS_TROUBLE);
	}
	keystore_free(keys);
	message_free(m);
	input_release(&in);
	return 0;
}
