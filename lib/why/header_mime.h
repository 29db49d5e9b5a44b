/* SPDX-License-Identifier: BSD-2-Clause */
/* header_mime.h - MIME fields that were changed, alone or with the body */
#ifndef WHY_HEADER_MIME_H
#define WHY_HEADER_MIME_H

#include "why/header_offer.h"

/* Quotes around each parameter alone, and around all. */
void offer_content_type_requoted(struct offer *o);

/* The charset in which the body was proved to have been is offered first. */
void offer_charset_converted(struct offer *o);

/* The fields of the part that is now the first were the message's. */
void offer_mime_wrapped(struct offer *o);
void offer_was_8bit_now_qp(struct offer *o);
void offer_was_8bit_now_base64(struct offer *o);
void offer_was_base64(struct offer *o);
void offer_was_qp(struct offer *o);

#endif
