# arc-tools - GNU make, no configure.  "make help" lists the targets.
# SPDX-License-Identifier: BSD-2-Clause
VERSION  = 0.1.0

PREFIX  ?= /usr/local
BINDIR   = $(PREFIX)/bin
MANDIR   = $(PREFIX)/share/man
BASHDIR  = $(PREFIX)/share/bash-completion/completions
ZSHDIR   = $(PREFIX)/share/zsh/site-functions

# Another build, another directory; what is in it is rebuilt when a compiler,
# a flag or the version is another ($B/flags).
B        = build$(if $(FUZZ),-fuzz,$(if $(SAN),-san))
CC      ?= cc
OPT      = -O2 -g
WARN     = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wformat=2 -Wundef -Wvla $(if $(CI),-Werror)
# Not every machine has an indirect branch to guard.
BRANCHES := $(if $(filter x86_64-% i%86-%,$(shell $(CC) -dumpmachine \
            2>/dev/null)),-fcf-protection)
HARDEN   = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
           -fstack-clash-protection $(BRANCHES) -fPIE
# Sanitizers see more where FORTIFY does not stand in front of them.
SANFLAGS = -fsanitize=address,undefined -fno-sanitize-recover=all \
           -fno-omit-frame-pointer -fPIE $(if $(FUZZ),-fsanitize=fuzzer-no-link)
ALL_CFLAGS  = -std=c11 $(OPT) $(WARN) $(if $(SAN)$(FUZZ),$(SANFLAGS),$(HARDEN)) \
              -ffile-prefix-map=$(CURDIR)=. -pthread $(CFLAGS)
ALL_CPPFLAGS = -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Ilib -Icmd $(CPPFLAGS)
ALL_LDFLAGS = -pie -pthread -Wl,-z,relro,-z,now,--as-needed \
              $(if $(SAN)$(FUZZ),$(SANFLAGS)) $(LDFLAGS)
# The system's OpenSSL, whose mends reach us; or one that starts faster.
CRYPTO   = $(if $(STATIC_CRYPTO),-Wl$(COMMA)-Bstatic -lcrypto \
           -Wl$(COMMA)-Bdynamic,-lcrypto)
LDLIBS   = $(CRYPTO) -ldl
COMMA    = ,

LIB_OBJS = $(patsubst %.c,$B/obj/%.o,$(wildcard lib/*.c))
TOOLS    = $(patsubst cmd/%.c,%,$(wildcard cmd/arc-*.c))
CLI_OBJS = $(patsubst %.c,$B/obj/%.o,$(filter-out cmd/arc-%.c,$(wildcard cmd/*.c)))
UNITS    = $(patsubst tests/unit/%.c,$B/unit-%,$(wildcard tests/unit/*.c))
FUZZERS  = $(patsubst tests/fuzz/%.c,$B/%,$(wildcard tests/fuzz/fuzz_*.c))
BATS     = $(wildcard tests/bats/*.bats)
JOBS    ?= $(shell nproc 2>/dev/null || echo 1)

all: $B/libarc.a $(TOOLS:%=$B/%)

$B/obj/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/libarc.a: $(LIB_OBJS)
	rm -f $@
	$(AR) rcsD $@ $^

$B/arc-%: $B/obj/cmd/arc-%.o $(CLI_OBJS) $B/libarc.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# tests/unit/NAME.c: a program of its own, on the library alone
$B/unit-%: $B/obj/tests/unit/%.o $B/libarc.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

$B/fuzz_%: $B/obj/tests/fuzz/fuzz_%.o $B/libarc.a
	$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

# Written only when it changes.
FLAGS    = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) $(ALL_LDFLAGS) $(LDLIBS)
$B/flags: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(FLAGS))' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# What needs packages installs them first, then starts make anew: before, there
# may be no compiler to ask.
check: setup-build setup-test
	@$(MAKE) --no-print-directory test

test: all $(UNITS)
	PATH="$(CURDIR)/$B:$$PATH" B="$(CURDIR)/$B" \
	    bats --print-output-on-failure $(BATS)

setup: setup-build setup-test setup-lint
setup-%:
	@tests/setup $*

clean:
	rm -rf build build-*

-include $(shell find $B/obj -name '*.d' 2>/dev/null)
.PHONY: all check test setup clean FORCE
.SECONDARY:
