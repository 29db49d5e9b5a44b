/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/date.h"

static int64_t
number(struct slice *rest)
{
	int64_t n = 0;
	size_t i = 0;

	while (i < rest->len && ascii_is_digit(rest->p[i]) && i < 6)
		n = 10 * n + (rest->p[i++] - '0');
	*rest = slice_sub(*rest, i, rest->len);
	return i > 0 ? n : -1;
}

/* Days from 1970, by a calendar whose years begin in March. */
static int64_t
days_of(int64_t year, int64_t month, int64_t day)
{
	year -= month <= 2;
	int64_t era = year / 400, of = year - era * 400;
	int64_t days = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * 146097 + of * 365 + of / 4 - of / 100 + days - 719468;
}

/* ":59", or nothing. */
static int64_t
behind_colon(struct slice *rest)
{
	if (rest->len == 0 || rest->p[0] != ':')
		return -1;
	*rest = slice_sub(*rest, 1, rest->len);
	return number(rest);
}

/* Seconds since midnight UTC of "14:06:29 +0100", which may be negative. */
static int64_t
second_of(struct slice rest)
{
	int64_t hour = number(&rest), minute = behind_colon(&rest);
	int64_t second = behind_colon(&rest), zone;
	bool east;

	if (hour < 0 || hour > 23 || minute < 0 || minute > 59)
		return 0;
	if (second < 0 || second > 60)
		second = 0;
	second += 3600 * hour + 60 * minute;
	rest = slice_trim(rest);
	if (rest.len < 5 || (rest.p[0] != '+' && rest.p[0] != '-'))
		return second;
	east = rest.p[0] == '+';
	rest = slice_sub(rest, 1, 4);
	zone = number(&rest);
	if (rest.len > 0 || zone / 100 > 23 || zone % 100 > 59)
		return second;
	zone = 3600 * (zone / 100) + 60 * (zone % 100);
	return east ? second - zone : second + zone;
}

bool
date_read(struct slice value, int64_t *out)
{
	static const char months[] = "janfebmaraprmayjunjulaugsepoctnovdec";
	size_t comma = slice_find(value, ',');
	struct slice rest = slice_trim(
	    comma < value.len ? slice_sub(value, comma + 1, value.len) : value);
	int64_t month = -1, day = number(&rest), year;

	rest = slice_trim(rest);
	for (size_t k = 0; k < 12; k++)
		if (slice_eq_nocase(slice_sub(rest, 0, 3),
			(struct slice){ months + 3 * k, 3 }))
			month = (int64_t)k + 1;
	rest = slice_trim(slice_sub(rest, 3, rest.len));
	year = number(&rest);
	/* Two digits and three are of old (section 4.3). */
	if (year >= 0 && year < 1000)
		year += year < 50 ? 2000 : 1900;
	if (day < 1 || day > 31 || month < 1 || year < 1970 || year > 9999)
		return false;
	*out = 86400 * days_of(year, month, day) + second_of(slice_trim(rest));
	return *out >= 0;
}
