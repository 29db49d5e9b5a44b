/* SPDX-License-Identifier: BSD-2-Clause */
#include "why/order.h"

#include "why/body_banners.h"
#include "why/body_charset.h"
#include "why/body_coding.h"
#include "why/body_exchange.h"
#include "why/body_html.h"
#include "why/body_lines.h"
#include "why/body_links.h"
#include "why/body_parts.h"
#include "why/body_recipe.h"
#include "why/body_recoded.h"
#include "why/body_signer.h"
#include "why/body_twice.h"

const struct body_step order_body[] = {
	/* One hash each. */
	{ CAUSE_SIG_C_MISSING, body_c_missing, 4 },
	{ CAUSE_BODY_EMPTY_HASHED, body_empty_hashed, 12 },
	{ CAUSE_BODY_CANON_OF_HEADER_USED, body_other_canon, 10 },
	{ CAUSE_BODY_L_IGNORED_BY_SIGNER, body_l_ignored, 4 },
	{ CAUSE_BODY_LF_HASHED, body_lf_hashed, 4 },
	{ CAUSE_BODY_FINAL_CRLF_MISSING, body_final_crlf_missing, 4 },
	{ CAUSE_BODY_BLANK_TAIL_HASHED, body_blank_tail, 6 },
	{ CAUSE_BODY_TRAILING_LINES_HASHED, body_trailing_lines, 6 },
	{ CAUSE_BODY_DOT_STUFFED_HASHED, body_dot_stuffed, 7 },
	{ CAUSE_BODY_HEADERS_HASHED, body_headers_hashed, 7 },
	/* What lists do. */
	{ CAUSE_BODY_FOOTER_APPENDED, body_footer, 638 },
	{ CAUSE_BODY_QP_TO_8BIT, body_exchange, 835 },
	/* One body each, or a few. */
	{ CAUSE_BODY_FROM_STUFFED, body_from_stuffed, 5 },
	{ CAUSE_BODY_DOTS_DOUBLED, body_dots_doubled, 4 },
	{ CAUSE_BODY_LONG_LINES_BROKEN, body_long_lines, 6 },
	{ CAUSE_BODY_SIGDASH_TRIMMED, body_sigdash_trimmed, 2 },
	{ CAUSE_BODY_TRAILING_SPACE_ADDED, body_trailing_space, 4 },
	{ CAUSE_BODY_LEADING_BLANK, body_leading_blank, 4 },
	{ CAUSE_BODY_BANNER_PREPENDED, body_banner, 5 },
	{ CAUSE_BODY_BLANK_LINE_ADDED, body_blank_added, 2 },
	{ CAUSE_BODY_BLANK_LINE_REMOVED, body_blank_removed, 2 },
	{ CAUSE_BODY_MIME_PART_ADDED, body_part_added, 25 },
	{ CAUSE_BODY_MIME_WRAPPED, body_mime_wrapped, 48 },
	{ CAUSE_BODY_8BIT_TO_QP, body_was_8bit_now_qp, 0 },
	{ CAUSE_BODY_8BIT_TO_BASE64, body_was_8bit_now_base64, 0 },
	{ CAUSE_BODY_PART_HEADERS_ADDED, body_part_headers_added, 4 },
	{ CAUSE_BODY_URLS_REWRITTEN, body_urls_rewritten, 17 },
	{ CAUSE_BODY_HTML_META_ADDED, body_html_meta_added, 6 },
	{ CAUSE_BODY_BASE64_REWRAPPED, body_base64_rewrapped, 0 },
	{ CAUSE_BODY_BASE64_TO_8BIT, body_was_base64, 2 },
	{ CAUSE_BODY_QP_TO_8BIT, body_was_qp, 0 },
	{ CAUSE_BODY_PREAMBLE_REMOVED, body_preamble_removed, 5 },
	{ CAUSE_BODY_PARTS_RECODED, body_parts_recoded_alike, 13 },
	/* Many. */
	{ CAUSE_BODY_FOOTER_IN_PARTS, body_footer_in_parts, 34 },
	{ CAUSE_BODY_BANNER_IN_PARTS, body_banner_in_parts, 18 },
	{ CAUSE_BODY_CHANGED_RECIPE, body_recipe, 12 },
	{ CAUSE_BODY_FOOTER_APPENDED, body_banner_and_footer, 4 },
	{ CAUSE_BODY_PARTS_RECODED, body_parts_recoded, 1 },
	{ CAUSE_BODY_CHARSET_CONVERTED, body_charset_converted, 4 },
	{ CAUSE_BODY_HTML_INSERTED, body_html_inserted, 10 },
	{ CAUSE_BODY_FOOTER_APPENDED, body_twice, 29 },
	{ CAUSE_BODY_FOOTER_IN_PARTS, body_footer_in_parts_unlike, 0 },
	{ CAUSE_BODY_BANNER_IN_PARTS, body_banner_in_parts_unlike, 0 },
};
const size_t order_body_steps = ARRAY_LEN(order_body);

const struct header_step order_header[] = {
	{ HEADER_LISTS_AT_ONCE, LIST_NEAR, RANK_USUAL, 586, 0 },
	{ HEADER_SIGNER, 0, RANK_USUAL, 147, 0 },
	{ HEADER_NEWER, 2, RANK_USUAL, 101, 0 },
	{ HEADER_WRAPPED, 2, RANK_USUAL, 0, 0 },
	{ HEADER_LIBRARY, LIBRARY_NEAR, RANK_USUAL, 193, 0 },
	{ HEADER_ALIKE, 0, RANK_USUAL, 2, 0 },
	{ HEADER_FIELDS, 1, RANK_USUAL, 224, 0 },
	{ HEADER_FIELDS, 1, RANK_RARE, 42, 0 },
	{ HEADER_LISTS, LIST_MIDDLE, RANK_USUAL, 525, 0 },
	{ HEADER_LIBRARY, LIBRARY_FAR, RANK_USUAL, 7, 0 },
	{ HEADER_LISTS, LIST_FAR, RANK_USUAL, 146, 0 },
	{ HEADER_FIELDS, 2, RANK_USUAL, 0, 0 },
	{ HEADER_LIBRARY, LIBRARY_PERHAPS, RANK_USUAL, 9, 0 },
	{ HEADER_OLDER, 2, RANK_USUAL, 0, 0 },
	{ HEADER_FIELDS, 1, RANK_ODD, 4, 0 },
	{ HEADER_FIELDS, 3, RANK_USUAL, 2, 12 },
	{ HEADER_FIELDS, 2, RANK_RARE, 0, 6 },
	{ HEADER_LISTS_CHECKED, LIST_NEAR, RANK_USUAL, 0, 0 },
	{ HEADER_RECIPE, 0, RANK_USUAL, 8, 0 },
};
const size_t order_header_steps = ARRAY_LEN(order_header);
