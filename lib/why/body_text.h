/* SPDX-License-Identifier: BSD-2-Clause */
/* body_text.h - the text of MIME parts: where it is, decoded, encoded again */
#ifndef WHY_BODY_TEXT_H
#define WHY_BODY_TEXT_H

#include "why/body_try.h"

enum {
	PARTS_MAX_EDITS = 4 * MIME_MAX_PARTS,
	TEXT_USUAL_WIDTH = 76, /* of lines that are encoded */
};

/* A text, or the two ends of one from whose middle something is removed. */
struct ends {
	struct slice head, tail;
};

struct span {
	size_t from, to;
};

size_t body_offset(const struct body_case *c, const char *p);
size_t part_start(const struct body_case *c, const struct mime_part *p);
size_t part_stop(const struct body_case *c, const struct mime_part *p);

/* The lines of a field in a part's header; false when it has none. */
bool part_field(
    const struct mime_part *p, struct slice name, struct slice *out);

/* p's content decoded, in the arena; false when it has no encoding that can be
 * decoded. */
bool decode_part(
    struct body_case *c, const struct mime_part *p, struct slice *out);
struct ends whole_text(struct slice text);

/* A text encoded as base64 or quoted-printable in lines of that width, in the
 * arena.  False when memory is short. */
bool encode_part(struct body_case *c, struct ends text, bool base64,
    size_t width, struct slice *out);

/* Get the text parts, or the body when it has none; returns how many, at most
 * max. */
size_t text_parts(
    const struct body_case *c, const struct mime_part *part[], size_t max);

/* Whether there is such a way in which encode_like() can encode: whoever
 * changed an encoded text may have changed how its lines are filled.  way
 * counts from 0. */
bool part_likeness(
    struct body_case *c, const struct mime_part *p, unsigned way);

/* Text encoded as p is, in one of the ways (the first where p has no such
 * way), with a line end after the last line where p has one.  A part that is
 * not encoded has no tail.  False when memory is short. */
bool encode_like(struct body_case *c, const struct mime_part *p, unsigned way,
    struct ends text, struct slice *out);

/* Length of the lines that two texts have in common at their start. */
size_t lines_in_common(struct slice a, struct slice b);

/* The edit that removes a span from the text of a part and encodes it as the
 * part is. */
bool encode_without(struct body_case *c, const struct mime_part *p,
    unsigned way, struct slice text, struct span without, struct edit *e);

/* Whether any text part has that way. */
bool any_likeness(struct body_case *c, unsigned way);

/* Give *text the CRLF line ends with which it was sent. */
bool text_as_sent(struct body_case *c, struct slice *text);

/* Text encoded in lines of one width, with the line ends of the body; in the
 * arena.  False when memory is short. */
bool body_encode(struct body_case *c, struct slice text, bool base64,
    size_t width, struct slice *out);

#endif
