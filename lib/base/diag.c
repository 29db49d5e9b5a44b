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
	[DIAG_NONE] = { "ok", "", "Nothing is wrong.", FAIL },

	[DIAG_TOO_MANY_SETS] = { "too-many-sets",
	    "RFC 8617 section 5.2, step 1", "There are more than 50 ARC Sets.",
	    FAIL },
	[DIAG_SEAL_CV_FAIL] = { "seal-cv-fail", "RFC 8617 section 5.2, step 2",
	    "The newest ARC-Seal says that the chain had failed before it "
	    "got there.",
	    FAIL },
	[DIAG_HEADER_SYNTAX] = { "header-syntax", "RFC 5322 section 2.2",
	    "A line of the header is neither a field nor the continuation of "
	    "one.",
	    FAIL },
	[DIAG_FIELD_SYNTAX] = { "field-syntax", "RFC 6376 section 3.2",
	    "The field is not a list of tags, so it belongs to no ARC Set.",
	    FAIL },
	[DIAG_INSTANCE_SYNTAX] = { "instance-syntax", "RFC 8617 section 4.2.1",
	    "The field has no instance from 1 to 50, so it belongs to no ARC "
	    "Set.",
	    FAIL },
	[DIAG_AAR_SYNTAX] = { "aar-syntax", "RFC 8617 section 4.1.1",
	    "The field does not begin with an instance and a semicolon.",
	    FAIL },
	[DIAG_FIELD_MISSING] = { "field-missing",
	    "RFC 8617 section 5.2, step 3A",
	    "A field of the ARC Set is missing: it was removed on the way, or "
	    "never written.",
	    FAIL },
	[DIAG_FIELD_TWICE] = { "field-twice", "RFC 8617 section 5.2, step 3A",
	    "The ARC Set has more than one such field.", FAIL },
	[DIAG_INSTANCE_GAP] = { "instance-gap", "RFC 8617 section 5.2, step 3B",
	    "An ARC Set is missing from the chain: a later handler removed "
	    "it, or numbered its own set wrongly.",
	    FAIL },
	[DIAG_CV_SYNTAX] = { "cv-syntax", "RFC 8617 section 5.2, step 3C",
	    "The chain validation status is missing, or none of \"none\", "
	    "\"pass\" and \"fail\".",
	    FAIL },
	[DIAG_CV_WRONG] = { "cv-wrong", "RFC 8617 section 5.2, step 3C",
	    "The chain validation status must be \"none\" in the first seal "
	    "and \"pass\" in all later ones.",
	    FAIL },
	[DIAG_SEAL_H_TAG] = { "seal-h-tag", "RFC 8617 section 4.1.3",
	    "A seal must not have an h= tag.", FAIL },

	[DIAG_VERSION] = { "version", "RFC 6376 section 6.1.1",
	    "The version of the signature is not 1.", FAIL },
	[DIAG_TAG_MISSING] = { "tag-missing", "RFC 6376 section 6.1.1",
	    "A tag that must be there is missing or empty.", FAIL },
	[DIAG_TAG_SYNTAX] = { "tag-syntax", "RFC 6376 section 3.5",
	    "The value of a tag is not what its syntax allows.", FAIL },
	[DIAG_ALGORITHM] = { "algorithm", "RFC 8301 section 3.1",
	    "The algorithm is neither rsa-sha256 nor ed25519-sha256.", FAIL },
	[DIAG_CANONICALIZATION] = { "canonicalization", "RFC 6376 section 3.5",
	    "The canonicalization is none that is defined.", FAIL },
	[DIAG_QUERY_METHOD] = { "query-method", "RFC 6376 section 3.5",
	    "The query methods do not include dns/txt.", FAIL },
	[DIAG_DOMAIN_SYNTAX] = { "domain-syntax", "RFC 6376 section 3.5",
	    "The signing domain is not a domain name of two labels or more.",
	    FAIL },
	[DIAG_SELECTOR_SYNTAX] = { "selector-syntax", "RFC 6376 section 3.1",
	    "The selector is not a sequence of DNS labels.", FAIL },
	[DIAG_IDENTITY] = { "identity", "RFC 6376 section 6.1.1",
	    "The domain of i= is neither the signing domain nor below it.",
	    FAIL },
	[DIAG_HEADERS_NO_FROM] = { "headers-no-from", "RFC 6376 section 6.1.1",
	    "The signed header fields do not include From.", FAIL },
	[DIAG_HEADERS_ARC_SEAL] = { "headers-arc-seal",
	    "RFC 8617 section 4.1.2",
	    "The signed header fields include ARC-Seal.", FAIL },
	[DIAG_EXPIRED] = { "expired", "RFC 6376 section 6.1.1",
	    "The signature has expired.", FAIL },
	[DIAG_BODY_LENGTH] = { "body-length", "RFC 6376 section 3.5",
	    "More octets of the body were signed than there are: the body "
	    "was cut.",
	    FAIL },
	[DIAG_BODY_PARTIAL] = { "body-partial", "RFC 6376 section 6.1.3",
	    "Part of the body is not signed, and that was not to be "
	    "accepted.",
	    FAIL },
	[DIAG_BODY_HASH] = { "body-hash", "RFC 6376 section 6.1.3",
	    "The body hash does not fit: the body was changed after this "
	    "field was made.",
	    FAIL },

	[DIAG_KEY_MISSING] = { "key-missing", "RFC 6376 section 6.1.2, step 3",
	    "No key record.", FAIL },
	[DIAG_KEY_SYNTAX] = { "key-syntax", "RFC 6376 section 6.1.2, step 5",
	    "The record is not a key record.", FAIL },
	[DIAG_KEY_REVOKED] = { "key-revoked", "RFC 6376 section 6.1.2, step 7",
	    "The key has been revoked.", FAIL },
	[DIAG_KEY_TYPE] = { "key-type", "RFC 6376 section 6.1.2, step 8",
	    "The key is not of the type that the algorithm needs.", FAIL },
	[DIAG_KEY_HASH] = { "key-hash", "RFC 6376 section 6.1.2, step 6",
	    "The key record does not allow SHA-256.", FAIL },
	[DIAG_KEY_SERVICE] = { "key-service", "RFC 6376 section 3.6.1",
	    "The key is not for email.", FAIL },
	[DIAG_KEY_SHORT] = { "key-short", "RFC 8301 section 3.2",
	    "The RSA key is too short to be believed.", FAIL },
	[DIAG_KEY_LONG] = { "key-long", "RFC 8301 section 3.2",
	    "The RSA key is longer than 16,384 bits.", FAIL },
	[DIAG_KEY_EXPONENT] = { "key-exponent", "RFC 8017 section 3.1",
	    "The RSA key has an exponent or a modulus that no honest key has.",
	    FAIL },
	[DIAG_KEY_WEAK_POINT] = { "key-weak-point", "RFC 8032 section 5.1",
	    "The Ed25519 key is no point, or one of small order under which "
	    "anybody can sign.",
	    FAIL },
	[DIAG_KEY_STRICT] = { "key-strict", "RFC 6376 section 3.6.1",
	    "The key record has t=s, so i= must name the signing domain "
	    "itself and no subdomain.",
	    FAIL },
	[DIAG_KEY_UNSIGNED] = { "key-unsigned", "RFC 6376 section 8.5",
	    "The key was not secured by DNSSEC, and that was required.", FAIL },

	[DIAG_SIGNATURE_LENGTH] = { "signature-length",
	    "RFC 8017 section 8.2.2",
	    "The signature is not as long as the key demands.", FAIL },
	[DIAG_SIGNATURE] = { "signature", "RFC 6376 section 6.1.3",
	    "The signature does not fit: what it signs was changed, or "
	    "another key made it.",
	    FAIL },

	[DIAG_DNS_TIMEOUT] = { "dns-timeout", "RFC 6376 section 6.1.2, step 2",
	    "The name servers did not answer in time; ask again later.",
	    TEMPORARY },
	[DIAG_DNS_SERVFAIL] = { "dns-servfail",
	    "RFC 6376 section 6.1.2, step 2",
	    "The name servers could not answer (SERVFAIL); ask again later.",
	    TEMPORARY },
	[DIAG_DNS_REFUSED] = { "dns-refused", "RFC 6376 section 6.1.2, step 2",
	    "The name servers refused to answer (REFUSED); ask again later, "
	    "or another server.",
	    TEMPORARY },
	[DIAG_DNS_BOGUS] = { "dns-bogus", "RFC 6376 section 6.1.2, step 2",
	    "The answer's DNSSEC signatures do not hold, so the resolver "
	    "withheld it; the domain's owner must mend its zone.",
	    TEMPORARY },
	[DIAG_DNS_MALFORMED] = { "dns-malformed",
	    "RFC 6376 section 6.1.2, step 2",
	    "The name servers sent answers that are no DNS messages; ask "
	    "again later, or another server.",
	    TEMPORARY },
	[DIAG_DNS_UNREACHABLE] = { "dns-unreachable",
	    "RFC 6376 section 6.1.2, step 2",
	    "No name server could be reached; see /etc/resolv.conf, or give "
	    "--resolver or --keys.",
	    TEMPORARY },

	[DIAG_SPF_NONE] = { "spf-none", "RFC 7208 section 4.5",
	    "No SPF record is published for the domain.", FAIL },
	[DIAG_SPF_DOMAIN] = { "spf-domain", "RFC 7208 section 4.3",
	    "The identity is not a domain name of two labels or more.", FAIL },
	[DIAG_SPF_NEUTRAL] = { "spf-neutral", "RFC 7208 section 2.6.2",
	    "The SPF record says nothing about this client.", FAIL },
	[DIAG_SPF_FAIL] = { "spf-fail", "RFC 7208 section 2.6.4",
	    "The SPF record does not authorize this client.", FAIL },
	[DIAG_SPF_RECORDS] = { "spf-records", "RFC 7208 section 4.5",
	    "More than one SPF record is published; merge them into one.",
	    FAIL },
	[DIAG_SPF_SYNTAX] = { "spf-syntax", "RFC 7208 section 4.6",
	    "The SPF record has a syntax error.", FAIL },
	[DIAG_SPF_INCLUDE] = { "spf-include", "RFC 7208 section 5.2",
	    "An include or redirect leads to a domain without an SPF record.",
	    FAIL },
	[DIAG_SPF_LOOKUPS] = { "spf-lookups", "RFC 7208 section 4.6.4",
	    "The SPF record takes more than 10 terms that query the DNS.",
	    FAIL },
	[DIAG_SPF_VOID] = { "spf-void-lookups", "RFC 7208 section 4.6.4",
	    "More than 2 terms of the SPF record query names that do not "
	    "exist or have no such record.",
	    FAIL },
	[DIAG_SPF_MX] = { "spf-mx", "RFC 7208 section 4.6.4",
	    "An mx term leads to more than 10 MX records.", FAIL },
	[DIAG_SPF_QUERIES] = { "spf-queries", "RFC 7208 section 11.1",
	    "The SPF record takes more than 128 DNS queries.", FAIL },

	[DIAG_DMARC_NONE] = { "dmarc-none", "RFC 9989 section 4.10.1",
	    "No DMARC policy record applies to the author's domain.", FAIL },
	[DIAG_DMARC_POLICY] = { "dmarc-policy", "RFC 9989 section 4.10.1",
	    "The DMARC record has no valid p=, or an invalid sp= or np=, and "
	    "no "
	    "valid rua=, so that DMARC does not apply.",
	    FAIL },
	[DIAG_DMARC_AUTHOR] = { "dmarc-author", "RFC 9989 section 5.3.1",
	    "The From field does not name one author domain.", FAIL },
	[DIAG_DMARC_ALIGNMENT] = { "dmarc-alignment", "RFC 9989 section 4.10.2",
	    "What DKIM and SPF authenticated is not aligned with the author's "
	    "domain.",
	    FAIL },
	[DIAG_DMARC_FAIL] = { "dmarc-fail", "RFC 9989 section 5.3.5",
	    "Neither DKIM nor SPF passed.", FAIL },
	[DIAG_DMARC_OPEN] = { "dmarc-temporary", "RFC 9989 section 5.3.5",
	    "DKIM or SPF could not be checked just now; either may pass later.",
	    TEMPORARY },

	[DIAG_NO_MESSAGE] = { "no-message", "RFC 5322 section 2.1",
	    "This is not an Internet message (RFC 5322).",
	    TROUBLE(EX_DATAERR) },
	[DIAG_FINGERPRINT] = { "fingerprint", "",
	    "The fingerprint cannot be used; take it anew.", DIAG_CLASS_TROUBLE,
	    EX_DATAERR },
	[DIAG_BARE_CR] = { "bare-cr", "RFC 5322 section 2.2",
	    "A CR without its LF stands in the header: other readers may see "
	    "other header fields than this one.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_NOT_SEALABLE] = { "not-sealable", "RFC 6376 section 5.3",
	    "The message is not fit to be sealed.", TROUBLE(EX_DATAERR) },
	[DIAG_NO_SUCH_SET] = { "no-such-set", "",
	    "The message does not have the ARC Set that was asked for, or not "
	    "all of it.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_MESSAGE] = { "limit-message", "",
	    "The message is longer than the 1 GiB that a filter, or --why, "
	    "takes, or than --limit message allows.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_HEADER] = { "limit-header", "RFC 8617 section 9.1",
	    "The header is longer than 16 MiB, or than --limit header allows.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_FIELD] = { "limit-field", "RFC 8617 section 9.1",
	    "An ARC field is longer than 1 MiB, or than --limit field allows.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_FIELDS] = { "limit-fields", "RFC 8617 section 9.1",
	    "There are more than 100,000 header fields, or than --limit fields "
	    "allows.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_PARTS] = { "limit-parts", "",
	    "More messages are attached than --attached looks at.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_RECORDS] = { "limit-records", "RFC 8617 section 9.2",
	    "More than 8 key records stand under one name, and none of the "
	    "first 8 fits.",
	    TROUBLE(EX_DATAERR) },
	[DIAG_LIMIT_DKIM] = { "limit-dkim", "RFC 6376 section 8.4",
	    "Not checked: the message has more than 20 DKIM-Signatures.",
	    FAIL },
	[DIAG_LIMIT_SIGNATURES] = { "limit-signatures", "RFC 8617 section 9.2",
	    "The message asks for more than 120 signature checks, or than "
	    "--limit signatures allows.",
	    TROUBLE(EX_DATAERR) },

	[DIAG_OPEN] = { "open", "", "The file cannot be opened.",
	    TROUBLE(EX_NOINPUT) },
	[DIAG_READ] = { "read", "", "The input could not be read to its end.",
	    TROUBLE(EX_IOERR) },
	[DIAG_WRITE] = { "write", "", "The output could not be written.",
	    TROUBLE(EX_IOERR) },
	[DIAG_MEMORY] = { "memory", "", "Memory is short.", TROUBLE(EX_OSERR) },
	[DIAG_SYSTEM] = { "system", "", "The operating system refused.",
	    TROUBLE(EX_OSERR) },
	[DIAG_INTERNAL] = { "internal", "",
	    "This should not happen; please report it.", TROUBLE(EX_SOFTWARE) },
	[DIAG_TABLE] = { "table", "", "The table cannot be understood.",
	    TROUBLE(EX_CONFIG) },
	[DIAG_TRUST] = { "trust", "",
	    "The file of trusted domains cannot be understood.",
	    TROUBLE(EX_CONFIG) },
	[DIAG_STATE] = { "state", "",
	    "The state file does not fit the message.", TROUBLE(EX_DATAERR) },
	[DIAG_KEY_DIFFERS] = { "key-differs", "RFC 6376 section 3.6.1",
	    "The published key is not the one to be signed with.",
	    TROUBLE(EX_CONFIG) },
	[DIAG_SELF_CHECK] = { "self-check", "",
	    "The finished seal does not verify; nothing was written.",
	    TROUBLE(EX_SOFTWARE) },
	[DIAG_MANIFEST] = { "manifest", "",
	    "The manifest cannot be understood.", TROUBLE(EX_CONFIG) },
	[DIAG_KEYS_FILE] = { "keys-file", "RFC 1035 section 5.1",
	    "The keys file cannot be understood.", TROUBLE(EX_CONFIG) },
	[DIAG_PRIVATE_KEY_READ] = { "private-key-unreadable", "",
	    "The private key cannot be read.", TROUBLE(EX_NOPERM) },
	[DIAG_PRIVATE_KEY] = { "private-key", "",
	    "This is no private key to sign with.", TROUBLE(EX_CONFIG) },
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

	diag_set(
	    why, code, (struct slice){ NULL, 0 }, "%s: %s", what, strerror(e));
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
