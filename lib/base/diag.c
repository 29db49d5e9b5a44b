/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sysexits.h>

#include "base/diag.h"

/* The functions themselves, not what diag.h puts around them. */
#undef diag_set
#undef diag_memory
#undef diag_errno

#define FAIL DIAG_CLASS_FAIL, 1
#define TEMPORARY DIAG_CLASS_TEMPORARY, EX_TEMPFAIL
#define TROUBLE(status) DIAG_CLASS_TROUBLE, (status)

static const struct diag_info infos[DIAG_COUNT] = {
	[DIAG_NONE] = { "ok", "", "No error.", FAIL },

	[DIAG_TOO_MANY_SETS] = { "too-many-sets",
	    "RFC 8617 section 5.2, step 1",
	    "The message has more than 50 ARC Sets.", FAIL },
	[DIAG_SEAL_CV_FAIL] = { "seal-cv-fail", "RFC 8617 section 5.2, step 2",
	    "The newest ARC-Seal records cv=fail: the chain was already broken "
	    "when it reached that hop.",
	    FAIL },
	[DIAG_HEADER_SYNTAX] = { "header-syntax", "RFC 5322 section 2.2",
	    "Invalid header line: neither a header field nor a continuation "
	    "line.",
	    FAIL },
	[DIAG_FIELD_SYNTAX] = { "field-syntax", "RFC 6376 section 3.2",
	    "Invalid tag list: no tag of the field can be used.", FAIL },
	[DIAG_INSTANCE_SYNTAX] = { "instance-syntax", "RFC 8617 section 4.2.1",
	    "Missing or invalid instance (i= must be 1 to 50): the field "
	    "cannot be assigned to an ARC Set.",
	    FAIL },
	[DIAG_AAR_SYNTAX] = { "aar-syntax", "RFC 8617 section 4.1.1",
	    "ARC-Authentication-Results does not begin with an instance and a "
	    "semicolon.",
	    FAIL },
	[DIAG_FIELD_MISSING] = { "field-missing",
	    "RFC 8617 section 5.2, step 3A",
	    "Field missing: the ARC Set is incomplete.", FAIL },
	[DIAG_FIELD_TWICE] = { "field-twice", "RFC 8617 section 5.2, step 3A",
	    "Duplicate field: the ARC Set has more than one field of this "
	    "kind.",
	    FAIL },
	[DIAG_INSTANCE_GAP] = { "instance-gap", "RFC 8617 section 5.2, step 3B",
	    "ARC Set missing: it was removed, or a later hop skipped an "
	    "instance number.",
	    FAIL },
	[DIAG_CV_SYNTAX] = { "cv-syntax", "RFC 8617 section 5.2, step 3C",
	    "cv= is missing or invalid; it must be none, pass or fail.", FAIL },
	[DIAG_CV_WRONG] = { "cv-wrong", "RFC 8617 section 5.2, step 3C",
	    "Wrong cv=: the first seal must have cv=none, every later seal "
	    "cv=pass.",
	    FAIL },
	[DIAG_SEAL_H_TAG] = { "seal-h-tag", "RFC 8617 section 4.1.3",
	    "ARC-Seal has an h= tag, which is forbidden.", FAIL },

	[DIAG_VERSION] = { "version", "RFC 6376 section 6.1.1",
	    "Unsupported signature version: v= is not 1.", FAIL },
	[DIAG_TAG_MISSING] = { "tag-missing", "RFC 6376 section 6.1.1",
	    "A required tag is missing or empty.", FAIL },
	[DIAG_TAG_SYNTAX] = { "tag-syntax", "RFC 6376 section 3.5",
	    "A tag has an invalid value.", FAIL },
	[DIAG_ALGORITHM] = { "algorithm", "RFC 8301 section 3.1",
	    "Unsupported algorithm: a= must be rsa-sha256 or ed25519-sha256.",
	    FAIL },
	[DIAG_CANONICALIZATION] = { "canonicalization", "RFC 6376 section 3.5",
	    "Unknown canonicalization in c=.", FAIL },
	[DIAG_QUERY_METHOD] = { "query-method", "RFC 6376 section 3.5",
	    "Unsupported query method: q= does not list dns/txt.", FAIL },
	[DIAG_DOMAIN_SYNTAX] = { "domain-syntax", "RFC 6376 section 3.5",
	    "Invalid signing domain: d= must be a domain name of at least two "
	    "labels.",
	    FAIL },
	[DIAG_SELECTOR_SYNTAX] = { "selector-syntax", "RFC 6376 section 3.1",
	    "Invalid selector: s= must be one or more DNS labels.", FAIL },
	[DIAG_IDENTITY] = { "identity", "RFC 6376 section 6.1.1",
	    "The domain of i= is neither the signing domain nor a subdomain of "
	    "it.",
	    FAIL },
	[DIAG_HEADERS_NO_FROM] = { "headers-no-from", "RFC 6376 section 6.1.1",
	    "From is not signed: h= does not list it.", FAIL },
	[DIAG_HEADERS_ARC_SEAL] = { "headers-arc-seal",
	    "RFC 8617 section 4.1.2",
	    "h= lists ARC-Seal, which must not be signed.", FAIL },
	[DIAG_EXPIRED] = { "expired", "RFC 6376 section 6.1.1",
	    "Signature expired: x= is in the past.", FAIL },
	[DIAG_BODY_LENGTH] = { "body-length", "RFC 6376 section 3.5",
	    "Body truncated: it is shorter than the signed length (l=).",
	    FAIL },
	[DIAG_BODY_PARTIAL] = { "body-partial", "RFC 6376 section 6.1.3",
	    "Body only partly signed (l=), and partial signatures are not "
	    "accepted.",
	    FAIL },
	[DIAG_BODY_HASH] = { "body-hash", "RFC 6376 section 6.1.3",
	    "Body hash did not verify: the body was changed after signing.",
	    FAIL },

	[DIAG_KEY_MISSING] = { "key-missing", "RFC 6376 section 6.1.2, step 3",
	    "No key record.", FAIL },
	[DIAG_KEY_SYNTAX] = { "key-syntax", "RFC 6376 section 6.1.2, step 5",
	    "Invalid key record.", FAIL },
	[DIAG_KEY_REVOKED] = { "key-revoked", "RFC 6376 section 6.1.2, step 7",
	    "The key has been revoked.", FAIL },
	[DIAG_KEY_TYPE] = { "key-type", "RFC 6376 section 6.1.2, step 8",
	    "Key type and algorithm do not match.", FAIL },
	[DIAG_KEY_HASH] = { "key-hash", "RFC 6376 section 6.1.2, step 6",
	    "The key record does not allow SHA-256 (h=).", FAIL },
	[DIAG_KEY_SERVICE] = { "key-service", "RFC 6376 section 3.6.1",
	    "The key record does not allow use for email (s=).", FAIL },
	[DIAG_KEY_SHORT] = { "key-short", "RFC 8301 section 3.2",
	    "RSA key too short: verifiers must require at least 1024 bits (RFC "
	    "8301).",
	    FAIL },
	[DIAG_KEY_LONG] = { "key-long", "RFC 8301 section 3.2",
	    "The RSA key is longer than 16,384 bits, the most that is "
	    "accepted.",
	    FAIL },
	[DIAG_KEY_EXPONENT] = { "key-exponent", "RFC 8017 section 3.1",
	    "Invalid RSA key: bad modulus or exponent.", FAIL },
	[DIAG_KEY_WEAK_POINT] = { "key-weak-point", "RFC 8032 section 5.1",
	    "Invalid Ed25519 key (not a curve point, or of small order: anyone "
	    "could forge signatures).",
	    FAIL },
	[DIAG_KEY_STRICT] = { "key-strict", "RFC 6376 section 3.6.1",
	    "The key record has t=s, which requires the domain of i= to equal "
	    "d=.",
	    FAIL },
	[DIAG_KEY_UNSIGNED] = { "key-unsigned", "RFC 6376 section 8.5",
	    "The key is not secured by DNSSEC, which was required.", FAIL },

	[DIAG_SIGNATURE_LENGTH] = { "signature-length",
	    "RFC 8017 section 8.2.2",
	    "The signature has the wrong length for the key.", FAIL },
	[DIAG_SIGNATURE] = { "signature", "RFC 6376 section 6.1.3",
	    "Signature did not verify: a signed header field was changed, or "
	    "the key is not the one that signed.",
	    FAIL },

	[DIAG_DNS_TIMEOUT] = { "dns-timeout", "RFC 6376 section 6.1.2, step 2",
	    "DNS query timed out; try again later.", TEMPORARY },
	[DIAG_DNS_SERVFAIL] = { "dns-servfail",
	    "RFC 6376 section 6.1.2, step 2",
	    "DNS server failure (SERVFAIL); try again later.", TEMPORARY },
	[DIAG_DNS_REFUSED] = { "dns-refused", "RFC 6376 section 6.1.2, step 2",
	    "DNS query refused (REFUSED); try again later, or use another "
	    "server.",
	    TEMPORARY },
	[DIAG_DNS_BOGUS] = { "dns-bogus", "RFC 6376 section 6.1.2, step 2",
	    "DNSSEC validation failed; the domain owner must fix the zone.",
	    TEMPORARY },
	[DIAG_DNS_MALFORMED] = { "dns-malformed",
	    "RFC 6376 section 6.1.2, step 2",
	    "Malformed DNS response; try again later, or use another server.",
	    TEMPORARY },
	[DIAG_DNS_UNREACHABLE] = { "dns-unreachable",
	    "RFC 6376 section 6.1.2, step 2",
	    "No name server could be reached; check /etc/resolv.conf, or use "
	    "--resolver or --keys.",
	    TEMPORARY },

	[DIAG_SPF_NONE] = { "spf-none", "RFC 7208 section 4.5",
	    "No SPF record is published for the domain.", FAIL },
	[DIAG_SPF_DOMAIN] = { "spf-domain", "RFC 7208 section 4.3",
	    "Invalid SPF identity: not a domain name of at least two labels.",
	    FAIL },
	[DIAG_SPF_NEUTRAL] = { "spf-neutral", "RFC 7208 section 2.6.2",
	    "The SPF record makes no statement about this client address.",
	    FAIL },
	[DIAG_SPF_FAIL] = { "spf-fail", "RFC 7208 section 2.6.4",
	    "The SPF record does not authorize this client address.", FAIL },
	[DIAG_SPF_RECORDS] = { "spf-records", "RFC 7208 section 4.5",
	    "More than one SPF record is published; merge them into one.",
	    FAIL },
	[DIAG_SPF_SYNTAX] = { "spf-syntax", "RFC 7208 section 4.6",
	    "The SPF record has a syntax error.", FAIL },
	[DIAG_SPF_INCLUDE] = { "spf-include", "RFC 7208 section 5.2",
	    "An include or redirect names a domain without an SPF record.",
	    FAIL },
	[DIAG_SPF_LOOKUPS] = { "spf-lookups", "RFC 7208 section 4.6.4",
	    "The SPF record needs more than 10 terms that query the DNS.",
	    FAIL },
	[DIAG_SPF_VOID] = { "spf-void-lookups", "RFC 7208 section 4.6.4",
	    "More than 2 DNS lookups of the SPF record returned no records.",
	    FAIL },
	[DIAG_SPF_MX] = { "spf-mx", "RFC 7208 section 4.6.4",
	    "An mx term resolves to more than 10 MX records.", FAIL },
	[DIAG_SPF_QUERIES] = { "spf-queries", "RFC 7208 section 11.1",
	    "The SPF record needs more than 128 DNS queries.", FAIL },

	[DIAG_DMARC_NONE] = { "dmarc-none", "RFC 9989 section 4.10.1",
	    "No DMARC policy record applies to the author domain.", FAIL },
	[DIAG_DMARC_POLICY] = { "dmarc-policy", "RFC 9989 section 4.10.1",
	    "Invalid DMARC record (p= missing or invalid, or sp= or np= "
	    "invalid, and no valid rua=): DMARC does not apply.",
	    FAIL },
	[DIAG_DMARC_AUTHOR] = { "dmarc-author", "RFC 9989 section 5.3.1",
	    "The From field does not have exactly one author domain.", FAIL },
	[DIAG_DMARC_ALIGNMENT] = { "dmarc-alignment", "RFC 9989 section 4.10.2",
	    "DKIM or SPF passed, but for a domain not aligned with the author "
	    "domain.",
	    FAIL },
	[DIAG_DMARC_FAIL] = { "dmarc-fail", "RFC 9989 section 5.3.5",
	    "Neither DKIM nor SPF passed.", FAIL },
	[DIAG_DMARC_OPEN] = { "dmarc-temporary", "RFC 9989 section 5.3.5",
	    "A temporary error kept DKIM or SPF from being checked; try again "
	    "later.",
	    TEMPORARY },

	[DIAG_NO_MESSAGE] = { "no-message", "RFC 5322 section 2.1",
	    "Not an Internet message.", TROUBLE(EX_DATAERR) },
	[DIAG_FINGERPRINT] = { "fingerprint", "",
	    "Unusable fingerprint; create a new one.", DIAG_CLASS_TROUBLE,
	    EX_DATAERR },
	[DIAG_BARE_CR] = { "bare-cr", "RFC 5322 section 2.2",
	    "The header has a CR without LF: other programs may see different "
	    "header fields.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_NOT_SEALABLE] = { "not-sealable", "RFC 6376 section 5.3",
	    "The message cannot be sealed.", TROUBLE(EX_DATAERR) },
	[DIAG_NO_SUCH_SET] = { "no-such-set", "",
	    "The requested ARC Set is missing or incomplete.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_NO_ATTACHMENT] = { "no-attachment", "",
	    "No message is attached: no part is message/rfc822 or a file "
	    "named *.eml.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_MESSAGE] = { "limit-message", "",
	    "The message is longer than 1 GiB, the most that a filter or --why "
	    "reads, or than --limit message allows.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_HEADER] = { "limit-header", "RFC 8617 section 9.1",
	    "The header is longer than 16 MiB, or than --limit header allows.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_FIELD] = { "limit-field", "RFC 8617 section 9.1",
	    "An ARC field is longer than 1 MiB, or than --limit field allows.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_FIELDS] = { "limit-fields", "RFC 8617 section 9.1",
	    "The header has more than 100,000 fields, or more than --limit "
	    "fields allows.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_PARTS] = { "limit-parts", "",
	    "The message has more than 100 attached messages or MIME parts, "
	    "or nests them more than 10 levels deep.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_RECORDS] = { "limit-records", "RFC 8617 section 9.2",
	    "More than 8 key records are published under one name, and none of "
	    "the first 8 verifies the signature.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_DKIM] = { "limit-dkim", "RFC 6376 section 8.4",
	    "Not checked: the message has more than 20 DKIM-Signature fields.",
	    FAIL },
	[DIAG_LIMIT_SIGNATURES] = { "limit-signatures", "RFC 8617 section 9.2",
	    "The message needs more than 120 signature checks, or more than "
	    "--limit signatures allows.",
	    TROUBLE(EX_DATAERR) },

	[DIAG_OPEN] = { "open", "", "Cannot open the file.",
	    TROUBLE(EX_NOINPUT) },
	[DIAG_READ] = { "read", "", "Cannot read the input.",
	    TROUBLE(EX_IOERR) },
	[DIAG_WRITE] = { "write", "", "Cannot write the output.",
	    TROUBLE(EX_IOERR) },
	[DIAG_MEMORY] = { "memory", "", "Out of memory.", TROUBLE(EX_OSERR) },
	[DIAG_SYSTEM] = { "system", "", "System call failed.",
	    TROUBLE(EX_OSERR) },
	[DIAG_INTERNAL] = { "internal", "", "Internal error; please report it.",
	    TROUBLE(EX_SOFTWARE) },
	[DIAG_TABLE] = { "table", "", "Invalid table of keys.",
	    TROUBLE(EX_CONFIG) },
	[DIAG_TRUST] = { "trust", "", "Invalid file of trusted domains.",
	    TROUBLE(EX_CONFIG) },
	[DIAG_STATE] = { "state", "", "The state file is not for this message.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_KEY_DIFFERS] = { "key-differs", "RFC 6376 section 3.6.1",
	    "The published key does not match the private key.",
	    TROUBLE(EX_CONFIG) },
	[DIAG_KEY_UNPUBLISHED] = { "key-not-published",
	    "RFC 6376 section 3.6.2", "The key is not published yet.",
	    TROUBLE(EX_CONFIG) },
	[DIAG_SELF_CHECK] = { "self-check", "",
	    "The new seal did not verify; nothing was written.",
	    TROUBLE(EX_SOFTWARE) },
	[DIAG_MANIFEST] = { "manifest", "", "Invalid manifest.",
	    TROUBLE(EX_CONFIG) },
	[DIAG_KEYS_FILE] = { "keys-file", "RFC 1035 section 5.1",
	    "Invalid keys file.", TROUBLE(EX_CONFIG) },
	[DIAG_PRIVATE_KEY_READ] = { "private-key-unreadable", "",
	    "Cannot read the private key.", TROUBLE(EX_NOPERM) },
	[DIAG_PRIVATE_KEY] = { "private-key", "",
	    "The private key cannot be used for signing.", TROUBLE(EX_CONFIG) },
	[DIAG_KEY_CREATE] = { "private-key-create", "",
	    "The private key file cannot be created.", TROUBLE(EX_CANTCREAT) },
};

const struct diag_info *
diag_info(enum diag_code code)
{
	return &infos[code < DIAG_COUNT ? code : DIAG_INTERNAL];
}

bool
diag_is_temporary(enum diag_code code)
{
	return diag_info(code)->class == DIAG_CLASS_TEMPORARY;
}

int
diag_set(struct diag *why, enum diag_code code, struct slice where,
    const char *format, ...)
{
	va_list ap;

	*why = (struct diag){ .code = code, .where = where };
	va_start(ap, format);
	vsnprintf(why->detail, sizeof why->detail, format, ap);
	va_end(ap);
	return -1;
}

int
diag_memory(struct diag *why)
{
	*why = (struct diag){ .code = DIAG_MEMORY, .errnum = ENOMEM };
	return -1;
}

int
diag_errno(struct diag *why, enum diag_code code, const char *what)
{
	int e = errno;

	diag_set(why, code, SLICE_NONE, "%s: %s", what, strerror(e));
	why->errnum = e;
	return -1;
}

const char *
diag_quote(struct slice s, char out[DIAG_QUOTED])
{
	static const char hex[] = "0123456789abcdef";
	size_t n = 0;

	for (size_t i = 0; i < s.len; i++) {
		unsigned char c = (unsigned char)s.p[i];
		bool plain = c >= 0x20 && c < 0x7f && c != '"' && c != '\\';

		if (n + (plain ? 1 : 4) > DIAG_QUOTED - 4) {
			memcpy(out + n, "...", 3);
			n += 3;
			break;
		}
		if (plain) {
			out[n++] = (char)c;
		} else {
			out[n++] = '\\';
			out[n++] = 'x';
			out[n++] = hex[c >> 4];
			out[n++] = hex[c & 15];
		}
	}
	out[n] = '\0';
	return out;
}

struct slice
diag_detail(const struct diag *why, bool verbose)
{
	struct slice s = slice_of(why->detail);
	const char *digests = strstr(why->detail, "bh=");

	if (why->code == DIAG_BODY_HASH && !verbose && digests != NULL)
		s.len = (size_t)(digests - why->detail);
	return slice_trim(s);
}
