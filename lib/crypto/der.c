/* SPDX-License-Identifier: BSD-2-Clause */
#include <stdint.h>

#include "crypto/der.h"

/* Length of what stands before the value, and of the value.  False when there
 * is no element whose length can be told. */
static bool
measure(struct slice s, size_t *head, size_t *len)
{
	if (s.len < 2)
		return false;
	unsigned char first = (unsigned char)s.p[1];

	*head = 2;
	*len = first;
	if (first < 0x80)
		return true;
	size_t octets = first & 0x7f;

	/* 0x80 is the indefinite form. */
	if (octets == 0 || octets > s.len - 2)
		return false;
	*head = 2 + octets;
	*len = 0;
	for (size_t i = 0; i < octets; i++) {
		if (*len > SIZE_MAX >> 16)
			return false;
		*len = *len << 8 | (unsigned char)s.p[2 + i];
	}
	return true;
}

bool
der_take(struct slice *rest, enum der_tag tag, struct slice *value)
{
	size_t head, len;

	if (rest->len == 0 || (unsigned char)rest->p[0] != (unsigned)tag ||
	    !measure(*rest, &head, &len) || len > rest->len - head)
		return false;
	*value = slice_sub(*rest, head, len);
	*rest = slice_sub(*rest, head + len, rest->len);
	return true;
}

size_t
der_size(struct slice s)
{
	size_t head, len;

	return measure(s, &head, &len) ? head + len : 0;
}

struct slice
der_unsigned(struct slice value)
{
	while (value.len > 0 && value.p[0] == 0)
		value = slice_sub(value, 1, value.len);
	return value;
}

void
der_put(struct buf *out, enum der_tag tag, const struct buf *value)
{
	unsigned octets = 0;

	buf_char(out, (char)tag);
	if (value->len >= 0x80) {
		while (
		    octets < sizeof value->len && value->len >> 8 * octets != 0)
			octets++;
		buf_char(out, (char)(0x80 | octets));
		while (octets-- > 0)
			buf_char(out, (char)(value->len >> 8 * octets));
	} else {
		buf_char(out, (char)value->len);
	}
	buf_slice(out, buf_view(value));
	buf_fail_with(out, value);
}

void
der_put_unsigned(struct buf *out, struct slice number)
{
	struct buf value = { .max = 0 };

	number = der_unsigned(number);
	/* A first bit that is set would be a sign. */
	if (number.len == 0 || (unsigned char)number.p[0] >= 0x80)
		buf_char(&value, '\0');
	buf_slice(&value, number);
	der_put(out, DER_INTEGER, &value);
	buf_release(&value);
}
