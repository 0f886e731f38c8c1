# `make help` lists the targets. `make` builds bin/execlua.

GO         ?= go
PREFIX     ?= /usr/local
DESTDIR    ?=
FUZZTIME   ?= 30s
BENCHFLAGS ?=
SOAKFLAGS  ?=
VERSION    ?= $(shell git describe --tags --always --dirty 2>/dev/null || echo unknown)

# seccomp              containers without a filter are refused, so every build has one
# netgo, osusergo      glibc cannot do either in a static binary
# urfave_cli_no_docs   less package initialisation, which every container start pays for
# runc_nocriu          no checkpoint/restore, and no protocol buffers for it: 0.7 MB less
TAGS := seccomp urfave_cli_no_docs netgo osusergo runc_nocriu

# The version comes from -X: with -buildvcs git would refuse a clone of another owner, and two builds would differ.
LDFLAGS := -s -w -X main.version=$(VERSION) -linkmode external -extldflags -static

export CGO_ENABLED := 1
UID := $(shell id -u)

.DEFAULT_GOAL := build
# The parts of a target share apt-get and the machine; go itself builds and tests in parallel.
.NOTPARALLEL:
.PHONY: build man demo test soak test-vm check gen fuzz bench install help setup-build setup-test setup-bench

build: setup-build ## build bin/execlua, one static binary
	$(GO) build -buildvcs=false -trimpath -tags '$(TAGS)' -ldflags '$(LDFLAGS)' -o bin/execlua ./cmd/execlua

man: build ## write the manual pages into bin/man
	bin/execlua __man bin/man

demo: build ## run two example scripts
	bin/execlua scripts/examples/hello.lua
	bin/execlua scripts/examples/hooks.lua

# As root a test that would skip its real containers fails instead, so the last line is the truth.
ifeq ($(UID),0)
test: export EXECLUA_REQUIRE_ROOT := 1
CONTAINERS := run
else
CONTAINERS := SKIPPED (needs root)
endif

# -count=1: what the tests find on this machine (kernel, cgroups, root) is not in the key of the test cache.
test: setup-test ## run every test under the race detector, with real containers when root
	@mkdir -p bin && rm -f bin/conformance
	EXECLUA_CONFORMANCE='$(CURDIR)/bin/conformance' $(GO) test -race -count=1 -timeout 25m -tags '$(TAGS)' ./...
	@sort bin/conformance
	@echo 'real containers: $(CONTAINERS)'

soak: setup-test build ## run many containers, 1,000 one after the other and 200 at once, and faults: all, then 1,000 at random moments (as root)
	EXECLUA_SOAK=1 EXECLUA_REQUIRE_ROOT=1 $(GO) test -count=1 -timeout 30m -tags '$(TAGS)' -run 'Soak|Conformance' ./driver/native
	$(GO) run ./test/faults -binary bin/execlua
	$(GO) run ./test/faults -binary bin/execlua -n 1000 $(SOAKFLAGS)

# Without VMTESTS all suites run, two machines at once.
VMTESTS     ?=
VMTESTFLAGS ?=
export VMFLAGS ?=

test-vm: build ## run the tests that meet the kernel in a machine with systemd and cgroup v2 (test/vm)
	test/vm/vmsetup
	test/vm/vmrun $(VMFLAGS) . -- bin/execlua doctor
	GO='$(GO)' test/vm/suites '$(TAGS)' $(VMTESTS) $(VMTESTFLAGS)

check: setup-build bin/tools ## formatting, vet, staticcheck, the laws, go.mod, generated files
	@files=$$(bin/tools/gofumpt -l .); if [ -n "$$files" ]; then echo "not formatted (gofumpt -w):" $$files >&2; exit 1; fi
	$(GO) vet -tags '$(TAGS)' ./...
	bin/tools/staticcheck -tags '$(TAGS)' ./...
	$(GO) test -count=1 ./internal/archtest
	$(GO) mod tidy -diff
	$(GO) mod verify
	tools/gencheck.sh

gen: ## make the generated files again
	$(GO) generate -tags '$(TAGS)' ./...

fuzz: setup-build ## run every fuzz target for FUZZTIME (30s)
	tools/fuzz.sh '$(FUZZTIME)' '$(TAGS)'

bench: build setup-bench ## compare with runc, crun and lua; BENCHFLAGS='-n 30 -case one'
	$(GO) build -o bin/bench ./bench
	bin/bench $(BENCHFLAGS)

# The program writes what it brings along, so this needs no Go.
SHARE = $(DESTDIR)$(PREFIX)/share
install: bin/execlua ## copy bin/execlua, its manual pages and completions to PREFIX (/usr/local)
	install -D -m 0755 bin/execlua '$(DESTDIR)$(PREFIX)/bin/execlua'
	bin/execlua __man '$(SHARE)/man/man1'
	install -d '$(SHARE)/bash-completion/completions' '$(SHARE)/zsh/site-functions' '$(SHARE)/fish/vendor_completions.d'
	bin/execlua completion bash >'$(SHARE)/bash-completion/completions/execlua'
	bin/execlua completion zsh >'$(SHARE)/zsh/site-functions/_execlua'
	bin/execlua completion fish >'$(SHARE)/fish/vendor_completions.d/execlua.fish'

help: ## this list
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "%-8s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

# Only when it is missing: root, who installs, often has no Go.
bin/execlua:
	$(MAKE) build

bin/tools: tools/go.mod tools/go.sum
	$(GO) -C tools build -o ../bin/tools/ tool
	@touch bin/tools

setup-build:
	@tools/setup.sh build

setup-test:
	@tools/setup.sh build test

setup-bench:
	@tools/setup.sh build bench
