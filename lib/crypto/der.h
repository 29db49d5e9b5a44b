/* SPDX-License-Identifier: BSD-2-Clause */
/* der.h - the little of ASN.1 that keys are written in (X.690)
 *
 * One element at a time, its value a view into the octets; nothing is copied
 * and nothing is entered by recursion.  Lengths may be longer than DER allows
 * (BER), as other readers of keys accept that; the indefinite form is
 * refused. */
#ifndef DER_H
#define DER_H

#include <stdbool.h>
#include <stddef.h>

#include "base/buf.h"
#include "base/slice.h"

enum der_tag {
	DER_INTEGER = 0x02,
	DER_BIT_STRING = 0x03,
	DER_OCTET_STRING = 0x04,
	DER_NULL = 0x05,
	DER_OBJECT = 0x06,
	DER_SEQUENCE = 0x30,
};

/* Take the first element of *rest, which must have that tag: its value goes to
 * *value, and *rest steps over it.  False, and *rest untouched, when it has
 * another tag, has no proper length, or is not whole. */
bool der_take(struct slice *rest, enum der_tag, struct slice *value);

/* How many octets the first element of s says it has, itself and its length
 * included; 0 when that is not known.  May be more than there are. */
size_t der_size(struct slice s);

/* An integer's value read as a number without a sign: zeros at its front left
 * out.  Empty for zero. */
struct slice der_unsigned(struct slice value);

/* Append an element whose value is what stands in value, a failure of which is
 * out's too; an integer that is the big-endian number without a sign. */
void der_put(struct buf *out, enum der_tag, const struct buf *value);
void der_put_unsigned(struct buf *out, struct slice number);

#endif
