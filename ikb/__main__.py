"""`python -m ikb …`."""

import sys

from ikb.cli import main

sys.exit(main())
