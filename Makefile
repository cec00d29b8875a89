# Names for what dev.py does; without make, `python3 dev.py run` is the same.
PYTHON ?= python3

.PHONY: run test check bench wire setup clean
run test check bench wire setup clean:
	@$(PYTHON) dev.py $@ $(ARGS)
