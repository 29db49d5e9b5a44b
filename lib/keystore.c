/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "keystore.h"

struct keystore {
	struct keysource *files, *dns;
	struct arena *arena; /* owns entries, answers and records */
	struct keyentry **slot;
	size_t nslots, n; /* nslots: a power of two, at most half in use */
	int record_fd;	  /* -1: no recording */
	pthread_mutex_t lock;
};

/* FNV-1a.  Whoever chooses names that meet in one slot slows down a run over
 * his own messages by a few comparisons each: at most 51 names come from one.
 */
static size_t
slot_of(const struct keystore *ks, struct slice name)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.p[i]) * UINT64_C(0x100000001b3);
	size_t at = (size_t)(h ^ h >> 32) & (ks->nslots - 1);

	while (ks->slot[at] != NULL && !slice_eq(ks->slot[at]->name, name))
		at = (at + 1) & (ks->nslots - 1);
	return at;
}

static int
grow(struct keystore *ks)
{
	if (2 * ks->n < ks->nslots)
		return 0;
	struct keyentry **old = ks->slot;
	size_t nold = ks->nslots;

	ks->slot = calloc(2 * nold, sizeof(struct keyentry *));
	if (ks->slot == NULL) {
		ks->slot = old;
		return -1;
	}
	ks->nslots = 2 * nold;
	for (size_t i = 0; i < nold; i++)
		if (old[i] != NULL)
			ks->slot[slot_of(ks, old[i]->name)] = old[i];
	free(old);
	return 0;
}

struct keystore *
keystore_new(struct keysource *files, struct keysource *dns)
{
	struct keystore *ks = calloc(1, sizeof *ks);

	if (ks == NULL)
		return NULL;
	ks->nslots = 64;
	ks->record_fd = -1;
	ks->arena = arena_new();
	ks->slot = calloc(ks->nslots, sizeof(struct keyentry *));
	if (ks->arena == NULL || ks->slot == NULL ||
	    pthread_mutex_init(&ks->lock, NULL) != 0) {
		arena_free(ks->arena);
		free(ks->slot);
		free(ks);
		return NULL;
	}
	ks->files = files;
	ks->dns = dns;
	return ks;
}

void
keystore_free(struct keystore *ks)
{
	if (ks == NULL)
		return;
	for (size_t i = 0; i < ks->nslots; i++)
		for (size_t k = 0;
		     ks->slot[i] != NULL && k < ks->slot[i]->nrecords; k++)
			key_release(&ks->slot[i]->record[k].key);
	if (ks->files != NULL)
		ks->files->free(ks->files);
	if (ks->dns != NULL)
		ks->dns->free(ks->dns);
	pthread_mutex_destroy(&ks->lock);
	arena_free(ks->arena);
	free(ks->slot);
	free(ks);
}

void
keystore_record(struct keystore *ks, int fd)
{
	ks->record_fd = fd;
}

bool
keystore_has(struct keystore *ks, struct slice name)
{
	return keystore_find(ks, name) != NULL;
}

const struct keyentry *
keystore_find(struct keystore *ks, struct slice name)
{
	pthread_mutex_lock(&ks->lock);
	const struct keyentry *e = ks->slot[slot_of(ks, name)];

	pthread_mutex_unlock(&ks->lock);
	return e;
}

/* Read the key records of an answer.  -1 with DIAG_MEMORY. */
static int
read_records(struct keyentry *e, struct arena *arena, struct diag *why)
{
	struct keyrecord other = { .text = NULL };

	e->record = arena_array(arena, KEYSTORE_MAX_RECORDS, sizeof *e->record);
	if (e->record == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < e->answer.ntxt; i++) {
		struct keyrecord r = { .text = &e->answer.txt[i] };

		if (key_parse(r.text->text, &r.key, &r.why) != 0) {
			if (r.why.code == DIAG_MEMORY)
				return diag_memory(why);
			if (r.why.code == DIAG_KEY_SYNTAX) {
				if (other.text == NULL)
					other = r;
				continue;
			}
		}
		if (e->nrecords == KEYSTORE_MAX_RECORDS) {
			key_release(&r.key);
			e->more = true;
			break;
		}
		e->record[e->nrecords++] = r;
	}
	if (e->nrecords == 0 && other.text != NULL)
		e->record[e->nrecords++] = other;
	return 0;
}

/* Append what the DNS said of names to the record file, in one write. */
static int
record(struct keystore *ks, const struct slice names[],
    const struct answer answers[], size_t n, struct diag *why)
{
	struct buf b = { .max = 0 };
	size_t done = 0;
	int result = 0;

	for (size_t i = 0; i < n; i++)
		if (answers[i].from_dns)
			keyfile_write(&b, names[i], &answers[i]);
	if (b.failure != BUF_OK)
		result = diag_memory(why);
	while (result == 0 && done < b.len) {
		ssize_t w = write(ks->record_fd, b.p + done, b.len - done);

		if (w > 0)
			done += (size_t)w;
		else if (w == 0 || errno != EINTR)
			result = diag_errno(why, DIAG_WRITE, "record file");
	}
	buf_release(&b);
	return result;
}

/* Ask files for all, then the DNS for what they do not know. */
static int
ask(struct keystore *ks, const struct slice names[], size_t n,
    struct answer answers[], int64_t deadline, struct diag *why)
{
	struct slice *left = arena_array(ks->arena, n, sizeof *left);
	size_t *back = arena_array(ks->arena, n, sizeof *back);
	struct answer *got = arena_array(ks->arena, n, sizeof *got);
	size_t nleft = 0;

	if (left == NULL || back == NULL || got == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < n; i++)
		answers[i].kind = ANSWER_UNKNOWN;
	if (ks->files != NULL && ks->files->ask(ks->files, names, n, answers,
				     deadline, ks->arena, why) != 0)
		return -1;
	for (size_t i = 0; i < n; i++)
		if (answers[i].kind == ANSWER_UNKNOWN) {
			answers[i].kind = ANSWER_NXDOMAIN;
			left[nleft] = names[i];
			back[nleft++] = i;
		}
	if (nleft == 0 || ks->dns == NULL)
		return 0;
	if (ks->dns->ask(ks->dns, left, nleft, got, deadline, ks->arena, why) !=
	    0)
		return -1;
	for (size_t i = 0; i < nleft; i++) {
		answers[back[i]] = got[i];
		answers[back[i]].from_dns = true;
	}
	return ks->record_fd < 0 ? 0 : record(ks, names, answers, n, why);
}

static int
fetch_locked(struct keystore *ks, const struct slice names[], size_t n,
    int64_t deadline, struct diag *why)
{
	struct slice *fresh = arena_array(ks->arena, n, sizeof *fresh);
	struct answer *answers = arena_array(ks->arena, n, sizeof *answers);
	size_t nfresh = 0;

	if (fresh == NULL || answers == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < n; i++) {
		if (ks->slot[slot_of(ks, names[i])] != NULL)
			continue;
		fresh[nfresh] = arena_copy(ks->arena, names[i]);
		if (fresh[nfresh++].p == NULL)
			return diag_memory(why);
	}
	if (nfresh == 0)
		return 0;
	if (ask(ks, fresh, nfresh, answers, deadline, why) != 0)
		return -1;
	for (size_t i = 0; i < nfresh; i++) {
		struct keyentry *e = arena_alloc(ks->arena, sizeof *e);

		if (e == NULL || grow(ks) != 0)
			return diag_memory(why);
		e->name = fresh[i];
		e->answer = answers[i];
		/* In the store first, so that what it holds is released. */
		size_t at = slot_of(ks, fresh[i]);

		if (ks->slot[at] != NULL)
			continue;
		ks->slot[at] = e;
		ks->n++;
		if (read_records(e, ks->arena, why) != 0)
			return -1;
	}
	return 0;
}

int
keystore_fetch(struct keystore *ks, const struct slice names[], size_t n,
    int64_t deadline, struct diag *why)
{
	pthread_mutex_lock(&ks->lock);
	int result = fetch_locked(ks, names, n, deadline, why);

	pthread_mutex_unlock(&ks->lock);
	return result;
}
