/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdio.h>
#include <string.h>

#include "badoption.h"

enum {
	MAX_OPTION = 32, /* octets of a name that another is suggested for */
	MAX_EDITS = 2,	 /* between a name and the one suggested */
};

/* How many characters have to be put in, taken out, replaced or, side by side,
 * exchanged to make b of a; both are shorter than MAX_OPTION. */
static size_t
count_edits(const char *a, const char *b)
{
	size_t cost[MAX_OPTION][MAX_OPTION], m = strlen(a), n = strlen(b);

	for (size_t i = 0; i <= m; i++)
		cost[i][0] = i;
	for (size_t j = 0; j <= n; j++)
		cost[0][j] = j;
	for (size_t i = 1; i <= m; i++)
		for (size_t j = 1; j <= n; j++) {
			size_t best =
			    cost[i - 1][j - 1] + (a[i - 1] != b[j - 1]);

			if (cost[i - 1][j] + 1 < best)
				best = cost[i - 1][j] + 1;
			if (cost[i][j - 1] + 1 < best)
				best = cost[i][j - 1] + 1;
			if (i > 1 && j > 1 && a[i - 1] == b[j - 2] &&
			    a[i - 2] == b[j - 1] &&
			    cost[i - 2][j - 2] + 1 < best)
				best = cost[i - 2][j - 2] + 1;
			cost[i][j] = best;
		}
	return cost[m][n];
}

/* A long option that is none, or the start of several. */
static _Noreturn void
unknown_option(const struct cli *c, const char *arg, const struct option *o)
{
	size_t fewest = MAX_EDITS + 1, n = strcspn(arg, "="), same = 0;
	const char *likely = NULL;
	char name[MAX_OPTION];

	if (n < 2 || n - 2 >= sizeof name)
		cli_usage(c, "unknown option '%.*s'", (int)n, arg);
	snprintf(name, sizeof name, "%.*s", (int)(n - 2), arg + 2);
	for (; o->name != NULL; o++) {
		size_t edits = strlen(o->name) < MAX_OPTION
				   ? count_edits(name, o->name)
				   : fewest;

		same += strncmp(o->name, name, n - 2) == 0;
		if (edits < fewest) {
			fewest = edits;
			likely = o->name;
		}
	}
	if (same > 1)
		cli_usage(c, "ambiguous option '--%s'", name);
	if (likely == NULL || fewest >= strlen(name))
		cli_usage(c, "unknown option '--%s'", name);
	cli_usage(
	    c, "unknown option '--%s' (did you mean '--%s'?)", name, likely);
}

void
bad_option(const struct cli *c, char **argv, const struct option *options)
{
	const char *arg = argv[optind - 1];
	const struct option *o = options;

	if (optopt == 0)
		unknown_option(c, arg, options);
	while (o->name != NULL && o->val != optopt)
		o++;
	if (o->name == NULL)
		cli_usage(c, "unknown option '-%c'", optopt);
	if (o->has_arg == no_argument)
		cli_usage(c, "option '--%s' takes no argument", o->name);
	cli_usage(c, "option '--%s' requires an argument", o->name);
}
