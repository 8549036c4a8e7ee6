"""`python -m hotaxion`: the command `hotaxion`."""

import sys

from hotaxion.analysis.cli import main

sys.exit(main())
