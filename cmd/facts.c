/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdlib.h>
#include <string.h>

#include "facts.h"
#include "mail/received.h"
#include "mail/token.h"

/* What stands for a null reverse path where an empty word cannot. */
static const char null_sender[] = "MAILER-DAEMON";

bool
facts_option(const struct cli *c, struct facts *f, int ch, const char *arg)
{
	struct spf_address ip;

	switch (ch) {
	case CLI_OPT_REMOTE_IP:
		if (!spf_address_read(slice_of(arg), &ip))
			cli_usage(c,
			    "invalid --remote-ip '%s': must be an IP address",
			    arg);
		f->remote_ip = arg;
		return true;
	case CLI_OPT_HELO: f->helo = arg; return true;
	case CLI_OPT_MAIL_FROM: f->mail_from = arg; return true;
	case CLI_OPT_FROM_ENV: f->from_env = true; return true;
	case CLI_OPT_RECEIVED_BY:
		if (arg[0] == '\0')
			cli_usage(
			    c, "invalid --received-by '': must be a host name");
		f->received_by = arg;
		return true;
	default: return false;
	}
}

void
facts_settle(struct facts *f)
{
	const char *address = getenv("CLIENT_ADDRESS");
	const char *helo = getenv("CLIENT_HELO"), *sender = getenv("SENDER");
	struct spf_address ip;

	if (!f->from_env)
		return;
	/* "unknown" is no address. */
	if (f->remote_ip == NULL && address != NULL &&
	    spf_address_read(slice_of(address), &ip))
		f->remote_ip = address;
	if (f->helo == NULL)
		f->helo = helo;
	if (f->mail_from == NULL && sender != NULL)
		f->mail_from = strcmp(sender, null_sender) == 0 ? "" : sender;
}

/* What the host that is named says in its topmost Received field, and
 * Return-Path above that: below it, others wrote.  False without such a field.
 */
static bool
from_received(const struct facts *f, const struct message *m,
    struct received *r, struct slice *path)
{
	*r = (struct received){ .helo = { NULL, 0 } };
	*path = SLICE_NONE;
	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *field = &m->field[i];

		if (path->p == NULL &&
		    slice_eq_nocase(field->name, SLICE("Return-Path"))) {
			*path = field->value;
			token_cfws(path);
			*path = slice_trim(*path);
		}
		if (!slice_eq_nocase(field->name, SLICE("Received")))
			continue;
		received_read(field->value, r);
		if (slice_eq_nocase(r->by, slice_of(f->received_by)))
			return true;
	}
	*r = (struct received){ .helo = { NULL, 0 } };
	*path = SLICE_NONE;
	return false;
}

/* The path without "<" and ">". */
static struct slice
bare(struct slice path)
{
	if (path.len >= 2 && path.p[0] == '<' && path.p[path.len - 1] == '>')
		path = slice_sub(path, 1, path.len - 2);
	return path;
}

/* An IPv4-mapped address, as the IPv4 address that it is evaluated as (RFC 7208
 * section 5); any other as it was given. */
static struct slice
as_evaluated(struct slice text, const struct spf_address *ip, struct arena *a)
{
	struct buf b = { .max = 0 };

	if (ip->type != RR_A || slice_find(text, ':') == text.len)
		return text;
	rr_write_address(&b, RR_A, ip->octets);
	if (b.failure == BUF_OK) {
		const struct slice four = arena_copy(a, buf_view(&b));

		if (four.p != NULL)
			text = four;
	}
	buf_release(&b);
	return text;
}

void
facts_session(
    const struct facts *f, const struct message *m, struct session *out)
{
	struct received r = { .helo = { NULL, 0 } };
	struct slice path = { NULL, 0 };

	*out = (struct session){ .complete = false };
	bool found = f->received_by == NULL || from_received(f, m, &r, &path);

	out->remote_ip =
	    f->remote_ip != NULL ? slice_of(f->remote_ip) : r.address;
	out->spf.helo = f->helo != NULL ? slice_of(f->helo) : r.helo;
	if (f->mail_from != NULL)
		path = slice_of(f->mail_from);
	out->spf.mail_from = bare(path);
	if (!spf_address_read(out->remote_ip, &out->spf.ip)) {
		out->remote_ip.len = 0;
		out->missing = found ? "the address of the SMTP client "
				       "(--remote-ip) is not known"
				     : "no Received field is by the host that "
				       "--received-by names";
	} else if (path.p == NULL) {
		out->missing = "the reverse path (--mail-from) is not known";
	} else if (out->spf.mail_from.len == 0 && f->helo == NULL &&
		   r.helo.len == 0) {
		out->missing =
		    "the reverse path is null, and HELO (--helo) is not known";
	}
	out->remote_ip = as_evaluated(out->remote_ip, &out->spf.ip, m->arena);
	out->complete = out->missing == NULL;
}
