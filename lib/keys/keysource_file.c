/* SPDX-License-Identifier: BSD-2-Clause */
/* Master-file lines (RFC 1035 section 5.1), as far as they are asked for. Names
 * are absolute with or without a final dot, so that a file can be written by
 * hand and served by a name server too. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/input.h"
#include "base/jsonread.h"
#include "keys/keysource.h"
#include "base/limit.h"
#include "base/nametable.h"
#include "keys/rrset.h"

enum {
	MAX_CNAMES = LIMIT_CNAMES,
	MAX_RECORD = LIMIT_TEXT,
	MAX_FILE = LIMIT_KEYS_FILE,
	SAME_RECORDS = 16, /* looked at for one that stands there already */
};

/* One TXT record of a name. */
struct record {
	struct record *next;
	struct txt txt;
};

/* All that the files say of a name. */
struct entry {
	struct slice name; /* lower case, no final dot */
	struct record *first, **last;
	size_t nrecords;
	struct slice cname;
	struct rrset *sets; /* what is said of it by type; of TXT, failures */
	/* Recorded without a type, of those that have no records; or
	 * ANSWER_UNKNOWN. */
	enum answer_kind failure;
	uint32_t ttl; /* of its TXT records */
	bool has_ttl, secure;
	bool other; /* it has records of types that nobody asks for */
};

struct keyfile {
	struct keysource source;
	struct arena *arena;
	struct nametable names; /* of entries */
	/* Names above them, made when the first such name is looked for. */
	struct nametable above;
	bool has_above;
};

/* ------------------------------------------------------------------------
 * What is known. */

/* The entry of a name, made when there is none; NULL when memory is short. */
static struct entry *
entry_of(struct keyfile *k, struct slice name)
{
	struct entry *e = nametable_find(&k->names, name);

	if (e != NULL)
		return e;
	if ((e = arena_alloc(k->arena, sizeof *e)) == NULL)
		return NULL;
	e->name = name;
	e->last = &e->first;
	e->failure = ANSWER_UNKNOWN;
	return nametable_add(&k->names, name, e) == 0 ? e : NULL;
}

/* The file may say it several times, as when records of two runs are joined. */
static bool
is_known(const struct entry *e, struct slice text)
{
	const struct record *r = e->first;

	for (int i = 0; r != NULL && i < SAME_RECORDS; i++, r = r->next)
		if (slice_eq(r->txt.text, text))
			return true;
	return false;
}

static int
add_record(
    struct keyfile *k, struct entry *e, const struct slice strings[], size_t n)
{
	struct record *r = arena_alloc(k->arena, sizeof *r);
	size_t size = 0, at = 0;

	for (size_t i = 0; i < n; i++)
		size += strings[i].len;
	char *text = arena_alloc(k->arena, size + 1);

	if (r == NULL || text == NULL)
		return -1;
	r->txt.strings = arena_array(k->arena, n, sizeof(struct slice));
	if (r->txt.strings == NULL)
		return -1;
	for (size_t i = 0; i < n; i++) {
		if (strings[i].len > 0)
			memcpy(text + at, strings[i].p, strings[i].len);
		r->txt.strings[i] = (struct slice){ text + at, strings[i].len };
		at += strings[i].len;
	}
	r->txt.nstrings = n;
	r->txt.text = (struct slice){ text, size };
	if (is_known(e, r->txt.text))
		return 0;
	*e->last = r;
	e->last = &r->next;
	e->nrecords++;
	return 0;
}

/* ------------------------------------------------------------------------
 * One entry of the file: a line, or more within parentheses. */

struct word {
	struct slice text;
	bool quoted;
	bool escaped; /* text has escapes that are to be undone */
};

struct scan {
	struct keyfile *k;
	char *p; /* the next octet; strings are unescaped in place */
	char *end;
	unsigned long line, first; /* where we are; where the entry began */
	bool blank;		   /* the entry began with white space */
	struct word *word;
	size_t nwords, max;
	struct slice owner, origin;
};

static int
fail(const struct scan *s, struct diag *why, const char *what)
{
	return diag_set(why, DIAG_KEYS_FILE, (struct slice){ NULL, 0 },
	    "line %lu: %s", s->first, what);
}

static int
add_word(struct scan *s, struct slice text, bool quoted, struct diag *why)
{
	if (s->nwords == s->max) {
		size_t max = s->max == 0 ? 16 : 2 * s->max;
		struct word *w = realloc(s->word, max * sizeof *w);

		if (w == NULL)
			return diag_memory(why);
		s->word = w;
		s->max = max;
	}
	s->word[s->nwords++] = (struct word){ text, quoted, false };
	return 0;
}

/* Cut off the octet behind a backslash: \DDD or \X. */
static bool
unescape(struct slice *rest, char *out)
{
	unsigned long long v;

	if (rest->len == 0 || rest->p[0] == '\n')
		return false;
	if (!ascii_is_digit(rest->p[0])) {
		*out = rest->p[0];
		*rest = slice_sub(*rest, 1, rest->len);
		return true;
	}
	if (rest->len < 3 || !slice_number(slice_sub(*rest, 0, 3), 3, &v) ||
	    v > 255)
		return false;
	*out = (char)(unsigned char)v;
	*rest = slice_sub(*rest, 3, rest->len);
	return true;
}

/* A string as it is meant. */
static struct slice
word_text(struct word *w)
{
	struct slice rest = w->text;
	char *from = (char *)rest.p, *to = from, c; /* of the file we read */

	while (w->escaped && rest.len > 0) {
		c = rest.p[0];
		rest = slice_sub(rest, 1, rest.len);
		if (c == '\\')
			unescape(&rest, &c); /* scan_word() saw to it */
		*to++ = c;
	}
	if (w->escaped)
		w->text.len = (size_t)(to - from);
	w->escaped = false;
	return w->text;
}

static bool
ends_word(char c)
{
	return ascii_is_fws(c) || c == ';' || c == '(' || c == ')' || c == '"';
}

static int
scan_word(struct scan *s, struct diag *why)
{
	bool quoted = *s->p == '"', escaped = false;
	const char *from;
	char c;

	s->first = s->line; /* where the trouble is, if there is any */
	s->p += quoted;
	for (from = s->p; s->p < s->end;) {
		c = *s->p;
		if (quoted ? c == '"' || c == '\n' : ends_word(c))
			break;
		s->p++;
		if (c != '\\')
			continue;
		struct slice rest = { s->p, (size_t)(s->end - s->p) };

		if (!unescape(&rest, &c))
			return fail(s, why, "a backslash that escapes nothing");
		s->p = s->end - rest.len;
		escaped = true;
	}
	struct slice text = { from, (size_t)(s->p - from) };

	if (quoted && (s->p == s->end || *s->p != '"'))
		return fail(s, why, "a quote that does not end on its line");
	s->p += quoted;
	if (add_word(s, text, quoted, why) != 0)
		return -1;
	s->word[s->nwords - 1].escaped = escaped;
	return 0;
}

/* Whether the line that begins here is a name, white space, and then a record
 * as it is: "sel._domainkey.example.org v=DKIM1; p=..." (its ";" begin no
 * comment). */
static bool
is_raw_line(const struct scan *s)
{
	struct slice line = { s->p, (size_t)(s->end - s->p) };
	size_t i = 0;

	line = slice_sub(line, 0, slice_find(line, '\n'));
	while (i < line.len && !ends_word(line.p[i]))
		i++;
	size_t name = i;

	while (i < line.len && ascii_is_wsp(line.p[i]))
		i++;
	return name > 0 && i > name && i + 1 < line.len &&
	       ascii_is_alpha(line.p[i]) && line.p[i + 1] == '=';
}

static int
scan_raw_line(struct scan *s, struct diag *why)
{
	struct slice line = { s->p, (size_t)(s->end - s->p) };
	size_t i = 0;

	line = slice_sub(line, 0, slice_find(line, '\n'));
	s->p += line.len;
	while (!ends_word(line.p[i]))
		i++;
	struct slice name = slice_sub(line, 0, i);
	struct slice text = slice_trim(slice_sub(line, i, line.len));

	if (add_word(s, name, false, why) != 0 ||
	    add_word(s, SLICE("TXT"), false, why) != 0)
		return -1;
	return add_word(s, text, true, why);
}

/* ";! NAME WORD": a recorded answer that is no record. */
static bool
is_recorded_line(const struct scan *s)
{
	return s->nwords == 0 && !s->blank && s->end - s->p > 2 &&
	       s->p[0] == ';' && s->p[1] == '!' && ascii_is_wsp(s->p[2]);
}

/* Step over white space; false at the end of an entry. */
static bool
skip_space(struct scan *s, unsigned *depth)
{
	while (s->p < s->end) {
		if (*s->p == ';')
			while (s->p < s->end && *s->p != '\n')
				s->p++;
		else if (*s->p == '\n') {
			s->p++;
			s->line++;
			if (*depth == 0)
				return false;
		} else if (*s->p == '(' || *s->p == ')') {
			/* One too many ends nothing. */
			if (*s->p == ')' && *depth > 0)
				--*depth;
			else if (*s->p == '(')
				++*depth;
			s->p++;
		} else if (ascii_is_fws(*s->p))
			s->p++;
		else
			return true;
	}
	return false;
}

/* Collect the words of the next entry.  1, or 0 at the end of the file, or
 * -1. */
static int
scan_entry(struct scan *s, struct diag *why)
{
	unsigned long first = s->line;
	unsigned depth = 0;
	bool recorded = false;

	s->nwords = 0;
	if (s->p == s->end)
		return 0;
	s->first = first;
	s->blank = ascii_is_wsp(*s->p);
	if (is_recorded_line(s)) {
		recorded = true;
		s->p += 2;
		if (add_word(s, SLICE(";!"), false, why) != 0)
			return -1;
	} else if (is_raw_line(s) && scan_raw_line(s, why) != 0) {
		return -1;
	}
	while (skip_space(s, &depth))
		if (scan_word(s, why) != 0)
			return -1;
	s->first = first;
	if (depth > 0)
		return fail(s, why, "a \"(\" without its \")\"");
	return recorded && s->nwords != 3 && s->nwords != 4
		   ? fail(s, why, "not \";! NAME [TYPE] ANSWER\"")
		   : 1;
}

/* ------------------------------------------------------------------------
 * What an entry says. */

/* Octets of a name that are written \X, not to be taken for what they mean. */
static bool
is_special(char c)
{
	return c == '.' || c == ';' || c == '(' || c == ')' || c == '\\';
}

static bool
is_graphic(char c)
{
	return c > 0x20 && c < 0x7f;
}

/* Write an octet of a label in the one way that dnswire_read() has too. */
static size_t
put_octet(char *to, char c)
{
	unsigned char u = (unsigned char)c;

	to[0] = '\\';
	if (is_graphic(c)) {
		to[is_special(c)] = c;
		return is_special(c) ? 2 : 1;
	}
	to[1] = (char)('0' + u / 100);
	to[2] = (char)('0' + u / 10 % 10);
	to[3] = (char)('0' + u % 10);
	return 4;
}

/* A name in the one form that is looked up, in the arena: lower case, without
 * a final dot; escapes stay, as a dot within a label parts nothing. */
static struct slice
make_name(const struct scan *s, struct slice text)
{
	struct slice rest = text, name = { NULL, 0 };
	size_t most = 0;
	bool dot = false;
	char c;

	if (slice_eq(text, SLICE("@")))
		return s->origin;
	for (size_t i = 0; i < text.len; i++)
		most += is_graphic(text.p[i]) && text.p[i] != '\\' ? 2 : 4;
	char *to = arena_alloc(s->k->arena, most + 1);

	if (to == NULL)
		return name;
	while (rest.len > 0) {
		c = rest.p[0];
		rest = slice_sub(rest, 1, rest.len);
		dot = c == '.';
		if (c == '\\')
			unescape(&rest, &c);
		if (dot)
			to[name.len++] = c;
		else
			name.len += put_octet(to + name.len, ascii_lower(c));
	}
	name.p = to;
	if (dot && name.len > 1)
		name.len--;
	return name;
}

/* "3600", "1h30m". */
static bool
read_ttl(struct slice text, uint32_t *out)
{
	uint64_t sum = 0, n = 0;
	bool digit = false;

	for (size_t i = 0; i < text.len && i < 20; i++) {
		char c = ascii_lower(text.p[i]);
		uint64_t unit = c == 's'   ? 1
				: c == 'm' ? 60
				: c == 'h' ? 3600
				: c == 'd' ? 86400
				: c == 'w' ? 604800
					   : 0;

		if (ascii_is_digit(c)) {
			n = n * 10 + (uint64_t)(c - '0');
			digit = true;
		} else if (digit && unit > 0) {
			sum += n * unit;
			n = 0;
			digit = false;
		} else {
			return false;
		}
		if (n > UINT32_MAX || sum > UINT32_MAX)
			return false;
	}
	sum += n;
	*out = (uint32_t)sum;
	return text.len > 0 && text.len < 20 && sum <= UINT32_MAX;
}

static bool
is_type(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (!ascii_is_alnum(s.p[i]))
			return false;
	return s.len > 0 && ascii_is_alpha(s.p[0]);
}

/* ";! NAME ANSWER", ";! NAME TYPE ANSWER" or ";! NAME ANSWER TYPE". */
static int
take_recorded(struct scan *s, struct diag *why)
{
	struct slice name = make_name(s, s->word[1].text), word;
	struct entry *e = entry_of(s->k, name);
	enum answer_kind kind = ANSWER_NXDOMAIN;
	bool typed = s->nwords == 4;
	enum rr_type type;
	struct rrset *set;

	if (name.p == NULL || e == NULL)
		return diag_memory(why);
	word = s->word[2].text;
	if (typed && rr_from_word(word, &type))
		word = s->word[3].text;
	else if (typed && !rr_from_word(s->word[3].text, &type))
		return fail(s, why, "no such record type after \";!\"");
	if (slice_eq(word, SLICE("SECURE"))) {
		e->secure = true;
		return 0;
	}
	while (kind < ANSWER_UNKNOWN &&
	       !slice_eq(word, slice_of(answer_word(kind))))
		kind++;
	if (kind == ANSWER_UNKNOWN)
		return fail(s, why, "no such answer behind \";!\"");
	if (!typed) {
		e->failure = kind;
		return 0;
	}
	if ((set = rrset_of(&e->sets, type, s->k->arena)) == NULL)
		return diag_memory(why);
	set->failure = kind;
	return 0;
}

/* A record of another type than TXT, whose words begin at place at. */
static int
take_rr(struct scan *s, struct rrset *set, size_t at, struct diag *why)
{
	bool address = set->type == RR_A || set->type == RR_AAAA;
	struct rr rr = { .preference = 0 };
	unsigned long long preference = 0;

	if (s->nwords != at + (set->type == RR_MX ? 2 : 1))
		return fail(s, why, "a record with too few words, or too many");
	if (set->type == RR_MX &&
	    (!slice_number(s->word[at++].text, 5, &preference) ||
		preference > UINT16_MAX))
		return fail(s, why, "MX without a preference up to 65535");
	rr.preference = (unsigned)preference;
	if (address &&
	    !rr_read_address(s->word[at].text, set->type, rr.address))
		return fail(s, why, "not an address of that type");
	if (!address && (rr.name = make_name(s, s->word[at].text)).p == NULL)
		return diag_memory(why);
	return rrset_add(set, &rr, s->k->arena) == 0 ? 0 : diag_memory(why);
}

static void
note_ttl(uint32_t ttl, uint32_t *least, bool *has)
{
	if (!*has || ttl < *least)
		*least = ttl;
	*has = true;
}

static int
take_txt(struct scan *s, struct entry *e, size_t at, struct diag *why)
{
	size_t n = s->nwords - at, size = 0;
	struct slice *strings = calloc(n > 0 ? n : 1, sizeof *strings);
	int result = 0;

	if (strings == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < n; i++) {
		strings[i] = word_text(&s->word[at + i]);
		size += strings[i].len;
	}
	if (n == 0)
		result = fail(s, why, "TXT without a string");
	else if (size > MAX_RECORD)
		result = fail(s, why, "a TXT record of more than 64 KiB");
	else if (add_record(s->k, e, strings, n) != 0)
		result = diag_memory(why);
	free(strings);
	return result;
}

/* $ORIGIN and $TTL; a served file may have them. */
static int
take_directive(struct scan *s, struct diag *why)
{
	if (slice_eq_nocase(s->word[0].text, SLICE("$TTL")) && s->nwords == 2)
		return 0;
	if (!slice_eq_nocase(s->word[0].text, SLICE("$ORIGIN")) ||
	    s->nwords != 2)
		return fail(s, why, "only $ORIGIN and $TTL are understood");
	s->origin = make_name(s, s->word[1].text);
	return s->origin.p != NULL ? 0 : diag_memory(why);
}

static int
take_entry(struct scan *s, struct diag *why)
{
	size_t at = 0;
	uint32_t ttl = 0;
	bool has_ttl = false;
	enum rr_type known;

	if (s->nwords == 0)
		return 0;
	if (!s->word[0].quoted && slice_eq(s->word[0].text, SLICE(";!")))
		return take_recorded(s, why);
	if (!s->word[0].quoted && s->word[0].text.len > 0 &&
	    s->word[0].text.p[0] == '$')
		return take_directive(s, why);
	if (!s->blank) {
		s->owner = make_name(s, s->word[at++].text);
		if (s->owner.p == NULL)
			return diag_memory(why);
	}
	if (s->owner.len == 0)
		return fail(s, why, "no name at the beginning");
	for (; at < s->nwords && !s->word[at].quoted; at++) {
		if (!has_ttl && read_ttl(s->word[at].text, &ttl))
			has_ttl = true;
		else if (!slice_eq_nocase(s->word[at].text, SLICE("IN")))
			break;
	}
	if (at == s->nwords || s->word[at].quoted || !is_type(s->word[at].text))
		return fail(s, why, "no record type such as TXT");
	struct slice type = s->word[at++].text;
	struct entry *e = entry_of(s->k, s->owner);

	if (e == NULL)
		return diag_memory(why);
	if (slice_eq_nocase(type, SLICE("TXT"))) {
		if (has_ttl)
			note_ttl(ttl, &e->ttl, &e->has_ttl);
		return take_txt(s, e, at, why);
	}
	if (rr_from_word(type, &known)) {
		struct rrset *set = rrset_of(&e->sets, known, s->k->arena);

		if (set == NULL)
			return diag_memory(why);
		if (has_ttl)
			note_ttl(ttl, &set->ttl, &set->has_ttl);
		return take_rr(s, set, at, why);
	}
	if (!slice_eq_nocase(type, SLICE("CNAME"))) {
		e->other = true;
		return 0;
	}
	if (s->nwords != at + 1)
		return fail(s, why, "CNAME without one name");
	e->cname = make_name(s, s->word[at].text);
	return e->cname.p != NULL ? 0 : diag_memory(why);
}

/* ------------------------------------------------------------------------
 * The same as JSON: {"name": {"TXT": [["part", "part"], ["another"]]}}. */

/* Go to where the reader has come to, and name that line in what fails. */
static void
json_line(struct scan *s, const struct jsonread *j)
{
	const char *here = s->end - j->rest.len;

	while (s->p < here)
		s->line += *s->p++ == '\n';
	s->first = s->line;
}

/* One record: an array of strings.  Words are collected as of a line. */
static int
json_record(
    struct scan *s, struct jsonread *j, struct entry *e, struct diag *why)
{
	enum jsonread_kind kind;

	s->nwords = 0;
	while ((kind = jsonread_next(j)) == JSONREAD_STRING) {
		struct slice copy = arena_copy(s->k->arena, buf_view(&j->text));

		if (copy.p == NULL)
			return diag_memory(why);
		if (add_word(s, copy, true, why) != 0)
			return -1;
	}
	return kind == JSONREAD_ARRAY_END
		   ? take_txt(s, e, 0, why)
		   : fail(s, why, "not a list of strings");
}

/* The records of one name, by type. */
static int
json_types(
    struct scan *s, struct jsonread *j, struct entry *e, struct diag *why)
{
	enum jsonread_kind kind;

	while ((kind = jsonread_next(j)) == JSONREAD_KEY) {
		bool txt = slice_eq_nocase(buf_view(&j->text), SLICE("TXT"));

		kind = jsonread_next(j);
		if (!txt || kind != JSONREAD_ARRAY) {
			jsonread_skip(j, kind);
			continue;
		}
		while ((kind = jsonread_next(j)) == JSONREAD_ARRAY) {
			json_line(s, j);
			if (json_record(s, j, e, why) != 0)
				return -1;
		}
		if (kind != JSONREAD_ARRAY_END)
			break;
	}
	return kind == JSONREAD_OBJECT_END ? 0 : 1;
}

static int
take_json(struct scan *s, struct diag *why)
{
	struct jsonread j;
	enum jsonread_kind kind;
	int result = 0;

	jsonread_init(&j, (struct slice){ s->p, (size_t)(s->end - s->p) });
	kind = jsonread_next(&j);
	while (result == 0 && (kind = jsonread_next(&j)) == JSONREAD_KEY) {
		struct slice name = make_name(s, buf_view(&j.text));
		struct entry *e = name.p != NULL ? entry_of(s->k, name) : NULL;

		if (e == NULL)
			result = diag_memory(why);
		else if (jsonread_next(&j) != JSONREAD_OBJECT)
			result = 1;
		else
			result = json_types(s, &j, e, why);
	}
	if (result == 0 &&
	    (kind != JSONREAD_OBJECT_END || jsonread_next(&j) != JSONREAD_END))
		result = 1;
	if (result > 0) {
		json_line(s, &j);
		result = fail(
		    s, why, "not {\"name\": {\"TXT\": [[\"part\", ...]]}}");
	}
	jsonread_release(&j);
	return result;
}

/* ------------------------------------------------------------------------
 * The interface. */

static int
read_file(const char *path, struct buf *b, struct diag *why)
{
	if (input_read_file(path, b, why) == 0)
		return 0;
	return b->failure != BUF_TOO_BIG
		   ? -1
		   : diag_set(why, DIAG_KEYS_FILE, (struct slice){ NULL, 0 },
			 "it is larger than 256 MiB");
}

int
keyfile_add(struct keysource *source, const char *path, struct diag *why)
{
	struct buf b = { .max = MAX_FILE };
	struct scan s = {
		.k = (struct keyfile *)source, .line = 1, .origin = SLICE("")
	};
	int result = read_file(path, &b, why);

	s.p = b.p;
	s.end = b.p + b.len;
	if (result == 0 && slice_starts(slice_trim(buf_view(&b)), SLICE("{"))) {
		result = take_json(&s, why);
		s.p = s.end;
	}
	while (result == 0) {
		result = scan_entry(&s, why);
		if (result <= 0)
			break;
		result = take_entry(&s, why);
	}
	free(s.word);
	buf_release(&b);
	return result;
}

static bool
has_records(const struct entry *e, enum rr_type type)
{
	const struct rrset *set = rrset_find(e->sets, type);

	return type == RR_TXT ? e->nrecords > 0 : set != NULL && set->n > 0;
}

/* Whether the name is known to exist. */
static bool
entry_exists(const struct entry *e)
{
	bool found = e->nrecords > 0 || e->cname.len > 0 || e->other ||
		     e->failure == ANSWER_NODATA;

	for (const struct rrset *s = e->sets; s != NULL; s = s->next)
		found |= s->n > 0 || s->failure == ANSWER_NODATA;
	return found;
}

/* What is known without records of that type. */
static enum answer_kind
failure_of(const struct entry *e, enum rr_type type)
{
	const struct rrset *set = rrset_find(e->sets, type);

	return set != NULL && set->failure != ANSWER_UNKNOWN ? set->failure
							     : e->failure;
}

static void
answer_question(const struct keyfile *k, const struct question *q,
    struct answer *a, struct arena *arena, bool *memory)
{
	const struct entry *e = nametable_find(&k->names, q->name);

	/* Whether the way to the records is secure is the asked name's: another
	 * CNAME may lead there by another way. */
	*a = (struct answer){ .kind = ANSWER_UNKNOWN,
		.secure = e != NULL && e->secure };
	for (int i = 0;
	     e != NULL && !has_records(e, q->type) && e->cname.len > 0; i++) {
		a->cname = e->cname;
		a->kind = ANSWER_NXDOMAIN;
		e = i < MAX_CNAMES ? nametable_find(&k->names, e->cname) : NULL;
	}
	if (e == NULL)
		return;
	if (!has_records(e, q->type)) {
		a->kind = failure_of(e, q->type);
		if (a->kind == ANSWER_UNKNOWN && a->cname.len > 0)
			a->kind = ANSWER_NODATA;
		return;
	}
	a->kind = ANSWER_RECORDS;
	if (q->type != RR_TXT) {
		*memory |=
		    rrset_answer(rrset_find(e->sets, q->type), a, arena) != 0;
		return;
	}
	a->ttl = e->ttl;
	a->has_ttl = e->has_ttl;
	a->txt = arena_array(arena, e->nrecords, sizeof *a->txt);
	*memory |= a->txt == NULL;
	if (a->txt == NULL)
		return;
	for (const struct record *r = e->first; r != NULL; r = r->next)
		a->txt[a->ntxt++] = r->txt;
}

static int
keyfile_ask(struct keysource *source, const struct question questions[],
    size_t n, struct answer answers[], int64_t deadline, struct arena *arena,
    struct diag *why)
{
	bool memory = false;

	(void)deadline;
	for (size_t i = 0; i < n; i++)
		answer_question((struct keyfile *)source, &questions[i],
		    &answers[i], arena, &memory);
	return memory ? diag_memory(why) : 0;
}

/* The name above, or the empty slice: a dot within a label parts nothing. */
static struct slice
name_above(struct slice name)
{
	for (size_t i = 0; i < name.len; i++)
		if (name.p[i] == '\\')
			i++;
		else if (name.p[i] == '.')
			return slice_sub(name, i + 1, name.len);
	return slice_sub(name, name.len, 0);
}

/* Collect the names above those that exist, each once. */
static bool
find_above(struct keyfile *k)
{
	struct entry *e;
	size_t walk = 0;

	if (nametable_init(&k->above) != 0)
		return false;
	k->has_above = true;
	while ((e = nametable_next(&k->names, &walk)) != NULL) {
		struct slice name = name_above(e->name);

		if (!entry_exists(e))
			continue;
		while (
		    name.len > 0 && nametable_find(&k->above, name) == NULL) {
			if (nametable_add(&k->above, name, e) != 0)
				return false;
			name = name_above(name);
		}
	}
	return true;
}

/* Where memory is short for the names above, they are not known. */
static bool
keyfile_exists(struct keysource *source, struct slice name)
{
	struct keyfile *k = (struct keyfile *)source;
	const struct entry *e = nametable_find(&k->names, name);

	if (e != NULL && entry_exists(e))
		return true;
	return (k->has_above || find_above(k)) &&
	       nametable_find(&k->above, name) != NULL;
}

/* The smallest names first: an insertion into max places. */
static size_t
keyfile_list(struct keysource *source, struct slice suffix,
    struct slice names[], size_t max)
{
	const struct keyfile *k = (const struct keyfile *)source;
	const struct entry *e;
	size_t n = 0, walk = 0;

	while ((e = nametable_next(&k->names, &walk)) != NULL) {
		struct slice name = e->name;
		size_t at = n;

		if (name.len < suffix.len ||
		    !slice_eq(slice_sub(name, name.len - suffix.len, name.len),
			suffix))
			continue;
		while (at > 0 && slice_cmp(name, names[at - 1]) < 0) {
			if (at < max)
				names[at] = names[at - 1];
			at--;
		}
		if (at < max)
			names[at] = name;
		n += n < max;
	}
	return n;
}

static void
keyfile_free(struct keysource *source)
{
	struct keyfile *k = (struct keyfile *)source;

	arena_free(k->arena);
	nametable_release(&k->names);
	nametable_release(&k->above);
	free(k);
}

struct keysource *
keyfile_new(void)
{
	struct keyfile *k = calloc(1, sizeof *k);

	if (k == NULL)
		return NULL;
	k->source = (struct keysource){ keyfile_ask, keyfile_exists,
		keyfile_list, keyfile_free };
	k->arena = arena_new();
	if (nametable_init(&k->names) == 0 && k->arena != NULL)
		return &k->source;
	keyfile_free(&k->source);
	return NULL;
}
