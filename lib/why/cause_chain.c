/* SPDX-License-Identifier: BSD-2-Clause */
/* What is wrong with sets, seals, keys and signatures as such. */
#include "why/cause_chain.h"

static const struct cause rows[] = {
	[CAUSE_AS_OVER_50] = { "as.over-50", ROLE_SIGNER, EXPLAIN_FACT,
	    "RFC 8617 section 4.2.1", "There are more than 50 ARC Sets.",
	    "Look for a mail loop; nobody may add a 51st set." },
	[CAUSE_AS_SET_REMOVED] = { "as.set-removed", ROLE_MODIFIER,
	    EXPLAIN_FACT, "RFC 8617 section 5.2, step 3B",
	    "A whole ARC Set is missing: it was taken out, or the next hop "
	    "did not count right.",
	    "ARC Sets must never be removed." },
	[CAUSE_AS_FIELD_MISSING] = { "as.field-missing", ROLE_MODIFIER,
	    EXPLAIN_FACT, "RFC 8617 section 5.2, step 3A",
	    "A field of an ARC Set is missing.",
	    "ARC fields must never be removed, and a sealer has to write all "
	    "three." },
	[CAUSE_AS_INSTANCE_TWICE] = { "as.instance-twice", ROLE_SIGNER,
	    EXPLAIN_FACT, "RFC 8617 section 5.2, step 3A",
	    "Two fields of one kind have one instance: two hops sealed the "
	    "same message, or one counted wrongly.",
	    "A sealer has to take the highest instance it finds plus one." },
	[CAUSE_AS_CV_WRONG] = { "as.cv-wrong", ROLE_SIGNER, EXPLAIN_FACT,
	    "RFC 8617 section 5.2, step 3C",
	    "cv= of a seal is not what it must be at that place.",
	    "cv=none belongs to i=1, cv=pass to all others; a seal over a "
	    "chain that failed is the last one." },
	[CAUSE_AS_H_TAG] = { "as.h-tag", ROLE_SIGNER, EXPLAIN_FACT,
	    "RFC 8617 section 4.1.3", "A seal has h=, which is forbidden.",
	    "The sealer has to leave h= out of ARC-Seal." },
	[CAUSE_HDR_H_NAMES_ARC_SEAL] = { "hdr.h-names-arc-seal", ROLE_SIGNER,
	    EXPLAIN_FACT, "RFC 8617 section 4.1.2",
	    "h= of the ARC-Message-Signature names ARC-Seal, which is "
	    "forbidden.",
	    "The sealer has to take ARC-Seal out of h=." },
	[CAUSE_AS_CV_FAIL_UNFOUNDED] = { "as.cv-fail-unfounded", ROLE_VALIDATOR,
	    EXPLAIN_PROVED, "RFC 8617 section 5.2",
	    "This hop says cv=fail, and the chain that it received holds.",
	    "The hop's validator has to be mended; what it sealed cannot be "
	    "taken back." },
	[CAUSE_ARC_SET_OF_ANOTHER_MESSAGE] = { "arc.set-of-another-message",
	    ROLE_MODIFIER, EXPLAIN_INDICATED, "RFC 8617 section 9.3",
	    "The seals hold and nothing of the message fits the signature: "
	    "the ARC Sets may be another message's.",
	    "Believe nothing that these sets say of this message." },
	[CAUSE_VALIDATOR_ALL_AMS] = { "validator.all-ams", ROLE_VALIDATOR,
	    EXPLAIN_FACT, "RFC 8617 section 5.2, step 4",
	    "The chain passes; a validator that checks every "
	    "ARC-Message-Signature and not the newest alone would fail it "
	    "(documented).",
	    "Such a validator has to let older ones fail: hops may change "
	    "the message." },
	[CAUSE_VALIDATOR_HEADER_ORDER] = { "validator.header-order",
	    ROLE_VALIDATOR, EXPLAIN_FACT, "RFC 8617 section 4.2.1",
	    "The chain passes; a validator that takes ARC fields by their "
	    "place and not by i= would fail it (documented).",
	    "Such a validator has to sort by instance." },
	[CAUSE_VALIDATOR_L_TAG] = { "validator.l-tag", ROLE_VALIDATOR,
	    EXPLAIN_FACT, "RFC 6376 section 3.5, l=",
	    "The chain passes; a validator that does not know l= would fail "
	    "it (documented).",
	    "The sealer had better not write l=: it leaves text unsigned." },
	[CAUSE_VALIDATOR_DUP_FROM] = { "validator.dup-from", ROLE_VALIDATOR,
	    EXPLAIN_FACT, "RFC 6376 section 8.15",
	    "The chain passes; a validator that refuses a second From would "
	    "fail it (read in source).",
	    "Find out who added the second From; a sealer has to oversign "
	    "From." },
	[CAUSE_KEY_MISSING] = { "key.missing", ROLE_KEY, EXPLAIN_FACT,
	    "RFC 6376 section 6.1.2", "No key record under this name.",
	    "The domain has to publish the key for as long as its messages "
	    "may be checked; an archive can be checked with --keys." },
	[CAUSE_KEY_REVOKED] = { "key.revoked", ROLE_KEY, EXPLAIN_FACT,
	    "RFC 6376 section 3.6.1", "The key was revoked: p= is empty.",
	    "Nothing to mend, if the owner meant it; an archive can be "
	    "checked with --keys." },
	[CAUSE_KEY_HASH_FORBIDDEN] = { "key.hash-forbidden", ROLE_KEY,
	    EXPLAIN_FACT, "RFC 6376 section 3.6.1",
	    "The key record allows other hash algorithms only.",
	    "The domain has to take h= out of the key record, or add sha256." },
	[CAUSE_KEY_TYPE_MISMATCH] = { "key.type-mismatch", ROLE_KEY,
	    EXPLAIN_FACT, "RFC 6376 section 3.6.1",
	    "The key is of another type than the signature's algorithm.",
	    "The domain has to publish the key that goes with a=." },
	[CAUSE_KEY_TOO_SHORT] = { "key.too-short", ROLE_KEY, EXPLAIN_FACT,
	    "RFC 8301 section 3.2", "The key is too short to be believed.",
	    "The domain has to take a key of 2048 bits." },
	[CAUSE_KEY_UNPARSABLE] = { "key.unparsable", ROLE_KEY, EXPLAIN_FACT,
	    "RFC 6376 section 3.6.1", "The key record cannot be read.",
	    "The domain has to publish the record anew (arc-dump --key-audit "
	    "writes it)." },
	[CAUSE_KEY_SPLIT_IN_TWO_RECORDS] = { "key.split-in-two-records",
	    ROLE_KEY, EXPLAIN_PROVED, "RFC 6376 section 3.6.2.2",
	    "One key stands in several TXT records; joined, they make it.",
	    "The domain has to publish one record with several strings." },
	[CAUSE_KEY_OTHER_SELECTOR] = { "key.other-selector", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.5, s=",
	    "The signature was made with a key of the domain that stands "
	    "under another selector.",
	    "The signer has to write the selector of the key that it uses." },
	[CAUSE_KEY_MISMATCH] = { "key.mismatch", ROLE_KEY, EXPLAIN_PROVED,
	    "RFC 6376 section 6.1.3",
	    "The published key did not make this signature.",
	    "The domain has to publish the key that it signs with." },
	[CAUSE_SIG_DIGESTINFO_MISSING] = { "sig.digestinfo-missing",
	    ROLE_SIGNER, EXPLAIN_PROVED, "RFC 8017 section 9.2",
	    "The signature holds the right hash, but does not say of which "
	    "algorithm.",
	    "The signer has to sign a DigestInfo (PKCS #1 v1.5)." },
	[CAUSE_SIG_DIGESTINFO_SHA1] = { "sig.digestinfo-sha1", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.3.2",
	    "a= says rsa-sha256, and a SHA-1 hash was signed.",
	    "The signer has to use SHA-256." },
	[CAUSE_SIG_ALGORITHM_SHA1] = { "sig.algorithm-sha1", ROLE_SIGNER,
	    EXPLAIN_FACT, "RFC 8301 section 3.1",
	    "The signature was made with rsa-sha1, which nobody may believe.",
	    "The signer has to use rsa-sha256." },
	[CAUSE_SIG_B_CUT_OFF] = { "sig.b-cut-off", ROLE_MODIFIER, EXPLAIN_FACT,
	    "RFC 6376 section 3.5",
	    "b= is shorter than any signature of this key.",
	    "Whatever cut the field off has to leave long fields alone." },
	[CAUSE_SIG_B_DAMAGED] = { "sig.b-damaged", ROLE_MODIFIER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.5",
	    "b= was damaged on its way.",
	    "Nobody may change a signature field." },
	[CAUSE_AS_FAIL_FULL_SCOPE] = { "as.fail-full-scope", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.2",
	    "The seal says cv=fail and covers all sets; it should cover its "
	    "own set alone.",
	    "With cv=fail only the sealer's own set goes in." },
	[CAUSE_AS_OWN_SET_ONLY] = { "as.own-set-only", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The seal covers its own set alone, as one with cv=fail would.",
	    "The sets of all earlier hops go in first." },
	[CAUSE_AS_SETS_DESCENDING] = { "as.sets-descending", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer hashed the sets in another order than by ascending "
	    "instance.",
	    "The sets go in from i=1 upwards." },
	[CAUSE_AS_AARS_BY_POSITION] = { "as.aars-by-position", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer took the ARC-Authentication-Results fields by their "
	    "place in the header and not by their instance.",
	    "Fields belong to the set that their i= names." },
	[CAUSE_AS_OWN_AAR_MISSING] = { "as.own-aar-missing", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer left its ARC-Authentication-Results out.",
	    "The sealer's own AAR and AMS go in before its seal." },
	[CAUSE_AS_EARLIER_SEALS_MISSING] = { "as.earlier-seals-missing",
	    ROLE_SIGNER, EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer left the earlier seals out.",
	    "Each earlier set goes in whole, its seal too." },
	[CAUSE_AS_AMS_BEFORE_AAR] = { "as.ams-before-aar", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer hashed the ARC-Message-Signature of a set before its "
	    "ARC-Authentication-Results.",
	    "The order within a set is AAR, AMS, AS." },
	[CAUSE_AS_SEAL_FIRST] = { "as.seal-first", ROLE_SIGNER, EXPLAIN_PROVED,
	    "RFC 8617 section 5.1.1",
	    "The sealer hashed the ARC-Seal of a set before its other "
	    "fields.",
	    "The order within a set is AAR, AMS, AS." },
	[CAUSE_AS_BY_KIND] = { "as.by-kind", ROLE_SIGNER, EXPLAIN_PROVED,
	    "RFC 8617 section 5.1.1",
	    "The sealer hashed all fields of one kind together and not set "
	    "by set.",
	    "Set by set, the order is AAR, AMS, AS." },
	[CAUSE_AS_SIMPLE_USED] = { "as.simple-used", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 4.1.3",
	    "The seal was made over the fields as they are and not relaxed.",
	    "Seals are always relaxed." },
	[CAUSE_AS_NAMES_NOT_LOWERED] = { "as.names-not-lowered", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.4.2",
	    "The sealer kept the capitals of field names.",
	    "Relaxed has field names in lower case." },
	[CAUSE_AS_TABS_KEPT] = { "as.tabs-kept", ROLE_SIGNER, EXPLAIN_PROVED,
	    "RFC 6376 section 3.4.2", "The sealer kept tabs.",
	    "Relaxed makes every run of white space one space." },
	[CAUSE_AS_EARLIER_B_EMPTIED] = { "as.earlier-b-emptied", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "The sealer emptied b= of fields other than its own seal.",
	    "Only b= of the seal being made is emptied." },
	[CAUSE_AS_B_TAG_REMOVED] = { "as.b-tag-removed", ROLE_SIGNER,
	    EXPLAIN_PROVED, "RFC 6376 section 3.7",
	    "The sealer left out all of b= and not only its value.",
	    "Only the value of b= is taken out; \"b=\" stays." },
	[CAUSE_AS_OWN_CRLF] = { "as.own-crlf", ROLE_SIGNER, EXPLAIN_PROVED,
	    "RFC 8617 section 5.1.1",
	    "The sealer hashed a line end behind its own seal.",
	    "The seal goes in last, without its final CRLF." },
	[CAUSE_AS_CV_ALTERED] = { "as.cv-altered", ROLE_MODIFIER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "cv= of the seal was changed after it was sealed.",
	    "Nobody may change ARC fields." },
	[CAUSE_AS_AAR_RESPACED] = { "as.aar-respaced", ROLE_MODIFIER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "A field of an ARC Set was folded anew, so that white space came "
	    "or went within it.",
	    "Nobody may write ARC fields anew; relaxed bears other folds, "
	    "but not blanks where there were none.",
	    { CAUSE_AS_EARLIER_SET_RESPACED } },
	[CAUSE_AS_EARLIER_SET_RESPACED] = { "as.earlier-set-respaced",
	    ROLE_MODIFIER, EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "A later hop wrote an earlier ARC Set anew, so that white space "
	    "came or went within it, and sealed that.",
	    "That hop has to leave earlier ARC Sets as they came.",
	    { CAUSE_AS_AAR_RESPACED } },
	[CAUSE_AS_B_REFOLDED] = { "as.b-refolded", ROLE_MODIFIER,
	    EXPLAIN_PROVED, "RFC 8617 section 5.1.1",
	    "White space within b= of an ARC field came or went; the seal "
	    "covers that field with its b=.",
	    "Nobody may fold ARC fields anew." },
	[CAUSE_AS_AAR_ALTERED] = { "as.aar-altered", ROLE_MODIFIER,
	    EXPLAIN_INDICATED, "RFC 8617 section 5.1.1",
	    "All else verifies, so the ARC-Authentication-Results field, or "
	    "the seal's own tags, were changed.",
	    "Whatever rewrites Authentication-Results has to leave ARC "
	    "fields alone." },
};

const struct cause *
cause_of_chain(enum cause_id id)
{
	return id < sizeof rows / sizeof *rows && rows[id].id != NULL
		   ? &rows[id]
		   : NULL;
}
