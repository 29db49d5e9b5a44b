/* SPDX-License-Identifier: BSD-2-Clause */
/* keyrepair.h - the key that a broken record was meant to publish
 *
 * Records break on their way into a zone: quotation marks and parentheses of a
 * master file become part of the text, a record is pasted twice, a key comes
 * with the lines of its PEM file, a web form makes a space of each plus sign.
 * What was meant can be read all the same.  No verdict depends on it: whoever
 * verifies must take the record as it is. */
#ifndef KEYREPAIR_H
#define KEYREPAIR_H

#include <stddef.h>

#include "base/diag.h"
#include "base/slice.h"
#include "crypto/key.h"

enum {
	KEYREPAIR_TEXT = 128 /* room for what was repaired */
};

/* The key in the text of a record that key_parse() refuses.  1: *out is the
 * caller's, to end with key_release(), and what tells what is wrong with the
 * record, in words to follow "the record has".  0: there is none.  -1 with
 * DIAG_MEMORY. */
int key_repair(struct slice text, struct key *out, char what[KEYREPAIR_TEXT],
    struct diag *why);

#endif
