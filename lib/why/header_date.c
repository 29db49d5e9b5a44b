/* SPDX-License-Identifier: BSD-2-Clause */
/* The same moment as others write it in a Date field (RFC 5322 section 3.3). */
#include <stdio.h>
#include <string.h>
#include <time.h>

#include "why/header_date.h"

static const char days[] = "SunMonTueWedThuFriSat";
static const char months[] = "JanFebMarAprMayJunJulAugSepOctNovDec";

/* Names that are written behind a zone, or in its place. */
static const struct {
	const char *zone, *name;
} zones[] = {
	{ "+0000", "UTC" },
	{ "+0000", "GMT" },
	{ "+0000", "WET" },
	{ "-0000", "UTC" },
	{ "-0000", "GMT" },
	{ "+0100", "CET" },
	{ "+0100", "BST" },
	{ "+0100", "WEST" },
	{ "+0200", "CEST" },
	{ "+0200", "EET" },
	{ "+0300", "EEST" },
	{ "+0300", "MSK" },
	{ "+0530", "IST" },
	{ "+0800", "CST" },
	{ "+0900", "JST" },
	{ "+0900", "KST" },
	{ "+1000", "AEST" },
	{ "+1100", "AEDT" },
	{ "-0300", "ADT" },
	{ "-0400", "EDT" },
	{ "-0500", "EST" },
	{ "-0500", "CDT" },
	{ "-0600", "CST" },
	{ "-0600", "MDT" },
	{ "-0700", "MST" },
	{ "-0700", "PDT" },
	{ "-0800", "PST" },
};

/* The ways to write UTC. */
static const char *const utc[] = { "+0000", "-0000", "GMT", "UT", "UTC", "Z" };

/* A Date as it is written, cut up. */
struct date {
	struct tm tm;	    /* as the clock on the wall shows */
	struct slice day;   /* "Thu"; or empty */
	struct slice zone;  /* "+0000" */
	struct slice after; /* "UTC", the comment behind it; or empty */
};

/* Up to so many digits. */
static bool
number(struct slice s, size_t most, int *out)
{
	*out = 0;
	for (size_t i = 0; i < s.len; i++) {
		if (!ascii_is_digit(s.p[i]))
			return false;
		*out = *out * 10 + (s.p[i] - '0');
		if (i >= most)
			return false;
	}
	return s.len > 0;
}

/* Which of the three-letter words of a list s is; -1: none. */
static int
word_place(const char *list, struct slice s)
{
	for (int i = 0; s.len == 3 && list[3 * i] != '\0'; i++)
		if (slice_eq_nocase(
			s, (struct slice){ list + (ptrdiff_t)3 * i, 3 }))
			return i;
	return -1;
}

static bool
date_parse(struct slice v, struct date *d)
{
	size_t comma = slice_find(v, ',');
	struct slice time, hour, minute;
	bool good;

	*d = (struct date){ .tm = { .tm_sec = 0 } };
	if (comma < v.len) {
		d->day = slice_trim(slice_sub(v, 0, comma));
		v = slice_sub(v, comma + 1, v.len);
	}
	good = number(slice_word(&v), 2, &d->tm.tm_mday);
	d->tm.tm_mon = word_place(months, slice_word(&v));
	good = good && number(slice_word(&v), 4, &d->tm.tm_year);
	d->tm.tm_year -= d->tm.tm_year >= 1900 ? 1900
			 : d->tm.tm_year < 50  ? -100
					       : 0;
	time = slice_word(&v);
	good =
	    good && slice_cut(&time, ':', &hour) &&
	    slice_cut(&time, ':', &minute) && number(hour, 2, &d->tm.tm_hour) &&
	    number(minute, 2, &d->tm.tm_min) && number(time, 2, &d->tm.tm_sec);
	d->zone = slice_word(&v);
	v = slice_trim(v);
	if (v.len >= 2 && v.p[0] == '(')
		d->after = slice_sub(v, 1, v.len - 2);
	return good && d->tm.tm_mon >= 0 && d->zone.len > 0;
}

/* How a date is written. */
struct date_form {
	bool day;	 /* with its day of the week */
	const char *gap; /* between that and the date */
	int pad;	 /* a day of one digit: '0', ' ', or as it is */
	bool short_hour, short_year;
};

static void
put_date(struct offer *o, const struct date_form *form, const struct tm *tm,
    struct slice zone, struct slice after, enum rank rank)
{
	struct buf *b = &o->text;

	if (form->day)
		buf_printf(
		    b, "%.3s,%s", days + (ptrdiff_t)3 * tm->tm_wday, form->gap);
	if (tm->tm_mday < 10 && form->pad != 0)
		buf_char(b, (char)form->pad);
	buf_printf(
	    b, "%d %.3s ", tm->tm_mday, months + (ptrdiff_t)3 * tm->tm_mon);
	if (form->short_year)
		buf_printf(b, "%02d", tm->tm_year % 100);
	else
		buf_printf(b, "%d", tm->tm_year + 1900);
	buf_printf(b, form->short_hour ? " %d:%02d:%02d " : " %02d:%02d:%02d ",
	    tm->tm_hour, tm->tm_min, tm->tm_sec);
	buf_slice(b, zone);
	if (after.len > 0) {
		buf_text(b, " (");
		buf_slice(b, after);
		buf_char(b, ')');
	}
	offer_text(o, rank);
}

/* The zone in all its spellings; rank is that of the usual ones. */
static void
put_zones(struct offer *o, const struct date_form *form, const struct date *d,
    enum rank rank)
{
	bool zero = false;

	put_date(o, form, &d->tm, d->zone, d->after, rank);
	put_date(o, form, &d->tm, d->zone, SLICE(""), rank);
	for (size_t k = 0; k < ARRAY_LEN(utc); k++)
		zero |= slice_eq(d->zone, slice_of(utc[k]));
	for (size_t k = 0; zero && k < ARRAY_LEN(utc); k++)
		put_date(o, form, &d->tm, slice_of(utc[k]), SLICE(""),
		    k < 3 ? rank : RANK_RARE);
	for (size_t k = 0; k < ARRAY_LEN(zones); k++) {
		struct slice zone = slice_of(zones[k].zone);
		struct slice name = slice_of(zones[k].name);

		if (slice_eq(d->zone, zone) || (zero && k < 5)) {
			put_date(o, form, &d->tm, zone, name,
			    k < 2 ? rank : RANK_RARE);
			put_date(o, form, &d->tm, name, SLICE(""), RANK_RARE);
		} else if (slice_eq(d->zone, name)) {
			put_date(o, form, &d->tm, zone, SLICE(""), RANK_RARE);
			put_date(o, form, &d->tm, zone, name, RANK_RARE);
		}
	}
}

/* Minutes east of Greenwich. */
static bool
zone_offset(struct slice zone, int *out)
{
	int n;

	*out = 0;
	for (size_t k = 0; k < ARRAY_LEN(utc); k++)
		if (slice_eq(zone, slice_of(utc[k])))
			return true;
	for (size_t k = 0; k < ARRAY_LEN(zones); k++)
		if (slice_eq(zone, slice_of(zones[k].name)))
			zone = slice_of(zones[k].zone);
	if (zone.len != 5 || (zone.p[0] != '+' && zone.p[0] != '-') ||
	    !number(slice_sub(zone, 1, 4), 4, &n))
		return false;
	*out = (n / 100 * 60 + n % 100) * (zone.p[0] == '-' ? -1 : 1);
	return true;
}

/* The same moment in every other zone. */
static void
other_zones(struct offer *o, const struct date_form *form, const struct date *d)
{
	static const int halves[] = { -210, -150, 210, 270, 330, 345, 390, 570,
		630 };
	int here;

	if (!zone_offset(d->zone, &here))
		return;
	for (int k = -12; k < 15 + (int)(ARRAY_LEN(halves)); k++) {
		int there = k < 15 ? 60 * k : halves[k - 15];
		int size = there < 0 ? -there : there;
		struct date other = *d;
		char zone[8];

		if (there == here)
			continue;
		other.tm.tm_min += there - here;
		timegm(&other.tm);
		snprintf(zone, sizeof zone, "%c%02d%02d", there < 0 ? '-' : '+',
		    size / 60 % 24, size % 60);
		other.zone = slice_of(zone);
		other.after = SLICE("");
		put_zones(o, form, &other, RANK_RARE);
	}
}

static bool
date_of(struct offer *o, struct date *d)
{
	if (!is_named(o, "date resent-date") || o->field == NULL ||
	    !date_parse(o->value, d))
		return false;
	/* What the clock shows tells the day of the week. */
	timegm(&d->tm);
	return true;
}

void
offer_usual_dates(struct offer *o)
{
	static const struct date_form forms[] = {
		{ true, " ", 0, false, false }, { true, " ", '0', false, false }
	};
	struct date d;

	if (!date_of(o, &d))
		return;
	bool utc_too = slice_eq(d.zone, SLICE("+0000"));

	for (size_t k = 0; k < ARRAY_LEN(forms); k++) {
		put_date(o, &forms[k], &d.tm, d.zone, SLICE(""), RANK_USUAL);
		if (!utc_too)
			continue;
		put_date(o, &forms[k], &d.tm, d.zone, SLICE("UTC"), RANK_USUAL);
		put_date(
		    o, &forms[k], &d.tm, SLICE("GMT"), SLICE(""), RANK_USUAL);
	}
}

void
offer_dates(struct offer *o)
{
	static const struct date_form forms[] = {
		{ true, " ", 0, false, false },
		{ true, " ", '0', false, false },
		{ false, "", 0, false, false },
		{ false, "", '0', false, false },
		{ true, " ", ' ', false, false },
		{ true, "", 0, false, false },
		{ true, "", '0', false, false },
		{ true, " ", 0, true, false },
		{ true, " ", '0', true, false },
		{ true, " ", 0, false, true },
		{ true, " ", '0', false, true },
	};
	struct date d;

	if (!date_of(o, &d))
		return;
	for (size_t k = 0; k < ARRAY_LEN(forms); k++)
		put_zones(o, &forms[k], &d, k < 2 ? RANK_USUAL : RANK_RARE);
	for (size_t k = 0; k < 2; k++)
		other_zones(o, &forms[k], &d);
}
