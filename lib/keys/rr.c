/* SPDX-License-Identifier: BSD-2-Clause */
#include <arpa/inet.h>
#include <string.h>

#include "keys/rr.h"

static const char words[RR_TYPES][5] = {
	[RR_TXT] = "TXT",
	[RR_A] = "A",
	[RR_AAAA] = "AAAA",
	[RR_MX] = "MX",
	[RR_PTR] = "PTR",
};

const char *
rr_word(enum rr_type type)
{
	return words[type];
}

bool
rr_from_word(struct slice word, enum rr_type *out)
{
	for (enum rr_type t = RR_TXT; t < RR_TYPES; t++)
		if (slice_eq_nocase(word, slice_of(words[t]))) {
			*out = t;
			return true;
		}
	return false;
}

size_t
rr_address_size(enum rr_type type)
{
	return type == RR_A ? 4 : RR_MAX_ADDRESS;
}

bool
rr_read_address(
    struct slice text, enum rr_type type, unsigned char out[RR_MAX_ADDRESS])
{
	char room[RR_MAX_ADDRESS_TEXT];
	unsigned char found[RR_MAX_ADDRESS] = { 0 };

	if (text.len == 0 || text.len >= sizeof room)
		return false;
	memcpy(room, text.p, text.len);
	room[text.len] = '\0';
	/* What follows a NUL would be passed over. */
	if (slice_find(text, '\0') < text.len ||
	    inet_pton(type == RR_A ? AF_INET : AF_INET6, room, found) != 1)
		return false;
	memcpy(out, found, sizeof found);
	return true;
}

/* Octets of a name that are written \X, not to be taken for what they mean. */
static bool
is_special(char c)
{
	return c == '.' || c == ';' || c == '(' || c == ')' || c == '\\';
}

static bool
is_graphic(char c)
{
	return c > 0x20 && c < 0x7f;
}

size_t
rr_put_octet(char *to, char c)
{
	unsigned char u = (unsigned char)c;

	to[0] = '\\';
	if (is_graphic(c)) {
		to[is_special(c)] = c;
		return is_special(c) ? 2 : 1;
	}
	to[1] = (char)('0' + u / 100);
	to[2] = (char)('0' + u / 10 % 10);
	to[3] = (char)('0' + u % 10);
	return 4;
}

void
rr_write_address(
    struct buf *out, enum rr_type type, const unsigned char *address)
{
	char room[RR_MAX_ADDRESS_TEXT];

	if (inet_ntop(type == RR_A ? AF_INET : AF_INET6, address, room,
		sizeof room) != NULL)
		buf_text(out, room);
}
