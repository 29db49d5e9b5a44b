/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with sets, seals, keys and signatures as such. */
#include "why/cause_chain.h"

static const struct cause rows[] = {
	[CAUSE_AS_OVER_50] = { "as.over-50", ROLE_SIGNER, EXPLAIN_FACT,
	    "RFC 8617 section 4.2.1", "The message has more than 50 ARC Sets.",
	    "Look for a mail loop; a 51st set must not be added." },
	[CAUSE_AS_SET_REMOVED] = { "as.set-removed", ROLE_MODIFIER,
	    EXPLAIN_FACT, "RFC 8617 section 5.2, step 3B",
	    "ARC Set missing: it was removed, or a later hop skipped an "
	    "instance number.",
	    "Never remove ARC Sets." },
	[CAUSE_AS_FIELD_MISSING] = { "as.field-missing", ROLE_MODIFIER,
	    EXPLAIN_FACT, "RFC 8617 section 5.2, step 3A",
	    "Field missing: the ARC Set is incomplete.",
	    "Never remove ARC fields; a sealer must add all three." },
	[CAUSE_AS_INSTANCE_TWICE] = { "as.instance-twice", ROLE_SIGNER,
	    EXPLAIN_FACT, "RFC 8617 section 5.2, step 3A",
	    "Duplicate instance: two hops sealed in parallel, or one used the "
	    "wrong instance number.",
	    "Use the highest instance found plus one." },
	[CAUSE_AS_CV_WRONG] = { "as.cv-wrong", ROLE_SIGNER, EXPLAIN_FACT,
	    "RFC 8617 section 5.2, step 3C",
	    "Wrong cv= for this position in the chain.",
	    "Use cv=none at i=1 and cv=pass at every later hop; do not extend "
	    "a chain that ends in cv=fail." },
	[CAUSE_AS_H_TAG] = { "as.h-tag", ROLE_SIGNER, EXPLAIN_FACT,
	    "RFC 8617 section 4.1.3",
	    "ARC-Seal has an h= tag, which is forbidden.",
	    "Remove h= from ARC-Seal." },
	[CAUSE_HDR_H_NAMES_ARC_SEAL] = { "hdr.h-names-arc-seal", ROLE_SIGNER,
	    EXPLAIN_FACT, "RFC 8617 section 4.1.2",
	    "h= of the ARC-Message-Signature lists ARC-Seal, which must not be "
	    "signed.",
	    "Remove ARC-Seal from h=." },
	[CAUSE_AS_CV_FAIL_UNFOUNDED] = { "as.cv-fail-unfounded", ROLE_VALIDATOR,
	    EXPLAIN_PROVED, "RFC 8617 section 5.2",
	    "This hop sealed cv=fail although the chain it received verifies.",
	    "Fix the validator of this hop; the seal already made cannot be "
	    "repaired." },
	[CAUSE_ARC_SET_OF_ANOTHER_MESSAGE] = { "arc.set-of-another-message",
	    ROLE_MODIFIER, EXPLAIN_INDICATED, "RFC 8617 section 9.3",
	    "The seals verify, but nothing in the message matches the "
	    "signature: the ARC Sets may be copied from another message.",
	    "Do not trust anything these ARC Sets say about this message." },
	[CAUSE_VALIDATOR_ALL_AMS] = { "validator.all-ams", ROLE_VALIDATOR,
	    EXPLAIN_FACT, "RFC 8617 section 5.2, step 4",
	    "The chain passes; a validator that requires every "
	    "ARC-Message-Signature to verify, not only the newest, would fail "
	    "it (documented).",
	    "Accept older ARC-Message-Signatures that no longer verify: hops "
	    "may modify the message." },
	[CAUSE_VALIDATOR_HEADER_ORDER] = { "validator.header-order",
	    ROLE_VALIDATOR, EXPLAIN_FACT, "RFC 8617 section 4.2.1",
	    "The chain passes; a validator that orders ARC fields by position "
	    "instead of i= would fail it (documented).",
	    "Order ARC Sets by instance." },
	[CAUSE_VALIDATOR_L_TAG] = { "validator.l-tag", ROLE_VALIDATOR,
	    EXPLAIN_FACT, "RFC 6376 section 3.5, l=",
	    "The chain passes; a validator without support for l= would fail "
	    "it (documented).",
	    "Do not use l=: it leaves text unsigned." },
	[CAUSE_VALIDATOR_DUP_FROM] = { "validator.dup-from", ROLE_VALIDATOR,
	    EXPLAIN_FACT, "RFC 6376 section 8.15",
	    "The chain passes; a validator that rejects a second From would "
	    "fail it (read in source).",
	    "Find out who added the second From; sealers should oversign "
	    "From." },
	[CAUSE_KEY_MISSING] = { "key.missing", ROLE_KEY, EXPLAIN_FACT,
	    "RFC 6376 section 6.1.2", "No key record.",
	    "Keep the key published for as long as messages may be verified; "
	    "verify archives with --keys." },
	[CAUSE_KEY_REVOKED] = { "key.revoked", ROLE_KEY, EXPLAIN_FACT,
	    "RFC 6376 section 3.6.1", "The key has been revoked: p= is empty.",
	    "None if the domain owner revoked it on purpose; verify archives "
	    "with --keys." },
	[CAUSE_KEY_HASH_FORBIDDEN] = { "key.hash-forbidden", ROLE_KEY,
	    EXPLAIN_FACT, "RFC 6376 section 3.6.1",
	    "The key record does not allow SHA-256 (h=).",
	    "Remove h= from the key record, or add sha256 to it." },
	[CAUSE_KEY_TYPE_MISMATCH] = { "key.type-mismatch", ROLE_KEY,
	    EXPLAIN_FACT, "RFC 6376 section 3.6.1",
	    "Key type and algorithm do not match.",
	    "Publish the key that matches a=." },
	[CAUSE_KEY_TOO_SHORT] = { "key.too-short", ROLE_KEY, EXPLAIN_FACT,
	    "RFC 8301 section 3.2",
	    "The RSA key is shorter than the 1024 bits that verifiers must "
	    "require (RFC 8301).",
	    "Use an RSA key of 2048 bits." },
	[CAUSE_KEY_UNPARSABLE] = { "key.unparsable", ROLE_KEY, EXPLAIN_FACT,
	    "RFC 6376 section 3.6.1", "Invalid key record.",
	    "Publish a corrected record (arc-dump --key-audit prints it)." },
	[CAUSE_KEY_SPLIT_IN_TWO_RECORDS] = { "key.split-in-two-records",
	    ROLE_KEY, EXPLAIN_PROVED, "RFC 6376 section 3.6.2.2",
	    "The key is split over several TXT records; joined, they are the "
	    "signing key.",
	    "Publish one TXT record of several strings." },
	[CAUSE_KEY_OTHER_SELECTOR] = { "key.other-selector", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.5, s=",
	    "Wrong selector: the domain publishes the signing key under "
	    "another one.",
	    "Set s= to the selector of the signing key." },
	[CAUSE_KEY_MISMATCH] = { "key.mismatch", ROLE_KEY, EXPLAIN_PROVED,
	    "RFC 6376 section 6.1.3",
	    "The signature was made with another key than the published one.",
	    "Publish the key that is used for signing." },
	[CAUSE_SIG_DIGESTINFO_MISSING] = { "sig.digestinfo-missing",
	    ROLE_SIGNER, EXPLAIN_PROVED, "RFC 8017 section 9.2",
	    "The signature contains the correct hash without its DigestInfo "
	    "(hash algorithm).",
	    "Sign a DigestInfo (PKCS #1 v1.5)." },
	[CAUSE_SIG_DIGESTINFO_SHA1] = { "sig.digestinfo-sha1", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.3.2",
	    "a= is rsa-sha256, but a SHA-1 hash was signed.", "Use SHA-256." },
	[CAUSE_SIG_ALGORITHM_SHA1] = { "sig.algorithm-sha1", ROLE_SIGNER,
	    EXPLAIN_FACT, "RFC 8301 section 3.1",
	    "The signature uses rsa-sha1, which verifiers must not accept.",
	    "Use rsa-sha256." },
	[CAUSE_SIG_B_CUT_OFF] = { "sig.b-cut-off", ROLE_MODIFIER, EXPLAIN_FACT,
	    "RFC 6376 section 3.5",
	    "Signature truncated: b= is shorter than any signature of this "
	    "key.",
	    "Find the server that truncates long header fields." },
	[CAUSE_SIG_B_DAMAGED] = { "sig.b-damaged", ROLE_MODIFIER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.5",
	    "b= was damaged in transit.", "Never modify signature fields." },
	[CAUSE_AS_FAIL_FULL_SCOPE] = { "as.fail-full-scope", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.2",
	    "The seal has cv=fail and covers all ARC Sets; it must cover only "
	    "its own.",
	    "With cv=fail, seal only the new ARC Set." },
	[CAUSE_AS_OWN_SET_ONLY] = { "as.own-set-only", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The seal covers only its own ARC Set, as only a seal with cv=fail "
	    "may.",
	    "Include the ARC Sets of all earlier hops." },
	[CAUSE_AS_SETS_DESCENDING] = { "as.sets-descending", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer did not hash the ARC Sets in ascending order.",
	    "Hash ARC Sets from i=1 upward." },
	[CAUSE_AS_AARS_BY_POSITION] = { "as.aars-by-position", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer ordered the ARC-Authentication-Results fields by "
	    "position instead of i=.",
	    "Assign fields to ARC Sets by i=." },
	[CAUSE_AS_OWN_AAR_MISSING] = { "as.own-aar-missing", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer did not hash its own ARC-Authentication-Results.",
	    "Hash the new AAR and AMS before the seal." },
	[CAUSE_AS_EARLIER_SEALS_MISSING] = { "as.earlier-seals-missing",
	    ROLE_SIGNER, EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer did not hash the earlier ARC-Seals.",
	    "Hash all three fields of each earlier ARC Set." },
	[CAUSE_AS_AMS_BEFORE_AAR] = { "as.ams-before-aar", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer hashed ARC-Message-Signature before "
	    "ARC-Authentication-Results.",
	    "Within an ARC Set, hash AAR, AMS, AS." },
	[CAUSE_AS_SEAL_FIRST] = { "as.seal-first", ROLE_SIGNER, EXPLAIN_PROVED,
	    "RFC 8617 section 5.1.1",
	    "The sealer hashed ARC-Seal before the other fields of its ARC "
	    "Set.",
	    "Within an ARC Set, hash AAR, AMS, AS." },
	[CAUSE_AS_BY_KIND] = { "as.by-kind", ROLE_SIGNER, EXPLAIN_PROVED,
	    "RFC 8617 section 5.1.1",
	    "The sealer grouped the fields by kind instead of by ARC Set.",
	    "Hash AAR, AMS, AS of one ARC Set after the other." },
	[CAUSE_AS_SIMPLE_USED] = { "as.simple-used", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 4.1.3",
	    "The sealer used simple instead of relaxed canonicalization.",
	    "Use relaxed canonicalization for ARC-Seal." },
	[CAUSE_AS_NAMES_NOT_LOWERED] = { "as.names-not-lowered", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.4.2",
	    "The sealer did not convert field names to lower case.",
	    "Convert field names to lower case (relaxed canonicalization)." },
	[CAUSE_AS_TABS_KEPT] = { "as.tabs-kept", ROLE_SIGNER, EXPLAIN_PROVED,
	    "RFC 6376 section 3.4.2",
	    "The sealer did not convert tabs to spaces.",
	    "Reduce every run of white space to one space (relaxed "
	    "canonicalization)." },
	[CAUSE_AS_EARLIER_B_EMPTIED] = { "as.earlier-b-emptied", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer emptied b= of fields other than its own seal.",
	    "Empty only b= of the new seal." },
	[CAUSE_AS_B_TAG_REMOVED] = { "as.b-tag-removed", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.7",
	    "The sealer removed the whole b= tag instead of its value.",
	    "Remove only the value of b=; keep \"b=\"." },
	[CAUSE_AS_OWN_CRLF] = { "as.own-crlf", ROLE_SIGNER, EXPLAIN_PROVED,
	    "RFC 8617 section 5.1.1",
	    "The sealer hashed a CRLF after its own seal.",
	    "Hash the new seal last, without its final CRLF." },
	[CAUSE_AS_CV_ALTERED] = { "as.cv-altered", ROLE_MODIFIER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "cv= was changed after sealing.", "Never modify ARC fields." },
	[CAUSE_AS_AAR_RESPACED] = { "as.aar-respaced", ROLE_MODIFIER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "A field of an ARC Set was refolded after sealing, which changed "
	    "its white space.",
	    "Never refold ARC fields: relaxed canonicalization does not "
	    "tolerate white space where there was none.",
	    { CAUSE_AS_EARLIER_SET_RESPACED } },
	[CAUSE_AS_EARLIER_SET_RESPACED] = { "as.earlier-set-respaced",
	    ROLE_MODIFIER, EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "A later hop changed white space in an earlier ARC Set and sealed "
	    "the result.",
	    "Leave earlier ARC Sets as received.", { CAUSE_AS_AAR_RESPACED } },
	[CAUSE_AS_B_REFOLDED] = { "as.b-refolded", ROLE_MODIFIER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "White space in b= of an ARC field was changed; the seal covers "
	    "it.",
	    "Never refold ARC fields." },
	[CAUSE_AS_FIELD_ENCODED] = { "as.field-encoded", ROLE_MODIFIER,
	    EXPLAIN_PROVED, "RFC 2047 section 5",
	    "An ARC field was put into encoded words, as a mail library does "
	    "with long words; decoded, its ARC Set verifies.",
	    "Pass ARC fields on as they came." },
	[CAUSE_AS_AAR_ALTERED] = { "as.aar-altered", ROLE_MODIFIER,
	    EXPLAIN_INDICATED, "RFC 8617 section 5.1.1",
	    "Everything else verifies: ARC-Authentication-Results, or the tags "
	    "of the seal, were changed.",
	    "Never modify ARC fields when rewriting Authentication-Results." },
};

const struct cause *
cause_of_chain(enum cause_id id)
{
	return id < sizeof rows / sizeof *rows && rows[id].id != NULL
		   ? &rows[id]
		   : NULL;
}
