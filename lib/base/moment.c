/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#include "base/moment.h"

/* Text in a form in which "d" is a digit, as its numbers in their order. */
static bool
read_form(struct slice text, struct slice form, int *number)
{
	if (text.len != form.len)
		return false;
	for (size_t i = 0; i < form.len; i++) {
		if (form.p[i] == 'd' && ascii_is_digit(text.p[i]))
			*number = *number * 10 + (text.p[i] - '0');
		else if (form.p[i] == 'd' || text.p[i] != form.p[i])
			return false;
		else
			number++;
	}
	return true;
}

static bool
to_seconds(const int number[7], int64_t *out)
{
	struct tm tm = { .tm_year = number[0] - 1900,
		.tm_mon = number[1] - 1,
		.tm_mday = number[2],
		.tm_hour = number[3],
		.tm_min = number[4],
		.tm_sec = number[5] };
	struct tm same = tm;

	*out = (int64_t)timegm(&same);
	/* A date that does not exist comes back as another one. */
	return *out >= 0 && same.tm_mon == tm.tm_mon &&
	       same.tm_mday == tm.tm_mday && same.tm_hour == tm.tm_hour &&
	       same.tm_min == tm.tm_min && same.tm_sec == tm.tm_sec;
}

bool
moment_parse(struct slice text, int64_t *out)
{
	int number[7] = { 0 };

	return read_form(text, SLICE("dddd-dd-ddTdd:dd:ddZ"), number) &&
	       to_seconds(number, out);
}

bool
moment_day(struct slice text, int64_t *out)
{
	int number[7] = { 0 };

	return read_form(text, SLICE("dddd-dd-dd"), number) &&
	       to_seconds(number, out);
}

void
moment_text(int64_t seconds, char out[MOMENT_TEXT])
{
	time_t when = (time_t)seconds;
	struct tm tm;

	/* Twelve digits are more years than four digits have. */
	if (seconds > INT64_C(253402300799) || gmtime_r(&when, &tm) == NULL)
		snprintf(out, MOMENT_TEXT, "%" PRId64, seconds);
	else
		strftime(out, MOMENT_TEXT, "%Y-%m-%d %H:%M:%S", &tm);
}
