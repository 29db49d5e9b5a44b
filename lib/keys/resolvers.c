/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <errno.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/input.h"
#include "keys/resolvers.h"

enum {
	MAX_CONFIG = 64 * 1024, /* octets of a resolv.conf */
	MAX_ATTEMPTS = 5,	/* that it may ask for */
	MAX_TIMEOUT = 30,	/* seconds, likewise */
};

void
resolvers_init(struct resolvers *r)
{
	*r =
	    (struct resolvers){ .attempts = 2, .timeout = INT64_C(5000000000) };
}

/* ------------------------------------------------------------------------
 * Addresses. */

static bool
is_loopback(const struct sockaddr_storage *a)
{
	const struct sockaddr_in *v4 = (const struct sockaddr_in *)a;
	const struct sockaddr_in6 *v6 = (const struct sockaddr_in6 *)a;

	return a->ss_family == AF_INET ? ntohl(v4->sin_addr.s_addr) >> 24 == 127
				       : IN6_IS_ADDR_LOOPBACK(&v6->sin6_addr);
}

/* Cut the zone off an IPv6 address: "fe80::1%eth0", "fe80::1%2" (RFC 4007
 * section 11). */
static bool
cut_zone(struct slice *s, uint32_t *index)
{
	size_t percent = slice_find(*s, '%');
	struct slice zone = slice_sub(*s, percent + 1, s->len);
	unsigned long long number = 0;
	char name[IF_NAMESIZE];

	*index = 0;
	if (percent == s->len)
		return true;
	s->len = percent;
	if (slice_number(zone, 9, &number)) {
		*index = (uint32_t)number;
	} else if (zone.len > 0 && zone.len < sizeof name) {
		memcpy(name, zone.p, zone.len);
		name[zone.len] = '\0';
		*index = if_nametoindex(name);
	}
	return *index != 0;
}

/* Cut the port off an address, and the brackets. */
static bool
cut_port(struct slice *s, uint16_t *out)
{
	struct slice port = SLICE("53"), tail;
	unsigned long long number;
	size_t colon = slice_find(*s, ':');

	if (s->len > 0 && s->p[0] == '[') {
		size_t end = slice_find(*s, ']');

		tail = slice_sub(*s, end + 1, s->len);
		if (end == s->len || (tail.len > 0 && tail.p[0] != ':'))
			return false;
		if (tail.len > 0)
			port = slice_sub(tail, 1, tail.len);
		*s = slice_sub(*s, 1, end - 1);
	} else if (colon < s->len) {
		tail = slice_sub(*s, colon + 1, s->len);
		/* With two colons it is an IPv6 address without a port. */
		if (slice_find(tail, ':') == tail.len) {
			port = tail;
			s->len = colon;
		}
	}
	if (!slice_number(port, 5, &number) || number == 0 || number > 65535)
		return false;
	*out = (uint16_t)number;
	return true;
}

static bool
read_address(const char *text, struct resolver *out)
{
	struct slice s = slice_of(text);
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out->address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->address;
	char address[INET6_ADDRSTRLEN];
	uint32_t zone;
	uint16_t port;

	*out = (struct resolver){ .length = 0 };
	if (!cut_port(&s, &port) || !cut_zone(&s, &zone) ||
	    s.len >= sizeof address)
		return false;
	memcpy(address, s.p, s.len);
	address[s.len] = '\0';
	if (zone == 0 && inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons(port);
		out->length = sizeof *v4;
	} else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons(port);
		v6->sin6_scope_id = zone;
		out->length = sizeof *v6;
	} else {
		return false;
	}
	out->loopback = is_loopback(&out->address);
	return true;
}

bool
resolvers_add(struct resolvers *r, const char *text)
{
	if (r->n == RESOLVERS_MAX || !read_address(text, &r->server[r->n]))
		return false;
	r->n++;
	return true;
}

/* ------------------------------------------------------------------------
 * resolv.conf(5). */

static void
take_option(struct resolvers *r, struct slice word)
{
	struct slice name;
	unsigned long long n;

	if (!slice_cut(&word, ':', &name) || !slice_number(word, 2, &n) ||
	    n == 0)
		return;
	if (slice_eq(name, SLICE("timeout")))
		r->timeout =
		    (int64_t)(n > MAX_TIMEOUT ? MAX_TIMEOUT : n) * CLOCK_SECOND;
	else if (slice_eq(name, SLICE("attempts")))
		r->attempts = n > MAX_ATTEMPTS ? MAX_ATTEMPTS : (unsigned)n;
}

static void
take_server(struct resolvers *r, struct slice address)
{
	char text[80];
	bool bare = address.len > 0 && address.p[0] != '[' &&
		    slice_find(address, ':') < address.len;

	if (address.len == 0 || address.len + 2 >= sizeof text)
		return;
	snprintf(
	    text, sizeof text, bare ? "[%.*s]" : "%.*s", SLICE_ARG(address));
	resolvers_add(r, text);
}

static void
take_line(struct resolvers *r, struct slice line, bool servers)
{
	struct slice key = slice_word(&line), word;

	if (servers && slice_eq(key, SLICE("nameserver")))
		take_server(r, slice_word(&line));
	if (slice_eq(key, SLICE("options")))
		while ((word = slice_word(&line)).len > 0)
			take_option(r, word);
}

/* Of "the file" nobody has spoken: name it. */
static int
config_fail(const char *path, const struct buf *b, struct diag *why)
{
	struct diag was = *why;

	if (b->failure == BUF_TOO_BIG)
		return diag_set(why, DIAG_SYSTEM, SLICE_NONE,
		    "%.60s: more than %d bytes", path, MAX_CONFIG);
	return was.code == DIAG_MEMORY ? -1
				       : diag_set(why, DIAG_SYSTEM, SLICE_NONE,
					     "%.60s: %.90s", path, was.detail);
}

int
resolvers_configure(struct resolvers *r, const char *path, struct diag *why)
{
	struct buf b = { .max = MAX_CONFIG + INPUT_PIECE };
	bool servers = r->n == 0;
	struct slice rest, line;
	int result = input_read_file(path, &b, why);

	if (result != 0)
		result = why->errnum == ENOENT || why->errnum == ENOTDIR
			     ? 0
			     : config_fail(path, &b, why);
	rest = buf_view(&b);
	while (result == 0 && slice_cut(&rest, '\n', &line))
		take_line(r, line, servers);
	buf_release(&b);
	if (result == 0 && r->n == 0)
		resolvers_add(r, "127.0.0.1");
	return result;
}
