# Lagebus. `make help` lists the targets. Everything that is built stands in build/.
VERSION := 0.1.0
VARIANT ?= release
ifeq ($(origin CC),default)
CC := gcc
endif
B := build/$(VARIANT)
GEN := build/gen

PACKAGES := gcc make pkg-config protobuf-c-compiler libprotobuf-c-dev libzmq3-dev libssl-dev liblmdb-dev \
	libsqlite3-dev libconfig-dev libmicrohttpd-dev libjansson-dev libsystemd-dev libcmocka-dev gettext
TEST_PACKAGES := $(PACKAGES) stunnel4 openssl jq curl libical-dev lmdb-utils
FUZZ_PACKAGES := $(PACKAGES) clang libclang-rt-14-dev

WARN := -Wall -Wextra -Wconversion -Wshadow -Wvla -Wstrict-prototypes -Wmissing-prototypes -Wswitch-enum $(if $(CI),-Werror)
HARDEN := -D_FORTIFY_SOURCE=2 -fstack-protector-strong -fPIC
BASE := -std=c11 -D_GNU_SOURCE -DLAGEBUS_VERSION='"$(VERSION)"' -Iinclude -I. -I$(GEN) -pthread -MMD -MP -g
ifeq ($(VARIANT),release)
FLAGS := -O2 $(HARDEN)
else ifeq ($(VARIANT),asan)
FLAGS := -O1 -fno-omit-frame-pointer -fsanitize=address,undefined -fno-sanitize-recover=undefined -fPIC
SAN := -fsanitize=address,undefined
else ifeq ($(VARIANT),tsan)
FLAGS := -O1 -fno-omit-frame-pointer -fsanitize=thread -fPIC
SAN := -fsanitize=thread
else ifeq ($(VARIANT),fuzz)
CC := clang
FLAGS := -O1 -fno-omit-frame-pointer -fsanitize=fuzzer-no-link,address,undefined -fPIC
SAN := -fsanitize=address,undefined
endif
CFLAGS += $(BASE) $(WARN) $(FLAGS)
GENFLAGS := $(BASE) $(FLAGS) -w
LDFLAGS += -pthread $(SAN) -pie -Wl,-z,relro,-z,now -Wl,--as-needed

PROTO_LIBS := -lprotobuf-c -lssl -lcrypto -lzmq
BROKER_LIBS := -llmdb -lconfig -lmicrohttpd -lsystemd
AGENT_LIBS := -lsqlite3 -lconfig -lsystemd
CLI_LIBS := -ljansson -lconfig

schemas := $(wildcard proto/*.proto)
gen_c := $(schemas:%.proto=$(GEN)/%.pb-c.c)
gen_o := $(gen_c:$(GEN)/%.c=$(B)/gen/%.o)
objs = $(patsubst %.c,$(B)/%.o,$(wildcard $(1)))
proto_o := $(call objs,proto/*.c) $(gen_o)
host_o := $(call objs,proto/host/*.c)
broker_o := $(filter-out $(B)/broker/lagebusd.o,$(call objs,broker/*.c broker/core/*.c broker/edge/*.c))
agent_o := $(filter-out $(B)/agents/agent/lagebus-agent.o,$(call objs,agents/agent/*.c))
cli_o := $(filter-out $(B)/agents/cli/lagebus.o,$(call objs,agents/cli/*.c))
kit_o := $(call objs,tests/kit/*.c)

words := $(patsubst agents/po/%.po,$(B)/share/locale/%/LC_MESSAGES/lagebus.mo,$(wildcard agents/po/*.po))
programs := $(B)/bin/lagebusd $(B)/bin/lagebus-agent $(B)/bin/lagebus
unit := $(patsubst tests/unit/%.c,$(B)/tests/unit/%,$(wildcard tests/unit/*/test_*.c))
integration := $(patsubst tests/integration/%.c,$(B)/tests/integration/%,$(wildcard tests/integration/test_*.c))
hostile := $(patsubst tests/hostile/%.c,$(B)/tests/hostile/%,$(wildcard tests/hostile/*.c))
replay := $(patsubst tests/fuzz/%.c,$(B)/tests/fuzz/%,$(wildcard tests/fuzz/*/fuzz_*.c))
fuzzers := $(patsubst tests/fuzz/%.c,$(B)/fuzzers/%,$(wildcard tests/fuzz/*/fuzz_*.c))

# A line a file; V=1 shows the commands.
Q := $(if $(V),,@)
said = $(if $(V),,@printf '  %-6s %s\n' $(1) $(2:$(CURDIR)/%=%))

.DEFAULT_GOAL := build
.PHONY: help build programs tests fuzzers deps test-deps fuzz-deps demo demo-incident test check asan tsan fuzz bench install clean
.SECONDARY:

help: ## list the targets
	@awk -F':.*## ' '/^[a-z-]+:.*## /{printf "  make %-14s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

build: deps ## install what is missing (apt) and build the programs and liblagebus
	@$(MAKE) --no-print-directory -j$$(nproc) programs

demo: deps ## broker and eight partners as real processes; ADVISORY=file.json sends your own CSAF document
	@$(MAKE) --no-print-directory -j$$(nproc) programs
	@tests/demo/demo $(B) $(ADVISORY)

demo-incident: deps ## an incident from a local authority to the federal office, with help from another Land
	@$(MAKE) --no-print-directory -j$$(nproc) programs
	@tests/demo/demo-incident $(B)

test: test-deps ## unit, layer, corpus and integration tests; TEST='unit/broker/*' runs those
	@$(MAKE) --no-print-directory -j$$(nproc) programs tests
	@tests/run $(B) '$(TEST)'

asan: test-deps ## the same tests under AddressSanitizer and UBSan
	@$(MAKE) --no-print-directory VARIANT=asan -j$$(nproc) programs tests
	@tests/run build/asan '$(TEST)'

tsan: test-deps ## the same tests under ThreadSanitizer
	@$(MAKE) --no-print-directory VARIANT=tsan -j$$(nproc) programs tests
	@TSAN_OPTIONS=suppressions=$(CURDIR)/tests/tsan.supp tests/run build/tsan '$(TEST)'

fuzz: fuzz-deps ## libFuzzer on every parser, FUZZ_SECONDS each (60); FUZZ=zmtp runs one
	@$(MAKE) --no-print-directory VARIANT=fuzz -j$$(nproc) fuzzers
	@tests/fuzz/run build/fuzz $(or $(FUZZ_SECONDS),60) $(FUZZ)

bench: deps ## one JSON object a line; BENCH=fanout runs one
	@$(MAKE) --no-print-directory -j$$(nproc) programs $(B)/bin/lagebus-bench
	@tests/bench/run $(B) $(BENCH)

install: build ## programs, library, headers, man pages, completion, units under DESTDIR/PREFIX
	@./.ci/install $(B) "$(DESTDIR)$(or $(PREFIX),/usr/local)" $(VERSION)

clean: ## remove build/
	rm -rf build

# What is missing is installed through apt, once, and said.
define install_missing
	@missing=; for p in $(1); do dpkg-query -W -f='$${Status}' $$p 2>/dev/null | grep -q 'ok installed' || missing="$$missing $$p"; done; \
	if [ -n "$$missing" ]; then \
		echo "installing through apt:$$missing"; \
		sudo=; [ "$$(id -u)" = 0 ] || sudo=sudo; \
		$$sudo apt-get -qq update && DEBIAN_FRONTEND=noninteractive $$sudo apt-get -qq -y --no-install-recommends install $$missing >build/apt.log 2>&1 \
			|| { echo "apt could not install them; its words are in build/apt.log" >&2; exit 1; }; \
	fi
endef
deps:
	@mkdir -p build
	$(call install_missing,$(PACKAGES))
test-deps:
	@mkdir -p build
	$(call install_missing,$(TEST_PACKAGES))
fuzz-deps:
	@mkdir -p build
	$(call install_missing,$(FUZZ_PACKAGES))

programs: $(programs) $(words) $(B)/lib/liblagebus.a $(B)/lib/liblagebus.so
tests: $(words) $(unit) $(integration) $(replay) $(B)/tests/interop/dealer $(hostile)
fuzzers: $(fuzzers)

$(GEN)/proto/%.pb-c.c $(GEN)/proto/%.pb-c.h: proto/%.proto
	@mkdir -p $(GEN)
	$(call said,PROTO,$<)
	$(Q)protoc-c --proto_path=. --c_out=$(GEN) $<

$(B)/gen/%.o: $(GEN)/%.c
	@mkdir -p $(@D)
	$(call said,CC,$<)
	$(Q)$(CC) $(GENFLAGS) -c -o $@ $<

$(B)/%.o: %.c | $(gen_c)
	@mkdir -p $(@D)
	$(call said,CC,$<)
	$(Q)$(CC) $(CFLAGS) -c -o $@ $<

$(B)/share/locale/%/LC_MESSAGES/lagebus.mo: agents/po/%.po
	@mkdir -p $(@D)
	$(call said,WORDS,$<)
	$(Q)msgfmt --check-format --check-domain -o $@ $<

archive = @mkdir -p $(@D); rm -f $@; ar rcs $@ $^
$(B)/lib/liblagebus.a: $(proto_o) ; $(archive)
$(B)/lib/libhost.a: $(host_o) ; $(archive)
$(B)/lib/libbroker.a: $(broker_o) ; $(archive)
$(B)/lib/libagent.a: $(agent_o) ; $(archive)
$(B)/lib/libcli.a: $(cli_o) ; $(archive)
$(B)/lib/libkit.a: $(kit_o) ; $(archive)
$(B)/lib/liblagebus.so: $(proto_o)
	@mkdir -p $(@D)
	$(call said,LINK,$@)
	$(Q)$(CC) -shared -Wl,-soname,liblagebus.so.0 $(SAN) -pthread -o $@ $^ $(PROTO_LIBS)

link = @mkdir -p $(@D); printf '  %-6s %s\n' LINK $@; $(if $(V),set -x;) $(CC) $(LDFLAGS) -o $@ $(filter %.o,$^) $(filter %.a,$^)
$(B)/bin/lagebusd: $(B)/broker/lagebusd.o $(B)/lib/libbroker.a $(B)/lib/libhost.a $(B)/lib/liblagebus.a
	$(link) $(BROKER_LIBS) $(PROTO_LIBS)
$(B)/bin/lagebus-agent: $(B)/agents/agent/lagebus-agent.o $(B)/lib/libagent.a $(B)/lib/libhost.a $(B)/lib/liblagebus.a
	$(link) $(AGENT_LIBS) $(PROTO_LIBS)
$(B)/bin/lagebus: $(B)/agents/cli/lagebus.o $(B)/lib/libcli.a $(B)/lib/libhost.a $(B)/lib/liblagebus.a
	$(link) $(CLI_LIBS) $(PROTO_LIBS)
$(B)/bin/lagebus-bench: $(call objs,tests/bench/*.c) $(B)/lib/libkit.a $(B)/lib/liblagebus.a
	$(link) $(AGENT_LIBS) $(PROTO_LIBS)

$(B)/tests/unit/proto/%: $(B)/tests/unit/proto/%.o $(B)/lib/libkit.a $(B)/lib/liblagebus.a
	$(link) $(PROTO_LIBS) -lcmocka
$(B)/tests/unit/broker/%: $(B)/tests/unit/broker/%.o $(B)/lib/libkit.a $(B)/lib/libbroker.a $(B)/lib/libhost.a $(B)/lib/liblagebus.a
	$(link) $(BROKER_LIBS) $(PROTO_LIBS) -lcmocka
$(B)/tests/unit/host/%: $(B)/tests/unit/host/%.o $(B)/lib/libkit.a $(B)/lib/libhost.a $(B)/lib/liblagebus.a
	$(link) -lconfig -lsystemd $(PROTO_LIBS) -lcmocka
$(B)/tests/unit/agent/%: $(B)/tests/unit/agent/%.o $(B)/lib/libkit.a $(B)/lib/libagent.a $(B)/lib/libhost.a $(B)/lib/liblagebus.a
	$(link) $(AGENT_LIBS) $(PROTO_LIBS) -lcmocka
$(B)/tests/unit/cli/%: $(B)/tests/unit/cli/%.o $(B)/lib/libkit.a $(B)/lib/libcli.a $(B)/lib/libhost.a $(B)/lib/liblagebus.a
	$(link) $(CLI_LIBS) $(PROTO_LIBS) -lcmocka -lical
$(B)/tests/integration/%: $(B)/tests/integration/%.o $(B)/lib/libkit.a $(B)/lib/liblagebus.a
	$(link) $(PROTO_LIBS) -lcmocka
$(B)/tests/hostile/%: $(B)/tests/hostile/%.o $(B)/lib/libkit.a $(B)/lib/liblagebus.a
	$(link) $(PROTO_LIBS)
$(B)/tests/interop/dealer: $(B)/tests/interop/dealer.o $(gen_o)
	$(link) -lprotobuf-c -lcrypto -lzmq
# fuzzer FOLDER, ARCHIVES, LIBRARIES: what tests/fuzz/FOLDER is linked with, to replay its corpus and for libFuzzer.
define fuzzer
$(B)/tests/fuzz/$(1)/%: $(B)/tests/fuzz/$(1)/%.o $(B)/tests/fuzz/replay.o $(2:%=$(B)/lib/lib%.a)
	$$(link) $(3)
$(B)/fuzzers/$(1)/%: $(B)/tests/fuzz/$(1)/%.o $(2:%=$(B)/lib/lib%.a)
	@mkdir -p $$(@D); $$(CC) -fsanitize=fuzzer,address,undefined -pthread -o $$@ $$^ $(3)
endef
$(eval $(call fuzzer,proto,kit lagebus,$(PROTO_LIBS)))
$(eval $(call fuzzer,host,host lagebus,-lconfig $(PROTO_LIBS)))
$(eval $(call fuzzer,broker,kit broker host lagebus,$(BROKER_LIBS) $(PROTO_LIBS)))
$(eval $(call fuzzer,agent,kit agent host lagebus,$(AGENT_LIBS) $(PROTO_LIBS)))
$(eval $(call fuzzer,cli,cli host lagebus,$(CLI_LIBS) $(PROTO_LIBS)))

-include $(shell find $(B) -name '*.d' 2>/dev/null)
