# Two commands do all the set-up: make reproduce and make test. Both install what is missing first.

ASSAY  := .build/release/assay
SWIFT  := swift
# Imports that Package.swift does not declare are errors: the layers of the architecture are kept apart.
CHECKS := --explicit-target-dependency-import-check error
APT    := libsqlite3-dev zlib1g-dev libopenblas0 librsvg2-2 fonts-liberation sqlite3 python3-pip
# Where make install puts things.
PREFIX           := /usr/local
SHARED           := $(DESTDIR)$(PREFIX)/share
MANUALS          := $(SHARED)/man/man1
BASH_COMPLETIONS := $(SHARED)/bash-completion/completions
ZSH_COMPLETIONS  := $(SHARED)/zsh/site-functions
FISH_COMPLETIONS := $(SHARED)/fish/vendor_completions.d
# What the check of reports looks at them with.
VIEWERS := chromium poppler-utils texlive-latex-recommended
# What draws the schema.
DRAWERS := graphviz
# What makes this host a cluster.
CLUSTER := slurmctld slurmd slurm-client munge
# The server of a sweep's queue.
SERVER := postgresql
# What counts instructions.
COUNTERS := valgrind

# Parts of the package beside the usual ones: make build TRAITS=PostgreSQL.
TRAITS :=
empty  :=
comma  := ,
WITH_TRAITS = $(if $(TRAITS),--traits default$(comma)$(subst $(empty) $(empty),$(comma),$(TRAITS)))

# The package manager hands the compiler the package's traits in the order of their hashes. With seeds at random that is
# another order whenever the package is read anew, whereupon all of it is compiled anew.
SWIFT_BUILD = SWIFT_DETERMINISTIC_HASHING=1 $(SWIFT) build -c release $(CHECKS)
# The command holds Swift's libraries itself, so that it starts faster; see Package.swift.
BUILD = ASSAY_STATIC_RUNTIME=1 $(SWIFT_BUILD) --product assay $(WITH_TRAITS)
# The tests are built with the flags of the command, which is linked anew then. swift test alone would
# build all of it once more, so that tests could look into its modules, which none does.
BUILD_TESTS = $(SWIFT_BUILD) --build-tests $(WITH_TRAITS)
# Tests of what needs a server take a server.
SKIPPED     = $(if $(filter PostgreSQL,$(TRAITS)),,--skip SweepQueueTests)
RUN_TESTS   = $(SWIFT) test -c release --disable-xctest --skip-build $(WITH_TRAITS) $(SKIPPED)
# The Python package has tests of its own, which need the built command and nothing else.
TEST_PYTHON := ASSAY_PROGRAM=$(CURDIR)/$(ASSAY) PYTHONPATH=python/src \
  python3 -B -m unittest discover --start-directory python/tests

.PHONY: help setup build data reproduce quick test torture cluster cluster-quick cluster-bench fuzz compare compare-record compare-trackers \
  check-report check-report-page check-pages check-python example-pytorch docs bench load \
  bench-peers instructions instructions-record man install lint format clean

# Installs the packages of a list that are missing.
define install
	@if command -v apt-get > /dev/null; then \
	  missing=$$(for package in $(1); do \
	    dpkg -s $$package > /dev/null 2>&1 || echo $$package; done); \
	  if [ -n "$$missing" ]; then \
	    if [ "$$(id -u)" = 0 ]; then sudo=; else sudo=sudo; fi; \
	    $$sudo apt-get update -qq && \
	    DEBIAN_FRONTEND=noninteractive $$sudo apt-get install -y -qq $$missing; \
	  fi; \
	fi
endef

help:  ## Lists the commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-20s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup:  ## Installs the system packages that are missing
	@command -v $(SWIFT) > /dev/null || { \
	  echo "make: Swift 6.2 or later is needed: https://www.swift.org/install" >&2; exit 1; }
	$(call install,$(APT))

build: setup  ## Builds the command
	$(BUILD)

data: build  ## Fetches MNIST unless it is there
	$(ASSAY) data fetch mnist

reproduce: data  ## Runs the whole study, or goes on with it, and prints the three tables
	$(ASSAY) reproduce

quick: data  ## Runs the study in small, for a first look
	$(ASSAY) reproduce --quick

test: setup  ## Builds and runs all tests; with TRAITS=PostgreSQL also those that start a server
	$(if $(SKIPPED),,$(call install,$(SERVER)))
	$(BUILD_TESTS)
	$(BUILD)
	$(RUN_TESTS)
	$(TEST_PYTHON)
	$(if $(SKIPPED),@echo "make: SweepQueueTests were left out; they take a server: make test TRAITS=PostgreSQL")

check-report: build  ## Makes reports of small studies and opens them as readers do, in Chromium, as PDF and with TeX
	$(call install,$(VIEWERS))
	python3 -B Tests/Browser/check_report.py $(ASSAY) .build/check-report
	python3 -B Tests/Browser/check_latex.py $(ASSAY) .build/check-report

check-report-page: build  ## Does what of it takes Chromium alone: draws all figures and uses the page
	$(call install,chromium)
	python3 -B Tests/Browser/check_report.py $(ASSAY) .build/check-report

check-pages: build  ## Opens the pages of assay serve in Chromium at three widths, light and dark, and uses them
	$(call install,chromium)
	python3 -B Tests/Browser/check_pages.py $(ASSAY) .build/check-pages

docs: build  ## Writes the documents that are made from migrations, queries and help: docs/schema.md, docs/reference
	$(call install,$(DRAWERS))
	python3 -B docs/generators/generate.py --assay $(ASSAY)

torture: setup  ## Kills workers of 200 real trainings, 200 command trials, logging commands and merges at random, and breaks every read, write and sync of each command
	$(BUILD_TESTS)
	$(BUILD)
	ASSAY_TORTURE_TRIALS=200 ASSAY_TORTURE_FAULTS=every $(RUN_TESTS) \
	  --filter 'SweepCommandTests.torture|CommandSweepTests.torture|ProgramKillTests|MergeCommandTests.kills|FaultInjectionTests'

# Has a cluster on this host do sweeps of so many trials while nodes and jobs get lost, and workers of three hosts do
# one over a server, while they and it are killed.
define disturb
	Tests/Cluster/slurm.sh .build/cluster/slurm 3 \
	  Tests/Cluster/check_slurm.sh $(ASSAY) .build/cluster/work $(1)
	python3 -B Tests/Cluster/check_postgresql.py $(ASSAY) .build/cluster/postgresql $(1)
endef

cluster: TRAITS := PostgreSQL
cluster: build  ## Has a Slurm of three nodes and workers over PostgreSQL do sweeps while they get lost, and compares the results
	$(call install,$(CLUSTER) $(SERVER))
	$(call disturb,200)

cluster-quick: TRAITS := PostgreSQL
cluster-quick: build  ## Does the same with small sweeps
	$(call install,$(CLUSTER) $(SERVER))
	$(call disturb,24)

cluster-bench: setup  ## Measures what a trial costs over PostgreSQL, beside Optuna
	$(call install,$(SERVER) python3-venv)
	$(SWIFT_BUILD) --product Benchmark
	python3 -m venv .build/cluster-peers
	.build/cluster-peers/bin/pip install --quiet --requirement Tests/Cluster/requirements.txt
	.build/cluster-peers/bin/python -B Tests/Cluster/queue_overhead.py .build/release/Benchmark .build/cluster/overhead

fuzz: setup  ## Feeds every reader broken inputs until Ctrl-C, or for FUZZ_SECONDS; keeps the last ones in .build/fuzz
	$(BUILD_TESTS)
	$(BUILD)
	mkdir -p .build/fuzz
	ASSAY_FUZZ_SECONDS=$${FUZZ_SECONDS:-inf} ASSAY_FUZZ_DIRECTORY=$(CURDIR)/.build/fuzz \
	  $(RUN_TESTS) --filter 'Mutated'

compare: data  ## Holds Assay against PyTorch, ART, Foolbox, SciPy, scikit-learn, scikit-image, Pillow and onnxruntime, from the Python package index
	$(call install,python3-venv)
	python3 -m venv .build/comparison
	.build/comparison/bin/pip install --quiet --requirement Tests/Comparison/requirements.txt
	.build/comparison/bin/python Tests/Comparison/compare.py $(ASSAY) $${ASSAY_DATA:-data} \
	  .build/comparison/work $(COMPARE_OPTIONS)

compare-record:  ## Compares, and records the table and the fixture as they are now
	$(MAKE) compare COMPARE_OPTIONS=--record

example-pytorch: build  ## Trains, kills, resumes and sweeps a PyTorch network, and attacks another one
	$(call install,python3-venv)
	python3 -m venv .build/example-pytorch
	.build/example-pytorch/bin/pip install --quiet --requirement examples/pytorch/requirements.txt ./python
	rm -rf .build/example-pytorch/assay.db*
	PATH=$(CURDIR)/.build/example-pytorch/bin:$(CURDIR)/.build/release:$$PATH \
	  ASSAY_DB=$(CURDIR)/.build/example-pytorch/assay.db examples/pytorch/show.sh
	PATH=$(CURDIR)/.build/example-pytorch/bin:$(CURDIR)/.build/release:$$PATH \
	  examples/served/show.sh $(CURDIR)/.build/example-pytorch/served

check-python: build  ## Runs the Python package with real frameworks, and checks its types and style
	$(call install,python3-venv)
	python3 -m venv .build/python
	.build/python/bin/pip install --quiet --requirement python/checks/requirements.txt
	cd python && ../.build/python/bin/mypy && ../.build/python/bin/ruff check && \
	  ../.build/python/bin/ruff format --check
	ASSAY_PROGRAM=$(CURDIR)/$(ASSAY) PYTHONPATH=python/src KERAS_BACKEND=torch \
	  .build/python/bin/python -B python/checks/check_frameworks.py
	PYTHONPATH=python/src .build/python/bin/python -B python/checks/check_serving.py

compare-trackers: build  ## Has MLflow, Optuna, TensorBoard and W&B write records, imports them, and MLflow's clients, 3 and 2, record by assay serve; compares
	$(call install,python3-venv)
	python3 -m venv .build/trackers
	.build/trackers/bin/pip install --quiet --requirement Tests/Trackers/requirements.txt
	.build/trackers/bin/python -B -W ignore Tests/Trackers/compare.py $(ASSAY) .build/trackers/work
	.build/trackers/bin/python -B -W ignore Tests/Trackers/mlflow_client.py $(ASSAY) .build/trackers/client \
	  $(CLIENT_OPTIONS)
	python3 -m venv .build/trackers-mlflow2
	.build/trackers-mlflow2/bin/pip install --quiet --requirement Tests/Trackers/requirements-mlflow2.txt
	.build/trackers-mlflow2/bin/python -B -W ignore Tests/Trackers/mlflow_client.py $(ASSAY) .build/trackers/client2

bench: data  ## Measures every workload beside its limit, and how near samplers come to known optima
	$(SWIFT_BUILD) --product Benchmark
	.build/release/Benchmark --json .build/bench.json

load: build  ## Measures the pages of a large database, the workers of a sweep that 50 people look at, and a list of 100,000 runs
	$(call install,chromium)
	$(SWIFT_BUILD) --product Benchmark
	mkdir -p .build/load
	test -e .build/load/large.db || .build/release/Benchmark large-database .build/load/large.db
	python3 -B Tests/Load/load.py $(ASSAY) .build/load/pages pages .build/load/large.db
	python3 -B Tests/Load/load.py $(ASSAY) .build/load/writers writers
	python3 -B Tests/Load/scroll.py $(ASSAY) .build/load/scroll

bench-peers: bench  ## Does the same work in PyTorch, ART, Foolbox, Optuna, MLflow and trackio
	$(call install,python3-venv)
	python3 -m venv .build/peers
	.build/peers/bin/pip install --quiet --requirement Sources/Benchmark/Peers/requirements.txt
	.build/peers/bin/python Sources/Benchmark/Peers/peers.py .build/bench.json $${ASSAY_DATA:-data}/mnist
	.build/peers/bin/python Sources/Benchmark/Peers/optuna_tpe.py

man: build  ## Makes the manual pages, .build/man/assay*.1
	rm -rf .build/man
	python3 docs/generators/manual.py $(ASSAY) .build/man

install: man  ## Installs the command, its manual pages and completions below PREFIX (/usr/local)
	install -d $(DESTDIR)$(PREFIX)/bin $(MANUALS) $(BASH_COMPLETIONS) $(ZSH_COMPLETIONS) $(FISH_COMPLETIONS)
	install -m 755 $(ASSAY) $(DESTDIR)$(PREFIX)/bin/assay
	install -m 644 .build/man/assay*.1 $(MANUALS)
	$(ASSAY) --generate-completion-script bash > $(BASH_COMPLETIONS)/assay
	$(ASSAY) --generate-completion-script zsh > $(ZSH_COMPLETIONS)/_assay
	$(ASSAY) --generate-completion-script fish > $(FISH_COMPLETIONS)/assay.fish

instructions: setup  ## Compares the instructions of fixed workloads with the recorded counts
	$(call install,$(COUNTERS))
	$(SWIFT_BUILD) --product Benchmark --disable-default-traits --scratch-path .build-no-blas
	python3 Tests/Instructions/check_instructions.py .build-no-blas/release/Benchmark $(COUNT_OPTIONS)

instructions-record:  ## Records the counts as they are now
	$(MAKE) instructions COUNT_OPTIONS=--record

lint:  ## Checks the formatting
	$(SWIFT) format lint --strict --recursive --parallel Package.swift Sources Tests

format:  ## Formats the sources
	$(SWIFT) format --in-place --recursive --parallel Package.swift Sources Tests

clean:  ## Removes what was built; data and results stay
	rm -rf .build .build-no-blas
