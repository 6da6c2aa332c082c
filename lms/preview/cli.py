"""`lms catalogue preview`: the working copy as readers would see it."""

import tempfile
from pathlib import Path

import click
from werkzeug.serving import make_server

from config import DEMO_PORT, content_dir
from lms.preview.desk import Desk
from lms.preview.views import served


@click.command()
@click.argument(
    "path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option("--port", default=DEMO_PORT + 1, show_default=True, help="Port to listen on.")
def preview(path: Path | None, port: int) -> None:
    """Serve the working copy as it stands, with its findings, as any role, nation and day.

    The pages load again when a file changes. Nothing is kept: people, progress and answers last
    until the next change.
    """
    with tempfile.TemporaryDirectory(prefix="preview-") as home:
        desk = Desk((path or content_dir()).resolve(), Path(home), port)
        app = served(desk)
        try:
            server = make_server("127.0.0.1", port, app, threaded=True)
        except (OSError, SystemExit):
            raise click.ClickException(
                f"Port {port} can’t be had. Give another: --port N"
            ) from None
        click.echo(f"http://127.0.0.1:{port}/learn/\nCtrl-C stops it.")
        try:
            server.serve_forever()
        except KeyboardInterrupt:
            click.echo("Stopped.")
