/* SPDX-License-Identifier: BSD-2-Clause */
/* arc-verify - says whether a message's Authenticated Received Chain holds */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sysexits.h>
#include <unistd.h>

#include "badoption.h"
#include "cli.h"
#include "report/report.h"
#include "sandbox.h"
#include "verify_run.h"

static const char usage_line[] =
    "arc-verify [options] [FILE...]\n"
    "Verify the Authenticated Received Chain (RFC 8617) of each message: "
    "pass,\n"
    "fail, none or tempfail.\n"
    "With no FILE, or when FILE is -, read standard input.\n";

static const char own_help[] =
    "Verdict:\n"
    "      --check LIST          verify these methods: arc, dkim, spf, dmarc,\n"
    "                            joined by \":\", or all; the first sets the "
    "exit\n"
    "                            status (default arc)\n"
    "  -A, --accept LIST         exit 0 for these verdicts: pass, none, fail,\n"
    "                            tempfail, or METHOD=RESULT, joined by \":\"\n"
    "                            (default pass)\n"
    "  -w, --why                 explain why a chain or a DKIM-Signature "
    "fails\n"
    "      --effort N            multiply the --why search budget by N "
    "(default 1)\n"
    "      --repair FILE         if the change was proved, write to FILE the\n"
    "                            message as it was signed\n"
    "      --as NAME             also predict the verdict of this "
    "implementation\n"
    "                            from its known deviations (repeatable); all: "
    "of\n"
    "                            every one; list: show the deviations\n"
    "      --no-oldest-pass      do not determine oldest-pass (RFC 8617 "
    "section\n"
    "                            5.2, step 5, which is optional)\n"
    "      --no-partial-body     reject signatures over part of the body (l=)\n"
    "      --trusted FILE        report how far the chain is sealed by "
    "domains\n"
    "                            listed in FILE\n"
    "      --state FILE          save the verdict in FILE for arc-sign "
    "--state\n"
    "Filter:\n"
    "  -a, --annotate            copy the message to standard output with a "
    "new\n"
    "                            Authentication-Results field on top\n"
    "      --format WORD         ar: print only that field; dmarc: print the\n"
    "                            comment for a DMARC report\n"
    "  -i, --authserv-id ID      authserv-id of the new field (default host "
    "name)\n"
    "      --on-error WORD       on errors, pass: copy the message without a "
    "new\n"
    "                            field; fail: write nothing (default fail)\n"
    "SMTP session, for SPF:\n" FACTS_HELP "Many messages:\n"
    "      --mbox                each FILE is an mbox\n"
    "      --attached            verify the messages attached to FILE instead "
    "of\n"
    "                            FILE itself\n"
    "      --include GLOB        in directories, read only files that match "
    "GLOB\n"
    "                            (repeatable)\n"
    "      --files0-from FILE    read NUL-terminated file names from FILE\n"
    "  -J, --jobs N              run N workers (default one per CPU core)\n"
    "      --shard K/N           verify only part K of N of the messages\n"
    "      --merge               each FILE is output of --json: print one "
    "summary\n"
    "      --summary             with --why, also count each cause, by hop and "
    "domain\n"
    "      --expect VERDICT      expect this verdict of every message\n"
    "      --manifest FILE       read expected verdicts from FILE, one per "
    "line:\n"
    "                            path, tab, verdict, and optionally tab, code\n"
    "      --update              rewrite the manifest with the verdicts found\n"
    "      --tap                 print TAP version 13\n"
    "      --junit FILE          write JUnit XML to FILE\n"
    "Safety:\n"
    "      --no-sandbox          do not drop privileges\n";

enum {
	OPT_NO_OLDEST_PASS = CLI_OPT_OWN,
	OPT_CHECK,
	OPT_NO_PARTIAL_BODY,
	OPT_EFFORT,
	OPT_AS,
	OPT_REPAIR,
	OPT_TRUSTED,
	OPT_STATE,
	OPT_FORMAT,
	OPT_ON_ERROR,
	OPT_MBOX,
	OPT_ATTACHED,
	OPT_INCLUDE,
	OPT_FILES0_FROM,
	OPT_SHARD,
	OPT_MERGE,
	OPT_SUMMARY,
	OPT_EXPECT,
	OPT_MANIFEST,
	OPT_UPDATE,
	OPT_TAP,
	OPT_JUNIT,
	OPT_NO_SANDBOX,
};

static const struct option longopts[] = {
	CLI_LONGOPTS,
	{ "accept", required_argument, NULL, 'A' },
	{ "check", required_argument, NULL, OPT_CHECK },
	{ "why", no_argument, NULL, 'w' },
	{ "effort", required_argument, NULL, OPT_EFFORT },
	{ "repair", required_argument, NULL, OPT_REPAIR },
	{ "as", required_argument, NULL, OPT_AS },
	{ "no-oldest-pass", no_argument, NULL, OPT_NO_OLDEST_PASS },
	{ "no-partial-body", no_argument, NULL, OPT_NO_PARTIAL_BODY },
	{ "trusted", required_argument, NULL, OPT_TRUSTED },
	{ "state", required_argument, NULL, OPT_STATE },
	{ "annotate", no_argument, NULL, 'a' },
	{ "format", required_argument, NULL, OPT_FORMAT },
	{ "authserv-id", required_argument, NULL, 'i' },
	FACTS_LONGOPTS,
	{ "on-error", required_argument, NULL, OPT_ON_ERROR },
	{ "mbox", no_argument, NULL, OPT_MBOX },
	{ "attached", no_argument, NULL, OPT_ATTACHED },
	{ "include", required_argument, NULL, OPT_INCLUDE },
	{ "files0-from", required_argument, NULL, OPT_FILES0_FROM },
	{ "jobs", required_argument, NULL, 'J' },
	{ "shard", required_argument, NULL, OPT_SHARD },
	{ "merge", no_argument, NULL, OPT_MERGE },
	{ "summary", no_argument, NULL, OPT_SUMMARY },
	{ "expect", required_argument, NULL, OPT_EXPECT },
	{ "manifest", required_argument, NULL, OPT_MANIFEST },
	{ "update", no_argument, NULL, OPT_UPDATE },
	{ "tap", no_argument, NULL, OPT_TAP },
	{ "junit", required_argument, NULL, OPT_JUNIT },
	{ "no-sandbox", no_argument, NULL, OPT_NO_SANDBOX },
	{ NULL, 0, NULL, 0 },
};

static void
option_check(struct verify *v, const char *arg)
{
	if (!auth_methods_parse(slice_of(arg), &v->methods))
		cli_usage(&v->cli,
		    "invalid --check '%s': must be arc, dkim, spf or dmarc, "
		    "each once, joined by \":\", or all",
		    arg);
}

/* "fail", of the method that decides; or "dkim=fail".  By itself, "tempfail" is
 * status 75 of any method. */
static bool
accept_word(struct verify *v, struct slice word)
{
	enum auth_method method = v->methods.method[0];
	struct slice name, rest = word;

	if (slice_cut(&rest, '=', &name) && rest.p != NULL) {
		method = auth_method_parse(name);
		word = rest;
	}
	enum auth_result result = auth_result_parse(word);

	if (rest.p == NULL && result == RESULT_TEMPFAIL &&
	    !auth_method_has(method, result))
		result = RESULT_TEMPERROR;
	if (method == METHODS || result == RESULTS ||
	    !auth_methods_have(&v->methods, method) ||
	    !auth_method_has(method, result))
		return false;
	v->accept[method] |= 1U << result;
	return true;
}

/* --accept, once it is known what is checked. */
static void
check_accept(struct verify *v, const char *arg)
{
	struct slice rest = slice_of(arg), word;

	while (slice_cut(&rest, ':', &word))
		if (!accept_word(v, word))
			cli_usage(&v->cli,
			    "invalid --accept '%s': \"%.*s\" is not a result "
			    "of a checked method (such as %s, or %s=pass; "
			    "several are joined by ':')",
			    arg, SLICE_ARG(word),
			    v->methods.method[0] == METHOD_ARC ? "pass, none, "
								 "fail, "
								 "tempfail"
							       : "pass, none",
			    auth_method_word(v->methods.method[0]));
}

static void
option_jobs(struct verify *v, const char *arg)
{
	int64_t n;

	if (!cli_number_parse(arg, 1, 1024, &n))
		cli_usage(&v->cli,
		    "invalid --jobs '%s': must be a number from 1 to 1024",
		    arg);
	v->jobs = (unsigned)n;
}

static void
option_as(struct verify *v, const char *arg)
{
	enum other who = other_named(slice_of(arg));

	if (strcmp(arg, "list") == 0) {
		report_others_list(&v->cli.out);
		cli_flush(&v->cli);
		exit(EX_OK);
	}
	if (who == OTHERS && strcmp(arg, "all") != 0)
		cli_usage(&v->cli,
		    "invalid --as '%s': must be all, list, or a name that "
		    "--as list shows",
		    arg);
	v->asks = true;
	for (enum other k = 0; k < OTHERS; k++)
		v->as[k] = v->as[k] || k == who || who == OTHERS;
}

static void
option_effort(struct verify *v, const char *arg)
{
	int64_t n;

	if (!cli_number_parse(arg, 1, 1000, &n))
		cli_usage(&v->cli,
		    "invalid --effort '%s': must be a number from 1 to 1000",
		    arg);
	v->effort = (unsigned)n;
}

static void
option_shard(struct verify *v, const char *arg)
{
	struct slice rest = slice_of(arg), first;
	unsigned long long k = 0, n = 0;

	slice_cut(&rest, '/', &first);
	if (!slice_number(first, 6, &k) || !slice_number(rest, 6, &n) ||
	    k < 1 || k > n)
		cli_usage(&v->cli,
		    "invalid --shard '%s': must be K/N with K from 1 to N",
		    arg);
	v->operands.shard = (unsigned)k;
	v->operands.nshards = (unsigned)n;
}

static void
check_expect(const struct verify *v, const char *arg)
{
	enum auth_method method = v->methods.method[0];
	enum auth_result result = auth_result_parse(slice_of(arg));

	if (strcmp(arg, "error") == 0 ||
	    (result != RESULTS && auth_method_has(method, result)))
		return;
	if (method == METHOD_ARC)
		cli_usage(&v->cli,
		    "invalid --expect '%s': must be pass, fail, none, tempfail "
		    "or error",
		    arg);
	cli_usage(&v->cli,
	    "invalid --expect '%s': must be a result of %s, or error", arg,
	    auth_method_word(method));
}

static void
option_format(struct verify *v, const char *arg)
{
	if (strcmp(arg, "ar") != 0 && strcmp(arg, "dmarc") != 0)
		cli_usage(
		    &v->cli, "invalid --format '%s': must be ar or dmarc", arg);
	v->field_only = true;
	v->dmarc = strcmp(arg, "dmarc") == 0;
}

static void
option_trusted(struct verify *v, const char *arg)
{
	if (v->trusted != NULL)
		cli_usage(&v->cli, "--trusted may be given only once");
	v->trusted = arg;
}

/* The authserv-id is looked at before any input; without one it is the
 * host's name, kept in name. */
static void
check_filter(struct verify *v, char *name, size_t size)
{
	if (v->authserv_id != NULL)
		cli_check_id(&v->cli, v->authserv_id);
	if (!v->annotate && !v->field_only) {
		if (v->pass_on_error)
			cli_usage(&v->cli,
			    "--on-error=pass requires --annotate or --format");
		return;
	}
	if (v->many)
		cli_usage(&v->cli,
		    "--annotate and --format process one message only");
	if (v->annotate && v->field_only)
		cli_usage(&v->cli, "--annotate cannot be used with --format");
	/* All these would be left undone. */
	if (v->cli.json || v->tap || v->why || v->asks || v->merge ||
	    v->junit != NULL || v->expect != NULL || v->manifest != NULL)
		cli_usage(&v->cli, "--annotate and --format cannot be used "
				   "with other output options");
	if (v->authserv_id != NULL)
		return;
	if (gethostname(name, size) != 0)
		name[0] = '\0';
	name[size - 1] = '\0';
	v->authserv_id = name;
	cli_check_id(&v->cli, name);
}

/* Whether a file can be put where path is: another is, or nothing. */
static bool
is_replaceable(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 &&
	       (stat(path, &st) != 0 ||
		   (S_ISREG(st.st_mode) && cli_standard(&st) < 0));
}

static void
options(struct verify *v, int argc, char **argv)
{
	int ch;

	while ((ch = getopt_long(argc, argv, "A:J:ai:w" CLI_SHORTOPTS, longopts,
		    NULL)) != -1)
		switch (ch) {
		case 'A': v->accept_list = optarg; break;
		case OPT_CHECK: option_check(v, optarg); break;
		case 'J': option_jobs(v, optarg); break;
		case 'w': v->why = true; break;
		case OPT_EFFORT: option_effort(v, optarg); break;
		case OPT_REPAIR:
			v->why = true;
			v->repair = optarg;
			break;
		case OPT_AS: option_as(v, optarg); break;
		case OPT_NO_OLDEST_PASS:
			v->cli.validate.no_oldest_pass = true;
			break;
		case OPT_NO_PARTIAL_BODY:
			v->cli.validate.sig.no_partial_body = true;
			break;
		case OPT_TRUSTED: option_trusted(v, optarg); break;
		case OPT_STATE: v->state = optarg; break;
		case 'a': v->annotate = true; break;
		case 'i': v->authserv_id = optarg; break;
		case OPT_FORMAT: option_format(v, optarg); break;
		case OPT_ON_ERROR:
			v->pass_on_error = cli_on_error(&v->cli, optarg);
			break;
		case OPT_MBOX: v->operands.mbox = true; break;
		case OPT_ATTACHED: v->operands.attached = true; break;
		case OPT_INCLUDE: cli_include(&v->cli, optarg); break;
		case OPT_FILES0_FROM: v->operands.files0_from = optarg; break;
		case OPT_SHARD: option_shard(v, optarg); break;
		case OPT_MERGE: v->merge = true; break;
		case OPT_SUMMARY: v->why = v->summary = true; break;
		case OPT_EXPECT: v->expect = optarg; break;
		case OPT_MANIFEST: v->manifest = optarg; break;
		case OPT_UPDATE: v->update = true; break;
		case OPT_TAP: v->tap = true; break;
		case OPT_JUNIT: v->junit = optarg; break;
		case OPT_NO_SANDBOX: v->no_sandbox = true; break;
		default:
			if (!cli_option(&v->cli, ch, optarg) &&
			    !facts_option(&v->cli, &v->facts, ch, optarg))
				bad_option(&v->cli, argv, longopts);
		}
	facts_settle(&v->facts);
	v->chain = v->trusted != NULL || v->state != NULL || v->dmarc;
	check_accept(v, v->accept_list);
	if (v->expect != NULL)
		check_expect(v, v->expect);
	if (v->update && v->manifest == NULL)
		cli_usage(&v->cli, "--update requires --manifest");
	if (v->update && !is_replaceable(v->manifest))
		cli_usage(&v->cli, "cannot update '%s': not a regular file",
		    v->manifest);
	if (v->expect != NULL && v->manifest != NULL)
		cli_usage(&v->cli, "--expect cannot be used with --manifest");
	if (v->summary && (v->merge || v->tap))
		cli_usage(&v->cli, "--summary cannot be used with %s",
		    v->merge ? "--merge" : "--tap");
	if (v->asks && !auth_methods_have(&v->methods, METHOD_ARC))
		cli_usage(&v->cli, "--as requires --check arc");
	if (v->tap && v->cli.json)
		cli_usage(&v->cli, "--tap cannot be used with --json");
}

/* Read the files that options name.  False when trouble was told. */
static bool
make_ready(struct verify *v)
{
	struct diag why;

	if (cli_keys(&v->cli) != 0)
		return false;
	if (v->trusted == NULL || trust_read(v->trusted, &v->trust, &why) == 0)
		return true;
	cli_trouble(&v->cli, v->trusted, &why);
	return false;
}

/* All options are read: what is not needed any more? */
static void
give_up(const struct verify *v)
{
	struct sandbox s = { .off = v->no_sandbox,
		.network = v->cli.asks_dns,
		.read_all = v->many,
		.spool = v->annotate || v->field_only || v->operands.mbox };

	for (size_t i = 0; i < v->operands.nwords && !v->many; i++)
		sandbox_read(&s, v->operands.words[i]);
	sandbox_read(&s, v->manifest);
	sandbox_write(&s, v->state);
	sandbox_write(&s, v->junit);
	sandbox_write(&s, v->repair);
	sandbox_write(&s, v->update ? v->manifest : NULL);
	sandbox_enter(&s);
}

/* Which messages there are: operands, standard input, or what a manifest names.
 * Files that options name are none. */
static void
take_operands(struct verify *v, char **words, size_t n, const char **except)
{
	static char *standard_input[] = { "-", NULL };
	struct operands_options *o = &v->operands;
	bool named = n > 0 || o->files0_from != NULL;
	bool by_manifest = !named && v->manifest != NULL && !v->merge;
	const char *const other[] = { v->manifest, v->junit, v->trusted,
		v->cli.record };

	o->words = words;
	o->nwords = n;
	if (!named && !by_manifest) {
		o->words = standard_input;
		o->nwords = 1;
	}
	o->except = except;
	for (size_t i = 0; i < v->cli.nkeys; i++)
		except[o->nexcept++] = v->cli.keys_path[i];
	for (size_t i = 0; i < ARRAY_LEN(other); i++)
		if (other[i] != NULL)
			except[o->nexcept++] = other[i];
	o->include = v->cli.include;
	o->ninclude = v->cli.ninclude;
	o->limit = v->cli.validate.sig.limits->message;
	v->many = o->nwords > 1 || o->mbox || o->attached || by_manifest ||
		  o->files0_from != NULL;
}

/* The first operand may be a directory of many.  False, and told, when that is
 * not to be known, which a filter need not. */
static bool
look_at_first(struct verify *v)
{
	struct diag why;
	struct stat st;

	if (v->operands.nwords == 0)
		return true;
	if (stat(v->operands.words[0], &st) == 0) {
		v->many |= S_ISDIR(st.st_mode);
		return true;
	}
	if (errno == ENOENT || v->many || v->annotate || v->field_only)
		return true;
	diag_errno(&why, DIAG_OPEN, "stat");
	cli_trouble(&v->cli, v->operands.words[0], &why);
	return false;
}

static void
check_many(struct verify *v)
{
	if (v->operands.attached && v->operands.mbox)
		cli_usage(&v->cli, "--attached cannot be used with --mbox");
	if (!v->many)
		return;
	if (v->state != NULL)
		cli_usage(&v->cli, "--state processes one message only");
	if (v->repair != NULL)
		cli_usage(&v->cli, "--repair processes one message only");
	if (v->jobs == 0) { /* asking costs what a read does */
		long cores = sysconf(_SC_NPROCESSORS_ONLN);

		v->jobs = cores > 0 && cores < 1024 ? (unsigned)cores : 1;
	}
}

int
main(int argc, char **argv)
{
	struct verify v = { .many = false };
	const char *except[CLI_MAX_KEYS + 4];
	char host[256];

	cli_init(&v.cli, "arc-verify", usage_line, own_help);
	v.methods = (struct auth_methods){ { METHOD_ARC }, 1 };
	v.accept_list = "pass";
	options(&v, argc, argv);
	take_operands(&v, argv + optind, (size_t)(argc - optind), except);
	bool seen = look_at_first(&v);

	check_many(&v);
	check_filter(&v, host, sizeof host);
	if (!seen)
		return cli_end(&v.cli);
	bool filter = v.annotate || v.field_only, ready = make_ready(&v);

	if (!ready && !(filter && v.pass_on_error))
		return cli_end(&v.cli);
	give_up(&v);
	if (v.why)
		cli_give_memory_back();
	if (filter)
		verify_annotate(&v, v.operands.words[0], ready);
	else
		verify_run(&v);
	trust_free(v.trust);
	return cli_end(&v.cli);
}
