"""
The commands, each loaded when somebody calls it.

A build in which nothing changed takes a few milliseconds, so the command mustn't spend ten times
that on modules that it doesn't need.
"""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from streamly_ssg.errors import UsageError, did_you_mean, problem

from .failing import attempt, reader_may_leave
from .session import Session, pass_session

COMMANDS = {
    "init": "init",
    "new": "new",
    "build": "build",
    "serve": "serve",
    "watch": "watch",
    "check": "check",
    "verify": "verify",
    "explain": "explain",
    "list": "listing",
    "clean": "clean",
    "publish": "publish",
    "releases": "releases",
    "rollback": "rollback",
    "i18n": "i18n",
}
# The service's own, by name: the builder doesn't import it, whoever asks for one of them does.
SERVICE = {
    "up": "interact_api.cli.up",
    "api": "interact_api.cli.api",
    "worker": "interact_api.cli.worker",
    "db": "interact_api.cli.db",
    "user": "interact_api.cli.user",
    "role": "interact_api.cli.role",
    "token": "interact_api.cli.token",
    "comments": "interact_api.cli.comments",
    "mail": "interact_api.cli.mail",
    "trending": "interact_api.cli.trending",
    "export": "interact_api.cli.export",
}
MODULES = {name: f"{__package__}.{file}" for name, file in COMMANDS.items()} | SERVICE


class Streamly(click.Group):
    """A group whose commands are modules, and whose errors are sentences with exit codes."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of the commands, in the order in which people meet them."""
        return list(MODULES)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Load one command."""
        if cmd_name not in MODULES:
            return None
        command: click.Command = import_module(MODULES[cmd_name]).command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that *args* begin with, or say which one was meant."""
        if args and not args[0].startswith("-") and args[0] not in MODULES:
            hint = did_you_mean(args[0], MODULES) or f"known are {', '.join(MODULES)}"
            raise UsageError(problem("USAGE", f'there is no command "{args[0]}"', hint=hint))
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was found."""
        with reader_may_leave():
            return super().invoke(ctx)

    def main(  # type: ignore[override]
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = "streamly",
        complete_var: str | None = None,
        standalone_mode: bool = True,  # noqa: FBT001, FBT002
        windows_expand_args: bool = True,  # noqa: FBT001, FBT002
        **extra: Any,
    ) -> int:
        """Run a command; leave the process with its exit code, or return that."""
        session = extra.setdefault("obj", Session())
        code = attempt(
            lambda: super(Streamly, self).main(
                args,
                prog_name,
                complete_var,
                standalone_mode=False,
                windows_expand_args=windows_expand_args,
                **extra,
            ),
            session,
        )
        if standalone_mode:
            raise SystemExit(code)
        return code


def _show_version(ctx: click.Context, _param: click.Parameter, wanted: bool) -> None:  # noqa: FBT001
    if wanted:
        from importlib.metadata import PackageNotFoundError, version  # noqa: PLC0415 - 20 ms

        try:
            click.echo(f"streamly {version('streamly')}")
        except PackageNotFoundError:
            click.echo("streamly, run from its source")
        ctx.exit()


@click.group("streamly", cls=Streamly, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-C",
    "folder",
    metavar="DIR",
    type=click.Path(exists=True, file_okay=False, path_type=Path),
    help="Do as if started in this folder.",
)
@click.option("--debug", is_flag=True, help="Show the traceback of every error.")
@click.option(
    "--version",
    is_flag=True,
    expose_value=False,
    is_eager=True,
    callback=_show_version,
    help="Show the version.",
)
@pass_session
def main(session: Session, folder: Path | None, *, debug: bool) -> None:
    """Make a site of Markdown files, and keep it exact."""
    session.debug = debug
    if folder is not None:
        session.cwd = (session.cwd / folder).resolve()
