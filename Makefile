# Names for what dev.py does; without make, `python3 dev.py run` is the same.
PYTHON ?= python3

.PHONY: run test soak check bench wire setup clean
run test soak check bench wire setup clean:
	@$(PYTHON) dev.py $@ $(ARGS)
