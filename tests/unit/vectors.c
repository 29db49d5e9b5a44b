/* SPDX-License-Identifier: BSD-2-Clause */
/* The signed messages that RFCs print, through the modules that ARC shares with
 * DKIM: fields picked and canonicalized, bodies hashed, signatures checked. */
#include "base/base64.h"
#include "dkim/bodyhash.h"
#include "dkim/canon.h"
#include "crypto/digest.h"
#include "crypto/key.h"
#include "mail/message.h"
#include "dkim/select.h"
#include "crypto/signature.h"
#include "mail/taglist.h"
#include "unit.h"

/* One DKIM-Signature and what is known of it. */
struct vector {
	const char *file;
	size_t nth; /* DKIM-Signature of the message, from the top */
	enum canon header, body;
	const char *key;
	size_t octets; /* of the header input; 0: not given */
	const char *sha256;
};

static const struct vector vectors[] = {
	{ "rfc8463-a.eml", 0, CANON_RELAXED, CANON_RELAXED,
	    "v=DKIM1; k=ed25519; "
	    "p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=",
	    478,
	    "48ce9a2c710ece1710ff156996b836a7f45470e43efe5643074d6e1690ed62e"
	    "7" },
	{ "rfc8463-a.eml", 1, CANON_RELAXED, CANON_RELAXED,
	    "v=DKIM1; k=rsa; "
	    "p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQKBgQDkHlOQoBTzWRiGs5V6NpP3id"
	    "Y6Wk08a5qhdR6wy5bdOKb2jLQiY/J16JYi0Qvx/byYzCNb3W91y3FutACDfzwQ/B"
	    "C/e/8uBsCR+yz1Lxj+PL6lHvqMKrM3rG4hstT5QjvHO9PzoxZyVYLzBfO2EeC3Ip"
	    "3G+2kryOTIKT+l/K4w3QIDAQAB",
	    470,
	    "fed71e6d70fb123bb5c353adc42821b304b6b9d54fc867f304f7c61daaaa111"
	    "1" },
	{ "rfc6376-a2.eml", 0, CANON_SIMPLE, CANON_SIMPLE,
	    "v=DKIM1; p=MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCBiQ"
	    "KBgQDwIRP/UC3SBsEmGqZ9ZJW3/DkMoGeLnQg1fWn7/zYt"
	    "IxN2SnFCjxOCKG9v3b4jYfcTNh5ijSsq631uBItLa7od+v"
	    "/RtdC2UzJ1lWT947qR+Rcac2gbto/NMqJ0fzfVjH4OuKhi"
	    "tdY9tf6mcwGjaNBcWToIMmPSPDdQPNUYckcQ2QIDAQAB",
	    629,
	    "59b46b9f45f762ab3bb6b1c152d4298ed57d27c1e70ac6881b0ec6d012ff0c2"
	    "2" },
};

/* A sink that hashes and counts. */
struct counted {
	struct digest digest;
	size_t n;
};

static int
counted_put(void *ctx, const char *p, size_t n)
{
	struct counted *c = ctx;

	digest_put(&c->digest, p, n);
	c->n += n;
	return 0;
}

static const struct field *
signature_field(const struct message *m, size_t nth)
{
	for (size_t i = 0; i < m->nfields; i++)
		if (slice_eq_nocase(
			m->field[i].name, SLICE("DKIM-Signature")) &&
		    nth-- == 0)
			return &m->field[i];
	return NULL;
}

static struct slice
value_of(const struct taglist *tags, const char *name)
{
	const struct tag *t = taglist_find(tags, slice_of(name));

	return t != NULL ? t->value : SLICE_NONE;
}

static void
put_input(const struct message *m, const struct field *own,
    const struct taglist *tags, enum canon canon, const struct sink *sink)
{
	struct select *select = select_new(m, m->arena);
	struct slice rest = value_of(tags, "h"), name;

	select_start(select, own);
	while (slice_cut(&rest, ':', &name)) {
		const struct field *f = select_next(select, slice_trim(name));

		if (f != NULL)
			canon_header(canon, f, SLICE_NONE, true, sink);
	}
	canon_header(
	    canon, own, taglist_find(tags, SLICE("b"))->raw, false, sink);
}

static void
check(const struct vector *v, struct message *m, struct input *in)
{
	const struct field *own = signature_field(m, v->nth);
	struct bodyhash body = { .canon = v->body };
	struct counted c = { .n = 0 };
	struct sink sink = { counted_put, &c };
	struct slice wanted, signature;
	unsigned char octets[DIGEST_SIZE];
	char hex[2 * DIGEST_SIZE + 1];
	enum signature_algorithm alg;
	struct taglist tags;
	struct key key;
	struct diag why;

	if (!CHECK(own != NULL) ||
	    !CHECK(taglist_parse(own->value, m->arena, &tags, &why) == 0))
		return;
	CHECK(bodyhash_run(m, in, &body, 1, &why) == 0);
	CHECK(base64_decode(value_of(&tags, "bh"), m->arena, &wanted) ==
	      BASE64_OK);
	CHECK(slice_eq(wanted,
	    (struct slice){ (const char *)body.digest, sizeof body.digest }));
	digest_init(&c.digest);
	put_input(m, own, &tags, v->header, &sink);
	CHECK(digest_final(&c.digest, octets, &why) == 0);
	digest_release(&c.digest);
	for (size_t i = 0; i < sizeof octets; i++)
		snprintf(hex + 2 * i, 3, "%02x", octets[i]);
	CHECK(c.n == v->octets);
	CHECK(strcmp(hex, v->sha256) == 0);
	CHECK(signature_named(value_of(&tags, "a"), &alg));
	CHECK(base64_decode(value_of(&tags, "b"), m->arena, &signature) ==
	      BASE64_OK);
	if (!CHECK(key_parse(slice_of(v->key), &key, &why) == 0))
		return;
	CHECK(signature_verify(
		  &key, alg, KEY_MIN_RSA_BITS, octets, signature, &why) == 0);
	octets[0] ^= 1;
	CHECK(signature_verify(
		  &key, alg, KEY_MIN_RSA_BITS, octets, signature, &why) != 0);
	key_release(&key);
}

static void
run_vectors(void)
{
	for (size_t i = 0; i < ARRAY_LEN(vectors); i++) {
		struct message *m;
		struct input in;
		struct diag why;
		char path[100];

		snprintf(
		    path, sizeof path, "tests/vectors/%s", vectors[i].file);
		if (!CHECK(input_open(&in, path, &why) == 0))
			continue;
		if (CHECK(message_read(&in, &limits_usual, &m, &why) == 0)) {
			check(&vectors[i], m, &in);
			message_free(m);
		}
		input_release(&in);
	}
}

static const struct unit_test tests[] = {
	{ "the signed messages of RFC 8463 appendix A and RFC 6376 appendix "
	  "A.2",
	    run_vectors },
};

UNIT_MAIN(tests)
