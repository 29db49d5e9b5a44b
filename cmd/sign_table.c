/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/author.h"
#include "base/input.h"
#include "keys/keyname.h"
#include "sign_table.h"

static bool
pattern_fits(struct slice pattern, struct slice domain)
{
	if (slice_eq(pattern, SLICE("*")))
		return true;
	if (pattern.len > 0 && pattern.p[0] == '.')
		return domain.len > pattern.len &&
		       slice_ends_nocase(domain, pattern);
	return slice_eq_nocase(pattern, domain);
}

/* Take a line.  1 when it fits, 0 when not, -1 when it is none. */
static int
take_line(struct slice line, size_t number, struct slice domain,
    const struct message *m, struct signer *out, struct diag *why)
{
	struct slice pattern = slice_word(&line), key, name;

	if (pattern.len == 0 || pattern.p[0] == '#')
		return 0;
	out->domain = slice_word(&line);
	out->selector = slice_word(&line);
	key = slice_trim(line);
	if (key.len == 0)
		return diag_set(why, DIAG_TABLE, SLICE_NONE,
		    "line %zu: expected \"pattern domain selector key\"",
		    number);
	if (keyname_make(out->selector, out->domain, m->arena, &name, why) !=
	    0) {
		if (diag_info(why->code)->class == DIAG_CLASS_TROUBLE)
			return -1;
		return diag_set(why, DIAG_TABLE, SLICE_NONE,
		    "line %zu: invalid domain or selector", number);
	}
	if (!pattern_fits(pattern, domain))
		return 0;
	out->key_path = arena_copy(m->arena, key).p;
	return out->key_path != NULL ? 1 : diag_memory(why);
}

static int
choose_from_table(const struct sign *s, const struct message *m,
    struct signer *out, struct diag *why)
{
	struct slice domain = author_domain(m, NULL), rest, line;
	size_t number = 0;
	char q[DIAG_QUOTED];

	if (input_read_file(s->table, &out->table, why) != 0)
		return -1;
	rest = buf_view(&out->table);
	while (slice_cut(&rest, '\n', &line)) {
		int fits = take_line(line, ++number, domain, m, out, why);

		if (fits != 0)
			return fits > 0 ? 0 : -1;
	}
	return diag_set(why, DIAG_TABLE, SLICE_NONE,
	    "no line matches the From domain \"%s\"; a pattern of \"*\" "
	    "matches all",
	    diag_quote(domain, q));
}

int
signer_choose(const struct sign *s, const struct message *m, struct signer *out,
    struct diag *why)
{
	*out = (struct signer){ .key_path = s->key_path };
	if (s->table == NULL) {
		out->domain = slice_of(s->domain);
		out->selector = slice_of(s->selector);
	}
	if (s->table != NULL && choose_from_table(s, m, out, why) != 0) {
		why->path = s->table;
		return -1;
	}
	out->authserv_id =
	    s->authserv_id != NULL ? slice_of(s->authserv_id) : out->domain;
	return 0;
}

void
signer_release(struct signer *s)
{
	buf_release(&s->table);
}
