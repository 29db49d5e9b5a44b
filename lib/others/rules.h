/* SPDX-License-Identifier: BSD-2-Clause */
/* rules.h - what a deviation is about: questions to a message or one of its
 * fields, for the table of others.h.  A rule about the whole message gets NULL
 * for the field.  rules.c asks about tags, rules_hash.c about the bytes that
 * are hashed, rules_key.c about key records, rules_read.c about fields that
 * cannot be read here.  Each costs at most a pass over the header, or is
 * bounded. */
#ifndef RULES_H
#define RULES_H

#include "others/others.h"

typedef bool other_rule(const struct other_case *, const struct sigfield *);

other_rule rule_expired;
other_rule rule_expired_10_hours;
other_rule rule_ahead_10_hours;
other_rule rule_version_not_1;
other_rule rule_any_version;
other_rule rule_names_arc_seal;
other_rule rule_tag_missing;
other_rule rule_main_tag_missing;
other_rule rule_canon_unknown_there;
other_rule rule_no_algorithm;
other_rule rule_unknown_algorithm;
other_rule rule_unknown_canon;
other_rule rule_ed25519;
other_rule rule_not_rsa_sha256;
other_rule rule_cv_in_capitals;
other_rule rule_other_query;
other_rule rule_not_ascii;
other_rule rule_from_unsigned;
other_rule rule_two_from;
other_rule rule_instance_not_spaced;
other_rule rule_instance_not_first;
other_rule rule_instance_comment;
other_rule rule_out_of_order;
other_rule rule_seal_canon;
other_rule rule_has_bh;
other_rule rule_bare_key;
other_rule rule_key_granularity;
other_rule rule_several_records;
other_rule rule_not_first_record;
other_rule rule_l_of_0;
other_rule rule_has_l;
other_rule rule_broken_line;
other_rule rule_from_line;
other_rule rule_no_body;
other_rule rule_older_fails;
other_rule rule_aar_unparsed;
other_rule rule_foreign_b;
other_rule rule_space_before_colon;
other_rule rule_any_space_before_colon;
other_rule rule_capital_h;
other_rule rule_later_cv_in_capitals;
other_rule rule_fault_in_t;
other_rule rule_version_not_known;
other_rule rule_comment_before_instance;
other_rule rule_ends_in_b;
other_rule rule_longer_name;
other_rule rule_no_c;
other_rule rule_canon_in_capitals;
other_rule rule_canon_half;
other_rule rule_query_not_plain;
other_rule rule_odd_space;
other_rule rule_odd_space_at_end;
other_rule rule_odd_space_in_front;
other_rule rule_header_ends_in_cr;
other_rule rule_comment_in_name;
other_rule rule_space_after_b;
other_rule rule_space_before_b;
other_rule rule_instance_not_found;
other_rule rule_picks_itself;
other_rule rule_no_line_end;
other_rule rule_key_type_not_lower;
other_rule rule_key_service_not_word;
other_rule rule_key_lists_not_plain;
other_rule rule_key_ed25519_for_rsa;
other_rule rule_key_version;
other_rule rule_key_not_base64;
other_rule rule_key_tag_case;
other_rule rule_key_no_list;
other_rule rule_instance_digits;
other_rule rule_ed25519_of_ours;
other_rule rule_bad_byte;
other_rule rule_empty_element;
other_rule rule_bad_name;
other_rule rule_tag_twice;
other_rule rule_comment;
other_rule rule_tag_in_capitals;
other_rule rule_fault_in_b;
other_rule rule_fault_in_l;
other_rule rule_canon_spaced;
other_rule rule_aar_elsewhere;
other_rule rule_no_instance;
other_rule rule_no_instance_on_top;
other_rule rule_aar_no_instance;
other_rule rule_no_list;
other_rule rule_rejected;

/* A tag as it is written, and whether there is one. */
struct slice rule_tag(const struct sigfield *, const char *name);
bool rule_has_tag(const struct sigfield *, const char *name);

/* What became of the signature. */
const struct sigresult *rule_result(
    const struct other_case *, const struct sigfield *);

/* Memory was short: the question has no answer.  Returns false. */
bool rule_memory(const struct other_case *);

#endif
