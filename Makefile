.PHONY: run demo dev check test e2e bench clean help
.DEFAULT_GOAL := help

run: ## From nothing to a running market on 127.0.0.1:3000, with sample data; Ctrl-C stops it
	@scripts/run

demo: run ## The same as run

dev: ## Serves a debug build and builds it anew when a source changes
	@scripts/dev

check: ## While working: formatting, clippy, unit and integration tests
	@scripts/setup test
	@scripts/lint
	@scripts/unit

test: ## Everything that must hold before a change is taken; what CI runs
	@scripts/test

e2e: ## Only the tests in the browser
	@scripts/e2e

bench: ## Weights and speed of the release build, as ratios to a baseline of the same run
	@scripts/bench

clean: ## Removes what was built; the demonstration's data in .data stay
	@scripts/pg stop pg-test 2>/dev/null || true
	@rm -rf target node_modules end2end/report end2end/test-results

help: ## This list
	@awk -F ':.*## ' '/^[a-z0-9]+:.*## / { printf "  make %-6s  %s\n", $$1, $$2 }' $(MAKEFILE_LIST)
