/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <arpa/nameser.h>
#include <stdlib.h>
#include <string.h>

#include "dnswire.h"

enum {
	QUESTION_TAIL = 4, /* octets of a question behind its name */
	RECORD_TAIL = 10,  /* of a record, before its data */
	OPT_SIZE = 11,	   /* of an OPT record without options (RFC 6891) */
	MAX_STEPS = 255,   /* labels and pointers of one name: a name has 127
			    * labels at most, each found by one pointer */
};

/* ------------------------------------------------------------------------
 * A query. */

static unsigned char *
put16(unsigned char *p, unsigned n)
{
	*p++ = (unsigned char)(n >> 8);
	*p++ = (unsigned char)n;
	return p;
}

int
dnswire_write(const struct dnswire_query *q, struct buf *out, struct diag *why)
{
	unsigned char
	    wire[NS_HFIXEDSZ + NS_MAXCDNAME + QUESTION_TAIL + OPT_SIZE] = { 0 };
	unsigned char *p = wire;
	/* Without DO, the AD bit asks for the resolver's opinion (RFC 6840
	 * section 5.7). */
	HEADER header = { .id = htons(q->id),
		.rd = 1,
		.ad = 1,
		.cd = q->cd ? 1 : 0,
		.qdcount = htons(1),
		.arcount = htons(q->edns ? 1 : 0) };
	char name[DNSWIRE_MAX_NAME + 1];

	if (q->name.len >= sizeof name)
		return diag_set(why, DIAG_INTERNAL, q->name, "long name");
	memcpy(name, q->name.p, q->name.len);
	name[q->name.len] = '\0';
	memcpy(p, &header, NS_HFIXEDSZ);
	p += NS_HFIXEDSZ;
	if (ns_name_pton(name, p, NS_MAXCDNAME) < 0)
		return diag_set(why, DIAG_INTERNAL, q->name, "no DNS name");
	while (*p != 0)
		p += *p + 1;
	p++;
	p = put16(p, ns_t_txt);
	p = put16(p, ns_c_in);
	if (q->edns) {
		*p++ = 0; /* the root's name */
		p = put16(p, ns_t_opt);
		p = put16(p, DNSWIRE_UDP_SIZE);
		p += 6; /* version 0, no flags, no options */
	}
	buf_put(out, wire, (size_t)(p - wire));
	return out->failure == BUF_OK ? 0 : diag_memory(why);
}

/* ------------------------------------------------------------------------
 * An answer, read from front to end. */

struct cursor {
	const unsigned char *begin, *p, *end;
};

/* A question or a resource record. */
struct record {
	char name[NS_MAXDNAME]; /* lower case, no final dot; the root: "." */
	unsigned type, class;
	uint32_t ttl;
	struct slice data;
};

/* Whether the name at p ends in due time: libc, which reads it then, would go
 * along as many pointers as the packet has room for. */
static bool
is_short(const struct cursor *c, const unsigned char *p)
{
	for (unsigned step = 0; step < MAX_STEPS && p < c->end; step++) {
		if (*p == 0)
			return true;
		if (*p < NS_CMPRSFLGS) {
			if (c->end - p <= *p)
				return false;
			p += *p + 1;
			continue;
		}
		if (c->end - p < 2)
			return false;
		size_t at = (size_t)(*p & ~NS_CMPRSFLGS) << 8 | p[1];

		if ((size_t)(c->end - c->begin) <= at)
			return false;
		p = c->begin + at;
	}
	return false;
}

/* The name at p, lower case; its octets on the wire, or -1. */
static int
read_name(const struct cursor *c, const unsigned char *p, char *out)
{
	int n = is_short(c, p)
		    ? ns_name_uncompress(c->begin, c->end, p, out, NS_MAXDNAME)
		    : -1;

	for (; n >= 0 && *out != '\0'; out++)
		*out = ascii_lower(*out);
	return n;
}

static bool
take_question(struct cursor *c, struct record *out)
{
	int n = read_name(c, c->p, out->name);

	if (n < 0 || c->end - c->p - n < QUESTION_TAIL)
		return false;
	c->p += n;
	NS_GET16(out->type, c->p);
	NS_GET16(out->class, c->p);
	return true;
}

static bool
take_record(struct cursor *c, struct record *out)
{
	size_t n;

	if (!take_question(c, out) ||
	    c->end - c->p < RECORD_TAIL - QUESTION_TAIL)
		return false;
	NS_GET32(out->ttl, c->p);
	NS_GET16(n, c->p);
	if ((size_t)(c->end - c->p) < n)
		return false;
	out->data = (struct slice){ (const char *)c->p, n };
	c->p += n;
	return true;
}

static struct slice
name_of(const struct record *r)
{
	return slice_of(r->name);
}

/* The code of the answer, with what an OPT record adds to it (RFC 6891 section
 * 6.1.3); -1 when there is not what the header counts. */
static int
response_code(const HEADER *h, struct cursor c)
{
	unsigned n = ntohs(h->ancount), code = h->rcode;
	struct record r;

	for (unsigned i = ntohs(h->qdcount); i > 0; i--)
		if (!take_question(&c, &r))
			return -1;
	/* Of what was cut nothing is believed. */
	if (h->tc)
		return (int)code;
	n += ntohs(h->nscount) + ntohs(h->arcount);
	for (; n > 0; n--) {
		if (!take_record(&c, &r))
			return -1;
		if (r.type == ns_t_opt)
			code = h->rcode | r.ttl >> 24 << 4;
	}
	return (int)code;
}

/* Whether the packet answers q at all; *c is left at the first record. */
static enum dnswire_kind
check(const struct dnswire_query *q, const HEADER *h, struct cursor *c)
{
	int code = response_code(h, *c);
	struct record question;

	if (code < 0)
		return DNSWIRE_MALFORMED;
	if (!h->qr || h->opcode != ns_o_query)
		return DNSWIRE_ALIEN;
	if (ntohs(h->qdcount) != 1) {
		/* Servers that do not understand may not repeat it. */
		return h->rcode == ns_r_formerr ? DNSWIRE_FORMERR
						: DNSWIRE_ALIEN;
	}
	if (!take_question(c, &question))
		return DNSWIRE_MALFORMED;
	if (!slice_eq(name_of(&question), q->name) ||
	    question.type != ns_t_txt || question.class != ns_c_in)
		return DNSWIRE_ALIEN;
	if (h->tc)
		return DNSWIRE_TRUNCATED;
	switch (code) {
	case ns_r_noerror: return DNSWIRE_RECORDS;
	case ns_r_nxdomain: return DNSWIRE_NXDOMAIN;
	case ns_r_refused: return DNSWIRE_REFUSED;
	case ns_r_formerr:
	case ns_r_notimpl:
	case ns_r_badvers: return DNSWIRE_FORMERR;
	default: return DNSWIRE_FAILED;
	}
}

/* The strings of a TXT record, and all of them joined. */
static enum dnswire_kind
read_txt(struct slice data, struct arena *arena, struct txt *out)
{
	size_t n = 0, at;
	char *text;

	for (at = 0; at < data.len; n++)
		at += (unsigned char)data.p[at] + 1U;
	if (at != data.len || data.len - n > DNSWIRE_MAX_TEXT)
		return DNSWIRE_MALFORMED;
	out->strings = arena_array(arena, n, sizeof *out->strings);
	out->nstrings = n;
	text = arena_alloc(arena, data.len - n + 1);
	if (out->strings == NULL || text == NULL)
		return DNSWIRE_MEMORY;
	out->text = (struct slice){ text, data.len - n };
	at = 0;
	for (size_t i = 0; i < n; i++) {
		size_t len = (unsigned char)data.p[at];

		memcpy(text, data.p + at + 1, len);
		out->strings[i] = (struct slice){ text, len };
		text += len;
		at += len + 1;
	}
	return DNSWIRE_RECORDS;
}

static void
note_ttl(struct dnswire_reply *r, const struct record *record)
{
	/* RFC 2181 section 8 */
	uint32_t ttl = record->ttl > INT32_MAX ? 0 : record->ttl;

	if (ttl < r->ttl)
		r->ttl = ttl;
}

/* Whether r belongs to owner and is of that type. */
static bool
fits(const struct record *r, unsigned type, struct slice owner)
{
	return r->type == type && r->class == ns_c_in &&
	       slice_eq(name_of(r), owner);
}

/* The TXT records of owner among the n of the answer. */
static enum dnswire_kind
take_texts(struct cursor c, unsigned n, struct slice owner, struct arena *arena,
    struct dnswire_reply *out)
{
	struct record r;

	for (; n > 0 && take_record(&c, &r); n--) {
		if (!fits(&r, ns_t_txt, owner))
			continue;
		enum dnswire_kind kind =
		    read_txt(r.data, arena, &out->txt[out->ntxt]);

		if (kind != DNSWIRE_RECORDS)
			return kind;
		note_ttl(out, &r);
		out->ntxt++;
	}
	return DNSWIRE_RECORDS;
}

/* Follow one CNAME of *owner: DNSWIRE_CNAME, or DNSWIRE_NODATA when there is
 * none. */
static enum dnswire_kind
follow(struct cursor c, unsigned n, struct slice *owner, struct arena *arena,
    struct dnswire_reply *out)
{
	char target[NS_MAXDNAME];
	struct record r;

	for (; n > 0 && take_record(&c, &r); n--) {
		if (!fits(&r, ns_t_cname, *owner))
			continue;
		if (read_name(&c, (const unsigned char *)r.data.p, target) !=
		    (int)r.data.len)
			return DNSWIRE_MALFORMED;
		*owner = arena_copy(arena, slice_of(target));
		if (owner->p == NULL)
			return DNSWIRE_MEMORY;
		out->cname = *owner;
		out->cnames++;
		note_ttl(out, &r);
		return DNSWIRE_CNAME;
	}
	return DNSWIRE_NODATA;
}

/* Without an answer, name servers and no SOA are a referral: that server has
 * not said that there is nothing (RFC 2308 section 2.2). */
static bool
is_referral(const HEADER *h, struct cursor c)
{
	bool ns = false, soa = false;
	unsigned answers = ntohs(h->ancount);
	struct record r;

	for (unsigned i = 0; i < answers + ntohs(h->nscount); i++) {
		if (!take_record(&c, &r))
			break;
		ns |= i >= answers && r.type == ns_t_ns;
		soa |= i >= answers && r.type == ns_t_soa;
	}
	return ns && !soa && !h->aa;
}

static enum dnswire_kind
read_answer(const struct dnswire_query *q, const HEADER *h, struct cursor c,
    struct arena *arena, struct dnswire_reply *out)
{
	unsigned n = ntohs(h->ancount);
	struct slice owner = q->name;
	enum dnswire_kind kind;

	out->txt = arena_array(arena, n, sizeof *out->txt);
	if (out->txt == NULL)
		return DNSWIRE_MEMORY;
	while (out->cnames <= DNSWIRE_MAX_CNAMES) {
		kind = take_texts(c, n, owner, arena, out);
		if (kind != DNSWIRE_RECORDS || out->ntxt > 0)
			return kind;
		kind = follow(c, n, &owner, arena, out);
		if (kind == DNSWIRE_NODATA)
			break;
		if (kind != DNSWIRE_CNAME)
			return kind;
	}
	return out->cnames > 0	   ? DNSWIRE_CNAME
	       : is_referral(h, c) ? DNSWIRE_REFUSED
				   : DNSWIRE_NODATA;
}

enum dnswire_kind
dnswire_read(const struct dnswire_query *q, const char *p, size_t n,
    struct arena *arena, struct dnswire_reply *out)
{
	const unsigned char *u = (const unsigned char *)p;
	struct cursor c = { u, u + NS_HFIXEDSZ, u + n };
	enum dnswire_kind kind;
	HEADER h;

	*out = (struct dnswire_reply){ .ttl = UINT32_MAX };
	/* What does not even bear our id is nobody's answer. */
	if (n < NS_HFIXEDSZ)
		return DNSWIRE_ALIEN;
	memcpy(&h, p, sizeof h);
	if (ntohs(h.id) != q->id)
		return DNSWIRE_ALIEN;
	kind = check(q, &h, &c);
	out->ad = h.ad;
	if (kind == DNSWIRE_RECORDS)
		kind = read_answer(q, &h, c, arena, out);
	return kind;
}
