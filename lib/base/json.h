/* SPDX-License-Identifier: BSD-2-Clause */
/* json.h - the one writer of JSON (RFC 8259)
 *
 * Values go into a buffer, commas come by themselves, and what comes out is
 * valid UTF-8 whatever went in.  A key is given for a member of an object and
 * is NULL for an element of an array.  Nothing is allocated but by the buffer,
 * whose failure the caller looks at. */
#ifndef JSON_H
#define JSON_H

#include <stdbool.h>
#include <stdint.h>

#include "base/buf.h"
#include "base/slice.h"

struct json {
	struct buf *out;
	bool more; /* a value stands before the next one at this level */
};

void json_init(struct json *, struct buf *out);

void json_object_open(struct json *, const char *key);
void json_object_close(struct json *);
void json_array_open(struct json *, const char *key);
void json_array_close(struct json *);

/* Characters that are not plain (escape.h) come as \uNNNN; an octet that is
 * no UTF-8 as U+FFFD. */
void json_string(struct json *, const char *key, struct slice value);
void json_number(struct json *, const char *key, int64_t value);
void json_bool(struct json *, const char *key, bool value);
void json_null(struct json *, const char *key);

/* A string member whose key is a stranger's text. */
void json_member(struct json *, struct slice key, struct slice value);

#endif
