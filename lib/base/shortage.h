/* SPDX-License-Identifier: BSD-2-Clause */
/* shortage.h - whether memory was short for a piece of work
 *
 * Work that tries many forms, or tells many things, could go on without one it
 * found no memory for, and nobody would know.  Arenas and buffers note it here,
 * for each thread; whoever answers for the work asks at its end. */
#ifndef SHORTAGE_H
#define SHORTAGE_H

#include <stdbool.h>

/* The work begins: forget what this thread noted before. */
void shortage_watch(void);

/* An allocation failed. */
void shortage_note(void);

/* Whether one did since shortage_watch(). */
bool shortage_noted(void);

#endif
