"""``streamly trending``: count again what is trending and popular, and show it."""

import click

from interact_api.numbers import rankings
from streamly_ssg.cli import options, speech
from streamly_ssg.cli.session import Session, pass_session

from .opening import database_of


@click.command("trending", context_settings={"help_option_names": ["-h", "--help"]})
@click.argument(
    "window", type=click.Choice(("day", "week", "month", "rising", "popular")), default="week"
)
@options.as_json
@options.debug
@pass_session
def command(session: Session, window: str) -> None:
    """Count again what is trending and popular; show it for a WINDOW (week, if none is given)."""
    name = window if window in rankings.NAMES else f"trending/{window}"
    with database_of(session) as database:
        changed = rankings.refresh(database)
        _, places = rankings.places(database.reader, name)
    if session.json:
        items = [one._asdict() for one in places]
        speech.document({"items": items, "changed": changed, "exit_code": 0})
        return
    for number, one in enumerate(places, 1):
        speech.say(f"{number:3}  {one.score:8.2f}  {one.url}  {_numbers(one)}")
    if not places:
        speech.say("nothing yet")


def _numbers(one: rankings.Place) -> str:
    counts = ((one.likes, "like"), (one.comments, "comment"), (one.views, "view"))
    return ", ".join(speech.counted(count, noun) for count, noun in counts)
