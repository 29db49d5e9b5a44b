/* SPDX-License-Identifier: BSD-2-Clause */
#include "report/member.h"
#include "report/report.h"

/* "dkimpy 1.1.4, run 2026-11-29" */
static void
put_source(struct buf *b, const struct other_row *row)
{
	buf_printf(b, "%s %s, %s, %s", other_name(row->who), row->versions,
	    other_source_word(row->source), row->date);
}

void
report_others(struct buf *b, const struct report *r)
{
	for (size_t i = 0; i < r->nothers; i++) {
		const struct other_said *s = &r->others[i];

		buf_printf(b, "  predicted for %s: %s%s\n", other_name(s->who),
		    s->word,
		    s->n == 0 ? "  (nothing recorded changes the verdict)"
			      : "");
		for (size_t k = 0; k < s->n; k++) {
			const struct other_finding *f = &s->finding[k];

			buf_text(b, "    ");
			if (f->instance > 0)
				buf_printf(b, "i=%u %.*s: ", f->instance,
				    SLICE_ARG(f->field));
			buf_printf(b, "%s  [%s] (", f->row->what, f->row->id);
			put_source(b, f->row);
			buf_text(b, ")\n");
		}
	}
}

void
report_others_list(struct buf *b)
{
	for (size_t i = 0; i < other_nrows; i++) {
		const struct other_row *row = &other_rows[i];

		buf_printf(b, "%-12s%-26s%s (", other_name(row->who), row->id,
		    row->what);
		buf_printf(b, "%s, %s, %s)\n", row->versions,
		    other_source_word(row->source), row->date);
	}
}

void
report_others_json(struct json *j, const struct report *r)
{
	if (r->nothers == 0)
		return;
	json_array_open(j, "as");
	for (size_t i = 0; i < r->nothers; i++) {
		const struct other_said *s = &r->others[i];

		json_object_open(j, NULL);
		member_word(j, "name", other_name(s->who));
		member_word(j, "predicted", s->word);
		json_array_open(j, "rows");
		for (size_t k = 0; k < s->n; k++) {
			const struct other_finding *f = &s->finding[k];

			json_object_open(j, NULL);
			member_word(j, "id", f->row->id);
			member_word(j, "what", f->row->what);
			member_word(j, "versions", f->row->versions);
			member_word(
			    j, "source", other_source_word(f->row->source));
			member_word(j, "date", f->row->date);
			member_number(
			    j, "instance", f->instance > 0, f->instance);
			member_text(j, "field", f->field);
			json_object_close(j);
		}
		json_array_close(j);
		json_object_close(j);
	}
	json_array_close(j);
}
