#!/usr/bin/env python3
"""`python3 dev.py run | test | soak | check | bench | wire | setup | clean`: all that is done with a checkout.

Needs git's files and Python 3.11 alone; what it does is in tools/. This file keeps to what every Python
can parse, so that an old one gets a sentence instead of a syntax error.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036 - the sentence is for exactly those whose Python is older
    sys.exit("Recado needs Python 3.11 or newer, this is %d.%d: try python3.11 dev.py" % sys.version_info[:2])  # noqa: UP031

from tools.commands import main

if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
