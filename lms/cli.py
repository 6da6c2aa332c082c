"""The `lms` command. Each room brings its own part; what belongs to no room is in upkeep.

A command is imported when it is called: most of what an author waited for, who checks a page, was
the import of all the others.
"""

from pkgutil import resolve_name
from typing import Any

import click
from click.exceptions import Abort, Exit, NoSuchCommand
from flask.cli import ScriptInfo

_COMMANDS = {
    "audit": "lms.audit.cli:audit",
    "backup": "lms.backup:backup",
    "board": "lms.board.cli:board",
    "db": "lms.upkeep:db",
    "demo": "lms.demo:demo",
    "files": "lms.upkeep:files",
    "init": "lms.upkeep:init",
    "roster": "lms.cohorts.cli:roster",
    "serve": "lms.serve:serve",
    "worker": "lms.serve:worker",
}
_OF_CATALOGUE = {
    "check": "lms.catalogue.cli:check",
    "export": "lms.exchange.cli:export",
    "import": "lms.exchange.cli:take_in",
    "legal-review": "lms.checking.cli:legal_review",
    "measures": "lms.checking.cli:measures",
    "preview": "lms.preview.cli:preview",
    "publish": "lms.publishing.cli:publish",
    "schema": "lms.catalogue.cli:schema",
}


class _Group(click.Group):
    """A group whose commands are told by where they stand.

    What is wrong with the installation they say in a line.
    """

    def __init__(self, *args: Any, standing: dict[str, str], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._standing = standing

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Their names, in order."""
        return sorted({*super().list_commands(ctx), *self._standing})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None where there is none."""
        if cmd_name not in self._standing:
            return super().get_command(ctx, cmd_name)
        command: click.Command = resolve_name(self._standing[cmd_name])
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that is meant; who mistypes it is told of those that are alike."""
        try:
            return super().resolve_command(ctx, args)
        except NoSuchCommand:
            names = self.list_commands(ctx)
            raise NoSuchCommand(args[0], possibilities=names, ctx=ctx) from None

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command."""
        try:
            return super().invoke(ctx)
        except (click.ClickException, Exit, Abort):
            raise
        except Exception as fault:
            said = resolve_name("lms.installed:in_words")(fault)
            if said is None:
                raise
            raise said from None


@click.group(cls=_Group, standing=_COMMANDS)
@click.pass_context
def lms(ctx: click.Context) -> None:
    """Training and accreditation of independent advocates.

    Commands act on the installation that the environment describes (see .env.example); without
    any of its settings, on the demonstration below instance/. They exit with 0 when all went
    well, with 1 when something was refused or found wrong, with 2 when they were not understood.
    """
    # Not Flask's own group: it would add options that swap the application or turn on debugging.
    ctx.obj = ctx.obj or ScriptInfo(create_app=_application, set_debug_flag=False)


@lms.group(cls=_Group, standing=_OF_CATALOGUE)
def catalogue() -> None:
    """What is taught: check and publish it."""


def main() -> None:
    """Entry point of the command."""
    lms(prog_name="lms")


def _application() -> Any:
    return resolve_name("lms.installed:application")()


if __name__ == "__main__":
    main()
