# make run: the main job (posterior of the axion mass, one full evaluation with CLASS, plots, table)
# make test: all tests.      Both set up .venv by themselves.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
# MPI is not needed here; a half-installed mpi4py must not stop anybody.
export COBAYA_NOMPI ?= 1

# make bench: timings (compare rows of one run).
.PHONY: run test bench lint format tables clean

CHAINS := bbn_ksvz bbn_omegab_ksvz deramo2022_bbn_ksvz deramo2022_bbn_omegab_ksvz

run: $(STAMP)
	@echo "Four BBN chains, two at a time; their progress is mixed below."
	@echo $(CHAINS) | tr ' ' '\n' | xargs -P 2 -I NAME $(BIN)/cobaya-run -f yaml/NAME.yaml
	$(BIN)/hotaxion evaluate yaml/evaluate_all.yaml
	$(BIN)/hotaxion plot chains/bbn_ksvz -o chains/plots
	$(BIN)/hotaxion plot --abundance -o chains/plots
	@$(BIN)/hotaxion report \
	  --chain "BBN 2026, flat in m_a=chains/bbn_ksvz" \
	  --chain "BBN 2026 + omega_b, flat in m_a=chains/bbn_omegab_ksvz" \
	  --chain "as 2205.07849: BBN=chains/deramo2022_bbn_ksvz" \
	  --chain "as 2205.07849: BBN + omega_b=chains/deramo2022_bbn_omegab_ksvz"

test: $(STAMP)
	$(BIN)/python -m pytest

bench: $(STAMP)
	$(BIN)/python -m pip install --quiet -e ".[bench]"
	$(BIN)/python -m pytest benchmarks/bench_speed.py --benchmark-columns=median,iqr,rounds

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(STAMP)
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

tables: $(STAMP)
	$(BIN)/python -m hotaxion.theory.rates.make_tables

$(STAMP): pyproject.toml
	@echo "Setting up $(VENV): the first time this compiles CLASS (a minute or two)."
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -e ".[test,lint]"
	@touch $@

clean:
	rm -rf $(VENV) build *.egg-info
