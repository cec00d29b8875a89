"""How large the checks are: as `make test` has time for, or whole, with RECADO_TEST_SOAK=1."""

import os

SOAK = os.environ.get("RECADO_TEST_SOAK", "") not in {"", "0"}


def size(test: int, soak: int) -> int:
    """`test` in the usual run, `soak` in the long one."""
    return soak if SOAK else test
