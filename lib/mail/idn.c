/* SPDX-License-Identifier: BSD-2-Clause */
#include <dlfcn.h>
#include <string.h>

#include <idn2.h>

#include "mail/idn.h"

/* No U-labels that long make a name that the DNS can hold; what the library
 * spends on a name grows faster than the name. */
enum {
	LONGEST = 1024
};

struct library {
	void *handle;
	__typeof__(idn2_lookup_u8) *lookup;
	__typeof__(idn2_strerror) *strerror;
	__typeof__(idn2_free) *free;
};

/* Put the address of a function into the pointer at fn.  C has no cast from
 * dlsym()'s type to a function's; POSIX promises that the octets are the same.
 */
static bool
find(void *handle, const char *name, void *fn)
{
	void *p = dlsym(handle, name);

	memcpy(fn, &p, sizeof p);
	return p != NULL;
}

static int
library_open(struct library *lib, struct diag *why)
{
	static const char name[] = "libidn2.so.0";

	/* Stays loaded, so that a second name costs no second loading. */
	lib->handle = dlopen(name, RTLD_NOW | RTLD_LOCAL | RTLD_NODELETE);
	if (lib->handle != NULL) {
		if (find(lib->handle, "idn2_lookup_u8", &lib->lookup) &&
		    find(lib->handle, "idn2_strerror", &lib->strerror) &&
		    find(lib->handle, "idn2_free", &lib->free))
			return 0;
		dlclose(lib->handle);
	}
	return diag_set(why, DIAG_SYSTEM, SLICE_NONE,
	    "%s, which names outside ASCII need, cannot be loaded", name);
}

int
idn_to_ascii(struct slice name, enum diag_code code, struct arena *arena,
    struct slice *out, struct diag *why)
{
	struct library lib = { .handle = NULL };
	uint8_t *ascii = NULL;

	*out = name;
	if (slice_is_ascii(name))
		return 0;
	if (name.len > LONGEST || !slice_is_utf8(name))
		return diag_set(why, code, name, "%s",
		    name.len > LONGEST ? "too long for the DNS" : "not UTF-8");
	/* With the NUL that the library wants. */
	struct slice text = arena_copy(arena, name);

	if (text.p == NULL)
		return diag_memory(why);
	if (library_open(&lib, why) != 0)
		return -1;
	int rc = lib.lookup((const uint8_t *)text.p, &ascii,
	    IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL);

	if (rc == IDN2_OK) {
		*out = arena_copy(arena, slice_of((const char *)ascii));
		lib.free(ascii);
		rc = out->p != NULL ? 0 : diag_memory(why);
	} else if (rc == IDN2_MALLOC) {
		rc = diag_memory(why);
	} else {
		rc = diag_set(why, code, name, "%s", lib.strerror(rc));
	}
	dlclose(lib.handle);
	return rc;
}
