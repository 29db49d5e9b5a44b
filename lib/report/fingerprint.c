/* SPDX-License-Identifier: BSD-2-Clause */
#include <string.h>

#include "dkim/canon.h"
#include "crypto/digest.h"
#include "report/fingerprint.h"
#include "dkim/select.h"

static const char first_line[] = "arc-fingerprint 1";

/* A fingerprint being taken. */
struct taking {
	struct digest_key key; /* the salt */
	struct arena *arena;
	struct buf text;
	struct diag *why;
	bool failed;
};

static struct fp_mac
mac_of(struct taking *t, struct slice octets)
{
	unsigned char whole[DIGEST_SIZE] = { 0 };
	struct fp_mac mac = { { 0 } };

	if (!t->failed && digest_mac(&t->key, octets, whole, t->why) != 0)
		t->failed = true;
	for (size_t i = 0; i < sizeof mac.octets; i++)
		mac.octets[i] = whole[i];
	return mac;
}

static int
put_buf(void *ctx, const char *p, size_t n)
{
	struct buf *b = ctx;

	buf_put(b, p, n);
	return b->failure == BUF_OK ? 0 : -1;
}

static struct fp_mac
field_mac(struct taking *t, enum canon canon, const struct field *f)
{
	struct sink sink = { put_buf, &t->text };

	buf_clear(&t->text);
	canon_header(canon, f, SLICE_NONE, true, &sink);
	if (t->text.failure != BUF_OK) {
		diag_memory(t->why);
		t->failed = true;
	}
	return mac_of(t, buf_view(&t->text));
}

static struct slice
lowered(struct taking *t, struct slice s)
{
	struct slice kept = arena_copy(t->arena, s);

	if (kept.p == NULL) {
		diag_memory(t->why);
		t->failed = true;
		return (struct slice){ "", 0 };
	}
	for (size_t i = 0; i < kept.len; i++)
		((char *)kept.p)[i] = ascii_lower(kept.p[i]);
	return kept;
}

static void *
array(struct taking *t, size_t n, size_t size)
{
	void *p = arena_array(t->arena, n > 0 ? n : 1, size);

	if (p == NULL) {
		diag_memory(t->why);
		t->failed = true;
	}
	return p;
}

static void
take_fields(struct taking *t, const struct message *m, struct fingerprint *out)
{
	out->field = array(t, m->nfields, sizeof *out->field);
	for (size_t i = 0; i < m->nfields && !t->failed; i++)
		out->field[out->nfields++] = (struct fp_field){
			.name = lowered(t, m->field[i].name),
			.relaxed = field_mac(t, CANON_RELAXED, &m->field[i]),
			.simple = field_mac(t, CANON_SIMPLE, &m->field[i])
		};
}

static void
take_mentions(struct taking *t, const struct message *m, const struct chain *c,
    struct fingerprint *out)
{
	struct select *select = select_new(m, t->arena);
	size_t n = 0;

	for (unsigned i = 1; i <= c->n; i++)
		if (c->set[i].part[ARC_AMS] != NULL)
			n += c->set[i].part[ARC_AMS]->tags.nheaders;
	out->mention = array(t, n, sizeof *out->mention);
	if (select == NULL) {
		diag_memory(t->why);
		t->failed = true;
	}
	for (unsigned i = 1; i <= c->n && !t->failed; i++) {
		const struct sigfield *ams = c->set[i].part[ARC_AMS];

		if (ams == NULL)
			continue;
		select_start(select, ams->field);
		for (size_t j = 0; j < ams->tags.nheaders; j++) {
			const struct field *f =
			    select_next(select, ams->tags.headers[j]);
			struct fp_signed *s = &out->mention[out->nmentions++];

			*s = (struct fp_signed){ .instance = i,
				.place = (unsigned)j + 1,
				.name = lowered(t, ams->tags.headers[j]),
				.present = f != NULL };
			if (f != NULL)
				s->mac =
				    field_mac(t, ams->tags.header_canon, f);
		}
	}
}

/* A line of the body, relaxed, without its line end. */
static struct slice
relaxed_line(struct taking *t, struct slice line)
{
	bool wsp = false;

	buf_clear(&t->text);
	for (size_t i = 0; i < line.len; i++) {
		if (ascii_is_wsp(line.p[i])) {
			wsp = true;
			continue;
		}
		if (wsp)
			buf_char(&t->text, ' ');
		wsp = false;
		buf_char(&t->text, line.p[i]);
	}
	if (t->text.failure != BUF_OK) {
		diag_memory(t->why);
		t->failed = true;
	}
	return buf_view(&t->text);
}

/* Digests of a block from those of its lines. */
static void
end_block(struct taking *t, struct fingerprint *out, struct fp_block *block,
    const struct fp_mac relaxed[], const struct fp_mac simple[])
{
	if (block->lines == 0)
		return;
	block->relaxed = mac_of(t, (struct slice){ (const char *)relaxed,
				       block->lines * sizeof *relaxed });
	block->simple = mac_of(t, (struct slice){ (const char *)simple,
				      block->lines * sizeof *simple });
	out->block[out->nblocks++] = *block;
	*block = (struct fp_block){ .line = block->line + block->lines };
}

static void
take_body(struct taking *t, struct slice body, struct fingerprint *out)
{
	struct fp_mac relaxed[FINGERPRINT_BLOCK], simple[FINGERPRINT_BLOCK];
	struct fp_block block = { .line = 1 };
	size_t lines = 0;
	struct slice rest, line;

	/* Empty lines at the end are in no canonical form; blank ones are in
	 * simple. */
	while (body.len > 0) {
		size_t n = body.len - slice_line_end(body);

		if (n == body.len || (n > 0 && body.p[n - 1] != '\n'))
			break;
		body.len = n;
	}
	for (size_t i = 0; i < body.len; i++)
		lines += body.p[i] == '\n';
	if (lines > FINGERPRINT_MAX) {
		diag_set(t->why, DIAG_FINGERPRINT, SLICE_NONE,
		    "the limit is %d lines", FINGERPRINT_MAX);
		t->failed = true;
	}
	out->block = array(t, t->failed ? 1 : lines + 1, sizeof *out->block);
	rest = body;
	while (!t->failed && slice_line(&rest, &line)) {
		/* Most lines are as they are when relaxed. */
		struct slice text = relaxed_line(t, line);

		relaxed[block.lines] = mac_of(t, text);
		simple[block.lines] = slice_eq(text, line)
					  ? relaxed[block.lines]
					  : mac_of(t, line);
		/* One line in four ends a block. */
		bool last = relaxed[block.lines].octets[0] % 4 == 0;

		block.lines++;
		if (last || block.lines == FINGERPRINT_BLOCK)
			end_block(t, out, &block, relaxed, simple);
	}
	end_block(t, out, &block, relaxed, simple);
}

int
fingerprint_take(const struct message *m, const struct chain *c,
    struct slice body, const struct fp_salt *salt, struct arena *arena,
    struct fingerprint *out, struct diag *why)
{
	struct taking t = { .arena = arena, .why = why };

	if (m->nfields > FINGERPRINT_MAX_FIELDS)
		return diag_set(why, DIAG_LIMIT_FIELDS, SLICE_NONE,
		    "%zu fields; the limit of a fingerprint is %d", m->nfields,
		    FINGERPRINT_MAX_FIELDS);
	digest_key_init(&t.key, salt->text);
	*out = (struct fingerprint){ .salt = salt->text,
		.secret = salt->secret,
		.check = mac_of(&t, slice_of(first_line)) };
	take_fields(&t, m, out);
	if (!t.failed)
		take_mentions(&t, m, c, out);
	if (!t.failed)
		take_body(&t, body, out);
	buf_release(&t.text);
	digest_key_release(&t.key);
	return t.failed ? -1 : 0;
}

/* ------------------------------------------------------------------------
 * As text. */

static void
put_mac(struct buf *b, const struct fp_mac *mac)
{
	buf_char(b, ' ');
	buf_hex(b, mac->octets, sizeof mac->octets);
}

void
fingerprint_write(struct buf *b, const struct fingerprint *f)
{
	buf_printf(b, "%s\nsalt ", first_line);
	if (f->secret) {
		buf_text(b, "secret");
		put_mac(b, &f->check);
	} else {
		buf_hex(b, f->salt.p, f->salt.len);
	}
	buf_char(b, '\n');
	for (size_t i = 0; i < f->nfields; i++) {
		buf_printf(b, "field %.*s", SLICE_ARG(f->field[i].name));
		put_mac(b, &f->field[i].relaxed);
		put_mac(b, &f->field[i].simple);
		buf_char(b, '\n');
	}
	for (size_t i = 0; i < f->nmentions; i++) {
		const struct fp_signed *s = &f->mention[i];

		buf_printf(b, "signed %u %u %.*s", s->instance, s->place,
		    SLICE_ARG(s->name));
		if (s->present)
			put_mac(b, &s->mac);
		else
			buf_text(b, " -");
		buf_char(b, '\n');
	}
	for (size_t i = 0; i < f->nblocks; i++) {
		buf_printf(
		    b, "body %zu %zu", f->block[i].line, f->block[i].lines);
		put_mac(b, &f->block[i].relaxed);
		put_mac(b, &f->block[i].simple);
		buf_char(b, '\n');
	}
	buf_text(b, "end\n");
}

bool
fingerprint_is(struct slice octets)
{
	return slice_starts(octets, SLICE("arc-fingerprint "));
}

static struct slice
next_word(struct slice *rest)
{
	struct slice word = SLICE_NONE;

	if (rest->p == NULL || !slice_cut(rest, ' ', &word))
		return SLICE_NONE;
	return word;
}

static bool
read_hex(struct slice s, unsigned char out[], size_t n)
{
	if (s.len != 2 * n)
		return false;
	for (size_t i = 0; i < n; i++) {
		int high = ascii_hex(s.p[2 * i]);
		int low = ascii_hex(s.p[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		out[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static bool
read_mac(struct slice *rest, struct fp_mac *out)
{
	return read_hex(next_word(rest), out->octets, sizeof out->octets);
}

static bool
read_size(struct slice *rest, size_t most, size_t *out)
{
	unsigned long long v;

	if (!slice_number(next_word(rest), 9, &v) || v > most)
		return false;
	*out = (size_t)v;
	return true;
}

static bool
is_name(struct slice s)
{
	for (size_t i = 0; i < s.len; i++)
		if (s.p[i] <= ' ' || s.p[i] >= 0x7f)
			return false;
	return s.len > 0;
}

static bool
read_field(struct slice rest, struct fingerprint *f)
{
	struct fp_field *to = &f->field[f->nfields++];

	if (f->nfields > FINGERPRINT_MAX_FIELDS)
		return false;
	to->name = next_word(&rest);
	return is_name(to->name) && read_mac(&rest, &to->relaxed) &&
	       read_mac(&rest, &to->simple) && rest.p == NULL;
}

static bool
read_signed(struct slice rest, struct fingerprint *f)
{
	struct fp_signed *to = &f->mention[f->nmentions++];
	size_t instance = 0, place = 0;

	if (!read_size(&rest, CHAIN_MAX, &instance) ||
	    !read_size(&rest, FINGERPRINT_MAX, &place))
		return false;
	to->instance = (unsigned)instance;
	to->place = (unsigned)place;
	to->name = next_word(&rest);
	to->present = !slice_eq(rest, SLICE("-"));
	return is_name(to->name) &&
	       (!to->present || (read_mac(&rest, &to->mac) && rest.p == NULL));
}

static bool
read_block(struct slice rest, struct fingerprint *f)
{
	struct fp_block *to = &f->block[f->nblocks++];

	return read_size(&rest, FINGERPRINT_MAX, &to->line) &&
	       read_size(&rest, FINGERPRINT_BLOCK, &to->lines) &&
	       read_mac(&rest, &to->relaxed) && read_mac(&rest, &to->simple) &&
	       rest.p == NULL;
}

/* "secret CHECK", or the salt in hex. */
static bool
read_salt(struct slice text, struct taking *t, struct fingerprint *out)
{
	unsigned char octets[FINGERPRINT_MAX_SALT];
	size_t n = text.len / 2;

	if (slice_starts(text, SLICE("secret "))) {
		next_word(&text);
		out->secret = true;
		return read_mac(&text, &out->check) && text.p == NULL;
	}
	if (n == 0 || n > sizeof octets || !read_hex(text, octets, n))
		return false;
	out->salt =
	    arena_copy(t->arena, (struct slice){ (const char *)octets, n });
	if (out->salt.p == NULL) {
		diag_memory(t->why);
		t->failed = true;
	}
	digest_key_init(&t->key, out->salt);
	out->check = mac_of(t, slice_of(first_line));
	return true;
}

int
fingerprint_read(struct slice octets, struct arena *arena,
    struct fingerprint *out, struct diag *why)
{
	struct taking t = { .arena = arena, .why = why };
	struct slice rest = octets, line;
	size_t lines = 1, number = 0;
	bool good = true, ended = false;

	for (size_t i = 0; i < octets.len; i++)
		lines += octets.p[i] == '\n';
	if (lines > FINGERPRINT_MAX)
		return diag_set(
		    why, DIAG_LIMIT_FIELDS, SLICE_NONE, "%zu lines", lines);
	*out = (struct fingerprint){ .salt = SLICE_NONE };
	out->field = arena_array(arena, lines, sizeof *out->field);
	out->mention = arena_array(arena, lines, sizeof *out->mention);
	out->block = arena_array(arena, lines, sizeof *out->block);
	if (out->field == NULL || out->mention == NULL || out->block == NULL)
		return diag_memory(why);
	while (good && !ended && slice_line(&rest, &line)) {
		struct slice word;

		number++;
		if (number == 1) {
			good = slice_eq(line, slice_of(first_line));
			continue;
		}
		word = next_word(&line);
		if (number == 2)
			good = slice_eq(word, SLICE("salt")) &&
			       read_salt(line, &t, out);
		else if (slice_eq(word, SLICE("field")))
			good = read_field(line, out);
		else if (slice_eq(word, SLICE("signed")))
			good = read_signed(line, out);
		else if (slice_eq(word, SLICE("body")))
			good = read_block(line, out);
		else
			good = ended = slice_eq(word, SLICE("end"));
	}
	digest_key_release(&t.key);
	if (t.failed)
		return -1;
	if (good && ended)
		return 0;
	return diag_set(
	    why, DIAG_FINGERPRINT, SLICE_NONE, "line %zu is invalid", number);
}
