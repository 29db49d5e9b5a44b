/* SPDX-License-Identifier: BSD-2-Clause */
/* The comment of a DMARC report (RFC 8617 section 7.2.2). */
#include <arpa/inet.h>

#include "base/escape.h"
#include "mail/authres.h"
#include "report/report.h"

/* Whether text is an address, and so nothing that reads as more than one word
 * of ours. */
static bool
is_address(struct slice text)
{
	char s[INET6_ADDRSTRLEN];
	unsigned char octets[sizeof(struct in6_addr)];

	if (text.len == 0 || text.len >= sizeof s)
		return false;
	for (size_t i = 0; i < text.len; i++)
		s[i] = text.p[i];
	s[text.len] = '\0';
	return slice_find(text, '\0') == text.len &&
	       (inet_pton(AF_INET, s, octets) == 1 ||
		   inet_pton(AF_INET6, s, octets) == 1);
}

/* smtp.remote-ip of an AAR, where it tells one. */
static struct slice
remote_ip_of(const struct sigfield *aar, struct arena *arena, bool *memory)
{
	struct authres a;
	struct diag why;

	if (authres_parse(aar->payload, arena, &a, &why) != 0)
		*memory |= why.code == DIAG_MEMORY;
	else
		for (size_t i = 0; i < a.nresults; i++)
			for (size_t k = 0; k < a.result[i].nproperties; k++)
				if (slice_eq_nocase(
					a.result[i].property[k].name,
					SLICE("smtp.remote-ip")))
					return a.result[i].property[k].value;
	return SLICE_NONE;
}

void
report_dmarc(struct buf *b, const struct report *r)
{
	const struct chain *c = r->chain;
	bool memory = false;

	buf_printf(b, "arc=%s", cv_word(r->verdict->cv));
	for (unsigned i = c->n; i >= 1 && r->verdict->cv == CV_PASS; i--) {
		const struct sigtags *s = &c->set[i].part[ARC_SEAL]->tags;

		buf_printf(b, " as[%u].d=", i);
		escape_text(b, s->domain);
		buf_printf(b, " as[%u].s=", i);
		escape_text(b, s->selector);
	}
	for (unsigned i = c->n; i >= 1 && r->verdict->cv == CV_PASS; i--) {
		struct slice ip = remote_ip_of(
		    c->set[i].part[ARC_AAR], r->message->arena, &memory);

		if (!is_address(ip))
			continue;
		buf_printf(b, " remote-ip[%u]=", i);
		escape_text(b, ip);
	}
	buf_char(b, '\n');
	if (memory)
		b->failure = BUF_NO_MEMORY;
}
