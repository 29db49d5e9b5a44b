/* SPDX-License-Identifier: BSD-2-Clause */
#include <sys/random.h>
#include <time.h>

#include "base/siphash.h"

void
siphash_init(struct siphash *h)
{
	struct timespec now = { 0, 0 };

	if (getrandom(h->key, sizeof h->key, GRND_NONBLOCK) ==
	    (ssize_t)sizeof h->key)
		return;
	clock_gettime(CLOCK_MONOTONIC, &now);
	h->key[0] = (uint64_t)now.tv_sec << 32 ^ (uint64_t)now.tv_nsec;
	h->key[1] = (uint64_t)(uintptr_t)h;
}

static uint64_t
turn(uint64_t x, unsigned bits)
{
	return x << bits | x >> (64 - bits);
}

static void
mix(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = turn(v[1], 13) ^ v[0];
	v[3] = turn(v[3], 16) ^ v[2];
	v[0] = turn(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = turn(v[1], 17) ^ v[2];
	v[3] = turn(v[3], 21) ^ v[0];
	v[2] = turn(v[2], 32);
}

static uint64_t
hash(const struct siphash *h, struct slice s, bool lower)
{
	uint64_t v[4] = { h->key[0] ^ UINT64_C(0x736f6d6570736575),
		h->key[1] ^ UINT64_C(0x646f72616e646f6d),
		h->key[0] ^ UINT64_C(0x6c7967656e657261),
		h->key[1] ^ UINT64_C(0x7465646279746573) };
	uint64_t word = 0;

	for (size_t i = 0; i < s.len; i++) {
		char c = lower ? ascii_lower(s.p[i]) : s.p[i];

		word |= (uint64_t)(unsigned char)c << 8 * (i % 8);
		if (i % 8 < 7)
			continue;
		v[3] ^= word;
		mix(v);
		v[0] ^= word;
		word = 0;
	}
	word |= (uint64_t)(s.len & 0xff) << 56;
	v[3] ^= word;
	mix(v);
	v[0] ^= word;
	v[2] ^= 0xff;
	for (int i = 0; i < 3; i++)
		mix(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

uint64_t
siphash(const struct siphash *h, struct slice s)
{
	return hash(h, s, false);
}

uint64_t
siphash_nocase(const struct siphash *h, struct slice s)
{
	return hash(h, s, true);
}
