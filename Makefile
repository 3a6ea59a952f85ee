# make demo   the main job: a TCP congestion control in BPF, configured from Rust, on this kernel
# make test   everything that has to hold
# make test-kernels  the kernel tests on other kernels, in guests; KERNELS="6.1 6.12" says on which
# make bench  the library and the generator beside C, libbpf-rs and aya, in one run
# make fuzz   broken objects, FUZZ_SECONDS for each target, with the C code instrumented
# make sanitize  the tests under AddressSanitizer, memcheck and helgrind; TOOLS=memcheck TESTS="maps live" says which
# make install  skelgen with its manual pages and completions, and the library for C, below PREFIX=/usr/local
#               (libraries in LIBDIR=PREFIX/lib; and DESTDIR, for packages)
# make deps   what the others need of the system, installed where it is missing
#
# KERNEL=6.12, with demo or test, runs what needs a kernel on that one, in a guest.

CARGO ?= cargo
KERNEL ?=
# A kernel that has oopsed (bit 7) may hold locks for ever: tests that need one then run in a guest.
GUEST_KERNEL = $(or $(KERNEL),$(shell [ $$(($$(cat /proc/sys/kernel/tainted) & 128)) = 0 ] || echo 6.18))
# The oldest and the newest, one that a module can be built for, and the one before the newest with sched_ext. Two run at
# a time: the longest go first.
OTHER_KERNELS = 7 6.12 6.18 6.1
KERNELS ?=

.PHONY: deps test-deps demo install install-skelgen install-capi test lint unit package kernel test-kernels fuzz sanitize bench bindings bless

deps:
	@scripts/deps build

test-deps:
	@scripts/deps build test
	@scripts/bpftool >/dev/null || echo "bpftool: without one of version 7.5 some tests are ignored" >&2

demo: deps
	@CARGO=$(CARGO) KERNEL=$(KERNEL) scripts/demo

PREFIX ?= /usr/local
DESTDIR ?=
PROFILE ?= release
INSTALLED = $(DESTDIR)$(PREFIX)
BUILT = $(or $(CARGO_TARGET_DIR),target)/$(if $(filter dev,$(PROFILE)),debug,$(PROFILE))
install: install-skelgen install-capi

install-skelgen:
	$(CARGO) build --quiet --package skelgen --features cli --bin skelgen --profile $(PROFILE)
	install -D $(BUILT)/skelgen $(INSTALLED)/bin/skelgen
	$(BUILT)/skelgen man --out-dir $(INSTALLED)/share/man/man1
	install -d $(INSTALLED)/share/bash-completion/completions $(INSTALLED)/share/zsh/site-functions \
		$(INSTALLED)/share/fish/vendor_completions.d
	$(BUILT)/skelgen completions bash > $(INSTALLED)/share/bash-completion/completions/skelgen
	$(BUILT)/skelgen completions zsh > $(INSTALLED)/share/zsh/site-functions/_skelgen
	$(BUILT)/skelgen completions fish > $(INSTALLED)/share/fish/vendor_completions.d/skelgen.fish

# The library for C: static with libbpf and the extension inside, whose headers come along, and shared with its own
# functions only. The number in the shared one's name changes when something is taken away from it, which additions
# (LIBBPF_SAFE_ABI_VERSION counts them) do not.
CAPI_SONAME = libbpf_safe.so.1
CAPI = $(CARGO) rustc --quiet --package libbpf-safe-capi --lib --profile $(PROFILE)
LIBDIR ?= $(PREFIX)/lib
# Given on the command line they would reach the make that builds libbpf, inside cargo, which would install by them.
# This has to come after `LIBDIR ?=`: what is unexported counts as defined.
MAKEOVERRIDES =
unexport DESTDIR PREFIX LIBDIR PROFILE
CAPI_LIB = $(DESTDIR)$(LIBDIR)
CAPI_INCLUDE = $(INSTALLED)/include/libbpf-safe
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' Cargo.toml)
install-capi:
	$(CAPI) --crate-type staticlib
	$(CAPI) --crate-type cdylib -- -C link-arg=-Wl,-soname,$(CAPI_SONAME)
	install -d $(CAPI_INCLUDE)/bpf $(CAPI_LIB)/pkgconfig
	install -m 644 $(BUILT)/libbpf_safe.a $(CAPI_LIB)
	install -m 755 $(BUILT)/libbpf_safe.so $(CAPI_LIB)/$(CAPI_SONAME)
	ln -sf $(CAPI_SONAME) $(CAPI_LIB)/libbpf_safe.so
	install -m 644 capi/include/libbpf_safe.h vendor/include/libbpf_struct_ops.h $(CAPI_INCLUDE)
	install -m 644 "$$(ls -dt $(BUILT)/build/libbpf-sys-*/out/include/bpf | head -n 1)"/*.h $(CAPI_INCLUDE)/bpf
	for pc in libbpf-safe libbpf-safe-static; do \
		sed 's|@PREFIX@|$(PREFIX)|; s|@LIBDIR@|$(LIBDIR)|; s|@VERSION@|$(VERSION)|' capi/$$pc.pc.in \
			> $(CAPI_LIB)/pkgconfig/$$pc.pc; \
	done

test: test-deps lint unit package kernel

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --quiet --workspace --all-targets -- -D warnings
	$(CARGO) clippy --quiet --package skelgen --features cli --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --quiet --workspace --no-deps

# Where the kernel tests run in a guest, they are counted as ignored here.
unit:
	$(if $(GUEST_KERNEL),KERNEL_TESTS=guest) $(CARGO) test --workspace
	$(CARGO) test --package skelgen --features cli
	$(CARGO) test --package libbpf-ffi --features bindgen

# Each crate as it would be published, built from its .crate file. Cargo takes what is in one to be unchangeable while
# its version is: what it unpacked and built of an earlier state has to go.
OWN_CRATES = libbpf-ffi libbpf-safe libbpf-safe-capi skelgen
CARGO_FOLDER = $(or $(CARGO_HOME),$(HOME)/.cargo)
PACKAGE_TARGET = $(or $(CARGO_TARGET_DIR),target)/packaged
package:
	rm -rf $(OWN_CRATES:%=$(CARGO_FOLDER)/registry/src/-*/%-[0-9]*) \
		$(OWN_CRATES:%=$(PACKAGE_TARGET)/debug/.fingerprint/%-*)
	CARGO_TARGET_DIR=$(PACKAGE_TARGET) $(CARGO) package --quiet --allow-dirty $(OWN_CRATES:%=--package %)

kernel:
	$(if $(GUEST_KERNEL),scripts/kernel-tests $(GUEST_KERNEL))

# The kernel tests on other kernels, in guests. Each test has to pass on one of them at least.
test-kernels: test-deps
	@scripts/deps guest
	scripts/kernel-tests $(or $(KERNELS),--each $(OTHER_KERNELS))

# With sanitizers, in a workspace of its own. What it finds is in target/fuzz.
FUZZ_SECONDS ?= 60
fuzz: deps
	scripts/fuzz $(FUZZ_SECONDS) $(TARGETS)

# Takes an hour on two cores; what was said is in target/sanitizers.
TOOLS ?=
TESTS ?=
sanitize: test-deps
	@scripts/deps sanitize
	scripts/sanitize $(TOOLS) -- $(TESTS)

# In a workspace of its own, since the peers are built, too. GROUP="maps rings" picks; the whole run takes ten minutes, and
# its table and picture stay in benches/. BENCH_OBJECTS names a folder of other objects for the generators; BENCH_BUILDS=1
# builds each program once.
GROUP ?=
bench: deps
	cd benches && $(CARGO) run --quiet --release --locked --target-dir ../target/benches -- $(GROUP)

# Renews the committed bindings from the headers in vendor/include.
bindings: test-deps
	$(CARGO) build --package libbpf-ffi --features bindgen
	cp "$$(ls -t target/debug/build/libbpf-ffi-*/out/bindings.rs | head -n 1)" libbpf-ffi/src/bindings.rs

# Renews the golden files, and the page of libbpf's functions; look at the difference before you commit it.
bless:
	BLESS=1 $(CARGO) test --package libbpf-tests --test golden --test functions
