/* SPDX-License-Identifier: BSD-2-Clause */
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
#include "keys/zonefile.h"

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
	struct slice path; /* of the only file; empty: there are more */
	size_t nfiles;
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
 * What an entry says. */

/* ";! NAME ANSWER", ";! NAME TYPE ANSWER" or ";! NAME ANSWER TYPE". */
static int
take_recorded(struct keyfile *k, struct zonefile *z, struct zone_entry *r,
    struct diag *why)
{
	struct entry *e = entry_of(k, r->owner);
	struct slice word = r->data[0].text;
	enum answer_kind kind = ANSWER_NXDOMAIN;
	bool typed = r->ndata == 2;
	enum rr_type type;
	struct rrset *set;

	if (e == NULL)
		return diag_memory(why);
	if (typed && rr_from_word(word, &type))
		word = r->data[1].text;
	else if (typed && !rr_from_word(r->data[1].text, &type))
		return zonefile_fail(
		    z, why, "unknown record type after \";!\"");
	if (slice_eq(word, SLICE("SECURE"))) {
		e->secure = true;
		return 0;
	}
	while (kind < ANSWER_UNKNOWN &&
	       !slice_eq(word, slice_of(answer_word(kind))))
		kind++;
	if (kind == ANSWER_UNKNOWN)
		return zonefile_fail(z, why, "unknown answer after \";!\"");
	if (!typed) {
		e->failure = kind;
		return 0;
	}
	if ((set = rrset_of(&e->sets, type, k->arena)) == NULL)
		return diag_memory(why);
	set->failure = kind;
	return 0;
}

/* A record of another type than TXT. */
static int
take_rr(struct keyfile *k, struct zonefile *z, struct rrset *set,
    const struct zone_entry *r, struct diag *why)
{
	bool address = set->type == RR_A || set->type == RR_AAAA;
	struct slice last = r->data[r->ndata - 1].text;
	struct rr rr = { .preference = 0 };
	unsigned long long preference = 0;

	if (set->type == RR_MX &&
	    (!slice_number(r->data[0].text, 5, &preference) ||
		preference > UINT16_MAX))
		return zonefile_fail(
		    z, why, "MX without a preference up to 65535");
	rr.preference = (unsigned)preference;
	if (address && !rr_read_address(last, set->type, rr.address))
		return zonefile_fail(z, why, "not an address of that type");
	if (!address && zone_name(z, last, &rr.name, why) != 0)
		return -1;
	return rrset_add(set, &rr, k->arena) == 0 ? 0 : diag_memory(why);
}

static void
note_ttl(uint32_t ttl, uint32_t *least, bool *has)
{
	if (!*has || ttl < *least)
		*least = ttl;
	*has = true;
}

static int
take_txt(struct keyfile *k, struct zonefile *z, struct entry *e,
    struct zone_word word[], size_t n, struct diag *why)
{
	struct slice *strings = calloc(n > 0 ? n : 1, sizeof *strings);
	size_t size = 0;
	int result = 0;

	if (strings == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < n; i++) {
		strings[i] = zone_text(&word[i]);
		size += strings[i].len;
	}
	if (n == 0)
		result = zonefile_fail(z, why, "TXT without a string");
	else if (size > MAX_RECORD)
		result =
		    zonefile_fail(z, why, "a TXT record of more than 64 KiB");
	else if (add_record(k, e, strings, n) != 0)
		result = diag_memory(why);
	free(strings);
	return result;
}

static int
take_entry(struct keyfile *k, struct zonefile *z, struct zone_entry *r,
    struct diag *why)
{
	enum rr_type type;
	struct entry *e;

	if (r->kind == ZONE_ANSWER)
		return take_recorded(k, z, r, why);
	if ((e = entry_of(k, r->owner)) == NULL)
		return diag_memory(why);
	if (slice_eq_nocase(r->type, SLICE("CNAME")))
		return zone_name(z, r->data[0].text, &e->cname, why);
	if (!rr_from_word(r->type, &type)) {
		e->other = true;
		return 0;
	}
	if (type == RR_TXT) {
		if (r->has_ttl)
			note_ttl(r->ttl, &e->ttl, &e->has_ttl);
		return take_txt(k, z, e, r->data, r->ndata, why);
	}
	struct rrset *set = rrset_of(&e->sets, type, k->arena);

	if (set == NULL)
		return diag_memory(why);
	if (r->has_ttl)
		note_ttl(r->ttl, &set->ttl, &set->has_ttl);
	return take_rr(k, z, set, r, why);
}

/* ------------------------------------------------------------------------
 * The same as JSON: {"name": {"TXT": [["part", "part"], ["another"]]}}. */

struct json {
	struct jsonread read;
	struct keyfile *k;
	struct zonefile *z; /* for its lines, names and words */
};

/* Go to where the reader has come to, and name that line in what fails. */
static void
json_line(struct json *j)
{
	const char *here = j->z->end - j->read.rest.len;

	while (j->z->p < here)
		j->z->line += *j->z->p++ == '\n';
	j->z->first = j->z->line;
}

/* One record: an array of strings.  Words are collected as of a line. */
static int
json_record(struct json *j, struct entry *e, struct diag *why)
{
	enum jsonread_kind kind;

	j->z->nwords = 0;
	while ((kind = jsonread_next(&j->read)) == JSONREAD_STRING) {
		struct slice copy =
		    arena_copy(j->k->arena, buf_view(&j->read.text));

		if (copy.p == NULL)
			return diag_memory(why);
		if (zonefile_add_word(j->z, copy, true, why) != 0)
			return -1;
	}
	return kind == JSONREAD_ARRAY_END
		   ? take_txt(j->k, j->z, e, j->z->word, j->z->nwords, why)
		   : zonefile_fail(j->z, why, "not a list of strings");
}

/* The records of one name, by type. */
static int
json_types(struct json *j, struct entry *e, struct diag *why)
{
	enum jsonread_kind kind;

	while ((kind = jsonread_next(&j->read)) == JSONREAD_KEY) {
		bool txt =
		    slice_eq_nocase(buf_view(&j->read.text), SLICE("TXT"));

		kind = jsonread_next(&j->read);
		if (!txt || kind != JSONREAD_ARRAY) {
			jsonread_skip(&j->read, kind);
			continue;
		}
		while ((kind = jsonread_next(&j->read)) == JSONREAD_ARRAY) {
			json_line(j);
			if (json_record(j, e, why) != 0)
				return -1;
		}
		if (kind != JSONREAD_ARRAY_END)
			break;
	}
	return kind == JSONREAD_OBJECT_END ? 0 : 1;
}

static int
json_name(struct json *j, struct diag *why)
{
	struct slice name;
	struct entry *e;

	json_line(j);
	if (zone_name(j->z, buf_view(&j->read.text), &name, why) != 0)
		return -1;
	if ((e = entry_of(j->k, name)) == NULL)
		return diag_memory(why);
	return jsonread_next(&j->read) == JSONREAD_OBJECT
		   ? json_types(j, e, why)
		   : 1;
}

static int
take_json(struct keyfile *k, struct zonefile *z, struct diag *why)
{
	struct json j = { .k = k, .z = z };
	enum jsonread_kind kind;
	int result = 0;

	jsonread_init(&j.read, (struct slice){ z->p, (size_t)(z->end - z->p) });
	kind = jsonread_next(&j.read);
	while (result == 0 && (kind = jsonread_next(&j.read)) == JSONREAD_KEY)
		result = json_name(&j, why);
	if (result == 0 && (kind != JSONREAD_OBJECT_END ||
			       jsonread_next(&j.read) != JSONREAD_END))
		result = 1;
	if (result > 0) {
		json_line(&j);
		result = zonefile_fail(
		    z, why, "not {\"name\": {\"TXT\": [[\"part\", ...]]}}");
	}
	jsonread_release(&j.read);
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
		   : diag_set(why, DIAG_KEYS_FILE, SLICE_NONE,
			 "it is larger than 256 MiB");
}

static int
take_text(struct keyfile *k, struct buf *b, struct diag *why)
{
	struct zone_entry r;
	struct zonefile z;
	int result = zonefile_init(&z, k->arena, b->p, b->len, why);

	if (result != 0)
		return result;
	struct slice text = { z.p, (size_t)(z.end - z.p) };

	if (slice_starts(slice_trim(text), SLICE("{")))
		result = take_json(k, &z, why);
	else
		while ((result = zonefile_next(&z, &r, why)) > 0)
			if (take_entry(k, &z, &r, why) != 0) {
				result = -1;
				break;
			}
	zonefile_release(&z);
	return result;
}

int
keyfile_add(struct keysource *source, const char *path, struct diag *why)
{
	struct keyfile *k = (struct keyfile *)source;
	struct buf b = { .max = MAX_FILE };
	int result = read_file(path, &b, why);

	k->path = SLICE_NONE;
	if (result == 0 && k->nfiles++ == 0) {
		k->path = arena_copy(k->arena, slice_of(path));
		if (k->path.p == NULL)
			result = diag_memory(why);
	}
	if (result == 0)
		result = take_text(k, &b, why);
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
		.secure = e != NULL && e->secure,
		.file = k->path };
	for (int i = 0;
	     e != NULL && !has_records(e, q->type) && e->cname.len > 0; i++) {
		a->cname = e->cname;
		if (i == MAX_CNAMES) {
			a->kind = ANSWER_NXDOMAIN;
			return;
		}
		e = nametable_find(&k->names, e->cname);
	}
	if (e == NULL)
		return;
	if (!has_records(e, q->type)) {
		a->kind = failure_of(e, q->type);
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
