/* SPDX-License-Identifier: BSD-2-Clause */
#include <dlfcn.h>
#include <errno.h>
#include <ldns/ldns.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>

#include "keys/dnswire.h"

enum { /* of a packet (RFC 1035 section 4.1.1) */
	HEADER_SIZE = 12,
	FLAG_QR = 0x80, /* in octet 2, as the next two */
	FLAGS_OPCODE = 0x78,
	FLAG_TC = 0x02,
	FLAGS_RCODE = 0x0f, /* in octet 3 */
};

/* What is used of libldns, each under its own type. */
#define LDNS_FUNCTIONS(X)                                                      \
	X(dname_new_frm_str)                                                   \
	X(pkt_aa)                                                              \
	X(pkt_answer)                                                          \
	X(pkt_authority)                                                       \
	X(pkt_edns_extended_rcode)                                             \
	X(pkt_free)                                                            \
	X(pkt_get_rcode)                                                       \
	X(pkt_ad)                                                              \
	X(pkt_query_new)                                                       \
	X(pkt_set_ad)                                                          \
	X(pkt_set_cd)                                                          \
	X(pkt_set_edns_udp_size)                                               \
	X(pkt_set_id)                                                          \
	X(pkt2wire)                                                            \
	X(rdf_data)                                                            \
	X(rdf_deep_free)                                                       \
	X(rdf_get_type)                                                        \
	X(rdf_size)                                                            \
	X(rdf2str)                                                             \
	X(rr_get_class)                                                        \
	X(rr_get_type)                                                         \
	X(rr_list_rr)                                                          \
	X(rr_list_rr_count)                                                    \
	X(rr_owner)                                                            \
	X(rr_rd_count)                                                         \
	X(rr_rdf)                                                              \
	X(rr_ttl)                                                              \
	X(wire2pkt)

/* ------------------------------------------------------------------------
 * libldns 1.8 does not look whether it got memory.  Mostly it asserts it: an
 * assertion that fails raises SIGABRT on the thread at work, and from there the
 * call is given up; what the library held is lost, which is little.  Else it
 * goes on with half a record: but malloc(3) has left ENOMEM in errno, which
 * nothing in there clears, so that what it says then is not believed. */

/* Where this thread's call is given up; NULL: no call is under way. */
static _Thread_local sigjmp_buf *guard;

static void
on_abort(int number)
{
	if (guard != NULL)
		siglongjmp(*guard, 1);
	/* Not libldns's: as if there were no handler. */
	signal(number, SIG_DFL);
	raise(number);
}

/* ------------------------------------------------------------------------
 * Loading. */

/* NOLINTNEXTLINE(bugprone-macro-parentheses): it declares */
#define DECLARE(name) __typeof__(ldns_##name) *name;
#define RESOLVE(name)                                                          \
	*(void **)&ldns.name = dlsym(library, "ldns_" #name);                  \
	ldns_is_here &= ldns.name != NULL;

/* Written once, by load(); read only afterwards. */
static struct {
	LDNS_FUNCTIONS(DECLARE)
} ldns;
static bool ldns_is_here;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void
load(void)
{
	void *library = dlopen("libldns.so.3", RTLD_NOW | RTLD_LOCAL);

	struct sigaction act = { .sa_handler = on_abort };

	ldns_is_here = library != NULL;
	if (library != NULL) {
		LDNS_FUNCTIONS(RESOLVE)
	}
	sigemptyset(&act.sa_mask);
	if (sigaction(SIGABRT, &act, NULL) != 0)
		ldns_is_here = false;
}

int
dnswire_load(struct diag *why)
{
	pthread_once(&once, load);
	if (ldns_is_here)
		return 0;
	return diag_set(why, DIAG_SYSTEM, SLICE_NONE,
	    "libldns.so.3 cannot be loaded, so the DNS cannot be asked; on "
	    "Debian it is in the package libldns3");
}

/* ------------------------------------------------------------------------ */

static const ldns_rr_type wire_types[RR_TYPES] = {
	[RR_TXT] = LDNS_RR_TYPE_TXT,
	[RR_A] = LDNS_RR_TYPE_A,
	[RR_AAAA] = LDNS_RR_TYPE_AAAA,
	[RR_MX] = LDNS_RR_TYPE_MX,
	[RR_PTR] = LDNS_RR_TYPE_PTR,
};

static int
query_write(const struct dnswire_query *q, struct buf *out, struct diag *why)
{
	char name[DNSWIRE_MAX_NAME + 1];
	ldns_pkt *pkt = NULL;
	ldns_rdf *owner = NULL;
	uint8_t *wire = NULL;
	size_t n = 0;
	int result = -1;

	if (q->name.len >= sizeof name)
		return diag_set(why, DIAG_INTERNAL, q->name, "long name");
	memcpy(name, q->name.p, q->name.len);
	name[q->name.len] = '\0';
	owner = ldns.dname_new_frm_str(name);
	if (owner == NULL) {
		diag_memory(why);
		goto out;
	}
	pkt = ldns.pkt_query_new(
	    owner, wire_types[q->type], LDNS_RR_CLASS_IN, LDNS_RD);
	if (pkt == NULL) {
		ldns.rdf_deep_free(owner);
		diag_memory(why);
		goto out;
	}
	ldns.pkt_set_id(pkt, q->id);
	/* Without DO, the AD bit asks for the resolver's opinion (RFC 6840
	 * section 5.7). */
	ldns.pkt_set_ad(pkt, true);
	ldns.pkt_set_cd(pkt, q->cd);
	if (q->edns)
		ldns.pkt_set_edns_udp_size(pkt, DNSWIRE_UDP_SIZE);
	if (ldns.pkt2wire(&wire, pkt, &n) != LDNS_STATUS_OK) {
		diag_memory(why);
		goto out;
	}
	buf_put(out, wire, n);
	result = out->failure == BUF_OK ? 0 : diag_memory(why);
out:
	free(wire);
	if (pkt != NULL)
		ldns.pkt_free(pkt);
	return result;
}

/* A name of the answer in our form: lower case, no final dot.  To be freed by
 * its pointer, which is NULL when memory is short. */
static struct slice
name_text(const ldns_rdf *rdf)
{
	char *text = ldns.rdf2str(rdf);
	size_t n = text != NULL ? strlen(text) : 0;

	if (n > 1 && text[n - 1] == '.')
		n--;
	for (size_t i = 0; i < n; i++)
		text[i] = ascii_lower(text[i]);
	return (struct slice){ text, n };
}

/* The arena keeps nothing of what is only compared: wrong answers may come in
 * floods while the right one is waited for. */
static bool
name_is(const ldns_rdf *rdf, struct slice wanted, bool *memory)
{
	struct slice name = name_text(rdf);
	bool same = name.p != NULL && slice_eq(name, wanted);

	*memory |= name.p == NULL;
	free((char *)name.p);
	return same;
}

/* Whether these octets answer the query that went out as sent: told without
 * libldns, so that nobody reaches it who did not see our query.
 * DNSWIRE_RECORDS: they do. */
static enum dnswire_kind
check_octets(struct slice sent, struct slice octets)
{
	const unsigned char *q = (const unsigned char *)sent.p,
			    *u = (const unsigned char *)octets.p;
	size_t end = HEADER_SIZE;

	if (octets.len < HEADER_SIZE || u[0] != q[0] || u[1] != q[1] ||
	    (u[2] & FLAG_QR) == 0 || (u[2] & FLAGS_OPCODE) != 0)
		return DNSWIRE_ALIEN;
	if (u[4] != 0 || u[5] != 1) {
		/* Servers that do not understand may not repeat it. */
		return u[4] == 0 && u[5] == 0 &&
			       (u[3] & FLAGS_RCODE) == LDNS_RCODE_FORMERR
			   ? DNSWIRE_FORMERR
			   : DNSWIRE_MALFORMED;
	}
	/* Our question: labels, a root, type and class.  Lengths of labels are
	 * below the letters. */
	while (q[end] != 0)
		end += 1U + q[end];
	end += 1 + 4;
	if (!slice_eq_nocase(slice_sub(octets, HEADER_SIZE, end - HEADER_SIZE),
		slice_sub(sent, HEADER_SIZE, end - HEADER_SIZE)))
		return DNSWIRE_ALIEN;
	return (u[2] & FLAG_TC) != 0 ? DNSWIRE_TRUNCATED : DNSWIRE_RECORDS;
}

/* What the server says that it did. */
static enum dnswire_kind
check_code(const ldns_pkt *pkt)
{
	/* BADVERS (RFC 6891 section 6.1.3) has the lower bits of NOERROR. */
	if (ldns.pkt_edns_extended_rcode(pkt) != 0)
		return DNSWIRE_FORMERR;
	switch (ldns.pkt_get_rcode(pkt)) {
	case LDNS_RCODE_NOERROR: return DNSWIRE_RECORDS;
	case LDNS_RCODE_NXDOMAIN: return DNSWIRE_NXDOMAIN;
	case LDNS_RCODE_REFUSED: return DNSWIRE_REFUSED;
	case LDNS_RCODE_FORMERR:
	case LDNS_RCODE_NOTIMPL: return DNSWIRE_FORMERR;
	default: return DNSWIRE_FAILED;
	}
}

/* The strings of a TXT record, and all of them joined. */
static enum dnswire_kind
read_txt(const ldns_rr *rr, struct arena *arena, struct txt *out)
{
	size_t n = ldns.rr_rd_count(rr), size = 0;
	char *text;

	for (size_t i = 0; i < n; i++) {
		const ldns_rdf *rdf = ldns.rr_rdf(rr, i);

		if (ldns.rdf_get_type(rdf) != LDNS_RDF_TYPE_STR ||
		    ldns.rdf_size(rdf) < 1)
			return DNSWIRE_MALFORMED;
		size += ldns.rdf_size(rdf) - 1;
	}
	if (size > DNSWIRE_MAX_TEXT)
		return DNSWIRE_MALFORMED;
	out->strings = arena_array(arena, n, sizeof *out->strings);
	out->nstrings = n;
	text = arena_alloc(arena, size + 1);
	if (out->strings == NULL || text == NULL)
		return DNSWIRE_MEMORY;
	out->text = (struct slice){ text, size };
	for (size_t i = 0; i < n; i++) {
		const ldns_rdf *rdf = ldns.rr_rdf(rr, i);
		size_t len = ldns.rdf_size(rdf) - 1;

		memcpy(text, ldns.rdf_data(rdf) + 1, len);
		out->strings[i] = (struct slice){ text, len };
		text += len;
	}
	return DNSWIRE_RECORDS;
}

/* A name that a record holds. */
static enum dnswire_kind
read_name(const ldns_rdf *rdf, struct arena *arena, struct slice *out)
{
	struct slice text;

	if (ldns.rdf_get_type(rdf) != LDNS_RDF_TYPE_DNAME)
		return DNSWIRE_MALFORMED;
	text = name_text(rdf);
	*out = text.p != NULL ? arena_copy(arena, text) : text;
	free((char *)text.p);
	return out->p != NULL ? DNSWIRE_RECORDS : DNSWIRE_MEMORY;
}

/* The one that is no TXT record. */
static enum dnswire_kind
read_rr(
    const ldns_rr *rr, enum rr_type type, struct arena *arena, struct rr *out)
{
	size_t want = type == RR_MX ? 2 : 1, size = rr_address_size(type);
	const ldns_rdf *first;
	const unsigned char *data;

	if (ldns.rr_rd_count(rr) != want)
		return DNSWIRE_MALFORMED;
	first = ldns.rr_rdf(rr, 0);
	if (type == RR_PTR)
		return read_name(first, arena, &out->name);
	if (ldns.rdf_size(first) != (type == RR_MX ? 2 : size))
		return DNSWIRE_MALFORMED;
	data = ldns.rdf_data(first);
	if (type == RR_MX) {
		out->preference = (unsigned)(data[0] << 8 | data[1]);
		return read_name(ldns.rr_rdf(rr, 1), arena, &out->name);
	}
	memcpy(out->address, data, size);
	return DNSWIRE_RECORDS;
}

static void
note_ttl(struct dnswire_reply *r, const ldns_rr *rr)
{
	uint32_t ttl = ldns.rr_ttl(rr);

	if (ttl > INT32_MAX) /* RFC 2181 section 8 */
		ttl = 0;
	if (ttl < r->ttl)
		r->ttl = ttl;
}

/* Whether rr belongs to owner and is of that type. */
static bool
rr_fits(const ldns_rr *rr, ldns_rr_type type, struct slice owner, bool *memory)
{
	return ldns.rr_get_type(rr) == type &&
	       ldns.rr_get_class(rr) == LDNS_RR_CLASS_IN &&
	       name_is(ldns.rr_owner(rr), owner, memory);
}

/* Take the records of owner. */
static enum dnswire_kind
take_records(const ldns_rr_list *answer, struct slice owner, enum rr_type type,
    struct arena *arena, struct dnswire_reply *r)
{
	bool memory = false;

	for (size_t i = 0; i < ldns.rr_list_rr_count(answer); i++) {
		const ldns_rr *rr = ldns.rr_list_rr(answer, i);

		if (!rr_fits(rr, wire_types[type], owner, &memory))
			continue;
		enum dnswire_kind kind =
		    type == RR_TXT ? read_txt(rr, arena, &r->txt[r->ntxt])
				   : read_rr(rr, type, arena, &r->rr[r->nrr]);

		if (kind != DNSWIRE_RECORDS)
			return kind;
		note_ttl(r, rr);
		if (type == RR_TXT)
			r->ntxt++;
		else
			r->nrr++;
	}
	return memory		      ? DNSWIRE_MEMORY
	       : r->ntxt + r->nrr > 0 ? DNSWIRE_RECORDS
				      : DNSWIRE_NODATA;
}

/* Follow one CNAME of *owner: DNSWIRE_CNAME, or DNSWIRE_NODATA when there is
 * none. */
static enum dnswire_kind
follow(const ldns_rr_list *answer, struct slice *owner, struct arena *arena,
    struct dnswire_reply *r)
{
	bool memory = false;

	for (size_t i = 0; i < ldns.rr_list_rr_count(answer); i++) {
		const ldns_rr *rr = ldns.rr_list_rr(answer, i);

		if (!rr_fits(rr, LDNS_RR_TYPE_CNAME, *owner, &memory))
			continue;
		if (ldns.rr_rd_count(rr) != 1)
			return DNSWIRE_MALFORMED;
		enum dnswire_kind kind =
		    read_name(ldns.rr_rdf(rr, 0), arena, owner);

		if (kind != DNSWIRE_RECORDS)
			return kind;
		r->cname = *owner;
		r->cnames++;
		note_ttl(r, rr);
		return DNSWIRE_CNAME;
	}
	return memory ? DNSWIRE_MEMORY : DNSWIRE_NODATA;
}

/* Without an answer, name servers and no SOA are a referral: that server has
 * not said that there is nothing (RFC 2308 section 2.2). */
static bool
is_referral(const ldns_pkt *pkt)
{
	const ldns_rr_list *authority = ldns.pkt_authority(pkt);
	bool ns = false, soa = false;

	for (size_t i = 0; i < ldns.rr_list_rr_count(authority); i++) {
		ldns_rr_type type =
		    ldns.rr_get_type(ldns.rr_list_rr(authority, i));

		ns |= type == LDNS_RR_TYPE_NS;
		soa |= type == LDNS_RR_TYPE_SOA;
	}
	return ns && !soa && !ldns.pkt_aa(pkt);
}

static enum dnswire_kind
read_answer(const struct dnswire_query *q, const ldns_pkt *pkt,
    struct arena *arena, struct dnswire_reply *r)
{
	const ldns_rr_list *answer = ldns.pkt_answer(pkt);
	size_t most = ldns.rr_list_rr_count(answer);
	struct slice owner = q->name;
	enum dnswire_kind kind;

	if (q->type == RR_TXT)
		r->txt = arena_array(arena, most, sizeof *r->txt);
	else
		r->rr = arena_array(arena, most, sizeof *r->rr);
	if (r->txt == NULL && r->rr == NULL)
		return DNSWIRE_MEMORY;
	do {
		kind = take_records(answer, owner, q->type, arena, r);
		if (kind == DNSWIRE_NODATA)
			kind = follow(answer, &owner, arena, r);
	} while (kind == DNSWIRE_CNAME && r->cnames <= DNSWIRE_MAX_CNAMES);
	if (kind != DNSWIRE_NODATA)
		return kind;
	return r->cnames > 0	  ? DNSWIRE_CNAME
	       : is_referral(pkt) ? DNSWIRE_REFUSED
				  : DNSWIRE_NODATA;
}

/* There is no such name: perhaps not at the end of CNAMEs (RFC 6604). */
static enum dnswire_kind
read_absence(const struct dnswire_query *q, const ldns_pkt *pkt,
    struct arena *arena, struct dnswire_reply *r)
{
	const ldns_rr_list *answer = ldns.pkt_answer(pkt);
	struct slice owner = q->name;
	enum dnswire_kind kind;

	do
		kind = follow(answer, &owner, arena, r);
	while (kind == DNSWIRE_CNAME && r->cnames <= DNSWIRE_MAX_CNAMES);
	return kind == DNSWIRE_MEMORY || kind == DNSWIRE_MALFORMED
		   ? kind
		   : DNSWIRE_NXDOMAIN;
}

static enum dnswire_kind
answer_read(const struct dnswire_query *q, struct slice octets,
    struct arena *arena, struct dnswire_reply *out)
{
	ldns_pkt *pkt = NULL;
	enum dnswire_kind kind;
	ldns_status status =
	    ldns.wire2pkt(&pkt, (const uint8_t *)octets.p, octets.len);

	if (status != LDNS_STATUS_OK)
		return status == LDNS_STATUS_MEM_ERR ? DNSWIRE_MEMORY
						     : DNSWIRE_MALFORMED;
	kind = check_code(pkt);
	out->ad = ldns.pkt_ad(pkt);
	if (kind == DNSWIRE_RECORDS)
		kind = read_answer(q, pkt, arena, out);
	else if (kind == DNSWIRE_NXDOMAIN)
		kind = read_absence(q, pkt, arena, out);
	ldns.pkt_free(pkt);
	return kind;
}

int
dnswire_write(const struct dnswire_query *q, struct buf *out, struct diag *why)
{
	sigjmp_buf here;
	int result;

	if (sigsetjmp(here, 1) != 0) {
		guard = NULL;
		return diag_memory(why);
	}
	guard = &here;
	errno = 0;
	result = query_write(q, out, why);
	guard = NULL;
	return errno == ENOMEM ? diag_memory(why) : result;
}

enum dnswire_kind
dnswire_read(const struct dnswire_query *q, struct slice sent,
    struct slice octets, struct arena *arena, struct dnswire_reply *out)
{
	enum dnswire_kind kind = check_octets(sent, octets);
	sigjmp_buf here;

	*out = (struct dnswire_reply){ .ttl = UINT32_MAX };
	if (kind != DNSWIRE_RECORDS)
		return kind;
	if (sigsetjmp(here, 1) != 0) {
		guard = NULL;
		return DNSWIRE_MEMORY;
	}
	guard = &here;
	errno = 0;
	kind = answer_read(q, octets, arena, out);
	guard = NULL;
	return errno == ENOMEM ? DNSWIRE_MEMORY : kind;
}
