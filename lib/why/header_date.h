/* SPDX-License-Identifier: BSD-2-Clause */
/* header_date.h - Date: the same time in other notations */
#ifndef WHY_HEADER_DATE_H
#define WHY_HEADER_DATE_H

#include "why/header_offer.h"

void offer_dates(struct offer *);

/* Of these the few that mailers write. */
void offer_usual_dates(struct offer *);

#endif
