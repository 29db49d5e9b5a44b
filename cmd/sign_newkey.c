/* SPDX-License-Identifier: BSD-2-Clause */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "crypto/new_key.h"
#include "crypto/signature.h"
#include "crypto/signing_key.h"
#include "keys/keyline.h"
#include "keys/keyname.h"
#include "sign_newkey.h"

static const struct slice nothing = { NULL, 0 };

/* Nobody else may read it at any moment, and no file that is there, nor one
 * that a link leads to, is ever opened. */
static int
create(const char *path, const char *pem, size_t n, struct diag *why)
{
	int fd = open(
	    path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);

	if (fd < 0)
		return diag_errno(why, DIAG_KEY_CREATE, "open");
	/* A umask can take rights away from the owner too. */
	bool done = fchmod(fd, S_IRUSR | S_IWUSR) == 0 &&
		    cli_write(fd, pem, n) == 0 && fsync(fd) == 0;
	int failure = errno;

	if (close(fd) != 0 && done) {
		failure = errno;
		done = false;
	}
	if (done)
		return 0;
	unlink(path);
	errno = failure;
	return diag_errno(why, DIAG_WRITE, "write");
}

/* The record of what a reader finds in the file. */
static int
record(
    const struct sign *s, struct slice pem, struct buf *out, struct diag *why)
{
	struct arena *arena = arena_new();
	struct signing_key *key = NULL;
	struct slice name;
	int result = -1;

	if (arena == NULL)
		return diag_memory(why);
	if (keyname_make(slice_of(s->selector), slice_of(s->domain), arena,
		&name, why) == 0 &&
	    signing_key_parse(pem, &key, why) == 0) {
		keyline_put(out, name, signing_key_public(key), nothing);
		result = out->failure == BUF_OK ? 0 : diag_memory(why);
	}
	signing_key_free(key);
	arena_free(arena);
	return result;
}

void
sign_new_key(struct sign *s)
{
	enum key_type type =
	    s->algorithm != NULL &&
		    strcmp(s->algorithm,
			signature_word(signature_for(KEY_ED25519))) == 0
		? KEY_ED25519
		: KEY_RSA;
	struct buf line = { .max = 0 };
	char pem[NEW_KEY_MAX_PEM];
	size_t n = 0;
	struct diag why;

	if (new_key_make(type, pem, &n, &why) != 0 ||
	    record(s, (struct slice){ pem, n }, &line, &why) != 0 ||
	    create(s->key_path, pem, n, &why) != 0) {
		cli_trouble(&s->cli, s->key_path, &why);
	} else if (cli_write(STDOUT_FILENO, line.p, line.len) != 0) {
		diag_errno(&why, DIAG_WRITE, "standard output");
		unlink(s->key_path);
		cli_write_trouble(&s->cli, &why);
	} else if (!s->cli.quiet) {
		cli_say(&s->cli,
		    "%s: new private key (%s); publish the record above, then "
		    "try --check-key",
		    s->key_path, signature_word(signature_for(type)));
	}
	explicit_bzero(pem, sizeof pem);
	buf_release(&line);
}
