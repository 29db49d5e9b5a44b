/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/signer.h"
#include "why/signer_form.h"
#include "why/signer_own.h"
#include "why/signer_select.h"
#include "why/signer_try.h"

static const struct signer_row {
	enum cause_id cause;
	void (*try)(struct signer_case *);
} rows[] = {
	{ CAUSE_SIG_C_MISSING, signer_c_missing },
	{ CAUSE_HDR_TOP_DOWN, signer_top_down },
	{ CAUSE_HDR_DUPLICATES_HASHED_ONCE, signer_hashed_once },
	{ CAUSE_HDR_H_CASE_COUNTED_APART, signer_counted_apart },
	{ CAUSE_HDR_NEWEST_TAKEN_FOR_OLDEST, signer_newest_for_oldest },
	{ CAUSE_HDR_MESSAGE_ORDER, signer_message_order },
	{ CAUSE_HDR_ORDER_OF_NAMES, signer_order_of_names },
	{ CAUSE_HDR_SIMPLE_USED, signer_simple_used },
	{ CAUSE_HDR_RELAXED_USED, signer_relaxed_used },
	{ CAUSE_HDR_OWN_FIELD_RAW, signer_own_raw },
	{ CAUSE_HDR_OWN_FIELD_CRLF, signer_own_crlf },
	{ CAUSE_HDR_OWN_FOLDS_LF, signer_own_folds_lf },
	{ CAUSE_HDR_B_TAG_REMOVED, signer_b_tag_removed },
	{ CAUSE_HDR_B_BLANK_KEPT, signer_b_blank_kept },
	{ CAUSE_HDR_BH_EMPTIED, signer_bh_emptied },
	{ CAUSE_HDR_DKIM_B_EMPTIED, signer_dkim_b_emptied },
	{ CAUSE_HDR_NULL_AS_EMPTY_FIELD, signer_null_as_empty },
	{ CAUSE_HDR_LF_HASHED, signer_lf_hashed },
	{ CAUSE_HDR_BLANK_AFTER_COLON, signer_blank_after_colon },
	{ CAUSE_HDR_NAMES_NOT_LOWERED, signer_names_not_lowered },
	{ CAUSE_HDR_TABS_KEPT, signer_tabs_kept },
	{ CAUSE_HDR_FOLDS_JOINED, signer_folds_joined },
	{ CAUSE_HDR_OWN_H_REFOLDED, signer_h_refolded },
	{ CAUSE_HDR_OWN_TAGS_REORDERED, signer_tags_reordered },
	{ CAUSE_AS_RENUMBERED, signer_renumbered },
};

size_t
explain_signer(struct header_case *c)
{
	struct signer_case t = { .c = c };

	t.sel = arena_array(c->s->arena, c->n + 1, sizeof *t.sel);
	t.older = arena_array(c->s->arena, c->n + 1, sizeof *t.older);
	if (t.sel == NULL || t.older == NULL) {
		search_memory(c->s);
		return 0;
	}
	if (!header_select(c, c->top, t.older))
		return 0;
	digest_init(&t.before);
	for (size_t j = 0; j < c->n; j++)
		digest_put(&t.before, c->q.piece[j].octets.p,
		    c->q.piece[j].octets.len);
	for (size_t r = 0; r < ARRAY_LEN(rows) && !search_over(c->s); r++) {
		t.cause = rows[r].cause;
		t.q = c->q;
		if (!sequence_init(c->s, &t.q, c->n + 1))
			break;
		signer_as_received(&t);
		t.any += t.found;
		t.found = 0;
		rows[r].try(&t);
	}
	digest_release(&t.before);
	return t.any + t.found;
}
