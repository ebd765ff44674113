"""Other places that releases are sent to: what `[publish.targets]` names."""

from collections.abc import Mapping
from typing import Protocol

from streamly_ssg.errors import SystemProblem, UsageError, did_you_mean, problem
from streamly_ssg.inputs.config import FILE, Target

from .outgoing import S3, Sent
from .releases import Releases


class Place(Protocol):
    """A place that releases are sent to."""

    def send(self, releases: Releases) -> Sent:
        """Bring the place to the release that readers see, by sending what it lacks."""


def target(known: Mapping[str, Target], name: str) -> Place:
    """Return the target *name* of the settings."""
    if name not in known:
        listed = f"known are {', '.join(known)}" if known else "the settings name none"
        hint = did_you_mean(name, known) or f"{listed}; see [publish.targets]"
        text = f'there is no target "{name}"'
        raise UsageError(problem("PUBLISH", text, path=FILE, hint=hint))
    found = known[name]
    if found.to.startswith(S3):
        return _bucket(name, found)
    from .rsync import Mirror  # noqa: PLC0415

    return Mirror(name, found.to)


def _bucket(name: str, found: Target) -> Place:
    try:
        from .s3 import Bucket  # noqa: PLC0415 - boto3 is there only for those who asked for it
    except ModuleNotFoundError as error:
        text = f"the library {error.name} is missing"
        hint = "install it with `pip install streamly[s3]`"
        raise SystemProblem(problem("PUBLISH", text, hint=hint)) from error
    return Bucket(name, found)
