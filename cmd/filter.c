/* SPDX-License-Identifier: BSD-2-Clause */
#include <unistd.h>

#include "filter.h"

static int
to_stdout(void *ctx, const char *p, size_t n)
{
	(void)ctx;
	return cli_write(STDOUT_FILENO, p, n);
}

static int
write_edited(struct spool *s, const struct filter_edit *edit, struct diag *why)
{
	const struct sink out = { to_stdout, NULL };
	uint64_t from = edit->m->top;

	if (spool_put(s, 0, from, &out, why) != 0 ||
	    sink_put(&out, edit->fields.p, edit->fields.len) != 0)
		return -1;
	for (size_t i = 0; i < edit->ndrop; i++) {
		const struct slice raw = edit->drop[i]->raw;
		uint64_t at = (uint64_t)(raw.p - edit->m->octets);

		if (spool_put(s, from, at - from, &out, why) != 0)
			return -1;
		from = at + raw.len;
	}
	return spool_put(s, from, s->size - from, &out, why);
}

int
filter_write(struct spool *s, const struct filter_edit *edit, struct diag *why)
{
	const struct sink out = { to_stdout, NULL };

	*why = (struct diag){ .code = DIAG_NONE };
	if (spool_unchanged(s, why) != 0)
		return -1;
	if ((edit != NULL ? write_edited(s, edit, why)
			  : spool_put(s, 0, s->size, &out, why)) != 0)
		return -1;
	return spool_unchanged(s, why);
}

void
filter_pass(struct cli *c, const char *path, struct spool *s,
    const struct filter_edit *edit, const char *words)
{
	struct diag why;

	if (s != NULL && filter_write(s, edit, &why) != 0) {
		cli_write_trouble(c, &why);
		return;
	}
	if (s != NULL)
		cli_say(c, "%s: %s", path, words);
	c->status = 0;
}
