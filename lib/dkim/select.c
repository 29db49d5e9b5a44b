/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/siphash.h"
#include "dkim/select.h"

/* No field. */
#define END UINT32_MAX

/* One field name: a slot of the hash table. */
struct named {
	struct slice name;
	uint32_t lowest; /* index of its lowest field; END: slot not in use */
	uint32_t next;	 /* the field to take next */
	uint64_t list;	 /* the list for which next holds */
};

struct select {
	const struct message *m;
	struct named *slot; /* mask + 1 of them, at most half in use */
	size_t mask;
	struct siphash hash;
	uint32_t *above; /* for each field, the same-named one above it */
	const struct field *own;
	uint64_t list;
};

static struct named *
slot_find(const struct select *s, struct slice name)
{
	size_t i = (size_t)siphash_nocase(&s->hash, name) & s->mask;

	while (
	    s->slot[i].lowest != END && !slice_eq_nocase(s->slot[i].name, name))
		i = (i + 1) & s->mask;
	return &s->slot[i];
}

struct select *
select_new(const struct message *m, struct arena *arena)
{
	struct select *s = arena_alloc(arena, sizeof *s);
	size_t size = 16;

	while (size < 2 * m->nfields)
		size *= 2;
	if (s == NULL)
		return NULL;
	s->m = m;
	s->mask = size - 1;
	s->slot = arena_array(arena, size, sizeof *s->slot);
	s->above = arena_array(arena, m->nfields, sizeof *s->above);
	if (s->slot == NULL || s->above == NULL)
		return NULL;
	siphash_init(&s->hash);
	for (size_t i = 0; i < size; i++)
		s->slot[i].lowest = END;
	for (uint32_t i = 0; i < m->nfields; i++) {
		struct named *n = slot_find(s, m->field[i].name);

		s->above[i] = n->lowest;
		n->name = m->field[i].name;
		n->lowest = i;
	}
	return s;
}

void
select_start(struct select *s, const struct field *own)
{
	s->own = own;
	s->list++;
}

const struct field *
select_next(struct select *s, struct slice name)
{
	struct named *n = slot_find(s, name);

	if (n->lowest == END)
		return NULL;
	if (n->list != s->list) {
		n->list = s->list;
		n->next = n->lowest;
	}
	if (n->next != END && &s->m->field[n->next] == s->own)
		n->next = s->above[n->next];
	if (n->next == END)
		return NULL;
	const struct field *f = &s->m->field[n->next];

	n->next = s->above[n->next];
	return f;
}
