/* SPDX-License-Identifier: BSD-2-Clause */
#include <inttypes.h>

#include "base/escape.h"
#include "base/json.h"

void
json_init(struct json *j, struct buf *out)
{
	*j = (struct json){ .out = out };
}

static void
put_escape(struct buf *b, unsigned long cp)
{
	if (cp > 0xffff) {
		cp -= 0x10000;
		buf_printf(b, "\\u%04lx", 0xd800 + (cp >> 10));
		cp = 0xdc00 + (cp & 0x3ff);
	}
	buf_printf(b, "\\u%04lx", cp);
}

static void
put_quoted(struct buf *b, struct slice s)
{
	buf_char(b, '"');
	while (s.len > 0) {
		unsigned long cp = 0xfffd;
		size_t n = slice_utf8_next(s, &cp);

		if (cp == '"' || cp == '\\') {
			buf_char(b, '\\');
			buf_char(b, (char)cp);
		} else if (n > 0 && escape_is_plain(cp)) {
			buf_put(b, s.p, n);
		} else {
			put_escape(b, cp);
		}
		s = slice_sub(s, n > 0 ? n : 1, s.len);
	}
	buf_char(b, '"');
}

static void
put_key(struct json *j, const char *key)
{
	if (j->more)
		buf_char(j->out, ',');
	j->more = true;
	if (key != NULL) {
		put_quoted(j->out, slice_of(key));
		buf_char(j->out, ':');
	}
}

static void
put_open(struct json *j, const char *key, char bracket)
{
	put_key(j, key);
	buf_char(j->out, bracket);
	j->more = false;
}

static void
put_close(struct json *j, char bracket)
{
	buf_char(j->out, bracket);
	j->more = true;
}

void
json_object_open(struct json *j, const char *key)
{
	put_open(j, key, '{');
}

void
json_object_close(struct json *j)
{
	put_close(j, '}');
}

void
json_array_open(struct json *j, const char *key)
{
	put_open(j, key, '[');
}

void
json_array_close(struct json *j)
{
	put_close(j, ']');
}

void
json_string(struct json *j, const char *key, struct slice value)
{
	put_key(j, key);
	put_quoted(j->out, value);
}

void
json_number(struct json *j, const char *key, int64_t value)
{
	put_key(j, key);
	buf_printf(j->out, "%" PRId64, value);
}

void
json_bool(struct json *j, const char *key, bool value)
{
	put_key(j, key);
	buf_text(j->out, value ? "true" : "false");
}

void
json_null(struct json *j, const char *key)
{
	put_key(j, key);
	buf_text(j->out, "null");
}

void
json_member(struct json *j, struct slice key, struct slice value)
{
	put_key(j, NULL);
	put_quoted(j->out, key);
	buf_char(j->out, ':');
	put_quoted(j->out, value);
}
