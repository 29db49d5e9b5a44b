/* SPDX-License-Identifier: BSD-2-Clause */
#include "base/shortage.h"

static _Thread_local bool noted;

void
shortage_watch(void)
{
	noted = false;
}

void
shortage_note(void)
{
	noted = true;
}

bool
shortage_noted(void)
{
	return noted;
}
