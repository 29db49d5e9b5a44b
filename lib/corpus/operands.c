/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <fnmatch.h>
#include <fts.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "mail/mbox.h"
#include "base/limit.h"
#include "mail/handed.h"
#include "corpus/operands.h"

struct operands {
	struct operands_options o;
	size_t at;		/* the next of o.words */
	struct buf list;	/* contents of files0_from */
	struct slice rest;	/* of it */
	bool empty;		/* a name of it was empty */
	FTS *walk;		/* the directory at hand, or NULL */
	struct attachments *in; /* the messages attached to the file at hand */
	struct mbox *mbox;	/* the mbox at hand, or NULL */
	char *mbox_path;
	struct buf
	    within; /* directories and mboxes so far, each ended by "/" or
		     * ":", and NUL */
	struct mbox *spooled; /* of standard input: its octets are read again
			       * by those who got messages of it */
};

void
source_release(struct source *s)
{
	free(s->name);
	free(s->path);
	free(s->octets);
	*s = (struct source){ .name = NULL };
}

/* The messages that are attached to one file. */
struct attachments {
	char *name; /* of the file */
	struct buf whole;
	struct arena *arena;
	struct attached *message;
	size_t n, at;
	bool more; /* than are looked at */
};

static void
attachments_free(struct attachments *a)
{
	if (a == NULL)
		return;
	free(a->name);
	buf_release(&a->whole);
	arena_free(a->arena);
	free(a);
}

static int
read_list(struct operands *op, struct diag *why)
{
	int result = input_read_file(op->o.files0_from, &op->list, why);

	/* A NUL ends each word; the last one may lack it. */
	if (op->list.len > 0 && op->list.p[op->list.len - 1] != '\0')
		buf_char(&op->list, '\0');
	op->rest = buf_view(&op->list);
	return result == 0 && op->list.failure != BUF_OK ? diag_memory(why)
							 : result;
}

struct operands *
operands_new(const struct operands_options *o, struct diag *why)
{
	struct operands *op = calloc(1, sizeof *op);

	if (op == NULL) {
		diag_memory(why);
		return NULL;
	}
	op->o = *o;
	if (o->files0_from != NULL && read_list(op, why) != 0) {
		operands_free(op);
		return NULL;
	}
	return op;
}

void
operands_free(struct operands *op)
{
	if (op == NULL)
		return;
	if (op->walk != NULL)
		fts_close(op->walk);
	attachments_free(op->in);
	mbox_free(op->mbox);
	mbox_free(op->spooled);
	free(op->mbox_path);
	buf_release(&op->list);
	buf_release(&op->within);
	free(op);
}

/* The next word: of the command line, then of the list; NULL at the end. */
static char *
next_word(struct operands *op)
{
	if (op->at < op->o.nwords)
		return op->o.words[op->at++];
	/* Of names that are empty, the first is trouble enough. */
	while (op->empty && op->rest.len > 0 && op->rest.p[0] == '\0')
		op->rest = slice_sub(op->rest, 1, op->rest.len);
	if (op->rest.len == 0)
		return NULL;
	op->empty |= op->rest.p[0] == '\0';
	size_t n = slice_find(op->rest, '\0');
	char *word = op->list.p + (op->rest.p - op->list.p);

	op->rest = slice_sub(op->rest, n + 1, op->rest.len);
	return word;
}

static int
set_source(struct source *s, const char *path, struct diag *why)
{
	*s = (struct source){ .name = NULL };
	s->name = strdup(path);
	s->path = strdup(path);
	if (s->name != NULL && s->path != NULL)
		return 1;
	free(s->name);
	free(s->path);
	s->name = s->path = NULL;
	return diag_memory(why);
}

static int
set_problem(struct source *s, const char *path, int error, struct diag *why)
{
	int result = set_source(s, path, why);

	errno = error;
	if (result == 1)
		diag_errno(&s->problem, DIAG_OPEN, "open");
	return result;
}

/* ------------------------------------------------------------------------
 * Directories. */

static int
by_name(const FTSENT **a, const FTSENT **b)
{
	return strcmp((*a)->fts_name, (*b)->fts_name);
}

static bool
is_directory(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
	       S_ISDIR(st.st_mode);
}

static bool
has_directory(const char *path, const char *name)
{
	char *sub = NULL;
	bool result =
	    asprintf(&sub, "%s/%s", path, name) >= 0 && is_directory(sub);

	free(sub);
	return result;
}

/* Of a Maildir (cur, new and tmp side by side) tmp is not for readers. */
static bool
is_maildir_tmp(const FTSENT *e)
{
	char *parent;
	bool result;

	if (e->fts_level == 0 || strcmp(e->fts_name, "tmp") != 0)
		return false;
	parent = strndup(e->fts_path, e->fts_pathlen - strlen("/tmp"));
	result = parent != NULL && has_directory(parent, "cur") &&
		 has_directory(parent, "new");
	free(parent);
	return result;
}

static bool
is_excepted(const struct operands *op, const FTSENT *e)
{
	struct stat st;

	for (size_t i = 0; i < op->o.nexcept; i++)
		if (stat(op->o.except[i], &st) == 0 &&
		    st.st_dev == e->fts_statp->st_dev &&
		    st.st_ino == e->fts_statp->st_ino)
			return true;
	return false;
}

/* Whether --include takes it. */
static bool
is_included(const struct operands *op, const char *path)
{
	const char *slash = strrchr(path, '/');

	for (size_t i = 0; i < op->o.ninclude; i++) {
		const char *glob = op->o.include[i];

		if (fnmatch(glob,
			strchr(glob, '/') == NULL && slash != NULL ? slash + 1
								   : path,
			0) == 0)
			return true;
	}
	return op->o.ninclude == 0;
}

/* Keep where messages come from, for operands_covers(). */
static void
keep_within(struct operands *op, const char *path, char end)
{
	size_t n = strlen(path);

	while (n > 1 && end == '/' && path[n - 1] == '/')
		n--;
	buf_put(&op->within, path, n);
	buf_char(&op->within, end);
	buf_char(&op->within, '\0');
}

bool
operands_covers(const struct operands *op, struct slice path)
{
	struct slice rest = buf_view(&op->within), one;
	char *name = strndup(path.p, path.len);
	bool covered = false;

	while (!covered && name != NULL && slice_cut(&rest, '\0', &one) &&
	       one.len > 0)
		covered =
		    slice_starts(path, one)
			? one.p[one.len - 1] == ':' || is_included(op, name)
			: slice_eq(one, SLICE("./")) && path.p[0] != '/' &&
			      is_included(op, name);
	free(name);
	return covered;
}

/* The next file of the walk at hand: 1, 0 when it is over, -1. */
static int
next_walked(struct operands *op, struct source *out, struct diag *why)
{
	FTSENT *e;

	for (errno = 0; (e = fts_read(op->walk)) != NULL; errno = 0) {
		bool hidden = e->fts_level > 0 && e->fts_name[0] == '.';

		switch (e->fts_info) {
		case FTS_D:
			/* Subfolders of a Maildir++ begin with a dot. */
			if (is_maildir_tmp(e) ||
			    (hidden && !has_directory(e->fts_accpath, "cur")))
				fts_set(op->walk, e, FTS_SKIP);
			break;
		case FTS_F:
			if (!hidden && is_included(op, e->fts_path) &&
			    !is_excepted(op, e))
				return set_source(out, e->fts_path, why);
			break;
		case FTS_DC: return set_problem(out, e->fts_path, ELOOP, why);
		case FTS_DNR:
		case FTS_ERR:
		case FTS_NS:
			return set_problem(out, e->fts_path, e->fts_errno, why);
		case FTS_SLNONE:
			return set_problem(out, e->fts_path, ENOENT, why);
		default: break;
		}
	}
	int error = errno;

	fts_close(op->walk);
	op->walk = NULL;
	return error == ENOMEM ? diag_memory(why) : 0;
}

static int
start_walk(struct operands *op, char *path, struct diag *why)
{
	char *paths[] = { path, NULL };

	keep_within(op, path, '/');
	op->walk = fts_open(paths, FTS_LOGICAL | FTS_NOCHDIR, by_name);
	return op->walk != NULL ? 0 : diag_memory(why);
}

/* ------------------------------------------------------------------------
 * mboxes. */

static int
next_of_mbox(struct operands *op, struct source *out, struct diag *why)
{
	struct mbox_part part;
	int result = mbox_next(op->mbox, &part, &out->problem);

	if (result == 0) {
		if (op->spooled == NULL && strcmp(op->mbox_path, "-") == 0)
			op->spooled = op->mbox;
		else
			mbox_free(op->mbox);
		free(op->mbox_path);
		op->mbox = NULL;
		op->mbox_path = NULL;
		return 0;
	}
	out->part = true;
	out->offset = part.offset;
	out->length = part.length;
	out->whole = part.whole;
	out->cut = part.cut;
	out->torn = part.torn;
	out->path = strdup(mbox_path(op->mbox));
	if (asprintf(&out->name, "%s:%llu", op->mbox_path,
		(unsigned long long)part.number) < 0)
		out->name = NULL;
	if (out->path != NULL && out->name != NULL)
		return 1;
	source_release(out);
	return diag_memory(why);
}

/* Begin the mbox that *s is; or keep *s, with its problem, as the message. */
static int
start_mbox(struct operands *op, struct source *s)
{
	op->mbox = mbox_open(s->path, &s->problem);
	if (op->mbox == NULL)
		return 1;
	op->mbox_path = s->name;
	keep_within(op, s->name, ':');
	s->name = NULL;
	source_release(s);
	return 0;
}

/* ------------------------------------------------------------------------
 * Messages within messages. */

/* Begin with what is attached to *s; or keep *s, with its problem. */
static int
start_attached(struct operands *op, struct source *s)
{
	struct attachments *a = calloc(1, sizeof *a);
	const char *packed = NULL;

	if (a == NULL || (a->arena = arena_new()) == NULL) {
		free(a);
		diag_memory(&s->problem);
		return 1;
	}
	a->whole.max = op->o.limit;
	int result = input_read_file(s->path, &a->whole, &s->problem);

	if (result != 0 && a->whole.failure == BUF_TOO_BIG)
		diag_set(
		    &s->problem, DIAG_LIMIT_MESSAGE, SLICE_NONE, "--attached");
	else if (result == 0 && !attached_find(buf_view(&a->whole), a->arena,
				    &a->message, &a->n, &a->more, &packed))
		result = diag_memory(&s->problem);
	else if (result == 0 && a->n == 0)
		result = diag_set(&s->problem, DIAG_NO_ATTACHMENT, SLICE_NONE,
		    "%s", packed != NULL ? packed : "");
	if (result != 0) {
		attachments_free(a);
		return 1;
	}
	a->name = s->name;
	s->name = NULL;
	source_release(s);
	op->in = a;
	return 0;
}

/* The next message attached to the file at hand: 1, 0 when there is none. */
static int
next_attached(struct operands *op, struct source *out, struct diag *why)
{
	struct attachments *a = op->in;

	if (a->at == a->n && a->more) {
		a->more = false;
		diag_set(&out->problem, DIAG_LIMIT_PARTS, SLICE_NONE,
		    "more than %d parts or messages, or more than %d deep",
		    LIMIT_ATTACHED, LIMIT_ATTACHED_DEPTH);
		out->name = strdup(a->name);
	} else if (a->at == a->n) {
		attachments_free(a);
		op->in = NULL;
		return 0;
	} else {
		const struct attached *m = &a->message[a->at++];

		out->octets = malloc(m->octets.len + 1);
		out->length = m->octets.len;
		if (asprintf(&out->name, "%s:%s", a->name, m->number) < 0)
			out->name = NULL;
		if (out->octets == NULL) {
			source_release(out);
			return diag_memory(why);
		}
		if (m->octets.len > 0)
			memcpy(out->octets, m->octets.p, m->octets.len);
	}
	out->path = strdup(a->name);
	if (out->path != NULL && out->name != NULL)
		return 1;
	source_release(out);
	return diag_memory(why);
}

/* ------------------------------------------------------------------------ */

/* One step: 1 a message, 0 nothing yet, -1 trouble, 2 the end. */
static int
step(struct operands *op, struct source *out, struct diag *why)
{
	int result;

	*out = (struct source){ .name = NULL };
	if (op->in != NULL)
		return next_attached(op, out, why);
	if (op->mbox != NULL)
		return next_of_mbox(op, out, why);
	if (op->walk != NULL) {
		result = next_walked(op, out, why);
	} else {
		char *word = next_word(op);

		if (word == NULL)
			return 2;
		if (is_directory(word))
			return start_walk(op, word, why);
		result = set_source(out, word, why);
		if (result == 1 && word[0] == '\0')
			diag_set(&out->problem, DIAG_OPEN, SLICE_NONE,
			    "the name is empty");
	}
	if (result == 1 && op->o.mbox && out->problem.code == DIAG_NONE)
		return start_mbox(op, out);
	if (result == 1 && op->o.attached && out->problem.code == DIAG_NONE)
		return start_attached(op, out);
	return result;
}

/* The shard a name falls to, by FNV-1a: the same on every machine. */
static unsigned
shard_of(const char *name, unsigned nshards)
{
	uint64_t h = UINT64_C(0xcbf29ce484222325);

	for (const char *p = name; *p != '\0'; p++)
		h = (h ^ (unsigned char)*p) * UINT64_C(0x100000001b3);
	return (unsigned)((h ^ h >> 32) % nshards) + 1;
}

int
operands_next(struct operands *op, struct source *out, struct diag *why)
{
	for (;;) {
		int result = step(op, out, why);

		if (result == 2 || result < 0)
			return result == 2 ? 0 : -1;
		if (result == 1 &&
		    (op->o.nshards == 0 ||
			shard_of(out->name, op->o.nshards) == op->o.shard))
			return 1;
		if (result == 1)
			source_release(out);
	}
}
