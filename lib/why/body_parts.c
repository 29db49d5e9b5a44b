/* SPDX-License-Identifier: BSD-2-Clause */
#include "mail/mime.h"
#include "why/body_hash.h"
#include "why/body_parts.h"
#include "why/body_text.h"
#include "why/body_try.h"

void
body_mime_wrapped(struct body_case *c)
{
	for (size_t k = 0; k < c->mime.nparts; k++) {
		const struct mime_part *p = &c->mime.part[k];
		struct edit e[2] = { { 0, part_start(c, p), SLICE_NONE },
			{ part_stop(c, p), c->body.len, SLICE_NONE } };

		if (p->depth == 1 && body_try(c, e, 2))
			return;
	}
}

void
body_part_added(struct body_case *c)
{
	for (size_t k = c->mime.nparts; k-- > 0;) {
		const struct mime_part *p = &c->mime.part[k];

		if (p->end > p->outer &&
		    body_try_one(c, p->outer, p->end, SLICE_NONE))
			return;
	}
}

void
body_preamble_removed(struct body_case *c)
{
	static const char *const texts[] = {
		"This is a multi-part message in MIME format.",
		"This is a multipart message in MIME format.",
		"This is a multi-part message in MIME format",
		"This is a multipart message in MIME format",
		"This is an OpenPGP/MIME signed message (RFC 4880 and 3156)",
		"This is a MIME-encapsulated message",
		("This is a MIME-formatted message.  If you see this text it "
		 "means that your\r\nE-mail software does not support "
		 "MIME-formatted messages."),
		"This is a cryptographically signed message in MIME format.",
		"This message is in MIME format.",
		"This is a MIME-encoded message.",
		"This is a MIME-formatted message.",
		"This is a multi-part message in MIME format...",
		"This is a message with multiple parts in MIME format.",
		"This is a mime-encapsulated message",
		("This message is in MIME format. Since your mail reader does "
		 "not understand\r\nthis format, some or all of this message "
		 "may not be legible."),
		("This message is in MIME format.  The first part should be "
		 "readable text,\r\nwhile the remaining parts are likely "
		 "unreadable without MIME-aware tools."),
		("  This message is in MIME format.  The first part should be "
		 "readable text,\r\n  while the remaining parts are likely "
		 "unreadable without MIME-aware tools."),
		"This is an S/MIME signed message",
		"Content-Type: text/plain",
		"MIME multipart message",
		"--",
		"",
	};
	static const char *const layouts[][2] = { { "", "\r\n" },
		{ "", "\r\n\r\n" }, { "\r\n", "\r\n" },
		{ "\r\n", "\r\n\r\n" } };

	if (!c->mime.root.multipart)
		return;
	for (size_t k = 0; k < ARRAY_LEN(texts); k++)
		for (size_t l = 0; l < ARRAY_LEN(layouts); l++) {
			struct buf b = { .max = 0 };

			buf_printf(&b, "%s%s%s", layouts[l][0], texts[k],
			    layouts[l][1]);
			struct slice kept = search_keep(c->s, &b);

			buf_release(&b);
			/* In the place of what stands before the first part,
			 * if anything does. */
			if (kept.p == NULL ||
			    body_try_one(c, 0, c->mime.first, kept))
				return;
		}
}

/* Fields of part headers that begin with a prefix. */
static bool
try_without_fields(struct body_case *c, struct slice prefix)
{
	struct edit e[PARTS_MAX_EDITS];
	size_t n = 0;

	for (size_t k = 0; k < c->mime.nparts; k++) {
		struct slice rest = c->mime.part[k].header, line;
		bool drop = false;

		while (mime_line(&rest, &line)) {
			if (!ascii_is_wsp(line.p[0]))
				drop =
				    line.len > prefix.len &&
				    slice_eq_nocase(
					slice_sub(line, 0, prefix.len), prefix);
			if (drop && n < PARTS_MAX_EDITS)
				e[n++] = (struct edit){ body_offset(c, line.p),
					body_offset(c, line.p) + line.len,
					SLICE_NONE };
		}
	}
	return n > 0 && body_try(c, e, n);
}

void
body_part_headers_added(struct body_case *c)
{
	if (!try_without_fields(c, SLICE("X-")) &&
	    !try_without_fields(c, SLICE("X-Microsoft")))
		try_without_fields(c, SLICE("X-MS"));
}
