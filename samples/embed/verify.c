/* verify FILE [KEYS] - the verdict on one message, with libarc
 *
 *	cc verify.c $(pkg-config --cflags --libs --static arc) -o verify
 *
 * SPDX-License-Identifier: BSD-2-Clause */
#include <arc.h>
#include <stdio.h>
#include <stdlib.h>

static char *
read_file(const char *path, size_t *size)
{
	FILE *f = fopen(path, "rb");
	char *p = NULL, *more;
	size_t n = 1;

	for (*size = 0; f != NULL && n > 0; *size += n) {
		more = realloc(p, *size + 65536);
		if (more == NULL)
			abort();
		p = more;
		n = fread(p + *size, 1, 65536, f);
	}
	if (f == NULL || ferror(f)) {
		perror(path);
		exit(ARC_ERROR_OPEN);
	}
	fclose(f);
	return p;
}

int
main(int argc, char **argv)
{
	const char *file[] = { argc > 2 ? argv[2] : NULL };
	struct arc_keys_options from = { .file = file, .nfiles = argc > 2 };
	struct arc_problem why;
	struct arc_keys *keys = NULL;
	struct arc_verdict *v = NULL;
	size_t size;
	char *message = read_file(argc > 1 ? argv[1] : "/dev/stdin", &size);
	enum arc_error error = arc_keys_new(&from, &keys, &why);

	if (error == ARC_OK)
		error = arc_verify(keys, message, size, NULL, &v, &why);
	if (error != ARC_OK) {
		fprintf(stderr, "%s (%s)\n", why.sentence, why.detail);
	} else {
		printf("%s", arc_status_word(v->status));
		for (unsigned i = v->nsets; i > 0; i--)
			printf(" i=%u %s", i, v->set[i - 1].seal.domain);
		printf("%s%s\n", v->why.code ? " " : "", v->why.code ? v->why.code : "");
	}
	arc_verdict_free(v);
	arc_keys_free(keys);
	free(message);
	return error;
}
