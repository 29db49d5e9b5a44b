/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <time.h>
#include <unistd.h>

#include "mail/authres.h"
#include "cli.h"
#include "base/clock.h"
#include "base/escape.h"
#include "base/moment.h"
#include "keys/resolvers.h"

enum {
	LARGE_BLOCK = 64 * 1024, /* octets */
};

/* The common part of --help. */
static const char common_help[] =
    "Keys and time:\n"
    "      --keys FILE           read DNS records from FILE and do not query "
    "DNS\n"
    "                            (repeatable)\n"
    "      --dns                 with --keys: query DNS for names not in FILE\n"
    "      --record FILE         append every DNS answer to FILE, for --keys\n"
    "      --resolver ADDR[:PORT]  query this name server (repeatable)\n"
    "      --dnssec show|require   show: report whether DNSSEC secures each "
    "key;\n"
    "                            require: reject keys that it does not secure\n"
    "      --trust-ad            trust the AD bit of any resolver\n"
    "      --dns-timeout SECONDS   limit for all lookups of one message "
    "(default "
    "10)\n"
    "  -t, --time WHEN           use this as the current time: Unix seconds, "
    "or\n"
    "                            2026-02-09T14:06:29Z\n"
    "      --clock-skew SECONDS  accept signatures expired by up to SECONDS\n"
    "                            (default 0)\n"
    "      --min-rsa-bits N      reject RSA keys shorter than N bits (default "
    "1024)\n"
    "      --limit NAME=N        change a limit; --limit list shows all "
    "limits\n"
    "General:\n"
    "      --json                print one JSON object per message, one per "
    "line\n"
    "      --color WHEN          auto, always or never (default auto)\n"
    "  -q, --quiet               no output, exit status only\n"
    "  -v, --verbose             print more detail\n"
    "  -h, --help                print this help and exit\n"
    "  -V, --version             print the version and exit\n";

#ifndef VERSION
#define VERSION "unknown"
#endif

int
cli_standard(const struct stat *file)
{
	struct stat st;

	for (int fd = STDERR_FILENO; fd >= STDIN_FILENO; fd--)
		if (fstat(fd, &st) == 0 && st.st_dev == file->st_dev &&
		    st.st_ino == file->st_ino)
			return fd;
	return -1;
}

int
cli_write(int fd, const char *p, size_t n)
{
	while (n > 0) {
		ssize_t w = write(fd, p, n);

		if (w > 0) {
			p += w;
			n -= (size_t)w;
			continue;
		}
		if (w < 0 && (errno == EAGAIN || errno == EWOULDBLOCK)) {
			struct pollfd pfd = { .fd = fd, .events = POLLOUT };

			if (poll(&pfd, 1, -1) >= 0)
				continue;
		}
		if (w < 0 && errno != EINTR)
			return -1;
	}
	return 0;
}

/* A line for stderr: "program: ", the words made inert, the line end. */
static void __attribute__((format(printf, 3, 0)))
put_line(struct buf *b, const struct cli *c, const char *format, va_list ap)
{
	char text[1024];

	vsnprintf(text, sizeof text, format, ap);
	buf_text(b, c->program);
	buf_text(b, ": ");
	escape_text(b, slice_of(text));
	buf_char(b, '\n');
}

void
cli_words(const struct cli *c, const struct buf *b)
{
	static const char no_memory[] = ": Out of memory.  [memory]\n";

	if (b->failure == BUF_OK) {
		(void)!cli_write(STDERR_FILENO, b->p, b->len);
		return;
	}
	(void)!cli_write(STDERR_FILENO, c->program, strlen(c->program));
	(void)!cli_write(STDERR_FILENO, no_memory, sizeof no_memory - 1);
}

static void __attribute__((format(printf, 2, 0)))
say(const struct cli *c, const char *format, va_list ap)
{
	struct buf b = { .max = 0 };

	put_line(&b, c, format, ap);
	cli_words(c, &b);
	buf_release(&b);
}

void
cli_say_text(const struct cli *c, struct buf *b, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	put_line(b, c, format, ap);
	va_end(ap);
}

void
cli_say(const struct cli *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(c, format, ap);
	va_end(ap);
}

void
cli_usage(const struct cli *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	say(c, format, ap);
	va_end(ap);
	cli_say(c, "try '%s --help'", c->program);
	exit(EX_USAGE);
}

/* What a system call did not do, in the words that people look for: "cannot
 * open 'x': No such file or directory". */
static bool
system_text(
    const struct cli *c, struct buf *b, const char *file, const struct diag *d)
{
	const char *verb = d->code == DIAG_OPEN		      ? "open"
			   : d->code == DIAG_READ	      ? "read"
			   : d->code == DIAG_WRITE	      ? "write"
			   : d->code == DIAG_KEY_CREATE	      ? "create"
			   : d->code == DIAG_PRIVATE_KEY_READ ? "read key"
							      : NULL;
	bool input = strcmp(file, "-") == 0;
	struct slice detail = slice_of(d->detail);

	if (verb == NULL || d->errnum == 0)
		return false;
	/* Its detail has the name of the key: the file is the message. */
	if (d->code == DIAG_PRIVATE_KEY_READ) {
		cli_say_text(c, b, "cannot %s %s  [%s]", verb, d->detail,
		    diag_info(d->code)->word);
		return true;
	}
	if (slice_starts(detail, SLICE("standard output")) ||
	    slice_starts(detail, SLICE("temporary file")))
		cli_say_text(c, b, "%s%scannot %s %s  [%s]", input ? "" : file,
		    input ? "" : ": ", verb, d->detail,
		    diag_info(d->code)->word);
	else
		cli_say_text(c, b, "cannot %s %s%s%s: %s  [%s]", verb,
		    input ? "" : "'", input ? "standard input" : file,
		    input ? "" : "'", strerror(d->errnum),
		    diag_info(d->code)->word);
	return true;
}

void
cli_trouble_text(
    const struct cli *c, struct buf *b, const char *file, const struct diag *d)
{
	const struct diag_info *info = diag_info(d->code);
	struct slice sentence = slice_of(info->sentence);
	bool detail = d->detail[0] != '\0', clause = info->clause[0] != '\0';

	if (d->path != NULL)
		file = d->path;
	if (system_text(c, b, file, d))
		return;
	/* What a colon follows is no sentence of its own. */
	sentence.len -= detail && sentence.p[sentence.len - 1] == '.';
	cli_say_text(c, b, "%s: %.*s%s%s%s%s%s  [%s]", file,
	    SLICE_ARG(sentence), detail ? ": " : "", d->detail,
	    clause ? " (" : "", info->clause, clause ? ")" : "", info->word);
}

void
cli_note(
    const struct cli *c, struct buf *b, const char *file, const char *words)
{
	cli_say_text(c, b, "%s: %s", file, words);
}

void
cli_include(struct cli *c, const char *glob)
{
	if (c->ninclude == CLI_MAX_INCLUDE)
		cli_usage(c, "too many --include options; the limit is %d",
		    CLI_MAX_INCLUDE);
	c->include[c->ninclude++] = glob;
}

void
cli_trouble(struct cli *c, const char *file, const struct diag *d)
{
	struct buf b = { .max = 0 };

	cli_trouble_text(c, &b, file, d);
	cli_words(c, &b);
	buf_release(&b);
	cli_worse(c, diag_info(d->code)->exit);
}

void
cli_no_memory(const struct cli *c)
{
	const struct buf none = { .failure = BUF_NO_MEMORY };

	cli_words(c, &none);
	exit(EX_OSERR);
}

void
cli_worse(struct cli *c, int status)
{
	/* By how bad it is: pass, none, fail, then every trouble. */
	static const int rank[] = { [0] = 0, [2] = 1, [1] = 2 };
	int old = c->status < 3 ? rank[c->status] : c->status;
	int new = status < 3 ? rank[status] : status;

	if (new > old)
		c->status = status;
}

void
cli_init(
    struct cli *c, const char *program, const char *usage, const char *help)
{
	*c = (struct cli){ .program = program, .usage = usage, .help = help };
	opterr = 0; /* what getopt_long() says would not be inert */
	c->limits = limits_usual;
	c->validate.sig.limits = &c->limits;
	c->validate.sig.min_rsa_bits = 1024;
	c->validate.sig.dns_timeout = 10 * (int64_t)CLOCK_SECOND;
	c->validate.sig.now = (int64_t)time(NULL);
	for (int fd = 0; fd <= 2; fd++)
		if (fcntl(fd, F_GETFD) < 0 && errno == EBADF &&
		    open("/dev/null", fd == 0 ? O_WRONLY : O_RDONLY) != fd)
			exit(EX_OSERR);
	if (getuid() != geteuid() || getgid() != getegid()) {
		cli_say(c, "cannot run set-uid or set-gid");
		exit(EX_NOPERM);
	}
	signal(SIGPIPE, SIG_IGN);
	/* A limit on the size of files is a write error too. */
	signal(SIGXFSZ, SIG_IGN);
	c->color = isatty(STDOUT_FILENO) && getenv("NO_COLOR") == NULL;
}

size_t
cli_columns(void)
{
	const char *columns = getenv("COLUMNS");
	struct winsize size = { .ws_col = 0 };
	int64_t n;

	if (!isatty(STDOUT_FILENO))
		return 0;
	if (columns != NULL && cli_number_parse(columns, 1, 10000, &n))
		return (size_t)n;
	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0
		   ? size.ws_col
		   : 80;
}

bool
cli_number_parse(const char *s, int64_t min, int64_t max, int64_t *out)
{
	unsigned long long v;

	if (!slice_number(slice_of(s), 18, &v) || (int64_t)v < min ||
	    (int64_t)v > max)
		return false;
	*out = (int64_t)v;
	return true;
}

bool
cli_time_parse(const char *s, int64_t *out)
{
	return cli_number_parse(s, 0, INT64_C(999999999999), out) ||
	       moment_parse(slice_of(s), out);
}

/* Seconds, fractions allowed, as nanoseconds. */
static bool
timeout_parse(const char *s, int64_t *out)
{
	struct slice rest = slice_of(s), whole;
	unsigned long long v = 0;

	if (!slice_cut(&rest, '.', &whole) || !slice_number(whole, 5, &v))
		return false;
	*out = (int64_t)v * CLOCK_SECOND;
	if (rest.p == NULL)
		return *out > 0;
	if (!slice_number(rest, 9, &v))
		return false;
	for (size_t i = rest.len; i < 9; i++)
		v *= 10;
	*out += (int64_t)v;
	return *out > 0;
}

static void
option_keys(struct cli *c, const char *arg)
{
	if (c->nkeys == CLI_MAX_KEYS)
		cli_usage(c, "too many --keys options; the limit is %d",
		    CLI_MAX_KEYS);
	c->keys_path[c->nkeys++] = arg;
}

static _Noreturn void print_and_exit(struct cli *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

static _Noreturn void
print_and_exit(struct cli *c, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	int n = vprintf(format, ap);

	va_end(ap);
	if (n < 0 || fflush(stdout) != 0) {
		cli_say(c, "standard output: %s", strerror(errno));
		_exit(EX_IOERR);
	}
	exit(EX_OK);
}

static void
option_limit(struct cli *c, const char *arg)
{
	const struct limit_info *info;

	if (strcmp(arg, "list") != 0) {
		if (!limits_set(&c->limits, slice_of(arg)))
			cli_usage(c,
			    "invalid --limit '%s': must be NAME=NUMBER (K, M "
			    "or G may follow); --limit list shows the names",
			    arg);
		return;
	}
	for (size_t i = 0; (info = limit_info(i)) != NULL; i++)
		buf_printf(&c->out, "%-18s %10llu %-12s %s%s\n", info->word,
		    info->number, info->unit, info->reason,
		    info->own == LIMIT_FIXED ? "  (fixed)" : "");
	cli_flush(c);
	exit(EX_OK);
}

static void
option_color(struct cli *c, const char *arg)
{
	if (strcmp(arg, "always") == 0)
		c->color = true;
	else if (strcmp(arg, "never") == 0)
		c->color = false;
	else if (strcmp(arg, "auto") != 0)
		cli_usage(c,
		    "invalid --color '%s': must be auto, always or never", arg);
}

static void
option_dnssec(struct cli *c, const char *arg)
{
	if (strcmp(arg, "show") != 0 && strcmp(arg, "require") != 0)
		cli_usage(
		    c, "invalid --dnssec '%s': must be show or require", arg);
	c->validate.sig.require_dnssec = strcmp(arg, "require") == 0;
}

static void
option_resolver(struct cli *c, const char *arg)
{
	struct resolvers one;

	resolvers_init(&one);
	if (c->nresolvers == CLI_MAX_RESOLVERS)
		cli_usage(c, "too many --resolver options; the limit is %d",
		    CLI_MAX_RESOLVERS);
	if (!resolvers_add(&one, arg))
		cli_usage(c,
		    "invalid --resolver '%s': must be an IP address with an "
		    "optional port",
		    arg);
	c->resolver[c->nresolvers++] = arg;
}

static void
option_number(struct cli *c, int ch, const char *arg)
{
	int64_t bits;

	if (ch == CLI_OPT_CLOCK_SKEW &&
	    !cli_number_parse(arg, 0, 366 * 86400, &c->validate.sig.clock_skew))
		cli_usage(c,
		    "invalid --clock-skew '%s': must be seconds, at most 366 "
		    "days",
		    arg);
	if (ch == CLI_OPT_DNS_TIMEOUT &&
	    !timeout_parse(arg, &c->validate.sig.dns_timeout))
		cli_usage(c,
		    "invalid --dns-timeout '%s': must be a number of seconds",
		    arg);
	if (ch == 't' && !cli_time_parse(arg, &c->validate.sig.now))
		cli_usage(c,
		    "invalid --time '%s': must be Unix seconds or a date like "
		    "2026-02-09T14:06:29Z",
		    arg);
	if (ch != CLI_OPT_MIN_RSA_BITS)
		return;
	if (!cli_number_parse(arg, 1024, 16384, &bits))
		cli_usage(c,
		    "invalid --min-rsa-bits '%s': must be a number from 1024 "
		    "to 16384",
		    arg);
	c->validate.sig.min_rsa_bits = (unsigned)bits;
}

bool
cli_option(struct cli *c, int ch, const char *arg)
{
	switch (ch) {
	case CLI_OPT_KEYS: option_keys(c, arg); break;
	case CLI_OPT_DNS: c->dns = true; break;
	case CLI_OPT_RECORD: c->record = arg; break;
	case CLI_OPT_RESOLVER: option_resolver(c, arg); break;
	case CLI_OPT_DNSSEC: option_dnssec(c, arg); break;
	case CLI_OPT_TRUST_AD: c->trust_ad = true; break;
	case CLI_OPT_DNS_TIMEOUT:
	case 't':
	case CLI_OPT_CLOCK_SKEW:
	case CLI_OPT_MIN_RSA_BITS: option_number(c, ch, arg); break;
	case CLI_OPT_LIMIT: option_limit(c, arg); break;
	case CLI_OPT_JSON: c->json = true; break;
	case CLI_OPT_COLOR: option_color(c, arg); break;
	case 'q': c->quiet = true; break;
	case 'v': c->verbose = true; break;
	case 'h':
		print_and_exit(
		    c, "usage: %s\n%s%s", c->usage, c->help, common_help);
	case 'V': print_and_exit(c, "%s (arc-tools) %s\n", c->program, VERSION);
	default: return false;
	}
	return true;
}

void
cli_check_id(const struct cli *c, const char *id)
{
	if (!authres_is_token(slice_of(id)) || strlen(id) > CLI_MAX_ID)
		cli_usage(c,
		    "invalid --authserv-id '%s': must be a token (RFC 2045) of "
		    "at most %d bytes",
		    id, CLI_MAX_ID);
}

bool
cli_on_error(const struct cli *c, const char *word)
{
	bool pass = strcmp(word, "pass") == 0;

	if (!pass && strcmp(word, "fail") != 0)
		cli_usage(
		    c, "invalid --on-error '%s': must be pass or fail", word);
	return pass;
}

const char *
cli_directory(const char *path, char room[PATH_MAX])
{
	const char *slash = strrchr(path, '/');
	size_t n = slash == NULL ? 0 : (size_t)(slash - path);

	if (n >= PATH_MAX || slash == NULL)
		return slash == NULL ? "." : path;
	memcpy(room, path, n);
	room[n] = '\0';
	return n > 0 ? room : "/";
}

/* Open a file to append to.  Where anybody may put files it has to be a file of
 * our own that has no other name: a link, of either kind, would lead to one
 * that only we may write. */
static int
open_to_append(const char *path)
{
	int flags = O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC;
	char room[PATH_MAX];
	struct stat st;
	bool shared = stat(cli_directory(path, room), &st) == 0 &&
		      (st.st_mode & S_IWOTH) != 0;
	int fd =
	    open(path, shared ? flags | O_NOFOLLOW | O_NONBLOCK : flags, 0666);

	if (!shared || fd < 0 ||
	    (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_nlink == 1 &&
		st.st_uid == geteuid()))
		return fd;
	close(fd);
	errno = EPERM;
	return -1;
}

static int
trouble(struct cli *c, const char *file, const struct diag *why)
{
	cli_trouble(c, file, why);
	return -1;
}

static int
open_record(struct cli *c)
{
	struct diag why;
	int fd = open_to_append(c->record);

	if (fd < 0) {
		diag_errno(&why, DIAG_WRITE, "open");
		return trouble(c, c->record, &why);
	}
	keystore_record(c->keys, fd);
	return 0;
}

/* The files of --keys as a source; NULL without any. */
static int
open_files(struct cli *c, struct keysource **files)
{
	struct diag why;

	*files = NULL;
	if (c->nkeys == 0)
		return 0;
	if ((*files = keyfile_new()) == NULL) {
		diag_memory(&why);
		return trouble(c, "keys", &why);
	}
	for (size_t i = 0; i < c->nkeys; i++)
		if (keyfile_add(*files, c->keys_path[i], &why) != 0) {
			(*files)->free(*files);
			return trouble(c, c->keys_path[i], &why);
		}
	return 0;
}

int
cli_keys(struct cli *c)
{
	struct dns_options o = { .resolvers = c->resolver,
		.nresolvers = c->nresolvers,
		.trust_ad = c->trust_ad };
	struct keysource *files, *dns = NULL;
	struct diag why = { .code = DIAG_NONE };

	c->asks_dns = c->nkeys == 0 || c->dns;
	if (open_files(c, &files) != 0)
		return -1;
	if (c->asks_dns)
		dns = dns_new(&o, &why);
	if (dns != NULL || !c->asks_dns) {
		c->keys = keystore_new(files, dns);
		if (c->keys == NULL)
			diag_memory(&why);
	}
	if (c->keys == NULL) {
		if (dns != NULL)
			dns->free(dns);
		if (files != NULL)
			files->free(files);
		return trouble(c, "keys", &why);
	}
	return c->record != NULL ? open_record(c) : 0;
}

void
cli_flush(struct cli *c)
{
	struct diag why;

	if (c->out.failure != BUF_OK)
		diag_memory(&why);
	else if (cli_write(STDOUT_FILENO, c->out.p, c->out.len) != 0)
		diag_errno(&why, DIAG_WRITE, "standard output");
	else {
		buf_clear(&c->out);
		return;
	}
	cli_trouble(c, "-", &why);
	_exit(diag_info(why.code)->exit);
}

void
cli_write_trouble(struct cli *c, const struct diag *d)
{
	struct diag why = *d;

	if (why.code == DIAG_NONE || why.code == DIAG_INTERNAL)
		diag_errno(&why, DIAG_WRITE, "standard output");
	cli_trouble(c, "-", &why);
}

void
cli_give_memory_back(void)
{
#ifdef M_MMAP_THRESHOLD
	mallopt(M_MMAP_THRESHOLD, LARGE_BLOCK);
#endif
}

int64_t
cli_deadline(const struct cli *c)
{
	return clock_now() + c->validate.sig.dns_timeout;
}

int
cli_end(struct cli *c)
{
	cli_flush(c);
	keystore_free(c->keys);
	buf_release(&c->out);
	/* Some file systems tell of a full disk only at the end. */
	if (close(STDOUT_FILENO) != 0 && errno != EBADF) {
		cli_say(c, "standard output: %s", strerror(errno));
		cli_worse(c, EX_IOERR);
	}
	return c->status;
}
