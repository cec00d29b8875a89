"""`python -m recado` is `recado`."""

from recado.cli import main

main()
