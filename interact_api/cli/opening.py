"""What every command of the service begins with: the settings of this site, and its database."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

from interact_api import schema
from interact_api.db import Database
from interact_api.errors import Refusal, Unavailable, Unknown
from interact_api.settings import Settings, database_path, read_settings
from streamly_ssg.cli.session import Session
from streamly_ssg.errors import ContentError, SystemProblem, problem


def settings_of(session: Session) -> Settings:
    """Return the settings of the site that the command was called in."""
    return read_settings(session.root, os.environ)


@contextmanager
def database_of(session: Session) -> Iterator[Database]:
    """Lend the site's database, brought up to date; refusals become problems."""
    path = database_path(session.root, os.environ)
    with problems():
        schema.upgrade(path)
        database = Database(path)
        try:
            yield database
        finally:
            database.close()


@contextmanager
def problems() -> Iterator[None]:
    """Tell what the nouns refuse as commands tell it: with a code and an exit code."""
    try:
        yield
    except (Unavailable, Unknown) as error:
        raise SystemProblem(problem(error.code, error.detail)) from error
    except Refusal as error:
        raise ContentError(problem(error.code, error.detail)) from error
