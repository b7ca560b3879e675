"""`python -m skillwise_host.cli`, for where the `skillwise` script is not on the path."""

import sys

from skillwise_host.cli import main

if __name__ == "__main__":
    sys.exit(main())
