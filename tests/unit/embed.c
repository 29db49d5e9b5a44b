/* SPDX-License-Identifier: BSD-2-Clause */
/* embed SAMPLES - the library's interface for other programs, on messages of
 * the directory SAMPLES */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "embed/arc.h"

static const char *samples;
static struct arc_keys *keys;
static struct arc_problem why;

#define CHECK(e) check((e), #e, __LINE__)

static void
check(bool good, const char *what, int line)
{
	if (good)
		return;
	printf("embed.c:%d: %s\n", line, what);
	exit(1);
}

static char *
read_sample(const char *name, size_t *size)
{
	static char message[1 << 20];
	char path[4096];

	snprintf(path, sizeof path, "%s/%s", samples, name);
	FILE *f = fopen(path, "rb");

	CHECK(f != NULL);
	*size = fread(message, 1, sizeof message, f);
	CHECK(*size > 0 && *size < sizeof message);
	fclose(f);
	return message;
}

static struct arc_verdict *
judged(const char *name, const struct arc_options *o)
{
	struct arc_verdict *v;
	size_t size;
	char *m = read_sample(name, &size);

	CHECK(arc_verify(keys, m, size, o, &v, &why) == ARC_OK);
	/* Nothing of the verdict is in the message. */
	memset(m, 'x', size);
	return v;
}

static void
passes(void)
{
	struct arc_verdict *v =
	    judged("pass-three-hops-untouched-lf.eml", NULL);

	CHECK(v->status == ARC_PASS && v->nsets == 3 && v->why.code == NULL);
	CHECK(v->oldest_pass == 0);
	CHECK(v->json == NULL && v->results == NULL);
	for (unsigned i = 0; i < v->nsets; i++) {
		const struct arc_instance *set = &v->set[i];

		CHECK(set->seal.check == ARC_VERIFIED);
		CHECK(set->message.check == ARC_VERIFIED);
		CHECK(strchr(set->seal.domain, '.') != NULL);
		CHECK(set->seal.selector[0] != '\0');
		CHECK(strcmp(set->message.algorithm, "rsa-sha256") == 0);
		CHECK(set->seal.time > 1000000000);
		CHECK(set->seal.why.code == NULL);
	}
	arc_verdict_free(v);
	v = judged("pass-three-hops.eml", NULL);
	CHECK(v->status == ARC_PASS && v->oldest_pass == 2);
	CHECK(v->set[0].message.check == ARC_FAILED);
	CHECK(strcmp(v->set[0].message.why.code, "body-hash") == 0);
	arc_verdict_free(v);
	v = judged("pass-three-hops.eml",
	    &(struct arc_options){ .no_oldest_pass = true });
	CHECK(v->status == ARC_PASS && v->oldest_pass == -1);
	arc_verdict_free(v);
}

static void
fails(void)
{
	const struct arc_options strict = { .min_rsa_bits = 16384 };
	struct arc_verdict *v = judged("pass-one-hop.eml", &strict);

	CHECK(v->status == ARC_FAIL && v->oldest_pass == -1);
	CHECK(strcmp(v->why.code, "key-short") == 0);
	CHECK(v->why.instance == 1 && v->why.clause[0] != '\0');
	CHECK(strcmp(v->why.field, "ARC-Message-Signature") == 0);
	CHECK(strcmp(v->set[0].message.why.code, "key-short") == 0);
	CHECK(v->set[0].message.check == ARC_FAILED);
	CHECK(v->set[0].seal.check == ARC_UNCHECKED);
	arc_verdict_free(v);

	v = judged("pass-one-hop.eml",
	    &(struct arc_options){ .require_dnssec = true });
	CHECK(v->status == ARC_FAIL);
	CHECK(strcmp(v->why.code, "key-unsigned") == 0);
	arc_verdict_free(v);
}

static void
nothing_there(void)
{
	static const char plain[] = "From: a@b.example\r\n\r\nHi\r\n";
	struct arc_verdict *v;

	CHECK(arc_verify(keys, plain, sizeof plain - 1, NULL, &v, &why) ==
	      ARC_OK);
	CHECK(v->status == ARC_NONE && v->nsets == 0 && v->why.code == NULL);
	arc_verdict_free(v);
	arc_verdict_free(NULL);
	arc_keys_free(NULL);
}

/* x= past, and l=. */
static void
time_and_length(void)
{
	const struct arc_options late = { .time = INT64_C(9999999999) };
	struct arc_verdict *v = judged("fail-expired.eml", &late);

	CHECK(v->status == ARC_FAIL && strcmp(v->why.code, "expired") == 0);
	arc_verdict_free(v);
	v = judged("fail-expired.eml",
	    &(struct arc_options){ .time = INT64_C(9999999999),
		.clock_skew = INT64_C(9999999999) });
	CHECK(v->status == ARC_PASS);
	arc_verdict_free(v);
	v = judged("fail-expired.eml", &(struct arc_options){ .time = 1 });
	CHECK(v->status == ARC_PASS);
	arc_verdict_free(v);
}

static void
reports(void)
{
	struct arc_verdict *v = judged("fail-subject-changed.eml",
	    &(struct arc_options){
		.json = true, .explain = true, .authserv_id = "mx.example" });

	CHECK(v->status == ARC_FAIL);
	CHECK(strstr(v->json, "\"arc\":\"fail\"") != NULL);
	CHECK(strstr(v->json, "\"cause\":\"hdr.") != NULL);
	CHECK(strchr(v->json, '\n') == v->json + strlen(v->json) - 1);
	CHECK(strncmp(v->results, "Authentication-Results: mx.example;", 35) ==
	      0);
	CHECK(strstr(v->results, "arc=fail") != NULL);
	arc_verdict_free(v);
	v = judged(
	    "fail-subject-changed.eml", &(struct arc_options){ .json = true });
	CHECK(strstr(v->json, "\"why\":[]") != NULL);
	CHECK(v->results == NULL);
	arc_verdict_free(v);
}

static enum arc_error
refused(const struct arc_options *o)
{
	static const char plain[] = "From: a@b.example\r\n\r\nHi\r\n";
	struct arc_verdict *v = (struct arc_verdict *)&why;
	enum arc_error e =
	    arc_verify(keys, plain, sizeof plain - 1, o, &v, &why);

	CHECK(v == NULL);
	return e;
}

static void
arguments(void)
{
	const char *name[] = { "not an address" };
	struct arc_keys_options bad = { .resolver = name, .nresolvers = 1 };
	struct arc_keys *none = keys;
	char id[300] = "";

	CHECK(
	    refused(&(struct arc_options){ .time = -1 }) == ARC_ERROR_ARGUMENT);
	CHECK(refused(&(struct arc_options){ .clock_skew = -1 }) ==
	      ARC_ERROR_ARGUMENT);
	CHECK(refused(&(struct arc_options){ .min_rsa_bits = 1023 }) ==
	      ARC_ERROR_ARGUMENT);
	CHECK(refused(&(struct arc_options){ .min_rsa_bits = 16385 }) ==
	      ARC_ERROR_ARGUMENT);
	CHECK(refused(&(struct arc_options){ .dns_timeout = 3600001 }) ==
	      ARC_ERROR_ARGUMENT);
	CHECK(refused(&(struct arc_options){ .authserv_id = "a b" }) ==
	      ARC_ERROR_ARGUMENT);
	memset(id, 'a', 256);
	CHECK(refused(&(struct arc_options){ .authserv_id = id }) ==
	      ARC_ERROR_ARGUMENT);
	CHECK(strstr(why.detail, "255") != NULL);
	CHECK(arc_keys_new(&bad, &none, &why) == ARC_ERROR_ARGUMENT);
	CHECK(none == NULL && strstr(why.detail, "not an address") != NULL);
	CHECK(strcmp(arc_status_word(ARC_TEMPFAIL), "tempfail") == 0);
	CHECK(strcmp(arc_status_word((enum arc_status)99), "unknown") == 0);
	CHECK(strcmp(arc_version(), VERSION) == 0);
}

/* A name server that nobody is: the key may come another time. */
static void
no_answer(void)
{
	const char *name[] = { "127.0.0.1:1" };
	struct arc_keys_options dead = { .resolver = name, .nresolvers = 1 };
	struct arc_keys *all = keys;

	CHECK(arc_keys_new(&dead, &keys, &why) == ARC_OK);
	struct arc_verdict *v = judged(
	    "pass-one-hop.eml", &(struct arc_options){ .dns_timeout = 50 });

	CHECK(v->status == ARC_TEMPFAIL && v->why.code != NULL);
	arc_verdict_free(v);
	arc_keys_free(keys);
	keys = all;
}

int
main(int argc, char **argv)
{
	char path[4096];
	const char *file[] = { path };
	struct arc_keys_options from = { .file = file, .nfiles = 1 };

	samples = argc > 1 ? argv[1] : ".";
	snprintf(path, sizeof path, "%s/keys", samples);
	CHECK(arc_keys_new(&from, &keys, &why) == ARC_OK);
	passes();
	fails();
	nothing_there();
	time_and_length();
	reports();
	arguments();
	no_answer();
	arc_keys_free(keys);
	return 0;
}
