/* SPDX-License-Identifier: BSD-2-Clause */
/* Which servers are asked: as told, or as resolv.conf(5) says. */
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <unistd.h>

#include "keys/resolvers.h"
#include "unit.h"

static const struct sockaddr_in *
v4(const struct resolvers *r, unsigned i)
{
	return (const struct sockaddr_in *)&r->server[i].address;
}

static const struct sockaddr_in6 *
v6(const struct resolvers *r, unsigned i)
{
	return (const struct sockaddr_in6 *)&r->server[i].address;
}

static void
addresses(void)
{
	static const char *const bad[] = { "", "nowhere",
		"192.0.2.1:", "192.0.2.1:0", "192.0.2.1:65536", "192.0.2.1:5x",
		"192.0.2", "[]", "[::1", "[::1]5", "[192.0.2.1", "::g",
		"fe80::1%", "fe80::1%no-such-interface", "192.0.2.1%1",
		"192.0.2.1%lo", "127.0.0.1 " };
	struct resolvers r;

	resolvers_init(&r);
	for (size_t i = 0; i < ARRAY_LEN(bad); i++)
		if (!CHECK(!resolvers_add(&r, bad[i])))
			printf("# \"%s\"\n", bad[i]);
	CHECK(r.n == 0);
	CHECK(resolvers_add(&r, "192.0.2.1"));
	CHECK(ntohs(v4(&r, 0)->sin_port) == 53 && !r.server[0].loopback);
	CHECK(resolvers_add(&r, "127.3.2.1:5353"));
	CHECK(ntohs(v4(&r, 1)->sin_port) == 5353 && r.server[1].loopback);
	CHECK(resolvers_add(&r, "::1"));
	CHECK(ntohs(v6(&r, 2)->sin6_port) == 53 && r.server[2].loopback);
	CHECK(resolvers_add(&r, "[2001:db8::1]:65535"));
	CHECK(ntohs(v6(&r, 3)->sin6_port) == 65535 && !r.server[3].loopback);
	CHECK(resolvers_add(&r, "[fe80::1%7]:54"));
	CHECK(v6(&r, 4)->sin6_scope_id == 7 && !r.server[4].loopback);
	CHECK(resolvers_add(&r, "fe80::1%lo"));
	CHECK(v6(&r, 5)->sin6_scope_id == if_nametoindex("lo"));
	while (r.n < RESOLVERS_MAX)
		CHECK(resolvers_add(&r, "[192.0.2.1]:53"));
	CHECK(!resolvers_add(&r, "192.0.2.1"));
}

/* What a file with that text makes of *r; text NULL: of none. */
static int
configure(struct resolvers *r, const char *text, size_t n, struct diag *why)
{
	char path[] = "/tmp/resolv.XXXXXX";
	int fd = mkstemp(path), result;

	CHECK(fd >= 0 && (n == 0 || write(fd, text, n) == (ssize_t)n));
	close(fd);
	if (text == NULL)
		unlink(path);
	result = resolvers_configure(r, path, why);
	unlink(path);
	return result;
}

static int
configure_text(struct resolvers *r, const char *text)
{
	struct diag why;

	resolvers_init(r);
	return configure(r, text, text != NULL ? strlen(text) : 0, &why);
}

static void
no_servers(void)
{
	static const char *const texts[] = { NULL, "", "\n\n",
		"# nameserver ::1", ";nameserver ::1\n", "nameserver",
		"nameserver \t\n", "nameserver somewhere\n",
		"search example\noptions ndots:2" };
	struct resolvers r;

	for (size_t i = 0; i < ARRAY_LEN(texts); i++) {
		CHECK(configure_text(&r, texts[i]) == 0);
		CHECK(r.n == 1 && r.server[0].loopback &&
		      ntohs(v4(&r, 0)->sin_port) == 53);
		CHECK(r.attempts == 2 && r.timeout == 5000000000);
	}
}

static void
configured(void)
{
	struct resolvers r;
	char long_text[3000];
	size_t n = 0;

	CHECK(configure_text(&r,
		  "; two kinds of comment\n# and the other\r\n"
		  "domain example\nsearch a.example b.example\n"
		  "nameserver 192.0.2.1\r\n"
		  "nameserver\t fe80::1%lo  # the second\n"
		  "nameserver [::1]:5353\n"
		  "nameservers 192.0.2.3\n"
		  "sortlist 192.0.2.4\n"
		  "options rotate timeout:3  attempts:4 edns0 ndots:1") == 0);
	CHECK(r.n == 3);
	CHECK(v6(&r, 1)->sin6_scope_id == if_nametoindex("lo"));
	CHECK(ntohs(v6(&r, 2)->sin6_port) == 5353 && r.server[2].loopback);
	CHECK(r.timeout == 3000000000 && r.attempts == 4);
	/* As resolv.conf(5) caps them; what makes no sense is passed over. */
	CHECK(configure_text(&r, "options timeout:99 attempts:99\n") == 0);
	CHECK(r.timeout == 30000000000 && r.attempts == 5);
	CHECK(configure_text(&r,
		  "options timeout:0 attempts:0 timeout: attempts:x "
		  "timeout:-1 attempts timeout:999999999999\n") == 0);
	CHECK(r.timeout == 5000000000 && r.attempts == 2);
	/* More servers than can be asked, and names too long for one. */
	for (int i = 0; i < 40; i++)
		n += (size_t)sprintf(
		    long_text + n, "nameserver 192.0.2.%d\n", i);
	sprintf(long_text + n, "nameserver %0500d\n", 1);
	CHECK(configure_text(&r, long_text) == 0);
	CHECK(r.n == RESOLVERS_MAX);
}

static void
told_servers_stay(void)
{
	struct resolvers r;
	struct diag why;
	static const char text[] = "nameserver 192.0.2.1\noptions attempts:1\n";

	resolvers_init(&r);
	CHECK(resolvers_add(&r, "127.0.0.1:5300"));
	CHECK(configure(&r, text, sizeof text - 1, &why) == 0);
	CHECK(r.n == 1 && ntohs(v4(&r, 0)->sin_port) == 5300);
	CHECK(r.attempts == 1);
}

static void
unreadable(void)
{
	size_t n = 256 * 1024;
	char *big = NEED(calloc(1, n));
	struct resolvers r;
	struct diag why;

	resolvers_init(&r);
	CHECK_CODE(configure(&r, big, n, &why), DIAG_SYSTEM, why);
	CHECK(strstr(why.detail, "/tmp/resolv.") != NULL);
	CHECK_CODE(resolvers_configure(&r, "/", &why), DIAG_SYSTEM, why);
	CHECK(r.n == 0);
	free(big);
}

static const struct unit_test tests[] = {
	{ "addresses with and without ports and zones", addresses },
	{ "without a server, that of this machine is asked", no_servers },
	{ "servers, comments and options of a resolv.conf", configured },
	{ "servers that were told stay the only ones", told_servers_stay },
	{ "a file that cannot be read, or is far too long, is named",
	    unreadable },
};

UNIT_MAIN(tests)
