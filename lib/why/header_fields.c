/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "mail/mime.h"
#include "mail/recode.h"
#include "why/header_address.h"
#include "why/header_case.h"
#include "why/header_date.h"
#include "why/header_fields.h"
#include "why/header_mime.h"
#include "why/header_names.h"
#include "why/header_offer.h"
#include "why/header_space.h"
#include "why/header_subject.h"
#include "why/recipe.h"

enum {
	RECIPE_OCTETS = 4 << 20, /* hashed; after all else */
};

static const struct header_row {
	enum cause_id cause;
	void (*offer)(struct offer *);
	bool with_body; /* it goes with an edit of the body */
} rows[] = {
	{ CAUSE_HDR_DKIM_ADDED_AFTER_SEAL, offer_dkim_added, false },
	{ CAUSE_HDR_TRAILING_SPACE_SIMPLE, offer_trailing_space_simple, false },
	{ CAUSE_HDR_REFOLDED_SIMPLE, offer_refolded_simple, false },
	{ CAUSE_HDR_NAME_CASE_SIMPLE, offer_name_case_simple, false },
	{ CAUSE_HDR_SUBJECT_TAGGED, offer_untagged, false },
	{ CAUSE_HDR_FROM_REWRITTEN, offer_from_rewritten, false },
	{ CAUSE_BODY_MIME_WRAPPED, offer_mime_wrapped, true },
	{ CAUSE_BODY_8BIT_TO_QP, offer_was_8bit_now_qp, true },
	{ CAUSE_BODY_8BIT_TO_BASE64, offer_was_8bit_now_base64, true },
	{ CAUSE_BODY_BASE64_TO_8BIT, offer_was_base64, true },
	{ CAUSE_BODY_QP_TO_8BIT, offer_was_qp, true },
	{ CAUSE_HDR_FIELD_RENAMED, offer_field_renamed, false },
	{ CAUSE_HDR_CONTENT_TYPE_REQUOTED, offer_content_type_requoted, false },
	{ CAUSE_HDR_CONTENT_TYPE_RELABELLED, offer_charset_converted, false },
	{ CAUSE_HDR_FIELD_REMOVED_STOCK, offer_removed_stock, false },
	{ CAUSE_HDR_EMPTY_FIELD_REMOVED, offer_empty_removed, false },
	{ CAUSE_HDR_UTF8_DOWNGRADED, offer_utf8_downgraded, false },
	{ CAUSE_HDR_SUBJECT_REENCODED, offer_reencoded, false },
	{ CAUSE_HDR_DATE_NORMALISED, offer_dates, false },
	{ CAUSE_HDR_ADDRESS_LIST_RESPACED, offer_list_respaced, false },
	{ CAUSE_HDR_DISPLAY_NAME_QUOTED, offer_display_name_quoted, false },
	{ CAUSE_HDR_LINE_BROKEN_998, offer_line_broken, false },
	{ CAUSE_HDR_AUTH_RESULTS_SIGNED, offer_auth_results_signed, false },
};

/* Whether an earlier mention of that name is of no field as well: what was
 * there went in for that one. */
static bool
is_again(const struct header_case *c, size_t j)
{
	for (size_t k = 0; k < j && c->sel[j] == NULL; k++)
		if (c->sel[k] == NULL &&
		    slice_eq_nocase(c->g->headers[k], c->g->headers[j]))
			return true;
	return false;
}

void
explain_fields(struct header_case *c, struct sequence *q)
{
	struct offer o = { .c = c, .q = q };
	const struct finding *edit = header_mime_edit(c->s, c->k);

	for (size_t j = 0; j < c->n && !search_over(c->s); j++) {
		o.j = j;
		o.name = c->g->headers[j];
		o.field = c->sel[j];
		o.value =
		    o.field != NULL ? slice_trim(o.field->value) : SLICE_NONE;
		if (o.value.len > 64 * 1024 || is_again(c, j))
			continue;
		for (size_t r = 0; r < ARRAY_LEN(rows) && !search_over(c->s);
		     r++) {
			search_pay(
			    c->s, COST_SEEN * (c->s->m->nfields + o.value.len));
			o.cause = rows[r].cause;
			/* Of what goes with the body's edit, that one. */
			if (edit == NULL || !rows[r].with_body ||
			    o.cause == edit->cause)
				rows[r].offer(&o);
		}
		o.cause = CAUSE_HDR_FIELD_ADDED;
		offer_field_added(&o);
	}
	buf_release(&o.text);
}

/* The value that z= has for the nth field of that name. */
static bool
z_value(struct header_case *c, struct slice z, struct slice name, size_t nth,
    struct slice *out)
{
	struct slice item, copy;

	while (slice_cut(&z, '|', &item)) {
		struct slice head = slice_sub(item, 0, slice_find(item, ':'));

		if (head.len == item.len ||
		    !slice_eq_nocase(slice_trim(head), name) || nth-- > 0)
			continue;
		struct buf b = { .max = 0 };
		struct buf bare = { .max = 0 };

		copy = slice_sub(item, head.len + 1, item.len);
		for (size_t i = 0; i < copy.len; i++)
			if (!ascii_is_fws(copy.p[i]))
				buf_char(&bare, copy.p[i]);
		recode_qp_decode(&b, buf_view(&bare));
		b.failure = bare.failure != BUF_OK ? bare.failure : b.failure;
		*out = search_keep(c->s, &b);
		buf_release(&b);
		buf_release(&bare);
		return out->p != NULL;
	}
	return false;
}

/* What a field was before all that changed it. */
typedef bool original(struct header_case *, const void *record,
    struct slice name, size_t nth, struct slice *out);

/* All fields as a record has them. */
static struct finding *
try_originals(struct header_case *c, enum cause_id cause, original *was,
    const void *record)
{
	struct search *s = c->s;
	struct sequence q = c->q;
	struct change change[FINDING_MAX_CHANGES];
	size_t n = 0;

	if (!sequence_init(s, &q, c->n + 1))
		return NULL;
	q.piece[c->n] = c->q.piece[c->n];
	for (size_t j = 0; j < c->n; j++) {
		struct slice value, name = c->g->headers[j];
		size_t nth = 0;

		q.piece[j] = c->q.piece[j];
		for (size_t k = 0; k < j; k++)
			nth += slice_eq_nocase(c->g->headers[k], name);
		if (!was(c, record, name, nth, &value))
			continue;
		if (c->sel[j] != NULL)
			name = c->sel[j]->name;
		q.piece[j].octets = value.p == NULL
					? SLICE("")
					: canon_octets(s, c->canon, name, value,
					      SLICE_NONE, true);
		if (!slice_eq(q.piece[j].octets, c->q.piece[j].octets) &&
		    n < FINDING_MAX_CHANGES)
			change[n++] = (struct change){ .name = name,
				.at = c->sel[j],
				.is = c->sel[j] != NULL ? c->sel[j]->value
							: SLICE_NONE,
				.was = value };
	}
	if (n == 0 || !sequence_fits(s, &q))
		return NULL;
	struct finding *f =
	    finding_about(s, cause, LEVEL_PROVED, ASPECT_SIGNATURE, c->k);

	if (f != NULL) {
		memcpy(f->change, change, n * sizeof *change);
		f->nchanges = n;
	}
	return f;
}

static bool
z_original(struct header_case *c, const void *record, struct slice name,
    size_t nth, struct slice *out)
{
	const struct tag *z = record;

	return z_value(c, z->value, name, nth, out);
}

size_t
explain_z_tag(struct header_case *c)
{
	const struct tag *z = taglist_find(&c->f->list, SLICE("z"));

	return z != NULL &&
	       try_originals(c, CAUSE_HDR_CHANGED_Z_TAG, z_original, z) != NULL;
}

/* The changes that are undone: the newest instances. */
struct undone {
	const struct recipe *r;
	size_t n;
};

/* The oldest of them that says something knows best. */
static bool
recipe_original(struct header_case *c, const void *record, struct slice name,
    size_t nth, struct slice *out)
{
	const struct undone *all = record;
	struct buf b = { .max = 0 };
	size_t k = all->n;

	if (nth > 0)
		return false;
	while (k > 0 && !recipe_header(c->s, &all->r[k - 1], name, out))
		k--;
	if (k == 0 || out->p == NULL)
		return k > 0;
	/* White space that is not told of. */
	if (out->len == 0 || !ascii_is_wsp(out->p[0]))
		buf_char(&b, ' ');
	buf_slice(&b, *out);
	*out = search_keep(c->s, &b);
	buf_release(&b);
	return out->p != NULL;
}

size_t
explain_recipe(struct header_case *c)
{
	struct undone all;
	size_t n;

	if (message_count(c->s->m, SLICE("Message-Instance")) == 0)
		return 0;
	search_begin(c->s, RECIPE_OCTETS);
	all.r = recipes(c->s, &n);
	for (all.n = 1; all.n <= n; all.n++) {
		struct finding *f = try_originals(
		    c, CAUSE_HDR_CHANGED_RECIPE, recipe_original, &all);

		if (f != NULL) {
			recipe_claim(c->s, &all.r[all.n - 1], f->detail,
			    sizeof f->detail);
			return 1;
		}
	}
	return 0;
}
