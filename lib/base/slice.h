/* SPDX-License-Identifier: BSD-2-Clause */
/* slice.h - views of octets that somebody else owns
 *
 * A slice is a pointer and a length.  It is not NUL-terminated, may hold any
 * octet, and is never freed: it lives as long as what it looks into.  The
 * empty slice may have a NULL pointer.  Lengths are compared before octets are
 * read.  The character classes here are ASCII's whatever the locale says, as
 * <ctype.h> would obey the locale.  Nothing in this module can fail. */
#ifndef SLICE_H
#define SLICE_H

#include <stdbool.h>
#include <stddef.h>

struct slice {
	const char *p;
	size_t len;
};

/* A slice of a string literal, its final NUL left out. */
#define SLICE(lit) ((struct slice){ (lit), sizeof(lit) - 1 })

/* No slice at all. */
#define SLICE_NONE ((struct slice){ NULL, 0 })

#define ARRAY_LEN(a) (sizeof(a) / sizeof *(a))

/* For printf's "%.*s": only where the octets are known to be printable ASCII.
 */
#define SLICE_ARG(s) (int)(s).len, (s).p

static inline bool
ascii_is_wsp(char c)
{
	return c == ' ' || c == '\t';
}

static inline bool
ascii_is_fws(char c)
{
	return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

static inline bool
ascii_is_control(char c)
{
	return (unsigned char)c < ' ' || c == 0x7f;
}

static inline bool
ascii_is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static inline bool
ascii_is_alpha(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool
ascii_is_alnum(char c)
{
	return ascii_is_alpha(c) || ascii_is_digit(c);
}

static inline char
ascii_lower(char c)
{
	return c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
}

/* The value of a hexadecimal digit, in either case; -1 for any other octet. */
static inline int
ascii_hex(char c)
{
	if (ascii_is_digit(c))
		return c - '0';
	c = ascii_lower(c);
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* A slice of the NUL-terminated s, for program arguments. */
struct slice slice_of(const char *s);

bool slice_eq(struct slice a, struct slice b);

/* Equal but for the case of ASCII letters. */
bool slice_eq_nocase(struct slice a, struct slice b);

/* <0, 0 or >0: octet by octet as unsigned, the shorter first. */
int slice_cmp(struct slice a, struct slice b);

/* The part from octet at on, of at most len octets; clipped to s. */
struct slice slice_sub(struct slice s, size_t at, size_t len);

/* s without spaces, tabs, CR and LF at both ends. */
struct slice slice_trim(struct slice s);

/* s from its first octet on that is none of these, a NUL among the others. */
struct slice slice_skip(struct slice s, const char *octets);

/* How many octets the line end has that s ends with, LF or CRLF; 0 for none. */
size_t slice_line_end(struct slice s);

/* Move the next line into *line, without its LF or CRLF, and step over it.
 * False once nothing is left. */
bool slice_line(struct slice *rest, struct slice *line);

/* Index of the first c in s, or s.len. */
size_t slice_find(struct slice s, char c);

bool slice_starts(struct slice s, struct slice prefix);

/* Whether s is suffix, or longer and ends in it; but for the case of ASCII
 * letters. */
bool slice_ends_nocase(struct slice s, struct slice suffix);

/* The next word of *text, which white space ends, and that too is stepped over;
 * empty once there is none. */
struct slice slice_word(struct slice *text);

/* Move into *head what precedes sep in *rest, and step over sep.  False once
 * *rest is spent (its pointer is NULL then): "a;;b" yields "a", "" and "b". */
bool slice_cut(struct slice *rest, char sep, struct slice *head);

/* The unsigned decimal number that s is, whole: 1 to max_digits digits (at
 * most 18).  False, and *out untouched, for anything else. */
bool slice_number(struct slice s, unsigned max_digits, unsigned long long *out);

bool slice_is_ascii(struct slice s);

/* Whether s is valid UTF-8: no overlong form, no surrogate, none above
 * U+10FFFF (RFC 3629). */
bool slice_is_utf8(struct slice s);

/* Length of the valid UTF-8 sequence at the start of s, its code point in
 * *cp; 0 when there is none (s empty or ill-formed there). */
size_t slice_utf8_next(struct slice s, unsigned long *cp);

#endif
