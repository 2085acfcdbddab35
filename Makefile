# Every target makes its own .venv, and again only when pyproject.toml has changed.

VENV := .venv
PYTHON := $(VENV)/bin/python
CANDIDATES := python3 python3.14 python3.13 python3.12 python3.11 python
N := 20000
SEED := 0

.DEFAULT_GOAL := help
.NOTPARALLEL:
.PHONY: demo test check fuzz marking bench generated docs course clean help

demo: $(VENV)/.core ## Show the question, its differential, a kernel and its check
	@$(PYTHON) -m pushforward demo

test: $(VENV)/.test ## Run the tests
	@$(PYTHON) -m pytest -n 2 --dist worksteal

check: $(VENV)/.dev ## Run everything that must hold before a change is handed in
	@$(PYTHON) -m ruff check --quiet
	@$(PYTHON) -m ruff format --check --quiet --exclude '*.md'
	@$(PYTHON) -m mypy symbolic codegen pushforward tools
	@$(PYTHON) tools/regenerate.py --check
	@$(PYTHON) tools/reference.py --check
	@$(PYTHON) -m tools.course --check
	@$(PYTHON) -m pushforward demo > $(VENV)/.demo
	@$(PYTHON) -m pytest -n 2 --dist worksteal

# Small matrices in several processes: threads of BLAS would only wait for each other.
fuzz marking: export OPENBLAS_NUM_THREADS := 1

fuzz: $(VENV)/.dev ## Check random programs by every oracle: make fuzz N=20000 SEED=0
	@$(PYTHON) -m pytest -m long
	@$(PYTHON) -m tools.fuzz --count $(N) --seed $(SEED)
	@$(PYTHON) -m tools.fuzz --target c --count 1000 --seed $(SEED)
	@$(PYTHON) -m tools.structure_fuzz --count 5000 --seed $(SEED)

marking: $(VENV)/.dev ## Mark derivations made right and wrong by rule: make marking N=20000 SEED=0
	@$(PYTHON) -m tools.marking --wrong $(N) --seed $(SEED)

bench: $(VENV)/.bench ## Time the kernels beside other tools
	@$(PYTHON) benchmarks/run.py

generated: $(VENV)/.test ## Write generated/ again from examples/zoo.toml
	@$(PYTHON) tools/regenerate.py

docs: $(VENV)/.test ## Write docs/operations.md again from the tables
	@$(PYTHON) tools/reference.py

course: $(VENV)/.test ## Write docs/course again from its sources, everything on it marked
	@$(PYTHON) -m tools.course

clean: ## Remove .venv, caches and build results
	@rm -rf $(VENV) build dist *.egg-info .pytest_cache .mypy_cache .ruff_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

help: ## List the targets
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "make %-10s %s\n", $$1, $$2 }' Makefile

# Set-up: one stamp for each extra; a larger install counts as the smaller ones too.

define install
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "$(VENV) holds an older Python than 3.11: run make clean")'
	@$(PYTHON) -m pip --version > /dev/null 2>&1 || $(PYTHON) -m ensurepip > /dev/null
	@echo "Installing into $(VENV): pip install -e '$(1)'" >&2
	@$(PYTHON) -m pip install --quiet --disable-pip-version-check -e '$(1)'
	@touch $(2)
endef

$(VENV)/.core: pyproject.toml | $(PYTHON)
	$(call install,.,$@)

$(VENV)/.test: pyproject.toml | $(PYTHON)
	$(call install,.[test],$(VENV)/.core $@)

$(VENV)/.dev: pyproject.toml | $(PYTHON)
	$(call install,.[dev],$(VENV)/.core $(VENV)/.test $@)

$(VENV)/.bench: pyproject.toml | $(PYTHON)
	$(call install,.[bench],$(VENV)/.core $@)

$(PYTHON):
	@for python in $(CANDIDATES); do \
	  if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2> /dev/null; then \
	    $$python -m venv --clear $(VENV) && exit 0; \
	    rm -rf $(VENV); \
	    echo "$$python could not make $(VENV); on Debian and Ubuntu: apt install python3-venv" >&2; \
	    exit 1; \
	  fi; \
	done; \
	echo "Python 3.11 or newer is needed; python3 is $$(python3 --version 2> /dev/null || echo missing)" >&2; \
	exit 1
