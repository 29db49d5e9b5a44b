/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/buf.h"
#include "keys/keystore.h"
#include "base/nametable.h"

/* A question in the store. */
struct node {
	struct keyentry entry;
	bool read; /* as keys: entry has its key records */
	enum {
		NODE_ASKED, /* somebody asks for it just now */
		NODE_READY, /* entry tells, and does not change any more */
		NODE_LOST,  /* asking failed: the next one may try again */
	} state;
};

/* Octets that DNS answers of one fetch live in. */
struct answers {
	struct answers *next;
	struct arena *arena;
};

struct keystore {
	struct keysource *files, *dns;
	int record_fd; /* -1: no recording */
	/* What follows is looked at under the lock only; entries that are
	 * ready may be read without. */
	pthread_mutex_t lock;
	pthread_cond_t news; /* a question is not asked any more */
	struct arena *arena; /* owns nodes and the answers of files */
	struct answers *answers;
	struct nametable names[RR_TYPES]; /* of nodes, by type */
};

static bool
names_init(struct keystore *ks)
{
	bool good = true;

	for (enum rr_type t = RR_TXT; t < RR_TYPES; t++)
		good &= nametable_init(&ks->names[t]) == 0;
	return good;
}

static void
names_release(struct keystore *ks)
{
	for (enum rr_type t = RR_TXT; t < RR_TYPES; t++)
		nametable_release(&ks->names[t]);
}

struct keystore *
keystore_new(struct keysource *files, struct keysource *dns)
{
	struct keystore *ks = calloc(1, sizeof *ks);

	if (ks == NULL)
		return NULL;
	ks->record_fd = -1;
	ks->arena = arena_new();
	if (!names_init(ks) || ks->arena == NULL ||
	    pthread_mutex_init(&ks->lock, NULL) != 0 ||
	    pthread_cond_init(&ks->news, NULL) != 0) {
		arena_free(ks->arena);
		names_release(ks);
		free(ks);
		return NULL;
	}
	ks->files = files;
	ks->dns = dns;
	return ks;
}

static void
records_release(struct keyentry *e)
{
	for (size_t i = 0; i < e->nrecords; i++)
		key_release(&e->record[i].key);
	e->nrecords = 0;
}

void
keystore_free(struct keystore *ks)
{
	struct node *node;
	size_t at = 0;

	if (ks == NULL)
		return;
	while ((node = nametable_next(&ks->names[RR_TXT], &at)) != NULL)
		records_release(&node->entry);
	for (struct answers *a = ks->answers; a != NULL; a = a->next)
		arena_free(a->arena);
	pthread_cond_destroy(&ks->news);
	if (ks->files != NULL)
		ks->files->free(ks->files);
	if (ks->dns != NULL)
		ks->dns->free(ks->dns);
	pthread_mutex_destroy(&ks->lock);
	arena_free(ks->arena);
	names_release(ks);
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

size_t
keystore_list(
    struct keystore *ks, struct slice suffix, struct slice names[], size_t max)
{
	return ks->files != NULL && ks->files->list != NULL
		   ? ks->files->list(ks->files, suffix, names, max)
		   : 0;
}

const struct keyentry *
keystore_find(struct keystore *ks, struct slice name)
{
	pthread_mutex_lock(&ks->lock);
	const struct node *n = nametable_find(&ks->names[RR_TXT], name);
	bool ready = n != NULL && n->state == NODE_READY && n->read;

	pthread_mutex_unlock(&ks->lock);
	return ready ? &n->entry : NULL;
}

const struct answer *
keystore_answer(struct keystore *ks, struct question q)
{
	pthread_mutex_lock(&ks->lock);
	const struct node *n = nametable_find(&ks->names[q.type], q.name);
	bool ready = n != NULL && n->state == NODE_READY;

	pthread_mutex_unlock(&ks->lock);
	return ready ? &n->entry.answer : NULL;
}

/* Read the key records of an answer.  -1: that could not be done. */
static int
read_records(struct keyentry *e, struct arena *arena, struct diag *why)
{
	struct keyrecord other = { .text = NULL };

	size_t most = e->answer.ntxt < KEYSTORE_MAX_RECORDS
			  ? e->answer.ntxt
			  : KEYSTORE_MAX_RECORDS;

	e->record = arena_array(arena, most, sizeof *e->record);
	if (e->record == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < e->answer.ntxt; i++) {
		struct keyrecord r = { .text = &e->answer.txt[i] };

		if (key_parse(r.text->text, &r.key, &r.why) != 0) {
			/* Not the record's fault. */
			if (diag_info(r.why.code)->class ==
			    DIAG_CLASS_TROUBLE) {
				records_release(e);
				*why = r.why;
				return -1;
			}
			if (r.why.code == DIAG_KEY_SYNTAX) {
				if (other.text == NULL)
					other = r;
				continue;
			}
		}
		if (e->nrecords == most) {
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

/* Append what the DNS said to the record file, in one write. */
static int
record(struct keystore *ks, const struct question questions[],
    const struct answer answers[], size_t n, struct diag *why)
{
	struct buf b = { .max = 0 };
	size_t done = 0;
	int result = 0;

	for (size_t i = 0; i < n; i++)
		if (answers[i].from_dns)
			keyfile_write(&b, &questions[i], &answers[i]);
	if (b.failure != BUF_OK)
		result = diag_memory(why);
	while (result == 0 && done < b.len) {
		ssize_t w = write(ks->record_fd, b.p + done, b.len - done);

		if (w > 0)
			done += (size_t)w;
		else if (w == 0 || (errno != EINTR && errno != EAGAIN))
			result = diag_errno(why, DIAG_WRITE, "record file");
	}
	buf_release(&b);
	return result;
}

/* The questions of one call that nobody has asked yet. */
struct batch {
	size_t n;
	struct node **node;
	struct question *question;
	struct answer *answer;
};

/* The node of a question, made when there is none; NULL when memory is short.
 */
static struct node *
node_of(struct keystore *ks, const struct question *q)
{
	struct node *n = nametable_find(&ks->names[q->type], q->name);

	if (n != NULL)
		return n;
	if ((n = arena_alloc(ks->arena, sizeof *n)) == NULL)
		return NULL;
	n->entry.name = arena_copy(ks->arena, q->name);
	n->state = NODE_LOST;
	return n->entry.name.p != NULL &&
		       nametable_add(&ks->names[q->type], n->entry.name, n) == 0
		   ? n
		   : NULL;
}

/* Enter the questions that are new, or lost, as asked. */
static int
batch_enter(struct keystore *ks, const struct question questions[], size_t n,
    struct batch *b, struct diag *why)
{
	b->node = arena_array(ks->arena, n, sizeof(struct node *));
	b->question = arena_array(ks->arena, n, sizeof(struct question));
	b->answer = arena_array(ks->arena, n, sizeof(struct answer));
	if (b->node == NULL || b->question == NULL || b->answer == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < n; i++) {
		struct node *node = node_of(ks, &questions[i]);

		if (node == NULL)
			return diag_memory(why);
		if (node->state != NODE_LOST)
			continue;
		node->state = NODE_ASKED;
		b->node[b->n] = node;
		b->question[b->n++] =
		    (struct question){ node->entry.name, questions[i].type };
	}
	return 0;
}

/* What nobody knows. */
static enum answer_kind
absence(const struct keystore *ks, struct slice name)
{
	return ks->files != NULL && ks->files->exists != NULL &&
		       ks->files->exists(ks->files, name)
		   ? ANSWER_NODATA
		   : ANSWER_NXDOMAIN;
}

/* Move what the files do not know to the front of the batch, under the name
 * that the DNS is to be asked for, and settle the rest. */
static int
batch_ask_files(struct keystore *ks, struct batch *b, struct diag *why)
{
	size_t left = 0;

	for (size_t i = 0; i < b->n; i++)
		b->answer[i].kind = ANSWER_UNKNOWN;
	if (ks->files != NULL && ks->files->ask(ks->files, b->question, b->n,
				     b->answer, 0, ks->arena, why) != 0)
		return -1;
	for (size_t i = 0; i < b->n; i++) {
		struct node *n = b->node[i];

		/* A CNAME may lead out of the file. */
		struct slice name = b->answer[i].cname.len > 0
					? b->answer[i].cname
					: n->entry.name;

		n->entry.answer = b->answer[i];
		if (b->answer[i].kind == ANSWER_UNKNOWN && ks->dns != NULL) {
			b->node[left] = n;
			b->question[left++] =
			    (struct question){ name, b->question[i].type };
			continue;
		}
		if (b->answer[i].kind == ANSWER_UNKNOWN) {
			n->entry.answer.kind = absence(ks, name);
			n->entry.answer.not_asked = true;
		}
		n->state = NODE_READY;
	}
	b->n = left;
	return 0;
}

/* Ask the DNS for the batch, the lock not held meanwhile. */
static int
batch_ask_dns(
    struct keystore *ks, struct batch *b, int64_t deadline, struct diag *why)
{
	struct answers *a = arena_alloc(ks->arena, sizeof *a);

	if (a == NULL || (a->arena = arena_new()) == NULL)
		return diag_memory(why);
	a->next = ks->answers;
	ks->answers = a;
	pthread_mutex_unlock(&ks->lock);
	int result = ks->dns->ask(
	    ks->dns, b->question, b->n, b->answer, deadline, a->arena, why);

	for (size_t i = 0; i < b->n; i++)
		b->answer[i].from_dns = true;
	if (result == 0 && ks->record_fd >= 0)
		result = record(ks, b->question, b->answer, b->n, why);
	pthread_mutex_lock(&ks->lock);
	for (size_t i = 0; i < b->n && result == 0; i++) {
		struct node *n = b->node[i];

		const struct answer in_file = n->entry.answer;

		n->entry.answer = b->answer[i];
		if (in_file.cname.len > 0) {
			n->entry.answer.secure &= in_file.secure;
			if (b->answer[i].cname.len == 0)
				n->entry.answer.cname = in_file.cname;
		}
		n->state = NODE_READY;
	}
	return result;
}

/* Wait for what others ask. */
static int
wait_for(struct keystore *ks, const struct question questions[], size_t n,
    struct diag *why)
{
	for (size_t i = 0; i < n; i++) {
		const struct node *node = nametable_find(
		    &ks->names[questions[i].type], questions[i].name);

		while (node->state == NODE_ASKED)
			pthread_cond_wait(&ks->news, &ks->lock);
		if (node->state == NODE_LOST)
			return diag_memory(why);
	}
	return 0;
}

/* The lock is held, but not while the DNS is asked. */
static int
ask(struct keystore *ks, const struct question questions[], size_t n,
    int64_t deadline, struct diag *why)
{
	struct batch b = { .n = 0 };
	int result = batch_enter(ks, questions, n, &b, why);

	if (result == 0 && b.n > 0)
		result = batch_ask_files(ks, &b, why);
	if (result == 0 && b.n > 0)
		result = batch_ask_dns(ks, &b, deadline, why);
	for (size_t i = 0; i < b.n; i++)
		if (b.node[i]->state == NODE_ASKED)
			b.node[i]->state = NODE_LOST;
	pthread_cond_broadcast(&ks->news);
	return result == 0 ? wait_for(ks, questions, n, why) : -1;
}

int
keystore_ask(struct keystore *ks, const struct question questions[], size_t n,
    int64_t deadline, struct diag *why)
{
	pthread_mutex_lock(&ks->lock);
	int result = ask(ks, questions, n, deadline, why);

	pthread_mutex_unlock(&ks->lock);
	return result;
}

int
keystore_fetch(struct keystore *ks, const struct slice names[], size_t n,
    int64_t deadline, struct diag *why)
{
	struct question *q = calloc(n > 0 ? n : 1, sizeof *q);
	int result;

	if (q == NULL)
		return diag_memory(why);
	for (size_t i = 0; i < n; i++)
		q[i] = (struct question){ names[i], RR_TXT };
	pthread_mutex_lock(&ks->lock);
	result = ask(ks, q, n, deadline, why);
	for (size_t i = 0; i < n && result == 0; i++) {
		struct node *node =
		    nametable_find(&ks->names[RR_TXT], names[i]);

		if (!node->read)
			result = read_records(&node->entry, ks->arena, why);
		if (result == 0)
			node->read = true;
	}
	pthread_mutex_unlock(&ks->lock);
	free(q);
	return result;
}
