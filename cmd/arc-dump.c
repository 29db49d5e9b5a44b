/* SPDX-License-Identifier: BSD-2-Clause */
/* arc-dump - shows an Authenticated Received Chain to people */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>

#include "badoption.h"
#include "cli.h"
#include "corpus/operands.h"
#include "dump_run.h"
#include "report/fingerprint.h"
#include "base/input.h"
#include "sandbox.h"

static const char usage_line[] =
    "arc-dump [options] [FILE...]\n"
    "Show the Authenticated Received Chain (RFC 8617) of each message: who "
    "handled\n"
    "it, when, what each hop reported, what still verifies, what is unusual.\n"
    "With no FILE, or when FILE is -, read standard input.  DNS is queried "
    "only\n"
    "with --verify.\n";

static const char own_help[] =
    "Output:\n"
    "      --verify              verify signatures with keys from the DNS\n"
    "      --check LIST          methods in --json and --lint: arc, dkim\n"
    "                            (default arc)\n"
    "  -w, --why                 explain why the chain fails, in full\n"
    "      --effort N            multiply the --why search budget by N "
    "(default 1)\n"
    "  -n, --set N               show one ARC Set, its fields and tags\n"
    "      --field LIST          print values of each ARC Set, separated by "
    "tabs: i,\n"
    "                            time, aar, tags (d,s,cv), as.TAG, ams.TAG\n"
    "      --html                write one self-contained HTML page\n"
    "      --lint                print remarks on how ARC fields are written\n"
    "      --key-audit           explain each key and print a corrected "
    "record\n"
    "      --fingerprint         print salted digests of each header field and "
    "of\n"
    "                            the body\n"
    "      --salt TEXT           salt for --fingerprint (default random)\n"
    "      --salt-file FILE      read a secret salt from FILE; it is not "
    "printed\n"
    "      --compare             compare two messages, two fingerprints, or "
    "one\n"
    "                            of each\n"
    "      --canon WHAT          print the bytes hashed: ams:N, as:N, body:N,\n"
    "                            dkim:N or dkim-body:N (N: instance; of dkim,\n"
    "                            the number from the top)\n"
    "Many messages:\n"
    "      --include GLOB        in directories, read only files that match "
    "GLOB\n"
    "                            (repeatable)\n"
    "Safety:\n"
    "      --no-sandbox          do not drop privileges\n";

enum {
	OPT_VERIFY = CLI_OPT_OWN,
	OPT_EFFORT,
	OPT_CHECK,
	OPT_FIELD,
	OPT_CANON,
	OPT_NO_SANDBOX,
	OPT_HTML,
	OPT_LINT,
	OPT_KEY_AUDIT,
	OPT_FINGERPRINT,
	OPT_SALT,
	OPT_SALT_FILE,
	OPT_COMPARE,
	OPT_INCLUDE,
};

static const struct option longopts[] = {
	CLI_LONGOPTS,
	{ "verify", no_argument, NULL, OPT_VERIFY },
	{ "why", no_argument, NULL, 'w' },
	{ "effort", required_argument, NULL, OPT_EFFORT },
	{ "check", required_argument, NULL, OPT_CHECK },
	{ "set", required_argument, NULL, 'n' },
	{ "field", required_argument, NULL, OPT_FIELD },
	{ "canon", required_argument, NULL, OPT_CANON },
	{ "include", required_argument, NULL, OPT_INCLUDE },
	{ "no-sandbox", no_argument, NULL, OPT_NO_SANDBOX },
	{ "html", no_argument, NULL, OPT_HTML },
	{ "lint", no_argument, NULL, OPT_LINT },
	{ "key-audit", no_argument, NULL, OPT_KEY_AUDIT },
	{ "fingerprint", no_argument, NULL, OPT_FINGERPRINT },
	{ "salt", required_argument, NULL, OPT_SALT },
	{ "salt-file", required_argument, NULL, OPT_SALT_FILE },
	{ "compare", no_argument, NULL, OPT_COMPARE },
	{ NULL, 0, NULL, 0 },
};

static void
option_check(struct dump *d, const char *arg)
{
	if (!auth_methods_parse(slice_of(arg), &d->methods))
		cli_usage(&d->cli,
		    "--check %s: not arc, dkim, spf or dmarc, each once, "
		    "joined by \":\", and not all",
		    arg);
}

static unsigned
option_number(struct dump *d, const char *name, const char *arg, int64_t max)
{
	int64_t n;

	if (!cli_number_parse(arg, 1, max, &n))
		cli_usage(&d->cli,
		    "invalid --%s '%s': must be a number from 1 to %d", name,
		    arg, (int)max);
	return (unsigned)n;
}

static void
option_way(struct dump *d, enum dump_way way)
{
	if (d->way != DUMP_PAGE && d->way != way)
		cli_usage(&d->cli,
		    "only one of --canon, --field, --html, --lint, "
		    "--key-audit, --fingerprint and --compare can be used");
	d->way = way;
}

static void
option_canon(struct dump *d, const char *arg)
{
	static const struct {
		const char *word;
		enum sigkind kind;
		bool body;
	} canons[] = {
		{ "ams", ARC_AMS, false },
		{ "as", ARC_SEAL, false },
		{ "body", ARC_AMS, true },
		{ "dkim", DKIM_SIGNATURE, false },
		{ "dkim-body", DKIM_SIGNATURE, true },
	};
	struct slice rest = slice_of(arg), what;
	unsigned long long n = 0;

	slice_cut(&rest, ':', &what);
	for (size_t i = 0; i < ARRAY_LEN(canons); i++)
		if (slice_eq(what, slice_of(canons[i].word)) &&
		    slice_number(rest, 2, &n) && n <= CHAIN_MAX) {
			d->canon_kind = canons[i].kind;
			d->canon_body = canons[i].body;
			d->canon_instance = (unsigned)n;
		}
	if (n < 1 || d->canon_instance == 0)
		cli_usage(&d->cli,
		    "invalid --canon '%s': must be ams:N, as:N, body:N, dkim:N "
		    "or dkim-body:N with N from 1 to %d",
		    arg, CHAIN_MAX);
	option_way(d, DUMP_CANON);
}

static void
option_salt(struct dump *d, struct slice salt, const char *name)
{
	if (salt.len < 1 || salt.len > FINGERPRINT_MAX_SALT)
		cli_usage(&d->cli, "invalid %s: must have 1 to %d bytes", name,
		    FINGERPRINT_MAX_SALT);
	if (d->salt.text.len > 0)
		cli_usage(
		    &d->cli, "--salt or --salt-file may be given only once");
	d->salt.text = salt;
}

/* The first line of a file, which is not shown to anybody. */
static void
option_salt_file(struct dump *d, const char *path)
{
	struct buf b = { .max = 1024 * 1024 };
	struct slice rest, line;
	struct diag why;

	/* What stands far behind the first line does not matter. */
	if (input_read_file(path, &b, &why) != 0 && b.failure != BUF_TOO_BIG) {
		cli_trouble(&d->cli, path, &why);
		buf_release(&b);
		exit(cli_end(&d->cli));
	}
	rest = buf_view(&b);
	if (!slice_cut(&rest, '\n', &line))
		line = SLICE("");
	line = slice_sub(slice_trim(line), 0, sizeof d->salt_room);
	memcpy(d->salt_room, line.p, line.len);
	buf_release(&b);
	option_salt(d, (struct slice){ d->salt_room, line.len }, "--salt-file");
	d->salt.secret = true;
}

/* A salt that nobody has had: 16 octets as hex. */
static void
random_salt(struct dump *d)
{
	unsigned char octets[16];

	if (getrandom(octets, sizeof octets, 0) != (ssize_t)sizeof octets)
		cli_usage(&d->cli, "no random numbers available; use --salt");
	for (size_t i = 0; i < sizeof octets; i++)
		snprintf(d->salt_room + 2 * i, 3, "%02x", octets[i]);
	d->salt.text = (struct slice){ d->salt_room, 32 };
}

static void
options(struct dump *d, int argc, char **argv)
{
	int ch;

	while ((ch = getopt_long(
		    argc, argv, "wn:" CLI_SHORTOPTS, longopts, NULL)) != -1)
		switch (ch) {
		case OPT_VERIFY: d->verify = true; break;
		case 'w': d->why = true; break;
		case OPT_EFFORT:
			d->effort = option_number(d, "effort", optarg, 1000);
			break;
		case 'n':
			d->set = option_number(d, "set", optarg, CHAIN_MAX);
			break;
		case OPT_FIELD:
			d->field = optarg;
			option_way(d, DUMP_FIELDS);
			break;
		case OPT_CANON: option_canon(d, optarg); break;
		case OPT_CHECK: option_check(d, optarg); break;
		case OPT_NO_SANDBOX: d->no_sandbox = true; break;
		case OPT_INCLUDE: cli_include(&d->cli, optarg); break;
		case OPT_HTML: option_way(d, DUMP_HTML); break;
		case OPT_LINT: option_way(d, DUMP_LINT); break;
		case OPT_KEY_AUDIT: option_way(d, DUMP_KEY_AUDIT); break;
		case OPT_FINGERPRINT: option_way(d, DUMP_FINGERPRINT); break;
		case OPT_SALT:
			option_salt(d, slice_of(optarg), "--salt");
			break;
		case OPT_SALT_FILE: option_salt_file(d, optarg); break;
		case OPT_COMPARE: option_way(d, DUMP_COMPARE); break;
		default:
			if (!cli_option(&d->cli, ch, optarg))
				bad_option(&d->cli, argv, longopts);
		}
	if (d->field != NULL && d->canon_instance > 0)
		cli_usage(&d->cli, "--field cannot be used with --canon");
	if (d->cli.json && d->way != DUMP_PAGE)
		cli_usage(&d->cli,
		    "--json cannot be used with --canon, --field, --html, "
		    "--lint, --key-audit, --fingerprint or --compare");
	/* Keys at hand are made use of. */
	d->verify |= d->cli.nkeys > 0 || d->why || d->way == DUMP_KEY_AUDIT;
	if (!d->verify &&
	    (d->cli.dns || d->cli.nresolvers > 0 || d->cli.record != NULL ||
		d->cli.trust_ad || d->cli.validate.sig.require_dnssec))
		cli_usage(&d->cli, "DNS options require --verify or --keys");
}

/* Show every message that the operands have. */
static void
each_message(struct dump *d, const struct operands_options *o)
{
	struct diag why;
	struct operands *operands = operands_new(o, &why);
	struct source source;
	bool first = true;
	int more = -1;

	while (operands != NULL &&
	       (more = operands_next(operands, &source, &why)) > 0) {
		if (d->many && !first && !d->cli.json && d->way == DUMP_PAGE)
			buf_char(&d->cli.out, '\n');
		first = false;
		if (source.problem.code != DIAG_NONE)
			cli_trouble(&d->cli, source.name, &source.problem);
		else
			dump_run(d, source.path);
		source_release(&source);
	}
	if (more < 0)
		cli_trouble(&d->cli, "-", &why);
	operands_free(operands);
}

/* Whether an operand is a directory: there may be many messages in it. */
static bool
is_directory(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

int
main(int argc, char **argv)
{
	static char *standard_input[] = { "-", NULL };
	struct dump d = { .way = DUMP_PAGE, .methods = { { METHOD_ARC }, 1 } };
	struct sandbox s = { .off = false };
	char **word;

	cli_init(&d.cli, "arc-dump", usage_line, own_help);
	options(&d, argc, argv);
	if (d.verify && cli_keys(&d.cli) != 0)
		return cli_end(&d.cli);
	d.many =
	    argc - optind > 1 || (optind < argc && is_directory(argv[optind]));
	if (d.many && (d.way == DUMP_CANON || d.way == DUMP_FINGERPRINT ||
			  d.way == DUMP_HTML))
		cli_usage(&d.cli, "--canon, --fingerprint and --html process "
				  "one message only");
	if (d.salt.text.len == 0 &&
	    (d.way == DUMP_FINGERPRINT || d.way == DUMP_COMPARE))
		random_salt(&d);
	s.off = d.no_sandbox;
	s.read_all = d.many;
	s.network = d.cli.asks_dns;
	for (word = argv + optind; *word != NULL; word++)
		sandbox_read(&s, *word);
	sandbox_enter(&s);
	if (d.why)
		cli_give_memory_back();
	if (d.way == DUMP_COMPARE) {
		if (argc - optind != 2)
			cli_usage(&d.cli, "--compare requires two files");
		dump_compare(&d, argv[optind], argv[optind + 1]);
		return cli_end(&d.cli);
	}
	struct operands_options o = { .words = optind < argc ? argv + optind
							     : standard_input,
		.nwords = optind < argc ? (size_t)(argc - optind) : 1,
		.include = d.cli.include,
		.ninclude = d.cli.ninclude };

	each_message(&d, &o);
	return cli_end(&d.cli);
}
