"""The product over a benchmark's own data."""

import os
from pathlib import Path

import config
from lms.app import create_app

_HOME = Path(os.environ["BENCH_HOME"])

app = create_app(
    config.Settings(
        mode=config.Mode.DEMO,
        database_url=f"sqlite:///{_HOME / 'product.sqlite'}",
        secret_key="benchmark only, benchmark only, 1",
        storage_url=(_HOME / "files").as_uri(),
        mail_url=(_HOME / "mail").as_uri(),
        mail_from="bench@example.org",
        base_url="http://127.0.0.1",
        keys_dir=_HOME / "keys",
    )
)
