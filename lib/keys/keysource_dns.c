/* SPDX-License-Identifier: BSD-2-Clause */
/* Sockets and time.  Each try has a connected UDP socket of its own (so the
 * kernel picks a fresh port and drops what comes from elsewhere) and an id from
 * the kernel's random numbers; what does not answer our question is dropped,
 * and waiting goes on (RFC 5452).  All lookups of a call run together in one
 * poll(2) loop under one deadline, TCP included. */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <pthread.h>
#include <stdlib.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "keys/dnswire.h"
#include "keys/keysource.h"
#include "keys/resolvers.h"

enum {
	MAX_TRIES = 4,	      /* of one name that may be answered still */
	MAX_DATAGRAMS = 64,   /* taken from one socket in one turn */
	UDP_ROOM = 64 * 1024, /* some heed no limit that they are told */
};

struct dns {
	struct keysource source;
	bool trust_ad;
	const char *config;
	pthread_mutex_t lock;	    /* for what follows: */
	bool configured;	    /* from then on servers do not change */
	unsigned first;		    /* the server that answered last */
	struct resolvers resolvers; /* told, then completed at the first ask */
};

/* One query to one server. */
struct
try {
	int fd; /* -1: none open */
	bool tcp;
	unsigned server;
	struct dnswire_query query;
	struct buf out, in; /* what goes out; TCP: what came so far */
	size_t sent;
};

/* One name on its way.  A server may be slow: what was asked before the newest
 * try may be answered still. */
struct lookup {
	struct answer *answer;
	struct slice name; /* changes along CNAMEs */
	enum rr_type type;
	unsigned cnames;
	uint32_t ttl;
	bool unsigned_link; /* an answer on the way came without AD */
	struct try try[MAX_TRIES];
	unsigned newest;	/* of them */
	int64_t until;		/* when the next one begins */
	int64_t end;		/* of all of them */
	unsigned turn;		/* of all servers, round after round */
	unsigned long over;	/* bit n: server n said no for good */
	unsigned failed_server; /* if failed */
	bool failed, refused, malformed, silent; /* what servers did */
	bool edns, cd;				 /* asked with */
	bool done;
};

/* All lookups of one ask(). */
struct asking {
	struct dns *dns;
	struct arena *arena;
	int64_t deadline;
	int64_t patience; /* for one try */
	unsigned turns;	  /* all there are */
	unsigned first;	  /* the server whose turn is the first */
	unsigned last;	  /* the server that answered last */
	struct lookup *lookup;
	size_t n;
	char *room; /* UDP_ROOM octets, for a datagram */
};

/* ------------------------------------------------------------------------
 * One lookup: tries, one after the other. */

static void
close_try(struct try *t)
{
	if (t->fd >= 0)
		close(t->fd);
	t->fd = -1;
	t->sent = 0;
	buf_clear(&t->out);
	buf_clear(&t->in);
}

static void
close_tries(struct lookup *l)
{
	for (unsigned i = 0; i < MAX_TRIES; i++)
		close_try(&l->try[i]);
}

static void
finish(struct lookup *l, enum answer_kind kind)
{
	close_tries(l);
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

/* Send what is left to send; false on trouble. */
static bool
send_rest(struct try *t)
{
	ssize_t n =
	    send(t->fd, t->out.p + t->sent, t->out.len - t->sent, MSG_NOSIGNAL);

	if (n > 0)
		t->sent += (size_t)n;
	return n >= 0 || errno == EAGAIN || errno == EINTR;
}

/* Open a socket to the server and send the query, or begin to. */
static bool
connect_try(struct try *t, const struct resolver *r)
{
	int type =
	    (t->tcp ? SOCK_STREAM : SOCK_DGRAM) | SOCK_NONBLOCK | SOCK_CLOEXEC;

	t->fd = socket(r->address.ss_family, type, 0);
	if (t->fd < 0)
		return false;
	if (connect(t->fd, (const struct sockaddr *)&r->address, r->length) !=
	    0)
		return t->tcp && (errno == EINPROGRESS || errno == EINTR);
	/* A datagram for which there is no room now is as good as lost on the
	 * way. */
	return send_rest(t);
}

/* Ask a server in place of what t was.  1: it is asked; 0: it cannot be
 * reached; -1: no query could be made. */
static int
open_try(struct asking *a, struct lookup *l, struct try *t, unsigned server,
    bool tcp, struct diag *why)
{
	uint16_t id;

	close_try(t);
	if (getrandom(&id, sizeof id, 0) != sizeof id)
		return diag_errno(why, DIAG_SYSTEM, "getrandom");
	t->tcp = tcp;
	t->server = server;
	t->query =
	    (struct dnswire_query){ l->name, l->type, id, l->edns, l->cd };
	if (tcp)
		buf_put(&t->out, "\0", 2); /* for the length */
	if (dnswire_write(&t->query, &t->out, why) != 0)
		return -1;
	if (tcp) {
		t->out.p[0] = (char)((t->out.len - 2) >> 8);
		t->out.p[1] = (char)((t->out.len - 2) & 0xff);
	}
	if (connect_try(t, &a->dns->resolvers.server[server])) {
		if (t == &l->try[l->newest])
			l->until = clock_now() + a->patience;
		return 1;
	}
	close_try(t);
	l->over |= 1UL << server;
	return 0;
}

static bool
is_waiting(const struct lookup *l)
{
	for (unsigned i = 0; i < MAX_TRIES; i++)
		if (l->try[i].fd >= 0)
			return true;
	return false;
}

/* All servers had their turns.  Where one failed, it is asked once more with
 * checking disabled: if that brings an answer, DNSSEC was the trouble. */
static int
last_try(struct asking *a, struct lookup *l, struct diag *why)
{
	int asked = 0;

	if (l->failed && !l->cd && clock_now() < a->deadline) {
		l->cd = true;
		asked = open_try(
		    a, l, &l->try[l->newest], l->failed_server, false, why);
	}
	if (asked == 0 && is_waiting(l) && clock_now() < l->end)
		l->until = l->end;
	else if (asked == 0)
		give_up(l);
	return asked < 0 ? -1 : 0;
}

/* Try on: the next server that has not said no, round after round.  From the
 * second round on without EDNS, which, or whose large answers, something on the
 * way may drop. */
static int
next_try(struct asking *a, struct lookup *l, struct diag *why)
{
	unsigned n = a->dns->resolvers.n;
	int asked = 0;

	l->newest = (l->newest + 1) % MAX_TRIES;
	while (asked == 0 && l->turn < a->turns && !l->cd) {
		unsigned server = (a->first + l->turn) % n;

		if (l->turn++ >= n)
			l->edns = false;
		if ((l->over >> server & 1) == 0)
			asked = open_try(
			    a, l, &l->try[l->newest], server, false, why);
	}
	return asked > 0 ? 0 : asked < 0 ? -1 : last_try(a, l, why);
}

/* Ask for a name. */
static int
ask(struct asking *a, struct lookup *l, struct slice name, struct diag *why)
{
	close_tries(l);
	l->name = name;
	l->turn = 0;
	l->over = 0;
	l->failed = l->refused = l->malformed = l->silent = false;
	l->end = clock_now() + a->patience * a->turns;
	if (clock_now() < a->deadline)
		return next_try(a, l, why);
	/* Nobody would be listening. */
	l->silent = true;
	give_up(l);
	return 0;
}

/* A server said no for good.  Once the newest try is closed, step() goes on. */
static void
server_over(struct lookup *l, struct try *t)
{
	l->over |= 1UL << t->server;
	close_try(t);
}

/* Ask the same server again. */
static int
ask_again(struct asking *a, struct lookup *l, struct try *t, bool tcp,
    struct diag *why)
{
	return open_try(a, l, t, t->server, tcp, why) < 0 ? -1 : 0;
}

/* ------------------------------------------------------------------------
 * What came. */

/* A server said what there is, or that there is nothing. */
static int
take_answer(struct asking *a, struct lookup *l, const struct try *t,
    enum dnswire_kind kind, const struct dnswire_reply *r, struct diag *why)
{
	bool believed =
	    a->dns->trust_ad || a->dns->resolvers.server[t->server].loopback;

	a->last = t->server;
	/* Only DNSSEC stood between us and this answer. */
	if (t->query.cd) {
		finish(l, ANSWER_BOGUS);
		return 0;
	}
	l->unsigned_link |= !r->ad || !believed;
	l->cnames += r->cnames;
	if (r->cname.len > 0)
		l->answer->cname = r->cname;
	if (r->ttl < l->ttl)
		l->ttl = r->ttl;
	if (kind == DNSWIRE_NXDOMAIN || l->cnames > DNSWIRE_MAX_CNAMES)
		finish(l, ANSWER_NXDOMAIN);
	else if (kind == DNSWIRE_NODATA)
		finish(l, ANSWER_NODATA);
	else if (kind == DNSWIRE_CNAME)
		return ask(a, l, r->cname, why);
	else {
		l->answer->txt = r->txt;
		l->answer->ntxt = r->ntxt;
		l->answer->rr = r->rr;
		l->answer->nrr = r->nrr;
		l->answer->secure = !l->unsigned_link;
		finish(l, ANSWER_RECORDS);
	}
	return 0;
}

static int
take_reply(struct asking *a, struct lookup *l, struct try *t,
    struct slice octets, struct diag *why)
{
	struct slice sent =
	    slice_sub(buf_view(&t->out), t->tcp ? 2 : 0, t->out.len);
	struct dnswire_reply r;
	enum dnswire_kind kind =
	    dnswire_read(&t->query, sent, octets, a->arena, &r);

	switch (kind) {
	case DNSWIRE_MEMORY: return diag_memory(why);
	case DNSWIRE_ALIEN:
		/* Dropped.  On a stream, nobody else can have sent it. */
		l->malformed |= t->tcp;
		buf_clear(&t->in);
		break;
	case DNSWIRE_MALFORMED:
		l->malformed = true;
		if (t->tcp)
			close_try(t);
		break;
	case DNSWIRE_TRUNCATED:
		if (!t->tcp)
			return ask_again(a, l, t, true, why);
		l->malformed = true;
		close_try(t);
		break;
	case DNSWIRE_REFUSED:
		l->refused = true;
		server_over(l, t);
		break;
	case DNSWIRE_FORMERR:
		if (t->query.edns) {
			l->edns = false;
			return ask_again(a, l, t, t->tcp, why);
		}
		l->over |= 1UL << t->server;
		/* FALLTHROUGH */
	case DNSWIRE_FAILED:
		/* That may pass: it is asked again in its turn. */
		l->failed = true;
		l->failed_server = t->server;
		close_try(t);
		break;
	case DNSWIRE_NXDOMAIN:
	case DNSWIRE_NODATA:
	case DNSWIRE_CNAME:
	case DNSWIRE_RECORDS: return take_answer(a, l, t, kind, &r, why);
	}
	return 0;
}

static int
on_udp(struct asking *a, struct lookup *l, struct try *t, struct diag *why)
{
	int result = 0;

	/* What is not ours may come in floods, and ours among it. */
	for (int i = 0; i < MAX_DATAGRAMS && result == 0; i++) {
		if (t->fd < 0 || t->tcp)
			break;
		ssize_t n = recv(t->fd, a->room, UDP_ROOM, 0);

		if (n >= 0)
			result = take_reply(
			    a, l, t, (struct slice){ a->room, (size_t)n }, why);
		else if (errno == EAGAIN || errno == EINTR)
			break;
		else
			/* Nobody listens there (ECONNREFUSED), or no way leads
			 * there. */
			server_over(l, t);
	}
	return result;
}

/* Octets that the answer has, its length in front not counted; 0 while that is
 * not known. */
static size_t
tcp_length(const struct try *t)
{
	const unsigned char *u = (const unsigned char *)t->in.p;

	return t->in.len < 2 ? 0 : (size_t)(u[0] << 8 | u[1]);
}

/* Receive; 1 when the answer is whole, 0 while not, -1 on trouble, -2 when
 * memory is short. */
static int
tcp_receive(struct try *t)
{
	size_t want =
	    t->in.len < 2 ? 2 - t->in.len : 2 + tcp_length(t) - t->in.len;
	char *room = buf_room(&t->in, want);

	if (room == NULL)
		return -2;
	ssize_t n = recv(t->fd, room, want, 0);

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		return -1;
	if (n > 0)
		t->in.len += (size_t)n;
	if (t->in.len >= 2 && tcp_length(t) == 0)
		return -1;
	return t->in.len >= 2 && t->in.len == 2 + tcp_length(t);
}

static int
on_tcp(struct asking *a, struct lookup *l, struct try *t, short events,
    struct diag *why)
{
	bool good = (events & POLLOUT) == 0 || send_rest(t);

	if (good && (events & (POLLIN | POLLHUP | POLLERR)) != 0) {
		int whole = tcp_receive(t);

		if (whole == -2)
			return diag_memory(why);
		if (whole == 1)
			return take_reply(a, l, t,
			    slice_sub(buf_view(&t->in), 2, t->in.len), why);
		good = whole == 0;
	}
	if (!good) {
		l->silent = true;
		close_try(t);
	}
	return 0;
}

/* ------------------------------------------------------------------------
 * The loop. */

/* What a try waits for. */
static struct pollfd
waits_for(const struct try *t)
{
	bool sends = t->tcp && t->sent < t->out.len;

	return (
	    struct pollfd){ .fd = t->fd, .events = sends ? POLLOUT : POLLIN };
}

/* Milliseconds until the next try begins, rounded up. */
static int
wait_time(const struct asking *a)
{
	int64_t until = a->deadline, left;

	for (size_t i = 0; i < a->n; i++)
		if (!a->lookup[i].done && a->lookup[i].until < until)
			until = a->lookup[i].until;
	left = (until - clock_now() + 999999) / 1000000;
	return left < 0 ? 0 : left > INT_MAX ? INT_MAX : (int)left;
}

/* What poll(2) and the clock have for one lookup. */
static int
step(struct asking *a, struct lookup *l, const struct pollfd pfd[MAX_TRIES],
    struct diag *why)
{
	int result = 0;

	for (unsigned k = 0; k < MAX_TRIES && result == 0; k++) {
		struct try *t = &l->try[k];

		/* It may have become another one meanwhile. */
		if (pfd[k].revents == 0 || t->fd != pfd[k].fd)
			continue;
		result = t->tcp ? on_tcp(a, l, t, pfd[k].revents, why)
				: on_udp(a, l, t, why);
	}
	if (result != 0 || l->done)
		return result;
	/* A server that only ever drips does not hold us. */
	bool over = clock_now() >= a->deadline,
	     late = over || clock_now() >= l->until;

	l->silent |= late;
	if (over)
		give_up(l);
	else if (late || l->try[l->newest].fd < 0)
		return next_try(a, l, why);
	return 0;
}

/* One turn of the loop.  1 while something is left to wait for. */
static int
turn(struct asking *a, struct pollfd (*pfd)[MAX_TRIES], struct diag *why)
{
	bool left = false;

	for (size_t i = 0; i < a->n; i++) {
		for (unsigned k = 0; k < MAX_TRIES; k++)
			pfd[i][k] = waits_for(&a->lookup[i].try[k]);
		left |= !a->lookup[i].done;
	}
	if (!left)
		return 0;
	if (poll(pfd[0], (nfds_t)a->n * MAX_TRIES, wait_time(a)) < 0 &&
	    errno != EINTR)
		return diag_errno(why, DIAG_SYSTEM, "poll");
	for (size_t i = 0; i < a->n; i++)
		if (!a->lookup[i].done &&
		    step(a, &a->lookup[i], pfd[i], why) != 0)
			return -1;
	return 1;
}

static int
run(struct asking *a, const struct question questions[], struct diag *why)
{
	struct pollfd(*pfd)[MAX_TRIES] =
	    arena_array(a->arena, a->n, sizeof *pfd);
	int more = 1;

	if (pfd == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < a->n; i++)
		if (ask(a, &a->lookup[i], questions[i].name, why) != 0)
			return -1;
	while (more > 0)
		more = turn(a, pfd, why);
	return more;
}

/* ------------------------------------------------------------------------
 * The interface. */

/* What all lookups share; -1 when it cannot be had. */
static int
prepare(struct asking *a, struct diag *why)
{
	struct dns *d = a->dns;
	const struct resolvers *r = &d->resolvers;
	int result = 0;

	pthread_mutex_lock(&d->lock);
	if (!d->configured)
		result = resolvers_configure(&d->resolvers, d->config, why);
	d->configured = result == 0;
	a->first = a->last = d->first;
	pthread_mutex_unlock(&d->lock);
	if (result != 0)
		return -1;
	a->turns = r->attempts * r->n;
	a->patience = (a->deadline - clock_now()) / a->turns;
	if (a->patience > r->timeout)
		a->patience = r->timeout;
	a->lookup = arena_array(a->arena, a->n, sizeof *a->lookup);
	return a->lookup != NULL ? 0 : diag_memory(why);
}

static int
dns_ask(struct keysource *source, const struct question questions[], size_t n,
    struct answer answers[], int64_t deadline, struct arena *arena,
    struct diag *why)
{
	struct dns *d = (struct dns *)source;
	struct asking a = {
		.dns = d, .arena = arena, .deadline = deadline, .n = n
	};

	if (dnswire_load(why) != 0 || prepare(&a, why) != 0)
		return -1;
	if ((a.room = malloc(UDP_ROOM)) == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < n; i++) {
		struct lookup *l = &a.lookup[i];

		answers[i] = (struct answer){ .from_dns = true };
		*l = (struct lookup){ .answer = &answers[i],
			.type = questions[i].type,
			.ttl = UINT32_MAX,
			.edns = true };
		for (unsigned k = 0; k < MAX_TRIES; k++)
			l->try[k].fd = -1;
	}
	int result = run(&a, questions, why);

	for (size_t i = 0; i < n; i++) {
		close_tries(&a.lookup[i]);
		for (unsigned k = 0; k < MAX_TRIES; k++) {
			buf_release(&a.lookup[i].try[k].out);
			buf_release(&a.lookup[i].try[k].in);
		}
	}
	free(a.room);
	/* Whoever answered is asked first the next time. */
	pthread_mutex_lock(&d->lock);
	d->first = a.last;
	pthread_mutex_unlock(&d->lock);
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
	resolvers_init(&d->resolvers);
	for (size_t i = 0; i < o->nresolvers; i++) {
		if (resolvers_add(&d->resolvers, o->resolvers[i]))
			continue;
		if (d->resolvers.n == RESOLVERS_MAX)
			diag_set(why, DIAG_SYSTEM, SLICE_NONE,
			    "\"%.80s\" exceeds the limit of %d name "
			    "servers",
			    o->resolvers[i], RESOLVERS_MAX);
		else
			diag_set(why, DIAG_SYSTEM, SLICE_NONE,
			    "\"%.80s\" is not an IP address with an optional "
			    "port",
			    o->resolvers[i]);
		dns_free(&d->source);
		return NULL;
	}
	return &d->source;
}
