/* SPDX-License-Identifier: BSD-2-Clause */
/* why_story.h - findings as people read them: the same change of several
 * signatures is one story, and a few words sum all of them up */
#ifndef WHY_STORY_H
#define WHY_STORY_H

#include "report/report.h"

/* Whether both tell the same change by the same cause, of two signatures. */
bool why_same_story(const struct finding *, const struct finding *);

/* Whether finding k was reported with one before it. */
bool why_told_before(const struct explanation *, size_t k);

/* The findings that are told in one block with k: the same cause on other
 * fields of the same signatures.  The one after n, which is k or one of them;
 * the number of findings when there is none. */
size_t why_block_next(const struct explanation *, size_t k, size_t n);

/* Whether finding k was told in the block of one before it. */
bool why_in_block_before(const struct explanation *, size_t k);

/* Append " (To, Cc)", the fields of k's block; nothing where it is alone. */
void report_fields(struct buf *, const struct explanation *, size_t k);

/* A line for each field that fails by finding k, "  fails: i=2 ..."; of their
 * findings the one that dates the change best. */
const struct finding *report_fails(
    struct buf *, const struct report *, size_t k);

/* Who is meant, of one message or of many. */
struct hand {
	enum cause_role role;
	unsigned instance;	/* of a modifier 0 */
	unsigned signature;	/* of a DKIM-Signature, from the top; or 0 */
	unsigned after, before; /* of a modifier; 0: not known */
	unsigned since, until;	/* the same as DKIM-Signatures, from the top,
				 * which say it better; or 0 */
	struct slice domain;	/* or empty */
	struct slice sealer;	/* of hop after, or since; or empty */
	bool reader; /* not on the way: this copy was saved or read so */
	bool brief;  /* not to say that nobody sealed since */
};

/* Whether nobody changed the message on its way: the copy at hand is not all of
 * it, or more. */
bool why_is_readers(enum cause_id);

struct hand why_hand(const struct report *, const struct finding *);
void report_hand(struct buf *, const struct hand *);

/* Append before and the domain, escaped; nothing for none. */
void report_domain(struct buf *, const char *before, struct slice domain);

/* Append "i=2", or "DKIM-Signature 1" where there is a number of one. */
void report_signer(struct buf *, unsigned instance, unsigned signature);

/* Whether one phrase says who did both. */
bool why_same_hand(const struct finding *, const struct finding *);

/* Whether a summary tells it: what other validators might say of a chain that
 * passes can wait, and so can twins. */
bool why_is_summed(const struct finding *);

/* Append one or two lines that sum up why, the first after a label; nothing
 * where there is nothing to say. */
void report_summary(struct buf *, const struct report *, const char *label);

#endif
