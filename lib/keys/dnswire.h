/* SPDX-License-Identifier: BSD-2-Clause */
/* dnswire.h - one DNS query or answer as octets (RFC 1035, RFC 6891)
 *
 * libldns builds and parses; what may be trusted is decided here.  libldns is
 * loaded when the first name is asked for, as most messages are verified with
 * keys at hand, and loading it costs a third of a run.  It raises SIGABRT where
 * memory is short: a handler of ours turns that into DIAG_MEMORY.  Nothing here
 * touches a socket. */
#ifndef DNSWIRE_H
#define DNSWIRE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/buf.h"
#include "base/diag.h"
#include "keys/keysource.h"
#include "base/limit.h"
#include "base/slice.h"

enum {
	DNSWIRE_UDP_SIZE = 1232, /* octets we ask to be sent at most by UDP */
	DNSWIRE_MAX_CNAMES = LIMIT_CNAMES, /* followed for one name */
	DNSWIRE_MAX_TEXT = LIMIT_TEXT, /* octets of one TXT record, joined */
	DNSWIRE_MAX_NAME = 4 * 255,    /* octets of a name, all of them \DDD */
};

/* A query for name, which is text as in a master file: lower case, no final
 * dot (the root is "."), \DDD or \X for octets that are no graphic ASCII or
 * mean something there. */
struct dnswire_query {
	struct slice name; /* at most DNSWIRE_MAX_NAME octets */
	enum rr_type type;
	uint16_t id;
	bool edns, cd;
};

/* Load libldns, once a process, with the handler for SIGABRT.  -1 with
 * DIAG_SYSTEM. */
int dnswire_load(struct diag *why);

/* Append the query to out.  -1 with DIAG_MEMORY, or DIAG_INTERNAL. */
int dnswire_write(
    const struct dnswire_query *, struct buf *out, struct diag *why);

enum dnswire_kind {
	DNSWIRE_ALIEN,	   /* no answer to this query: wait on */
	DNSWIRE_MALFORMED, /* its answer perhaps, but not to be parsed */
	DNSWIRE_TRUNCATED, /* to be asked again over TCP */
	DNSWIRE_REFUSED,   /* this server does not want to answer, or only
			    * says whom to ask instead */
	DNSWIRE_FAILED,	   /* SERVFAIL, or any other code that is no answer */
	DNSWIRE_FORMERR,   /* it does not understand, perhaps EDNS */
	DNSWIRE_NXDOMAIN,
	DNSWIRE_NODATA,
	DNSWIRE_CNAME,	 /* asked on at cname */
	DNSWIRE_RECORDS, /* txt or rr holds records */
	DNSWIRE_MEMORY,
};

struct dnswire_reply {
	struct txt *txt; /* RR_TXT */
	size_t ntxt;
	struct rr *rr; /* other types */
	size_t nrr;
	struct slice cname; /* the last one followed; or empty */
	unsigned cnames;    /* how many were followed */
	uint32_t ttl;	    /* the smallest on the way */
	bool ad;
};

/* Read octets that came as an answer to q, which went out as sent.  An answer
 * counts only if its id, QR, opcode, question and class fit (RFC 5452 section
 * 9.1); what does not is told from the octets alone, and libldns sees none of
 * it.  The letters of the question may be in another case (RFC 4343).  Of its
 * records only those count that are owned by the name asked for, or by what a
 * CNAME of that name leads to; with DNSWIRE_NXDOMAIN only such CNAMEs do.
 * Strings live in arena. */
enum dnswire_kind dnswire_read(const struct dnswire_query *q, struct slice sent,
    struct slice octets, struct arena *, struct dnswire_reply *out);

#endif
