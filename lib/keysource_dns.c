/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets, time and servers.  Each try has a connected UDP socket of its own
 * (so the kernel picks a fresh port and drops what comes from elsewhere) and an
 * id from the kernel's random numbers; what does not answer our question is
 * dropped, and waiting goes on (RFC 5452).  All lookups of a call run together
 * in one poll(2) loop under one deadline, TCP included. */
#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "dnswire.h"
#include "input.h"
#include "keysource.h"

enum {
	MAX_ATTEMPTS = 5,
	MAX_CONFIG = 64 * 1024, /* octets looked at of resolv.conf */
	UDP_ROOM = 4096,	/* more than we ask for: all that may come */
};

static const struct slice no_octets = { NULL, 0 };

struct server {
	struct sockaddr_storage address;
	socklen_t length;
	bool believed; /* its AD bit is */
};

struct dns {
	struct keysource source;
	bool trust_ad;
	const char *config;
	/* Read from resolv.conf at the first ask(), else fixed: */
	pthread_mutex_t lock;
	bool configured;
	struct server server[DNS_MAX_SERVERS];
	size_t nservers;
	int64_t timeout;   /* of one try, nanoseconds */
	unsigned attempts; /* rounds over all servers */
};

/* One name on its way. */
struct lookup {
	struct answer *answer;
	struct dnswire_query query; /* its name changes along CNAMEs */
	unsigned cnames;
	uint32_t ttl;
	size_t server;	    /* the one being asked */
	unsigned round;	    /* of attempts */
	unsigned long over; /* bit n: server n said no for good */
	bool no_edns;
	bool unsigned_link; /* an answer on the way came without AD */
	bool failed, refused, malformed, silent; /* what servers did */
	size_t failed_server;
	int fd; /* -1: none open */
	bool tcp;
	struct buf out, in; /* TCP: what is to be sent; what came */
	size_t sent;
	int64_t until; /* end of this try */
	bool done;
};

/* All lookups of one ask(). */
struct asking {
	struct dns *dns;
	struct arena *arena;
	int64_t deadline;
	int64_t patience; /* for one try */
	struct lookup *lookup;
	size_t n;
};

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* ------------------------------------------------------------------------
 * Servers. */

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

/* "192.0.2.1", "192.0.2.1:53", "2001:db8::1", "[2001:db8::1]:53". */
static bool
server_parse(const char *text, struct server *out)
{
	struct slice s = slice_of(text), port = SLICE("53");
	struct sockaddr_in *v4 = (struct sockaddr_in *)&out->address;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)&out->address;
	unsigned long long number;
	char address[INET6_ADDRSTRLEN];
	uint32_t zone;

	*out = (struct server){ .length = 0 };
	if (s.len > 0 && s.p[0] == '[') {
		size_t end = slice_find(s, ']');
		struct slice tail = slice_sub(s, end + 1, s.len);

		if (end == s.len || (tail.len > 0 && tail.p[0] != ':'))
			return false;
		if (tail.len > 0)
			port = slice_sub(tail, 1, tail.len);
		s = slice_sub(s, 1, end - 1);
	} else if (slice_find(s, ':') < s.len) {
		size_t colon = slice_find(s, ':');
		struct slice tail = slice_sub(s, colon + 1, s.len);

		/* With two colons it is an IPv6 address without a port. */
		if (slice_find(tail, ':') == tail.len) {
			port = tail;
			s.len = colon;
		}
	}
	if (!cut_zone(&s, &zone) || s.len >= sizeof address ||
	    !slice_number(port, 5, &number) || number == 0 || number > 65535)
		return false;
	memcpy(address, s.p, s.len);
	address[s.len] = '\0';
	if (zone == 0 && inet_pton(AF_INET, address, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)number);
		out->length = sizeof *v4;
	} else if (inet_pton(AF_INET6, address, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)number);
		v6->sin6_scope_id = zone;
		out->length = sizeof *v6;
	} else {
		return false;
	}
	out->believed = is_loopback(&out->address);
	return true;
}

static void
add_server(struct dns *d, const char *text)
{
	if (d->nservers < DNS_MAX_SERVERS &&
	    server_parse(text, &d->server[d->nservers]))
		d->nservers++;
}

static void
config_option(struct dns *d, struct slice word)
{
	unsigned long long n;

	if (slice_starts(word, SLICE("timeout:")) &&
	    slice_number(slice_sub(word, 8, word.len), 2, &n) && n > 0)
		d->timeout = (int64_t)(n > 30 ? 30 : n) * 1000000000;
	if (slice_starts(word, SLICE("attempts:")) &&
	    slice_number(slice_sub(word, 9, word.len), 2, &n) && n > 0)
		d->attempts = n > MAX_ATTEMPTS ? MAX_ATTEMPTS : (unsigned)n;
}

/* resolv.conf(5), a line: "nameserver ADDRESS" or "options WORD...". */
static void
config_line(struct dns *d, struct slice line, bool servers)
{
	struct slice key = no_octets, word;
	char text[80];

	for (size_t i = 0; i < line.len; i++) {
		size_t from = i;

		while (i < line.len && !ascii_is_fws(line.p[i]))
			i++;
		word = slice_sub(line, from, i - from);
		if (word.len == 0)
			continue;
		if (key.len == 0) {
			key = word;
		} else if (slice_eq(key, SLICE("options"))) {
			config_option(d, word);
		} else if (servers && slice_eq(key, SLICE("nameserver")) &&
			   word.len < sizeof text - 2) {
			bool bare = word.p[0] != '[' &&
				    slice_find(word, ':') < word.len;

			snprintf(text, sizeof text, bare ? "[%.*s]" : "%.*s",
			    SLICE_ARG(word));
			add_server(d, text);
			return;
		} else {
			return;
		}
	}
}

/* Read the configuration, once; without one, the defaults of resolv.conf(5).
 * -1 when there is one that cannot be read: another server would be asked. */
static int
configure(struct dns *d, struct diag *why)
{
	struct buf b = { .max = MAX_CONFIG + INPUT_PIECE };
	bool servers = d->nservers == 0;
	struct slice rest, line;
	struct input in;
	size_t got = 1;
	int result = input_open(&in, d->config, why);

	if (result != 0 && (why->errnum == ENOENT || why->errnum == ENOTDIR)) {
		result = 0;
		got = 0;
	}
	while (result == 0 && got > 0 && b.len < MAX_CONFIG) {
		char *room = buf_room(&b, INPUT_PIECE);

		result = room == NULL
			     ? diag_memory(why)
			     : input_read(&in, room, INPUT_PIECE, &got, why);
		if (result == 0)
			b.len += got;
	}
	input_release(&in);
	if (result != 0) {
		/* Of "the file" nobody has spoken. */
		struct diag was = *why;

		buf_release(&b);
		return was.code == DIAG_MEMORY
			   ? -1
			   : diag_set(why, DIAG_SYSTEM, no_octets,
				 "%.60s: %.90s", d->config, was.detail);
	}
	rest = buf_view(&b);
	while (slice_cut(&rest, '\n', &line))
		if (line.len > 0 && line.p[0] != '#' && line.p[0] != ';')
			config_line(d, line, servers);
	buf_release(&b);
	if (d->nservers == 0)
		add_server(d, "127.0.0.1");
	d->configured = true;
	return 0;
}

/* ------------------------------------------------------------------------
 * One lookup: tries, one after the other. */

static void
close_try(struct lookup *l)
{
	if (l->fd >= 0)
		close(l->fd);
	l->fd = -1;
	l->tcp = false;
	l->sent = 0;
	buf_clear(&l->out);
	buf_clear(&l->in);
}

static void
finish(struct lookup *l, enum answer_kind kind)
{
	close_try(l);
	l->answer->kind = kind;
	l->answer->has_ttl = kind == ANSWER_RECORDS;
	l->answer->ttl = kind == ANSWER_RECORDS ? l->ttl : 0;
	l->done = true;
}

/* No server is left: what did they do? */
static void
give_up(struct lookup *l)
{
	finish(l, l->failed	 ? ANSWER_SERVFAIL
		  : l->refused	 ? ANSWER_REFUSED
		  : l->malformed ? ANSWER_MALFORMED
		  : l->silent	 ? ANSWER_TIMEOUT
				 : ANSWER_UNREACHABLE);
}

/* Send the query by UDP; false where it cannot get there. */
static bool
send_datagram(const struct lookup *l)
{
	ssize_t n;

	do
		n = send(l->fd, l->out.p, l->out.len, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	/* Where there is no room now, it is as good as lost on the way. */
	return n == (ssize_t)l->out.len || (n < 0 && errno == EAGAIN);
}

/* Open a socket to the server at hand and send the query, or begin to. */
static int
send_query(struct asking *a, struct lookup *l, bool tcp, struct diag *why)
{
	const struct server *s = &a->dns->server[l->server];
	int type =
	    (tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;

	close_try(l);
	l->until = now() + a->patience;
	if (l->until > a->deadline)
		l->until = a->deadline;
	if (getrandom(&l->query.id, sizeof l->query.id, 0) !=
	    sizeof l->query.id)
		return diag_errno(why, DIAG_SYSTEM, "getrandom");
	l->query.edns = !l->no_edns;
	if (tcp)
		buf_put(&l->out, "\0", 2); /* for the length */
	if (dnswire_write(&l->query, &l->out, why) != 0)
		return -1;
	if (tcp) {
		l->out.p[0] = (char)((l->out.len - 2) >> 8);
		l->out.p[1] = (char)((l->out.len - 2) & 0xff);
	}
	l->tcp = tcp;
	l->fd = socket(s->address.ss_family, type, 0);
	if (l->fd >= 0 &&
	    (connect(l->fd, (const struct sockaddr *)&s->address, s->length) ==
		    0 ||
		(tcp && (errno == EINPROGRESS || errno == EINTR))) &&
	    (tcp || send_datagram(l)))
		return 0;
	/* This one cannot be reached: it is passed over at once. */
	close_try(l);
	l->over |= 1UL << l->server;
	return 0;
}

/* Try on: the next server that has not said no, round after round; at the end
 * one more time with checking disabled, where a server failed: if that brings
 * an answer, DNSSEC was the trouble. */
static int
next_try(struct asking *a, struct lookup *l, bool first, struct diag *why)
{
	const struct dns *d = a->dns;

	close_try(l);
	if (l->query.cd) {
		finish(l, ANSWER_SERVFAIL);
		return 0;
	}
	while (!l->done && l->fd < 0) {
		if (!first && ++l->server == d->nservers) {
			l->server = 0;
			l->round++;
		}
		first = false;
		if (l->round >= d->attempts ||
		    l->over == (1UL << d->nservers) - 1) {
			if (!l->failed || now() >= a->deadline) {
				give_up(l);
				return 0;
			}
			l->query.cd = true;
			l->server = l->failed_server;
			if (send_query(a, l, false, why) != 0)
				return -1;
			if (l->fd < 0)
				finish(l, ANSWER_SERVFAIL);
			return 0;
		}
		if ((l->over >> l->server & 1) == 0 &&
		    send_query(a, l, false, why) != 0)
			return -1;
	}
	return 0;
}

/* The server said no for good. */
static int
server_over(struct asking *a, struct lookup *l, struct diag *why)
{
	l->over |= 1UL << l->server;
	return next_try(a, l, false, why);
}

/* Ask on at the end of a CNAME. */
static int
ask_on(struct asking *a, struct lookup *l, const struct dnswire_reply *r,
    struct diag *why)
{
	l->query.name = r->cname;
	l->over = 0;
	l->round = 0;
	l->failed = l->refused = l->malformed = l->silent = false;
	return send_query(a, l, false, why) != 0 ? -1
	       : l->fd < 0			 ? next_try(a, l, false, why)
						 : 0;
}

static int
take_reply(
    struct asking *a, struct lookup *l, struct slice octets, struct diag *why)
{
	struct dnswire_reply r;
	enum dnswire_kind kind =
	    dnswire_read(&l->query, octets.p, octets.len, a->arena, &r);
	bool answered = kind >= DNSWIRE_NXDOMAIN && kind <= DNSWIRE_RECORDS;
	bool believed = a->dns->trust_ad || a->dns->server[l->server].believed;

	if (answered) {
		/* Only DNSSEC stood between us and this answer. */
		if (l->query.cd) {
			finish(l, ANSWER_BOGUS);
			return 0;
		}
		l->unsigned_link |= !r.ad || !believed;
		l->cnames += r.cnames;
		if (l->cnames > DNSWIRE_MAX_CNAMES)
			kind = DNSWIRE_NXDOMAIN;
		if (r.cname.len > 0)
			l->answer->cname = r.cname;
		if (r.ttl < l->ttl)
			l->ttl = r.ttl;
	}
	switch (kind) {
	case DNSWIRE_MEMORY: return diag_memory(why);
	case DNSWIRE_ALIEN:
		if (!l->tcp)
			return 0;
		/* On a stream there is nothing else to wait for. */
		/* FALLTHROUGH */
	case DNSWIRE_MALFORMED:
		l->malformed = true;
		return l->tcp ? next_try(a, l, false, why) : 0;
	case DNSWIRE_TRUNCATED:
		if (l->tcp) {
			l->malformed = true;
			return next_try(a, l, false, why);
		}
		if (send_query(a, l, true, why) != 0)
			return -1;
		return l->fd < 0 ? next_try(a, l, false, why) : 0;
	case DNSWIRE_REFUSED: l->refused = true; return server_over(a, l, why);
	case DNSWIRE_FORMERR:
		if (!l->no_edns) {
			l->no_edns = true;
			if (send_query(a, l, false, why) != 0)
				return -1;
			return l->fd < 0 ? next_try(a, l, false, why) : 0;
		}
		/* FALLTHROUGH */
	case DNSWIRE_FAILED:
		l->failed = true;
		l->failed_server = l->server;
		return server_over(a, l, why);
	case DNSWIRE_NXDOMAIN: finish(l, ANSWER_NXDOMAIN); return 0;
	case DNSWIRE_NODATA: finish(l, ANSWER_NODATA); return 0;
	case DNSWIRE_CNAME: return ask_on(a, l, &r, why);
	case DNSWIRE_RECORDS:
		l->answer->txt = r.txt;
		l->answer->ntxt = r.ntxt;
		l->answer->secure = !l->unsigned_link;
		finish(l, ANSWER_RECORDS);
		return 0;
	}
	return 0;
}

/* ------------------------------------------------------------------------
 * What the sockets say. */

static int
on_udp(struct asking *a, struct lookup *l, struct diag *why)
{
	char octets[UDP_ROOM];
	ssize_t n = recv(l->fd, octets, sizeof octets, 0);

	if (n >= 0)
		return take_reply(
		    a, l, (struct slice){ octets, (size_t)n }, why);
	if (errno == EAGAIN || errno == EINTR)
		return 0;
	/* Nobody listens there (ECONNREFUSED), or no way leads there. */
	return server_over(a, l, why);
}

/* Send what is left to send; false on trouble. */
static bool
tcp_send(struct lookup *l)
{
	ssize_t n =
	    send(l->fd, l->out.p + l->sent, l->out.len - l->sent, MSG_NOSIGNAL);

	if (n > 0)
		l->sent += (size_t)n;
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

/* Octets that the answer has, its length in front not counted; 0 while that is
 * not known. */
static size_t
tcp_length(const struct lookup *l)
{
	const unsigned char *u = (const unsigned char *)l->in.p;

	return l->in.len < 2 ? 0 : (size_t)(u[0] << 8 | u[1]);
}

/* Receive; 1 when the answer is whole, 0 while not, -1 on trouble, -2 when
 * memory is short. */
static int
tcp_receive(struct lookup *l)
{
	size_t want =
	    l->in.len < 2 ? 2 - l->in.len : 2 + tcp_length(l) - l->in.len;
	char *room = buf_room(&l->in, want > 0 ? want : 1);

	if (room == NULL)
		return -2;
	ssize_t n = recv(l->fd, room, want, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return -1;
	if (n > 0)
		l->in.len += (size_t)n;
	if (l->in.len >= 2 && tcp_length(l) == 0)
		return -1;
	return l->in.len >= 2 && l->in.len == 2 + tcp_length(l);
}

static int
on_tcp(struct asking *a, struct lookup *l, short events, struct diag *why)
{
	bool good = (events & POLLOUT) == 0 || tcp_send(l);

	if (good && (events & (POLLIN | POLLHUP | POLLERR)) != 0) {
		int whole = tcp_receive(l);

		if (whole == -2)
			return diag_memory(why);
		if (whole == 1) {
			struct slice octets =
			    slice_sub(buf_view(&l->in), 2, l->in.len);
			struct slice copy = arena_copy(a->arena, octets);

			return copy.p == NULL ? diag_memory(why)
					      : take_reply(a, l, copy, why);
		}
		good = whole == 0;
	}
	if (good)
		return 0;
	l->silent = true;
	return next_try(a, l, false, why);
}

/* The events that a lookup waits for. */
static short
wanted(const struct lookup *l)
{
	return l->tcp && l->sent < l->out.len ? POLLOUT : POLLIN;
}

/* Milliseconds until the next try ends, rounded up. */
static int
wait_time(const struct asking *a)
{
	int64_t until = a->deadline, left;

	for (size_t i = 0; i < a->n; i++)
		if (!a->lookup[i].done && a->lookup[i].until < until)
			until = a->lookup[i].until;
	left = (until - now() + 999999) / 1000000;
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* One turn of the loop.  1 while something is left to wait for. */
static int
turn(struct asking *a, struct pollfd *pfd, struct diag *why)
{
	bool left = false;

	for (size_t i = 0; i < a->n; i++) {
		const struct lookup *l = &a->lookup[i];

		pfd[i] = (struct pollfd){ .fd = l->done ? -1 : l->fd,
			.events = l->done ? 0 : wanted(l) };
		left |= !l->done;
	}
	if (!left)
		return 0;
	if (poll(pfd, (nfds_t)a->n, wait_time(a)) < 0 && errno != EINTR)
		return diag_errno(why, DIAG_SYSTEM, "poll");
	for (size_t i = 0; i < a->n; i++) {
		struct lookup *l = &a->lookup[i];
		int result = 0;

		if (l->done)
			continue;
		if (pfd[i].revents != 0)
			result = l->tcp ? on_tcp(a, l, pfd[i].revents, why)
					: on_udp(a, l, why);
		/* A server that only ever drips does not hold us. */
		if (result == 0 && !l->done && now() >= a->deadline) {
			l->silent = true;
			if (l->query.cd)
				finish(l, ANSWER_SERVFAIL);
			else
				give_up(l);
		} else if (result == 0 && !l->done && now() >= l->until) {
			l->silent = true;
			result = next_try(a, l, false, why);
		}
		if (result != 0)
			return -1;
	}
	return 1;
}

static int
run(struct asking *a, struct diag *why)
{
	struct pollfd *pfd = arena_array(a->arena, a->n, sizeof *pfd);
	int more = 1;

	if (pfd == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < a->n; i++)
		if (next_try(a, &a->lookup[i], true, why) != 0)
			return -1;
	while (more > 0)
		more = turn(a, pfd, why);
	return more;
}

static int
dns_ask(struct keysource *source, const struct slice names[], size_t n,
    struct answer answers[], int64_t deadline, struct arena *arena,
    struct diag *why)
{
	struct dns *d = (struct dns *)source;
	struct asking a = {
		.dns = d, .arena = arena, .deadline = deadline, .n = n
	};
	int result = 0;

	if (dnswire_load(why) != 0)
		return -1;
	pthread_mutex_lock(&d->lock);
	if (!d->configured)
		result = configure(d, why);
	pthread_mutex_unlock(&d->lock);
	if (result != 0)
		return -1;
	a.patience = (deadline - now()) / (int64_t)(d->attempts * d->nservers);
	if (a.patience > d->timeout)
		a.patience = d->timeout;
	a.lookup = arena_array(arena, n, sizeof *a.lookup);
	if (a.lookup == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < n; i++) {
		answers[i] = (struct answer){ .from_dns = true };
		a.lookup[i] = (struct lookup){ .answer = &answers[i],
			.query = { .name = names[i] },
			.ttl = UINT32_MAX,
			.fd = -1 };
	}
	result = run(&a, why);
	for (size_t i = 0; i < n; i++) {
		close_try(&a.lookup[i]);
		buf_release(&a.lookup[i].out);
		buf_release(&a.lookup[i].in);
	}
	return result;
}

static void
dns_free(struct keysource *source)
{
	struct dns *d = (struct dns *)source;

	pthread_mutex_destroy(&d->lock);
	free(d);
}

struct keysource *
dns_new(const struct dns_options *o, struct diag *why)
{
	struct dns *d = calloc(1, sizeof *d);

	if (d == NULL || pthread_mutex_init(&d->lock, NULL) != 0) {
		free(d);
		diag_memory(why);
		return NULL;
	}
	d->source = (struct keysource){ .ask = dns_ask, .free = dns_free };
	d->trust_ad = o->trust_ad;
	d->config = o->config != NULL ? o->config : "/etc/resolv.conf";
	d->timeout = INT64_C(5000000000);
	d->attempts = 2;
	for (size_t i = 0; i < o->nresolvers; i++) {
		bool full = d->nservers == DNS_MAX_SERVERS;
		size_t before = d->nservers;

		add_server(d, o->resolvers[i]);
		if (d->nservers > before)
			continue;
		if (full)
			diag_set(why, DIAG_SYSTEM, no_octets,
			    "\"%.80s\" is one more than the %d servers that "
			    "can be asked",
			    o->resolvers[i], DNS_MAX_SERVERS);
		else
			diag_set(why, DIAG_SYSTEM, no_octets,
			    "\"%.80s\" is no address with or without a port",
			    o->resolvers[i]);
		dns_free(&d->source);
		return NULL;
	}
	return &d->source;
}
