# arc-tools - GNU make, no configure.  "make help" lists the targets.
# SPDX-License-Identifier: BSD-2-Clause
B        = build$(if $(SAN),-san)
PREFIX  ?= /usr/local
CC      ?= cc
OPT      = -O2 -g
WARN     = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wformat=2 -Wundef -Wvla $(if $(CI),-Werror)
HARDEN   = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
           -fstack-clash-protection -fcf-protection -fPIE
SANFLAGS = -fsanitize=address,undefined -fno-sanitize-recover=all \
           -fno-omit-frame-pointer -fPIE
ALL_CFLAGS  = -std=c11 $(OPT) $(WARN) $(if $(SAN),$(SANFLAGS),$(HARDEN)) \
              -ffile-prefix-map=$(CURDIR)=. -pthread $(CFLAGS)
ALL_CPPFLAGS = -D_GNU_SOURCE -Ilib $(CPPFLAGS)
ALL_LDFLAGS = -pie -pthread -Wl,-z,relro,-z,now,--as-needed \
              $(if $(SAN),$(SANFLAGS)) $(LDFLAGS)
LDLIBS   = -lcrypto -ldl

LIB_OBJS = $(patsubst %.c,$B/obj/%.o,$(wildcard lib/*.c))
TOOLS    = $(patsubst cmd/%.c,%,$(wildcard cmd/arc-*.c))
CLI_OBJS = $(patsubst %.c,$B/obj/%.o,$(filter-out cmd/arc-%.c,$(wildcard cmd/*.c)))

all: $(TOOLS:%=$B/%)

$B/obj/%.o: %.c
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/libarc.a: $(LIB_OBJS)
	rm -f $@
	$(AR) rcs $@ $^

$B/arc-%: $B/obj/cmd/arc-%.o $(CLI_OBJS) $B/libarc.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

clean:
	rm -rf build build-san build-fuzz

-include $(shell find $B/obj -name '*.d' 2>/dev/null)
.PHONY: all clean
.SECONDARY:
