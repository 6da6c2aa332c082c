"""The `lms` command with a clock that a rehearsal moves: so a year passes in minutes.

Everything else is the product as it is served. The file named in REHEARSAL_CLOCK holds how many
seconds its clock is ahead of the machine's; every process of one installation reads it.
"""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

from lms import clock
from lms.cli import main

AHEAD = "REHEARSAL_CLOCK"


def rehearsed() -> datetime:
    """The moment it is in the rehearsal."""
    seconds = float(Path(os.environ[AHEAD]).read_text(encoding="ascii"))
    return datetime.now(UTC) + timedelta(seconds=seconds)


if __name__ == "__main__":
    clock.source = rehearsed
    main()
