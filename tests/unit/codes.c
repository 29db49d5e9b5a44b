/* SPDX-License-Identifier: BSD-2-Clause */
/* codes - every code as a row of mdoc, for the tables of arc-tools(7)
 *
 * "codes fail", "codes tempfail" and "codes trouble" print the codes of
 * lib/base/diag.c by what they mean, in their order there; "codes remarks"
 * those of lib/arc/lint_table.c and lib/report/hops.c; "codes causes" what
 * --why tells apart; "codes limits" how much is taken (lib/base/limit.h). */
#include <stdio.h>
#include <string.h>

#include "base/diag.h"
#include "why/why.h"
#include "report/hops.h"
#include "base/limit.h"
#include "arc/lint.h"

/* A word, its clause, then the sentence in lines that fit. */
static void
row(const char *word, const char *clause, int status, const char *sentence)
{
	size_t column = 0;
	bool ended = false;

	printf(".It Sy %s", word);
	if (clause[0] != '\0')
		printf(" Pq %s", clause);
	putchar('\n');
	if (status != 0)
		printf("Exit status %d.\n", status);
	while (*sentence != '\0') {
		size_t n = strcspn(sentence, " ");

		/* A new sentence begins a line (mdoc(7)). */
		if (column > 0 && (ended || column + 1 + n > 78))
			column = 0, putchar('\n');
		else if (column > 0)
			column++, putchar(' ');
		printf("%.*s", (int)n, sentence);
		column += n;
		ended = n > 0 && sentence[n - 1] == '.';
		sentence += n + strspn(sentence + n, " ");
	}
	putchar('\n');
}

static void
remark(const struct lint_info *info)
{
	char text[400];

	snprintf(text, sizeof text, "%s %s", info->sentence, info->fix);
	row(info->word, info->clause, 0, text);
}

/* What stands out on the page, too, is a remark of its own. */
static void
remarks(void)
{
	for (enum lint_code c = 0; c < LINT_COUNT; c++)
		remark(lint_info(c));
	for (enum oddity_code o = 0; o < ODD_COUNT; o++) {
		bool seen = false;

		for (enum lint_code c = 0; c < LINT_COUNT; c++)
			seen |= strcmp(lint_info(c)->word,
				    oddity_info(o)->word) == 0;
		if (!seen)
			remark(oddity_info(o));
	}
}

static void
causes(void)
{
	for (enum cause_id id = CAUSE_NONE + 1; id < CAUSE_COUNT; id++) {
		const struct cause *c = cause_info(id);

		row(c->id, c->clause, 0, c->sentence);
	}
}

static void
limits(void)
{
	const struct limit_info *l;
	char word[64], number[64];

	for (size_t i = 0; (l = limit_info(i)) != NULL; i++) {
		bool mega = l->number >> 20 > 0 && l->number % (1 << 20) == 0;

		snprintf(word, sizeof word, "%s%s", l->word,
		    l->own == LIMIT_FIXED ? "" : "=");
		bool giga = mega && l->number >> 30 > 0;

		snprintf(number, sizeof number, "%llu %s",
		    l->number >> (giga	    ? 30
				     : mega ? 20
					    : 0),
		    giga   ? "GiB"
		    : mega ? "MiB"
			   : l->unit);
		row(word, number, 0, l->reason);
	}
}

int
main(int argc, char **argv)
{
	static const char *const classes[] = {
		[DIAG_CLASS_FAIL] = "fail",
		[DIAG_CLASS_TEMPORARY] = "tempfail",
		[DIAG_CLASS_TROUBLE] = "trouble",
	};

	if (argc != 2)
		return 64;
	for (enum diag_code c = DIAG_NONE + 1; c < DIAG_COUNT; c++) {
		const struct diag_info *info = diag_info(c);

		if (strcmp(argv[1], classes[info->class]) == 0)
			row(info->word, info->clause,
			    info->class == DIAG_CLASS_TROUBLE ? info->exit : 0,
			    info->sentence);
	}
	if (strcmp(argv[1], "remarks") == 0)
		remarks();
	if (strcmp(argv[1], "causes") == 0)
		causes();
	if (strcmp(argv[1], "limits") == 0)
		limits();
	return 0;
}
