/* SPDX-License-Identifier: BSD-2-Clause */
/* arc-sign - adds an ARC Set to a message */
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sysexits.h>
#include <unistd.h>

#include "base/arena.h"
#include "badoption.h"
#include "cli.h"
#include "crypto/signing_key.h"
#include "keys/keyname.h"
#include "sign_newkey.h"
#include "sign_run.h"

static const char usage_line[] =
    "arc-sign [options] -d DOMAIN -s SELECTOR -k KEY [FILE]\n"
    "       arc-sign [options] --table FILE [FILE]\n"
    "       arc-sign --new-key -d DOMAIN -s SELECTOR -k FILE [-a ALGORITHM]\n"
    "Seal a message: add an ARC Set (RFC 8617) at the top of its header.\n"
    "With no FILE, or when FILE is -, read standard input.\n";

static const char own_help[] =
    "Sealing:\n"
    "  -d, --domain DOMAIN       signing domain (d=)\n"
    "  -s, --selector SELECTOR   selector of the key (s=)\n"
    "  -k, --key KEY             private key: a PEM file, or a URI for "
    "OpenSSL\n"
    "      --table FILE          choose domain, selector and key by the From\n"
    "                            domain: lines of pattern, domain, selector, "
    "key\n"
    "      --new-key             create a private key in the new file KEY, "
    "and\n"
    "                            print the DNS record to publish\n"
    "  -a, --algorithm WORD      rsa-sha256 or ed25519-sha256 (default from "
    "key)\n"
    "  -c, --canonicalization H/B   header/body canonicalization\n"
    "                            (default relaxed/relaxed)\n"
    "  -H, --headers LIST        sign exactly these header fields, joined by "
    "\":\"\n"
    "      --no-oversign         do not oversign From, Subject, Date and To\n"
    "  -x, --expire WHEN         set x= to +SECONDS from now, or to a time\n"
    "      --check-key           require that the published key matches KEY\n"
    "      --force               seal even a message with more than one From\n"
    "Results:\n"
    "  -i, --authserv-id ID      authserv-id of this host (default DOMAIN)\n"
    "      --ar TEXT             use these results instead of the message's\n"
    "                            Authentication-Results; none for no results\n"
    "      --check LIST          verify these methods here: arc, dkim, spf, "
    "dmarc,\n"
    "                            joined by \":\", or all; seal their results "
    "instead\n"
    "                            of Authentication-Results fields\n" FACTS_HELP
    "      --strip-ar            remove the Authentication-Results fields "
    "used\n"
    "      --cv WORD             cv=: auto: as verified here; "
    "ar: from\n"
    "                            Authentication-Results; none, pass or fail\n"
    "                            (default auto)\n"
    "      --state FILE          use the verdict saved by arc-verify --state\n"
    "      --no-fail-seal        do not seal a chain that fails\n"
    "      --seal-anyway         if a key lookup fails temporarily, seal "
    "cv=fail\n"
    "Output:\n"
    "      --headers-only        print only the three new fields\n"
    "      --exit-status         exit 1 if the message was passed on unsealed\n"
    "      --on-error WORD       on errors, pass: copy the message unchanged;\n"
    "                            fail: write nothing (default fail)\n";

enum {
	OPT_TABLE = CLI_OPT_OWN,
	OPT_NEW_KEY,
	OPT_NO_OVERSIGN,
	OPT_CHECK_KEY,
	OPT_FORCE,
	OPT_AR,
	OPT_STRIP_AR,
	OPT_CV,
	OPT_STATE,
	OPT_NO_FAIL_SEAL,
	OPT_SEAL_ANYWAY,
	OPT_HEADERS_ONLY,
	OPT_EXIT_STATUS,
	OPT_ON_ERROR,
	OPT_CHECK,
};

/* What a tag can hold, and what a line can. */
static const int64_t LAST_SECOND = INT64_C(999999999999);

enum {
	MOST_NAME = 255
};

static const struct option longopts[] = {
	CLI_LONGOPTS,
	{ "domain", required_argument, NULL, 'd' },
	{ "selector", required_argument, NULL, 's' },
	{ "key", required_argument, NULL, 'k' },
	{ "table", required_argument, NULL, OPT_TABLE },
	{ "new-key", no_argument, NULL, OPT_NEW_KEY },
	{ "algorithm", required_argument, NULL, 'a' },
	{ "canonicalization", required_argument, NULL, 'c' },
	{ "headers", required_argument, NULL, 'H' },
	{ "no-oversign", no_argument, NULL, OPT_NO_OVERSIGN },
	{ "expire", required_argument, NULL, 'x' },
	{ "check-key", no_argument, NULL, OPT_CHECK_KEY },
	{ "force", no_argument, NULL, OPT_FORCE },
	{ "authserv-id", required_argument, NULL, 'i' },
	{ "ar", required_argument, NULL, OPT_AR },
	{ "strip-ar", no_argument, NULL, OPT_STRIP_AR },
	{ "cv", required_argument, NULL, OPT_CV },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "no-fail-seal", no_argument, NULL, OPT_NO_FAIL_SEAL },
	{ "seal-anyway", no_argument, NULL, OPT_SEAL_ANYWAY },
	{ "headers-only", no_argument, NULL, OPT_HEADERS_ONLY },
	{ "exit-status", no_argument, NULL, OPT_EXIT_STATUS },
	{ "on-error", required_argument, NULL, OPT_ON_ERROR },
	{ "check", required_argument, NULL, OPT_CHECK },
	FACTS_LONGOPTS,
	{ NULL, 0, NULL, 0 },
};

static void
option_canonicalization(struct sign *s, const char *arg)
{
	for (int h = CANON_SIMPLE; h <= CANON_RELAXED; h++)
		for (int b = CANON_SIMPLE; b <= CANON_RELAXED; b++) {
			char word[32];

			snprintf(word, sizeof word, "%s/%s",
			    canon_word((enum canon)h),
			    canon_word((enum canon)b));
			if (strcmp(arg, word) != 0)
				continue;
			s->header_canon = (enum canon)h;
			s->body_canon = (enum canon)b;
			return;
		}
	cli_usage(&s->cli,
	    "invalid --canonicalization '%s': must be two of simple and "
	    "relaxed, joined by \"/\"",
	    arg);
}

static void
option_expire(struct sign *s, const char *arg)
{
	if (arg[0] == '+' ? !cli_number_parse(
				arg + 1, 1, INT64_C(99999999999), &s->expire_in)
			  : !cli_time_parse(arg, &s->expire_at))
		cli_usage(&s->cli,
		    "invalid --expire '%s': must be +SECONDS or a time", arg);
}

static void
option_cv(struct sign *s, const char *arg)
{
	if (strcmp(arg, "auto") == 0)
		s->cv = SIGN_CV_AUTO;
	else if (strcmp(arg, "ar") == 0)
		s->cv = SIGN_CV_AR;
	else if (cv_parse(slice_of(arg)) != CV_MISSING)
		s->cv = (enum sign_cv)(SIGN_CV_WORD + cv_parse(slice_of(arg)));
	else
		cli_usage(&s->cli,
		    "invalid --cv '%s': must be auto, ar, none, pass or fail",
		    arg);
}

static void
option_check(struct sign *s, const char *arg)
{
	if (!auth_methods_parse(slice_of(arg), &s->methods))
		cli_usage(&s->cli,
		    "invalid --check '%s': must be arc, dkim, spf or dmarc, "
		    "each once, joined by \":\", or all",
		    arg);
}

static bool
option_text(struct sign *s, int ch, char *arg)
{
	switch (ch) {
	case 'd': s->domain = arg; break;
	case 's': s->selector = arg; break;
	case 'k': s->key_path = arg; break;
	case 'a': s->algorithm = arg; break;
	case 'c': option_canonicalization(s, arg); break;
	case 'H': s->headers = arg; break;
	case 'x': option_expire(s, arg); break;
	case 'i': s->authserv_id = arg; break;
	case OPT_TABLE: s->table = arg; break;
	case OPT_AR: s->ar = arg; break;
	case OPT_CV: option_cv(s, arg); break;
	case OPT_STATE: s->state = arg; break;
	case OPT_CHECK: option_check(s, arg); break;
	case OPT_ON_ERROR: s->pass_on_error = cli_on_error(&s->cli, arg); break;
	default: return false;
	}
	return true;
}

static void
options(struct sign *s, int argc, char **argv)
{
	int ch;

	while ((ch = getopt_long(argc, argv, "d:s:k:a:c:H:x:i:" CLI_SHORTOPTS,
		    longopts, NULL)) != -1)
		switch (ch) {
		case OPT_NEW_KEY: s->new_key = true; break;
		case OPT_NO_OVERSIGN: s->no_oversign = true; break;
		case OPT_CHECK_KEY: s->check_key = true; break;
		case OPT_FORCE: s->force = true; break;
		case OPT_STRIP_AR: s->strip_ar = true; break;
		case OPT_NO_FAIL_SEAL: s->no_fail_seal = true; break;
		case OPT_SEAL_ANYWAY: s->seal_anyway = true; break;
		case OPT_HEADERS_ONLY: s->headers_only = true; break;
		case OPT_EXIT_STATUS: s->exit_status = true; break;
		default:
			if (!option_text(s, ch, optarg) &&
			    !cli_option(&s->cli, ch, optarg) &&
			    !facts_option(&s->cli, &s->facts, ch, optarg))
				bad_option(&s->cli, argv, longopts);
		}
	facts_settle(&s->facts);
}

static void
check_ar(const struct sign *s)
{
	struct arena *arena = arena_new();
	struct seal_results results;
	struct diag why;

	if (arena == NULL)
		cli_no_memory(&s->cli);
	if (seal_results_of(slice_of(s->ar), arena, &results, &why) == 0) {
		arena_free(arena);
		return;
	}
	if (why.code == DIAG_MEMORY)
		cli_no_memory(&s->cli);
	cli_usage(&s->cli,
	    "invalid --ar: not Authentication-Results (RFC 8601): %s",
	    why.detail);
}

static void
check_new_key(const struct sign *s)
{
	const struct cli *c = &s->cli;

	if (s->table != NULL || s->domain == NULL || s->selector == NULL ||
	    s->key_path == NULL)
		cli_usage(c, "--new-key requires --domain, --selector and "
			     "--key, and cannot be used with --table");
	if (signing_key_is_uri(s->key_path) || strcmp(s->key_path, "-") == 0)
		cli_usage(c,
		    "--key %s: --new-key writes to a file (./NAME if its name "
		    "looks like a URI)",
		    s->key_path);
}

/* What ends up in a field or a query is looked at before any input is. */
static void
check(struct sign *s)
{
	const struct cli *c = &s->cli;
	struct slice rest, name;
	bool from = false;

	if (s->new_key)
		check_new_key(s);
	if (s->table == NULL && s->domain == NULL)
		cli_usage(c, "--domain is required");
	if (s->table == NULL && s->selector == NULL)
		cli_usage(c, "--selector is required");
	if (s->table == NULL && s->key_path == NULL)
		cli_usage(c, "--key is required");
	if (s->domain != NULL && s->selector != NULL)
		sign_check_name(s, s->selector, s->domain);
	if (s->authserv_id != NULL)
		cli_check_id(c, s->authserv_id);
	if (s->ar != NULL)
		check_ar(s);
	if (s->algorithm != NULL && strcmp(s->algorithm, "rsa-sha256") != 0 &&
	    strcmp(s->algorithm, "ed25519-sha256") != 0)
		cli_usage(c,
		    "invalid --algorithm '%s': must be rsa-sha256 or "
		    "ed25519-sha256",
		    s->algorithm);
	if (s->expire_at > 0 && s->expire_at <= c->validate.sig.now)
		cli_usage(c, "invalid --expire: the time is in the past");
	if (s->expire_in > LAST_SECOND - c->validate.sig.now)
		cli_usage(c, "invalid --expire: x= is limited to 12 digits");
	if (s->state != NULL && s->cv != SIGN_CV_AUTO)
		cli_usage(c, "--state cannot be used with --cv");
	if (s->headers == NULL)
		return;
	rest = slice_of(s->headers);
	while (slice_cut(&rest, ':', &name)) {
		if (name.len == 0 || name.len > MOST_NAME)
			cli_usage(c,
			    "invalid --headers '%s': a field name must have 1 "
			    "to %d bytes",
			    s->headers, MOST_NAME);
		for (size_t i = 0; i < name.len; i++)
			if (name.p[i] <= ' ' || name.p[i] >= 0x7f ||
			    name.p[i] == ';')
				cli_usage(c,
				    "invalid --headers '%s': '%.*s' is not a "
				    "field name",
				    s->headers, SLICE_ARG(name));
		if (!seal_may_sign(name))
			cli_usage(c,
			    "invalid --headers '%s': %.*s must not be signed "
			    "(RFC 8617 section 4.1.2)",
			    s->headers, SLICE_ARG(name));
		from |= slice_eq_nocase(name, SLICE("from"));
	}
	if (!from)
		cli_usage(c,
		    "invalid --headers '%s': From must be signed (RFC 6376 "
		    "section 5.4)",
		    s->headers);
}

/* The key is to be found in no core file and by no other process. */
static void
hide(void)
{
	struct rlimit none = { 0, 0 };

	prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
	setrlimit(RLIMIT_CORE, &none);
}

int
main(int argc, char **argv)
{
	struct sign s = { .header_canon = CANON_RELAXED,
		.body_canon = CANON_RELAXED };

	cli_init(&s.cli, "arc-sign", usage_line, own_help);
	hide();
	options(&s, argc, argv);
	check(&s);
	if (argc - optind > (s.new_key ? 0 : 1))
		cli_usage(&s.cli, s.new_key ? "--new-key takes no message"
					    : "only one FILE can be given");
	if (s.new_key) {
		sign_new_key(&s);
		return cli_end(&s.cli);
	}
	bool ready = cli_keys(&s.cli) == 0;

	if (ready || s.pass_on_error)
		sign_run(&s, optind < argc ? argv[optind] : "-", ready);
	return cli_end(&s.cli);
}
