/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/header_names.h"
#include "why/header_place.h"
#include "why/known.h"
#include "why/who.h"
#include "why/header_offer.h"

/* Whether kept is name under which a field is put aside; *was gets name as it
 * is spelled in there. */
static bool
is_old_name(struct offer *o, struct slice kept, struct slice *was)
{
	static const char *const before[] = { "X-Original-", "Original-",
		"Old-", "X-Old-", "X-", "X-Mailman-Original-", "X-MS-Original-",
		"X-Google-Original-", "Prev-" };
	static const char *const after[] = { "-Original", "-Original-",
		"-Old" };
	struct slice name = o->name;

	if (kept.len <= name.len)
		return false;
	*was = slice_sub(kept, kept.len - name.len, kept.len);
	for (size_t k = 0; slice_eq_nocase(*was, name) && k < ARRAY_LEN(before);
	     k++)
		if (slice_eq_nocase(slice_sub(kept, 0, kept.len - name.len),
			slice_of(before[k])))
			return true;
	*was = slice_sub(kept, 0, name.len);
	for (size_t k = 0; slice_eq_nocase(*was, name) && k < ARRAY_LEN(after);
	     k++) {
		struct slice a = slice_of(after[k]);

		if (slice_eq_nocase(slice_sub(kept, name.len, a.len), a))
			return true;
	}
	/* "Data-0" kept as "Data-Original-0". */
	struct slice infix = SLICE("Original-");
	size_t head = name.len;

	while (head > 0 && name.p[head - 1] != '-')
		head--;
	if (head == 0 || kept.len != name.len + infix.len ||
	    !slice_eq_nocase(slice_sub(kept, head, infix.len), infix))
		return false;
	buf_slice(&o->text, slice_sub(kept, 0, head));
	buf_slice(&o->text, slice_sub(kept, head + infix.len, kept.len));
	*was = search_keep(o->c->s, &o->text);
	return slice_eq_nocase(*was, name);
}

void
offer_field_renamed(struct offer *o)
{
	const struct message *m = o->c->s->m;
	struct slice was;

	for (size_t i = 0; i < m->nfields; i++)
		if (is_old_name(o, m->field[i].name, &was))
			offer_as(o, was, m->field[i].value, RANK_USUAL);
}

void
offer_removed_stock(struct offer *o)
{
	static const struct {
		const char *name, *value;
	} stock[] = {
		{ "MIME-Version", "1.0" },
		{ "Content-Transfer-Encoding", "7bit" },
		{ "Content-Transfer-Encoding", "8bit" },
		{ "Content-Transfer-Encoding", "quoted-printable" },
		{ "Content-Transfer-Encoding", "base64" },
		{ "Content-Type", "text/plain" },
		{ "Content-Type", "text/plain; charset=us-ascii" },
		{ "Content-Type", "text/plain; charset=utf-8" },
		{ "Content-Type", "text/plain; charset=UTF-8" },
		{ "Content-Type", "text/plain; charset=\"utf-8\"" },
		{ "Content-Type", "text/plain; charset=\"UTF-8\"" },
		{ "Precedence", "list" },
		{ "Precedence", "bulk" },
		{ "Precedence", "junk" },
		{ "Precedence", "first-class" },
		{ "Content-Type", "text/plain; charset=us-ascii; "
				  "format=flowed" },
		{ "Content-Type", "text/plain; charset=utf-8; format=flowed" },
		{ "Content-Type", "text/plain; charset=UTF-8; format=flowed" },
		{ "Content-Type", "text/plain; charset=\"us-ascii\"" },
		{ "Content-Type", "text/plain; charset=US-ASCII" },
		{ "Content-Type", "text/plain; charset=iso-8859-1" },
		{ "Content-Type", "text/plain; charset=ISO-8859-1" },
		{ "Content-Transfer-Encoding", "binary" },
		{ "Content-Transfer-Encoding", "8BIT" },
		{ "Content-Transfer-Encoding", "7BIT" },
		{ "MIME-Version", "1.0 (1.0)" },
		{ "MIME-Version", "1.0 (Mac OS X Mail 16.0)" },
		{ "Content-Language", "fr-FR" },
		{ "Content-Language", "fr" },
		{ "Content-Language", "de" },
		{ "Content-Language", "es-ES" },
		{ "Content-Language", "it-IT" },
		{ "Content-Language", "nl-NL" },
		{ "Content-Language", "ja-JP" },
		{ "Content-Language", "zh-CN" },
		{ "Content-Language", "pt-BR" },
		{ "Content-Language", "ru-RU" },
		{ "Accept-Language", "en-US" },
		{ "Accept-Language", "en-GB, en-US" },
		{ "Auto-Submitted", "no" },
		{ "Auto-Submitted", "auto-replied" },
		{ "X-Auto-Response-Suppress", "All" },
		{ "X-Priority", "3 (Normal)" },
		{ "X-Priority", "1" },
		{ "X-MSMail-Priority", "Normal" },
		{ "Priority", "normal" },
		{ "Importance", "high" },
		{ "Sensitivity", "Normal" },
		{ "Content-Language", "en-US" },
		{ "Content-Language", "en" },
		{ "Content-Language", "de-DE" },
		{ "Content-Language", "en-GB" },
		{ "Content-Disposition", "inline" },
		{ "Auto-Submitted", "auto-generated" },
		{ "X-Priority", "3" },
		{ "Importance", "normal" },
		{ "Importance", "Normal" },
	};

	if (o->field != NULL)
		return;
	for (size_t k = 0; k < ARRAY_LEN(stock); k++)
		if (slice_eq_nocase(o->name, slice_of(stock[k].name))) {
			buf_printf(&o->text, " %s", stock[k].value);
			offer_as(o, slice_of(stock[k].name), buf_view(&o->text),
			    RANK_USUAL);
			buf_clear(&o->text);
		}
}

static bool
came_later(const struct offer *o)
{
	return o->field != NULL && o->field < o->c->s->m->field + o->c->top;
}

void
offer_dkim_added(struct offer *o)
{
	struct taglist tags;
	struct diag why;

	if (o->c->k->instance == 0 || !is_named(o, "dkim-signature") ||
	    !came_later(o) ||
	    taglist_parse(o->field->value, o->c->s->arena, &tags, &why) != 0)
		return;
	const struct tag *d = taglist_find(&tags, SLICE("d"));

	if (d != NULL && slice_eq_nocase(d->value, o->c->g->domain))
		offer_absent(o, RANK_USUAL);
}

/* Names of fields that lists and gateways add, some of them at the end. */
static const char added_fields[] =
    "sender reply-to cc to errors-to precedence list-id list-unsubscribe "
    "list-unsubscribe-post list-archive list-post list-help list-subscribe "
    "list-owner mailing-list resent-from resent-to resent-sender resent-date "
    "resent-message-id x-original-from x-original-sender mime-version "
    "content-type content-transfer-encoding content-language "
    "content-disposition message-id date subject importance x-priority";

/* The field was not there, and another of its name was the one that is meant.
 */
static void
offer_field(struct offer *o, const struct field *f, enum rank rank)
{
	struct change change = {
		.name = o->field->name, .at = o->field, .is = o->field->value
	};
	struct slice octets =
	    canon_field(o->c->s, o->c->canon, f, SLICE_NONE, true);

	if (octets.p != NULL)
		sequence_offer(o->c->s, o->q, o->j, o->cause, octets, &change,
		    rank, offer_bits(o, rank));
}

/* A second field of a name that may stand once was added below: what was signed
 * is the one above it, which h= does not name, too. */
static void
offer_next_above(struct offer *o)
{
	const struct message *m = o->c->s->m;
	size_t i = (size_t)(o->field - m->field);

	if (!explain_is_single(o->name))
		return;
	while (i > 0 && !slice_eq_nocase(m->field[i - 1].name, o->name))
		i--;
	if (i == 0)
		return;
	const struct field *f = &m->field[i - 1];

	for (size_t j = 0; j < o->c->n; j++)
		if (o->c->sel[j] == f)
			return;
	offer_field(o, f, RANK_USUAL);
}

void
offer_empty_removed(struct offer *o)
{
	if (o->field == NULL && message_count(o->c->s->m, o->name) == 0)
		offer_value(o, SLICE(" "), RANK_RARE);
}

/* Whether an older signature that still verifies covers the field. */
static bool
was_there(const struct offer *o)
{
	const struct change change = { .at = o->field };
	struct search *s = o->c->s;

	for (const struct known *k = known_older(s, o->c->k); k != NULL;
	     k = known_older(s, k))
		if (header_covered_now(s, k, &change))
			return true;
	return false;
}

void
offer_field_added(struct offer *o)
{
	if (o->field == NULL || was_there(o))
		return;
	offer_next_above(o);
	if (came_later(o))
		offer_absent(o, RANK_USUAL);
	else if (message_count(o->c->s->m, o->name) == 1 &&
		 !is_named(o, "from arc-seal arc-message-signature "
			      "arc-authentication-results"))
		offer_absent(
		    o, is_named(o, added_fields) ? RANK_USUAL : RANK_RARE);
}

void
offer_auth_results_signed(struct offer *o)
{
	const struct sigfield *aar = header_aar(o->c);

	if (is_named(o, "authentication-results") && aar != NULL)
		offer_value(o, aar->payload, RANK_USUAL);
}
