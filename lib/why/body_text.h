/* SPDX-License-Identifier: BSD-2-Clause */
/* body_text.h - the text of MIME parts: its place, decoded, encoded again */
#ifndef WHY_BODY_TEXT_H
#define WHY_BODY_TEXT_H

#include "why/body_try.h"

enum {
	PARTS_MAX_EDITS = 4 * MIME_MAX_PARTS,
	TEXT_USUAL_WIDTH = 76, /* of lines that are encoded */
};

/* A text, or what is left of one that something is taken out of. */
struct ends {
	struct slice head, tail;
};

struct span {
	size_t from, to;
};

size_t body_offset(const struct body_case *c, const char *p);
size_t part_start(const struct body_case *c, const struct mime_part *p);
size_t part_stop(const struct body_case *c, const struct mime_part *p);

/* Where the line of a part's header with that field stands. */
bool part_field(
    const struct mime_part *p, struct slice name, struct slice *out);

/* What p's content is when decoded; false when it is not so encoded. */
bool decode_part(
    struct body_case *c, const struct mime_part *p, struct slice *out);
struct ends whole_text(struct slice text);

/* One part encoded in lines of that width: as base64, or as quoted-printable.
 */
bool encode_part(struct body_case *c, struct ends text, bool base64,
    size_t width, struct slice *out);

/* The text parts, or the body when it has none. */
size_t text_parts(
    const struct body_case *c, const struct mime_part *part[], size_t max);

/* The ways in which encode_like() may have to be asked: whoever changed a text
 * that was encoded may have made its lines of another length than they had. How
 * long the lines are in one; 0 behind the last. */
size_t part_likeness(
    struct body_case *c, const struct mime_part *p, unsigned way);

/* Text encoded as p is in one of the ways, or the first where it has no such,
 * with a line end behind the last line where p has one.  What is not encoded
 * has no tail. */
bool encode_like(struct body_case *c, const struct mime_part *p, unsigned way,
    struct ends text, struct slice *out);

/* How many octets, in whole lines, two texts begin with alike. */
size_t lines_in_common(struct slice a, struct slice b);

/* The edit that makes of a part its text without a span, encoded as it is. */
bool encode_without(struct body_case *c, const struct mime_part *p,
    unsigned way, struct slice text, struct span without, struct edit *e);

/* Whether a text has such a way of its own. */
bool any_likeness(struct body_case *c, unsigned way);

/* Text with its line ends as they were sent, whatever they are here. */
bool text_as_sent(struct body_case *c, struct slice *text);

/* Text of the body, encoded in lines of one width; in the arena.  False when
 * memory is short. */
bool body_encode(struct body_case *c, struct slice text, bool base64,
    size_t width, struct slice *out);

#endif
