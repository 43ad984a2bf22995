# Two commands matter: `make run` and `make test`. Everything they need they install into .venv by themselves.
.DELETE_ON_ERROR:
.PHONY: run test setup setup-run test-tools demo lint interoperability crash fuzz bench accelerate requirements clean help

PYTHON ?= python3
BIN := .venv/bin
DATA ?= var
LISTEN ?= 127.0.0.1:8000
# Some containers forbid byte code; compiled once at install time it halves every start afterwards.
unexport PYTHONDONTWRITEBYTECODE

help: ## show this help
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/uv: requirements/uv.txt
	$(PYTHON) -m venv .venv || { echo "Install Python's venv first: apt-get install python3-venv"; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/uv.txt
	@touch $@

# hatchling builds the editable install; it comes pinned and hashed from dev.txt like everything else.
.venv/.site: $(BIN)/uv requirements/site.txt requirements/build.txt pyproject.toml
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/site.txt -r requirements/build.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: .venv/.site requirements/dev.txt
	$(BIN)/uv pip install --quiet --python $(BIN)/python --compile-bytecode --require-hashes -r requirements/dev.txt
	@touch $@

setup-run: .venv/.site ## install what the platform needs into .venv
	@$(BIN)/python tools/accelerate.py
	@$(BIN)/python -m testamur_site.foundation.i18n.messages compile

setup: .venv/.dev ## install everything, development tools included
	@$(BIN)/python tools/accelerate.py
	@$(BIN)/python -m testamur_site.foundation.i18n.messages compile

accelerate: .venv/.site ## compile the kernels of a cohort, which setup tries too; says why where it cannot
	$(BIN)/python tools/accelerate.py --require

run: setup-run ## set up and start the platform with its demonstration institution
	$(BIN)/testamur site run --demo --data $(DATA) --listen $(LISTEN)

test-tools: setup
	@sh tools/ensure-debian-packages
	@sh tools/ensure-anvil
	@sh tools/ensure-blockcerts-verifier

test: test-tools ## set up and run every test, on SQLite and on PostgreSQL
	sh tools/run-tests

demo: test-tools ## the whole story through the pages of a real platform; what came out lies in build/demo/
	$(BIN)/python -m tests.browser.demo

crash: setup ## kill (also whoever holds the keys), pause, cut off, fill the disk, jump the clock, cut the power, on both databases (docs/how-to/after-a-crash.md)
	sh tools/ensure-debian-packages postgresql strace softhsm faketime
	$(BIN)/python -m tests.crash $(ARGUMENTS)

fuzz: setup ## break it: 100,000 changed documents of every format (docs/how-to/fuzz.md)
	tools/fuzz

bench: setup ## our speed beside the published packages of npm and PyPI, in one alternating run (needs Node 20)
	cd benchmarks/speed && npm ci --silent
	$(BIN)/python benchmarks/speed/run.py

interoperability: setup ## our credentials in published npm verifiers, and theirs in ours (needs Node 20)
	cd benchmarks/interoperability && npm ci --silent
	sh tools/ensure-anvil && sh tools/ensure-blockcerts-verifier
	$(BIN)/python benchmarks/interoperability/run.py

# Universal and hashed, without the addresses of any package index.
COMPILE = $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-emit-index-url --no-header
requirements: $(BIN)/uv ## pin the dependencies anew after pyproject.toml or requirements/*.in have changed
	$(COMPILE) --extra site --extra anchors --extra aws --extra bbs --extra celery --extra fast --extra pathways --extra pkcs11 --extra postgresql pyproject.toml requirements/dev.in -o requirements/dev.txt
	$(COMPILE) pyproject.toml -c requirements/dev.txt -o requirements/library.txt
	$(COMPILE) --extra site --extra anchors --extra bbs --extra fast --extra pathways --extra postgresql pyproject.toml -c requirements/dev.txt -o requirements/site.txt
	$(COMPILE) requirements/build.in -c requirements/dev.txt -o requirements/build.txt
	$(COMPILE) requirements/uv.in -o requirements/uv.txt
	$(COMPILE) benchmarks/speed/requirements-peers.in -o benchmarks/speed/requirements-peers.txt

lint: .venv/.dev ## the linters: style, types, import rules
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

clean: ## remove what was built (never var, where the data lives)
	rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache
