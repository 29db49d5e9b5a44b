# arc-tools - GNU make, no configure.  "make help" lists the targets.
# SPDX-License-Identifier: BSD-2-Clause
# The newest release that NEWS has.
VERSION := $(shell sed -n '/^.. [0-9]/{s/^.. \([0-9.]*\).*/\1/p;q;}' NEWS)

# One line a file; V=1 shows commands, make -s nothing.
QUIET    = $(findstring s,$(filter-out --%,$(firstword -$(MAKEFLAGS))))
Q        = $(if $(V),,@)
say      = $(if $(V)$(QUIET),@:,@printf '  %-4s %s\n' $1 $2)

PREFIX  ?= /usr/local
BINDIR   = $(PREFIX)/bin
MANDIR   = $(PREFIX)/share/man
DATADIR  = $(PREFIX)/share/arc-tools
LIBDIR   = $(PREFIX)/lib
INCLUDEDIR = $(PREFIX)/include
BASHDIR  = $(PREFIX)/share/bash-completion/completions
ZSHDIR   = $(PREFIX)/share/zsh/site-functions
FISHDIR  = $(PREFIX)/share/fish/vendor_completions.d

# Another build, another directory; what is in it is rebuilt when a compiler,
# a flag or the version is another ($B/flags), and linked anew when it is one of
# the linker's ($B/link).
B        = build$(if $(COVER),-cover,$(if $(FUZZ),-fuzz,$(if $(SAN),-san)))
CC      ?= cc
OPT      = -O2 -g
WARN     = -Wall -Wextra -Wshadow -Wconversion -Wstrict-prototypes \
           -Wmissing-prototypes -Wformat=2 -Wundef -Wvla -Wdate-time -Wno-psabi $(if $(CI),-Werror) \
           $(if $(findstring clang,$(CC)),-Wno-missing-field-initializers)
# Not every machine has an indirect branch to guard.
BRANCHES := $(if $(filter x86_64-% i%86-%,$(shell $(CC) -dumpmachine \
            2>/dev/null)),-fcf-protection)
HARDEN   = -U_FORTIFY_SOURCE -D_FORTIFY_SOURCE=2 -fstack-protector-strong \
           -fstack-clash-protection $(BRANCHES) -fPIE $(SMALL)
# Sanitizers see more where FORTIFY does not stand in front of them.
SANFLAGS = -fsanitize=address,undefined -fno-sanitize-recover=all \
           -fno-omit-frame-pointer -fPIE $(if $(FUZZ),-fsanitize=fuzzer-no-link)
# Lines and branches are counted as they are written: clang's way.
COVERFLAGS = -fPIE -fprofile-instr-generate -fcoverage-mapping
EXTRA    = $(if $(COVER),$(COVERFLAGS),$(if $(SAN)$(FUZZ),$(SANFLAGS)))
ALL_CFLAGS  = -std=c11 $(OPT) $(WARN) $(or $(EXTRA),$(HARDEN)) \
              -ffile-prefix-map=$(CURDIR)=. -pthread $(CFLAGS)
# Sanitizers look for leaks, and counters are written, with what the sandbox
# takes away; and each piece of an arena has ends of its own for them.
ALL_CPPFLAGS = -D_GNU_SOURCE -DVERSION='"$(VERSION)"' -Ilib -Icmd $(CPPFLAGS) \
               $(if $(NO_SANDBOX)$(EXTRA),-DNO_SANDBOX) \
               $(if $(SAN)$(FUZZ),-DARENA_EACH)
ALL_LDFLAGS = -pie -pthread -Wl,-z,relro,-z,now,--as-needed \
              $(EXTRA) $(LDFLAGS)
# The system's OpenSSL, so that its security updates apply; or a static one,
# which starts faster, and what its pkg-config file says that it needs.
CRYPTO   = $(if $(STATIC_CRYPTO),-Wl$(COMMA)-Bstatic -lcrypto \
           -Wl$(COMMA)-Bdynamic $(STATIC_NEEDS),-lcrypto)
STATIC_NEEDS = $(shell sed -n 's/^Libs.private://p' \
           "$$($(CC) -print-file-name=pkgconfig/libcrypto.pc)" 2>/dev/null)
LDLIBS   = $(CRYPTO) -ldl
COMMA    = ,

# Of the two that do the arithmetic, the one that this build takes.
OTHER    = lib/crypto/primitive$(if $(EVP),,_evp).c
LIB_OBJS = $(patsubst %.c,$B/obj/%.o,$(filter-out $(OTHER),$(wildcard lib/*/*.c)))
TOOLS    = $(patsubst cmd/%.c,%,$(wildcard cmd/arc-*.c))
CLI_OBJS = $(patsubst %.c,$B/obj/%.o,$(filter-out cmd/arc-%.c,$(wildcard cmd/*.c)))
UNITS    = $(patsubst tests/unit/%.c,$B/unit-%,$(wildcard tests/unit/*.c))
FUZZERS  = $(patsubst tests/fuzz/%.c,$B/%,$(wildcard tests/fuzz/fuzz_*.c))
PRELOADS = $(patsubst tests/torture/%.c,$B/%.so,$(wildcard tests/torture/*.c))
# Those that take longest begin first.
LONG     = $(patsubst %,tests/bats/%.bats,dns why house spf recipes torture pipes)
BATS     = $(LONG) $(filter-out $(LONG),$(wildcard tests/bats/*.bats))
# Tests with the tag "deep" are those of "make deep"; TAGS= runs all.  Of the
# ordinary build ("plain") is what no sanitizer sees more of.
TAGS     = !deep$(if $(SAN),$(COMMA)!plain)
# More files at a time than there are cores, as some wait for a name server.
JOBS    ?= $(shell echo $$(($$(nproc 2>/dev/null || echo 1) + 2)))
# Of several files, the tests of one run one after the other: a test that waits
# for its turn would poll.
IN_TURN  = $(if $(filter-out 1,$(JOBS)),$(if $(word 2,$(BATS)),--no-parallelize-within-files))

all: $B/libarc.a $(TOOLS:%=$B/%)

# What is large is not for a stack that may be small (sanitizers widen it).
$B/obj/lib/%.o $B/obj/cmd/%.o: private SMALL = -Wframe-larger-than=16384

$B/obj/%.o: %.c $B/flags
	@mkdir -p $(@D)
	$(call say,CC,$<)
	$Q$(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS) -MMD -MP -c -o $@ $<

$B/libarc.a: $(LIB_OBJS) $B/link
	$(call say,AR,$@)
	$Qrm -f $@
	$Q$(AR) qcsD $@ $(LIB_OBJS)

$B/arc-%: $B/obj/cmd/arc-%.o $(CLI_OBJS) $B/libarc.a
	$(call say,LD,$@)
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# tests/unit/NAME.c: a program of its own, on the library alone
$B/unit-%: $B/obj/tests/unit/%.o $B/libarc.a
	$(call say,LD,$@)
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -o $@ $^ $(LDLIBS)

# The library's allocations, and OpenSSL's through them, fail when told to.
$B/unit-memory: private ALL_LDFLAGS += \
    -Wl,--wrap=malloc,--wrap=calloc,--wrap=realloc

# What makes system calls fail, what abuses them; no sanitizer stands in it.
$B/%.so: tests/torture/%.c
	@mkdir -p $(@D)
	$(call say,LD,$@)
	$Q$(CC) -std=c11 -O1 -g $(WARN) -D_GNU_SOURCE $(CPPFLAGS) -fPIC -shared \
	    -o $@ $< -ldl

$B/fuzz_%: $B/obj/tests/fuzz/fuzz_%.o $B/obj/tests/fuzz/mail.o $B/libarc.a
	$(call say,LD,$@)
	$Q$(CC) $(ALL_CFLAGS) $(ALL_LDFLAGS) -fsanitize=fuzzer -o $@ $^ $(LDLIBS)

# Written only when they change.
FLAGS    = $(CC) $(ALL_CPPFLAGS) $(ALL_CFLAGS)
$B/flags: SAYS = $(FLAGS)
$B/link: SAYS = $(FLAGS) $(ALL_LDFLAGS) $(LDLIBS) $(LIB_OBJS)
$B/flags $B/link: FORCE
	@mkdir -p $(@D)
	@printf '%s\n' '$(subst ','\'',$(SAYS))' >$@.new
	@cmp -s $@.new $@ && rm $@.new || mv $@.new $@

# What needs packages installs them first, then starts make anew: before, there
# may be no compiler to ask.
MAKEFLAGS += --no-print-directory

help:
	@sed -n 's/^#: //p' Makefile

#: make            build the tools in build/
#: make setup      install the Debian packages that all of this needs
setup: setup-build setup-test setup-peers setup-lint setup-release
setup-%:
	@tests/setup $*
setup-test:
	@tests/setup test
	@tests/tools/unpack $B/unpacked postfix || echo "its recipes are not tested"

#: make demo       set-up, build, and verdicts on the messages of samples/
demo: setup-build
	@$(MAKE) -s all
	@tests/demo build

#: make check      set-up, build, the tests; SAN=1: with sanitizers
check: setup-build setup-test
	@$(MAKE) -s test

#: make test       the same without set-up
test: all $(UNITS) $(PRELOADS)
	@B="$(CURDIR)/$B" bats --jobs $(JOBS) $(IN_TURN) $(if $(TAGS),--filter-tags '$(TAGS)') \
	    --print-output-on-failure $(BATS)

#: make deep       the tests that take longer: valgrind, growth, a second build
deep: setup-build setup-test
	@$(MAKE) -s test TAGS=deep

#: make conformance  CONFORMANCE.md with a result for each item: build/conformance.html
conformance: setup-build setup-test
	@$(MAKE) -s all $(UNITS) $(PRELOADS)
	@B="$(CURDIR)/$B" JOBS=$(JOBS) tests/tools/conformance $B/conformance

#: make suite      write tests/suite anew from the tests that forge messages
suite: setup-build setup-test
	@$(MAKE) -s all $(UNITS)
	@B="$(CURDIR)/$B" tests/forge/make-suite

#: make peers      verdicts beside those of other validators (tests/peers.tsv)
peers: setup-build setup-peers
	@$(MAKE) -s all $B/unit-spf
	@B="$(CURDIR)/$B" tests/tools/peers

#: make why-score  what --why says of forged mail, by kind; CORPORA="mailman3:1000"
CORPORA = edits signers twins mailman2:600 mailman3:600 mlmmj:200 altermime:200 library:300 dkim
why-score: setup-build setup-score
	@$(MAKE) -s all
	@tests/tools/unpack $B/unpacked mailman3 mlmmj
	@PATH="$(CURDIR)/$B:$$PATH" UNPACKED="$(CURDIR)/$B/unpacked" \
		/usr/bin/python3 tests/forge/score.py $(CORPORA)

#: make fuzz       each fuzzer over its corpus, then FUZZ_SECONDS=30 of new input
FUZZ_SECONDS = 30
fuzz: setup-build setup-lint
	@$(MAKE) -s FUZZ=1 CC=clang fuzzers
	@tests/fuzz/run build-fuzz $(FUZZ_SECONDS)
fuzzers: $(FUZZERS)

#: make bench      what the tools cost, beside a floor and beside others; PARTS="start
#:                 size", ROUNDS=21
bench: setup-build setup-test setup-peers
	@$(MAKE) -s all
	@$(MAKE) -s STATIC_CRYPTO=1 B=build-static all
	@tests/tools/install-peers
	@B="$(CURDIR)/$B" STATIC="$(CURDIR)/build-static" bench/run $(PARTS)

#: make bench-check  instructions against bench/baseline.tsv; UPDATE=1 takes it anew
bench-check: setup-build setup-test setup-lint
	@$(MAKE) -s all
	@B="$(CURDIR)/$B" bench/check $(if $(UPDATE),--update)

#: make torture    all that is done to the tools, and a table (hours); PARTS=growth...
torture: setup-build setup-test setup-lint
	@$(MAKE) -s all $(PRELOADS)
	@$(MAKE) -s FUZZ=1 CC=clang fuzzers
	@$(MAKE) -s COVER=1 CC=clang covered
	@tests/torture/run $(FUZZ_SECONDS) $(PARTS)
covered: all $(UNITS) $(PRELOADS) $(FUZZERS)

#: make lint       compilers, analyzers and linters, all without a remark
lint: setup-build setup-test setup-lint
	@$(MAKE) lint-c lint-format lint-man lint-shell

SOURCES  = $(wildcard lib/*/*.c cmd/*.c tests/unit/*.c tests/fuzz/*.c \
               tests/torture/*.c bench/*.c)
HEADERS  = $(wildcard lib/*/*.h cmd/*.h tests/unit/*.h tests/fuzz/*.h)
SCRIPTS  = .ci/run tests/setup tests/demo tests/clean-room tests/fuzz/run $(addprefix debian/tests/,libraries samples) \
           $(addprefix tests/tools/,deb distcheck install-peers packaged portable release-check) \
           tests/manual-tables tests/torture/run tests/torture/memcheck completions/generate $(wildcard completions/*.bash tests/bats/*.bash) \
           $(addprefix samples/recipes/,list-post maildir-annotate postfix-filter)
LINT     = build-lint

lint-c: $(SOURCES:%=$(LINT)/%.tidy) $(SOURCES:%=$(LINT)/%.cppcheck)
	@$(MAKE) -s B=$(LINT)/gcc CC=gcc CFLAGS=-fanalyzer CI=1 all objects
	@$(MAKE) -s B=$(LINT)/clang CC=clang CI=1 all objects
objects: $(SOURCES:%.c=$B/obj/%.o)

$(LINT)/%.tidy: % .clang-tidy $(HEADERS)
	@mkdir -p $(@D)
	@echo clang-tidy $<
	@clang-tidy --quiet --warnings-as-errors='*' $< -- -std=c11 \
	    $(ALL_CPPFLAGS) 2>$@.log || { cat $@.log; exit 1; }
	@touch $@

$(LINT)/%.cppcheck: % $(HEADERS)
	@mkdir -p $(@D)
	@echo cppcheck $<
	@cppcheck --quiet --std=c11 --error-exitcode=1 --inline-suppr \
	    --enable=warning,performance,portability \
	    --suppress=missingIncludeSystem -DVERSION='""' -Ilib -Icmd $<
	@touch $@

lint-format:
	clang-format --dry-run -Werror $(SOURCES) $(HEADERS)

lint-man:
	mandoc -T lint -W warning $(wildcard man/*.[1-9])

lint-shell:
	shellcheck $(SCRIPTS)
	# What bats does: it ends a test where cd fails, and sets variables.
	shellcheck --exclude=SC1091,SC2016,SC2030,SC2031,SC2046,SC2154,SC2164 $(BATS)

#: make install    DESTDIR and PREFIX=/usr/local are heeded; uninstall likewise
MANUALS  = $(wildcard man/*.[17])
INSTALLED = $(TOOLS:%=$(BINDIR)/%) \
    $(foreach m,$(notdir $(MANUALS)),$(MANDIR)/man$(subst .,,$(suffix $m))/$m) \
    $(TOOLS:%=$(BASHDIR)/%) $(TOOLS:%=$(FISHDIR)/%.fish) $(ZSHDIR)/_arc-tools $(DATADIR)/arc-tools.schema.json
PUT      = install -D -m

install: all
	set -e; for t in $(TOOLS); do \
	    $(PUT) 755 $B/$$t "$(DESTDIR)$(BINDIR)/$$t"; \
	    $(PUT) 644 completions/arc-tools.bash "$(DESTDIR)$(BASHDIR)/$$t"; \
	    $(PUT) 644 completions/arc-tools.fish "$(DESTDIR)$(FISHDIR)/$$t.fish"; \
	done; for m in $(MANUALS); do \
	    $(PUT) 644 $$m "$(DESTDIR)$(MANDIR)/man$${m##*.}/$${m#man/}"; \
	done
	$(PUT) 644 completions/_arc-tools "$(DESTDIR)$(ZSHDIR)/_arc-tools"
	$(PUT) 644 man/arc-tools.schema.json "$(DESTDIR)$(DATADIR)/arc-tools.schema.json"

uninstall:
	rm -f $(INSTALLED:%="$(DESTDIR)%")

#: make install-lib  libarc.a, arc.h, arc.pc and arc(3), for other programs (with
#:                 CFLAGS=-fPIC B=build-pic for shared objects); uninstall-lib
# One object with what lib/embed/arc.c needs; its names alone stay global.
$B/embed/libarc.a: $B/libarc.a $B/obj/lib/embed/arc.o
	@mkdir -p $(@D)
	$(call say,AR,$@)
	$Qrm -f $@
	$Q$(CC) $(ALL_CFLAGS) -r -nostdlib -o $(@D)/arc.o $B/obj/lib/embed/arc.o $B/libarc.a
	$Q$(NM) -g --defined-only $B/obj/lib/embed/arc.o | sed 's/.* //' >$(@D)/names
	$Q$(OBJCOPY) --keep-global-symbols=$(@D)/names $(@D)/arc.o
	$Q$(AR) qcsD $@ $(@D)/arc.o

NM      ?= nm
OBJCOPY ?= objcopy
INSTALLED_LIB = $(LIBDIR)/libarc.a $(LIBDIR)/pkgconfig/arc.pc $(INCLUDEDIR)/arc.h \
    $(MANDIR)/man3/arc.3
install-lib: $B/embed/libarc.a
	$(PUT) 644 $B/embed/libarc.a "$(DESTDIR)$(LIBDIR)/libarc.a"
	$(PUT) 644 lib/embed/arc.h "$(DESTDIR)$(INCLUDEDIR)/arc.h"
	$(PUT) 644 man/arc.3 "$(DESTDIR)$(MANDIR)/man3/arc.3"
	sed 's,@LIBDIR@,$(LIBDIR),; s,@INCLUDEDIR@,$(INCLUDEDIR),; s,@VERSION@,$(VERSION),' \
	    lib/embed/arc.pc.in >$B/embed/arc.pc
	$(PUT) 644 $B/embed/arc.pc "$(DESTDIR)$(LIBDIR)/pkgconfig/arc.pc"

uninstall-lib:
	rm -f $(INSTALLED_LIB:%="$(DESTDIR)%")

#: make dist       arc-tools-VERSION.tar.gz of what is committed, the same each time
RELEASE  = arc-tools-$(VERSION)
dist:
	@git archive --format=tar --prefix=$(RELEASE)/ HEAD | gzip -9n >$(RELEASE).tar.gz
	@sha256sum $(RELEASE).tar.gz

#: make distcheck  the same, then build, try, install and uninstall from it
distcheck: setup-build
	@$(MAKE) -s dist
	@tests/tools/distcheck $(RELEASE).tar.gz

#: make deb        a Debian package in build/deb, from what is committed
deb: setup-build setup-release
	@tests/tools/deb "$B/deb"

#: make release-check  what a release has to pass beside .ci/run: distcheck, deb, shared, clang, musl,
#:                 big-endian, i386, README and the package in a bare Debian 12 and 13 (root;
#:                 an hour), a mutation run (hours; MUTANTS=40: of so many mutants of each
#:                 file); tests/tools/release-check STEP... runs some
release-check: setup-build setup-test setup-lint setup-release
	@tests/tools/release-check

#: make clean      remove what was built
clean:
	rm -rf build build-*
#:
#: Variables: V=1 (show commands), CC, CFLAGS, LDFLAGS, PREFIX, DESTDIR; SAN=1 (build-san/, address and
#: undefined-behaviour sanitizers), COVER=1 (build-cover/, lines and branches are
#: counted), CI=1 (a warning is an error), STATIC_CRYPTO=1 (libcrypto.a: starts
#: faster, but OpenSSL's security updates apply only after a new build),
#: EVP=1 (all arithmetic through OpenSSL's providers; starts slower),
#: NO_SANDBOX=1 (the tools give up no rights).

-include $(shell find $B/obj -name '*.d' 2>/dev/null)
.PHONY: bench bench-check why-score
.PHONY: all help setup demo check test deep suite peers conformance fuzz fuzzers torture covered lint lint-c lint-format \
    lint-man lint-shell objects install install-lib uninstall uninstall-lib dist distcheck deb release-check clean FORCE
.SECONDARY:
