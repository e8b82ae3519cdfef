# The whole developer interface. `make` alone lists the targets.

SHELL := /bin/bash
.SHELLFLAGS := -eu -o pipefail -c
.DEFAULT_GOAL := help

# Where `make install` puts the program: $(PREFIX)/bin.
PREFIX ?= $(HOME)/.local

CARGO := cargo
DENY_VERSION := 0.20.2
# Yours if you have one, else one built into target/tools.
DENY := $(shell command -v cargo-deny || echo target/tools/bin/cargo-deny)

.PHONY: help
help: ## List the targets
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/\1\t\2/p' $(MAKEFILE_LIST) | awk -F '\t' '{ printf "  make %-14s %s\n", $$1, $$2 }'

.PHONY: build
build: ## Build the program for development: target/debug/kubectl-sts
	$(CARGO) build --locked

.PHONY: install
install: ## Build the program for use and install it into PREFIX/bin
	$(CARGO) install --locked --path . --root $(PREFIX)

.PHONY: control-plane
control-plane: ## Build the Kubernetes control plane the tests and the demo run on (minutes the first time)
	tests/control-plane/build.sh

.PHONY: demo
demo: control-plane build ## Show a staged rollout on a control plane of its own; nothing is left behind
	scripts/demo

.PHONY: test
test: control-plane ## Run all tests, those on a real control plane included
	scripts/test

.PHONY: live
live: control-plane ## Run only the tests on a real control plane
	scripts/test --test live

# KUBECTL_STS_CAMPAIGN_SEED makes the same clusters again: docs/testing.md.
.PHONY: campaign
campaign: control-plane ## Delete claims in random clusters, 50,000 claims in all, and check from outside (hours)
	KUBECTL_STS_CAMPAIGN_CLAIMS=$${KUBECTL_STS_CAMPAIGN_CLAIMS:-50000} \
		$(CARGO) test --locked --test live campaign:: -- --nocapture

.PHONY: bench
bench: control-plane ## Measure what staging costs, and what the claims of a large cluster do
	$(CARGO) build --locked --release
	KUBECTL_STS=$(CURDIR)/target/release/kubectl-sts $(CARGO) bench --locked --profile dev --bench overhead
	KUBECTL_STS=$(CURDIR)/target/release/kubectl-sts $(CARGO) bench --locked --profile dev --bench claims

.PHONY: compare
compare: control-plane build ## Ask other tools and this one for unused claims, on the same cluster
	$(CARGO) bench --locked --profile dev --bench compare

.PHONY: check
check: format clippy doc deny generated ## Run every check that is not a test

.PHONY: format
format: ## Check the formatting
	$(CARGO) fmt --check

.PHONY: clippy
clippy: ## Run the lints; warnings are errors
	$(CARGO) clippy --locked --all-targets -- -D warnings

.PHONY: doc
doc: ## Build the documentation of the code; warnings are errors
	RUSTDOCFLAGS='-D warnings' $(CARGO) doc --locked --no-deps

.PHONY: deny
deny: $(DENY) ## Check licences, banned crates and sources of all dependencies
	$(DENY) --locked check licenses bans sources

target/tools/bin/cargo-deny:
	CARGO_PROFILE_DEV_DEBUG=0 CARGO_INCREMENTAL=0 CARGO_TARGET_DIR=target/tools/build \
		$(CARGO) install --locked --debug --root target/tools --version $(DENY_VERSION) cargo-deny

.PHONY: generated
generated: ## Check that generated files are what the code prints
	$(CARGO) test --locked --test generated

.PHONY: generate
generate: ## Write the generated files anew: docs/cli.md, docs/schemas/, docs/exit-codes.md, completions/
	UPDATE=1 $(CARGO) test --locked --test generated
