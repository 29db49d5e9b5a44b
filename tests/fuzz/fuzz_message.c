/* SPDX-License-Identifier: BSD-2-Clause */
/* A message: its fields lie in the header, in order and apart; however it comes
 * in pieces they are the same, and with other line ends too.  The first octet
 * says how much of it is read at first. */
#include <sys/mman.h>
#include <unistd.h>

#include "base/buf.h"
#include "mail.h"

static int
put(void *ctx, const char *p, size_t n)
{
	buf_put(ctx, p, n);
	return 0;
}

static struct message *
read_it(struct input *in, struct buf *body)
{
	struct sink sink = { put, body };
	struct message *m;
	struct diag why;

	if (message_read(in, &limits_usual, &m, &why) != 0) {
		need(why.code == DIAG_NO_MESSAGE);
		return NULL;
	}
	need(message_body(m, in, &sink, &why) == 0);
	return m;
}

static void
check_fields(const struct message *m, struct slice octets)
{
	size_t at = m->mbox.len, lines = 0;

	need(m->header.len + m->mbox.len <= octets.len);
	for (size_t i = 0; i < m->nfields; i++) {
		const struct field *f = &m->field[i];
		size_t from = (size_t)(f->raw.p - m->octets);

		need(from >= at && f->name.p == f->raw.p && f->name.len > 0);
		need(f->value.p > f->name.p + f->name.len - 1);
		need(f->value.p + f->value.len <= f->raw.p + f->raw.len);
		for (size_t k = 0; k < f->name.len; k++)
			need(f->name.p[k] > ' ' && f->name.p[k] < 0x7f &&
			     f->name.p[k] != ':');
		at = from + f->raw.len;
		lines += f->raw.len;
	}
	need(at <= m->mbox.len + m->header.len);
	/* What is in no field is junk. */
	need((lines == m->header.len) == (m->njunk == 0));
}

static void
need_same_fields(const struct message *a, const struct message *b, bool raw)
{
	if (a == NULL || b == NULL) {
		need(a == b || (!raw && !mail_is_certain(a != NULL ? a : b)));
		return;
	}
	need(a->nfields == b->nfields && a->njunk == b->njunk);
	need(a->has_body == b->has_body);
	for (size_t i = 0; i < a->nfields; i++) {
		need(slice_eq(a->field[i].name, b->field[i].name));
		need(!raw || slice_eq(a->field[i].raw, b->field[i].raw));
		need(!raw || slice_eq(a->field[i].value, b->field[i].value));
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *p, size_t n)
{
	struct slice all = { (const char *)p, n },
		     octets = slice_sub(all, 1, n);
	struct buf body = { .max = 0 }, later = { .max = 0 },
		   lines = { .max = 0 }, other = { .max = 0 };
	struct input in, pieces, ends;
	int fd = memfd_create("message", MFD_CLOEXEC);

	if (n == 0) {
		close(fd);
		return 0;
	}
	struct slice first = slice_sub(octets, 0, p[0]),
		     rest = slice_sub(octets, first.len, n);

	need(fd >= 0 && write(fd, rest.p, rest.len) == (ssize_t)rest.len &&
	     lseek(fd, 0, SEEK_SET) == 0);
	input_from_memory(&in, octets);
	input_from_fd(&pieces, fd);
	pieces.memory = first;
	mail_crlf(octets, &lines);
	input_from_memory(&ends, buf_view(&lines));
	struct message *m = read_it(&in, &body),
		       *cut = read_it(&pieces, &later),
		       *crlf = read_it(&ends, &other);

	if (m != NULL) {
		check_fields(m, octets);
		need(!m->has_body ||
		     slice_eq(buf_view(&body),
			 slice_sub(octets, octets.len - body.len, body.len)));
	}
	need_same_fields(m, cut, true);
	need(slice_eq(buf_view(&body), buf_view(&later)));
	need_same_fields(m, crlf, false);
	message_free(m);
	message_free(cut);
	message_free(crlf);
	input_release(&in);
	input_release(&pieces);
	input_release(&ends);
	close(fd);
	buf_release(&body);
	buf_release(&later);
	buf_release(&other);
	buf_release(&lines);
	return 0;
}
