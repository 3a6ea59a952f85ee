# make demo   the main job: a TCP congestion control in BPF, configured from Rust, on this kernel
# make test   everything that has to hold
# make bench  the library beside C, in one run
# make deps   what the others need of the system, installed where it is missing

CARGO ?= cargo
# Loading BPF needs privileges; building does not.
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)

.PHONY: deps demo test bench lint unit bindings bless

deps:
	@scripts/deps build

demo: deps
	$(CARGO) build --release --quiet --package tcp_cc
	$(SUDO) target/release/tcp_cc

test: test-deps lint unit

.PHONY: test-deps
test-deps:
	@scripts/deps build test

lint:
	$(CARGO) fmt --all --check
	$(CARGO) clippy --workspace --all-targets -- -D warnings
	$(CARGO) clippy --package skelgen --features cli --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" $(CARGO) doc --workspace --no-deps --quiet

unit:
	$(CARGO) test --workspace
	$(CARGO) test --package skelgen --features cli
	$(CARGO) test --package libbpf-ffi --features bindgen

bench: deps
	$(CARGO) bench --package libbpf-tests

# Renews the committed bindings from the headers in vendor/include.
bindings: test-deps
	$(CARGO) build --package libbpf-ffi --features bindgen
	cp "$$(ls -t target/debug/build/libbpf-ffi-*/out/bindings.rs | head -n 1)" libbpf-ffi/src/bindings.rs

# Renews the golden files; look at the difference before you commit it.
bless:
	BLESS=1 $(CARGO) test --package libbpf-tests --test golden
