# Thin on purpose: each target says what it does and a script in scripts/ does it.

.DEFAULT_GOAL := help
.PHONY: help quickstart test bench fmt lint coverage fuzz release clean

help: ## Print this list
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' Makefile

quickstart: ## Install what is needed, build, deploy a service on this machine and show its status
	@scripts/quickstart.sh

test: ## Lint, build with warnings as errors, run all tests and every example
	@scripts/test.sh

bench: ## Measure speed and memory, as ratios in one run
	@scripts/bench.sh

fmt: ## Format the Swift sources in place
	@scripts/fmt.sh

lint: ## Check the format and imports of the Swift sources, and the shell scripts
	@scripts/lint.sh

coverage: ## Print line coverage (COVERAGE_MIN=85 fails below 85 per cent)
	@scripts/coverage.sh

fuzz: ## Feed the parsers random input for a bounded time
	@scripts/fuzz.sh

release: ## Build dist/synthdata-infra and prove that it works alone
	@scripts/build-release.sh
	@scripts/check-standalone.sh

clean: ## Remove everything that was built or installed in this folder
	@scripts/clean.sh
