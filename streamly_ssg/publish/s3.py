"""
Sending to storage that speaks S3.

First what pages need, then the pages, then the pointer, which says which release is there as a
whole; what is gone is removed last. The pointer is written on the condition that nobody else has
written it meanwhile, so of two publishers one is told. Each object is seen whole or not at all, and
a page never before what it needs.
"""

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any, NamedTuple

import boto3
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError

from streamly_ssg.errors import Problem, SystemProblem, problem
from streamly_ssg.inputs.config import Target as Settings
from streamly_ssg.values import Record, Unreadable, from_json, to_json

from . import media
from .journal import Target
from .outgoing import S3, Outgoing, Sent, md5, outgoing
from .releases import Releases

POINTER = ".streamly/release.json"
AT_ONCE = 8
BETWEEN = 64  # objects from one look at the pointer to the next
REMOVED_AT_ONCE = 1000  # as many as the protocol allows
PATIENT = Config(
    connect_timeout=10,
    read_timeout=60,
    max_pool_connections=AT_ONCE,
    retries={"mode": "standard", "total_max_attempts": 4},
    request_checksum_calculation="when_required",  # not every storage knows the newer ones
    response_checksum_validation="when_required",
)
ABSENT = {"NoSuchKey", "404"}
REFUSED = {"PreconditionFailed", "ConditionalRequestConflict", "412", "409"}


class Pointer(Record):
    """Which release the bucket holds as a whole."""

    release: int


class _Seen(NamedTuple):
    """The pointer as it was found; *mark* is empty if there was none."""

    release: int
    mark: str


class Bucket:
    """The objects below a prefix of a bucket."""

    def __init__(self, name: str, settings: Settings) -> None:
        self._name = name
        self._to = settings.to
        self._bucket, _, prefix = settings.to.removeprefix(S3).partition("/")
        self._prefix = f"{prefix.strip('/')}/" if prefix.strip("/") else ""
        self._client = boto3.client(
            "s3",
            endpoint_url=settings.endpoint or None,
            region_name=settings.region or None,
            config=PATIENT,
        )

    def send(self, releases: Releases) -> Sent:
        """Bring the bucket to the release that readers see, by sending what it lacks."""
        with self._told():
            seen = self._pointer()
            with outgoing(releases, self._name, self._to, seen.mark) as changes:
                self._refuse_newer(seen, changes.release)
                written, removed = self._lacking(changes, seen)
                sent = {} if changes.is_whole else releases.journal.sent(self._name)
                left = {path for path in written if sent.get(path) != changes.written[path]}
                for paths in changes.in_order:
                    chosen = [path for path in paths if path in left]
                    self._put_all(releases, changes, chosen, seen)
                mark = seen.mark
                if written or removed or seen.release != changes.release:
                    mark = self._point(changes.release, seen)
                self._remove(removed)
                releases.journal.note(Target(self._name, self._to, changes.release, mark))
                return Sent(changes.release, len(left), len(removed))

    def _lacking(self, changes: Outgoing, seen: _Seen) -> tuple[set[str], list[str]]:
        """Return what has to be written and removed; if nobody knows, the bucket is listed."""
        if not changes.is_whole:
            return set(changes.written), changes.removed
        found = dict(self._listed())
        written = {
            path for path in changes.written if found.get(path) != md5(changes.folder / path)
        }
        # In a bucket where no release has ever been whole, nothing is ours to remove.
        gone = found.keys() - changes.written.keys() - {POINTER} if seen.mark else set()
        return written, sorted(gone)

    def _listed(self) -> Iterator[tuple[str, str]]:
        pages = self._client.get_paginator("list_objects_v2")
        for page in pages.paginate(Bucket=self._bucket, Prefix=self._prefix):
            for one in page.get("Contents", ()):
                yield one["Key"].removeprefix(self._prefix), one["ETag"].strip('"')

    def _put_all(
        self, releases: Releases, changes: Outgoing, paths: list[str], seen: _Seen
    ) -> None:
        """Put *paths*, several at once; remember those that arrived, whatever happens to others."""
        for some in _batches(paths, BETWEEN):
            self._refuse_others(seen)
            arrived: list[str] = []
            try:
                with ThreadPoolExecutor(AT_ONCE) as threads:
                    given = [(changes, path, arrived) for path in some]
                    list(threads.map(lambda one: self._put(*one), given))
            finally:
                done = ((path, changes.written[path]) for path in arrived)
                releases.journal.note_sent(self._name, done)

    def _put(self, changes: Outgoing, path: str, arrived: list[str]) -> None:
        with (changes.folder / path).open("rb") as body:
            self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + path,
                Body=body,
                ContentType=media.content_type(path),
                CacheControl=media.cache_control(path),
                Metadata={"surrogate-key": media.surrogate_keys(path)},
            )
        arrived.append(path)

    def _remove(self, paths: list[str]) -> None:
        for some in _batches(paths, REMOVED_AT_ONCE):
            listed = {"Objects": [{"Key": self._prefix + path} for path in some], "Quiet": True}
            done = self._client.delete_objects(Bucket=self._bucket, Delete=listed)
            if failed := done.get("Errors"):
                text = f"{len(failed)} objects couldn't be removed: {failed[0].get('Code')}"
                hint = "publish again: it goes on where it stopped"
                raise SystemProblem(problem("PUBLISH", text, path=self._to, hint=hint))

    # The pointer

    def _pointer(self) -> _Seen:
        try:
            found = self._client.get_object(Bucket=self._bucket, Key=self._prefix + POINTER)
            return _Seen(from_json(found["Body"].read(), Pointer).release, found["ETag"])
        except Unreadable as error:
            text = "is none of ours"
            hint = "choose another folder of the bucket"
            raise SystemProblem(self._problem(text, hint)) from error
        except ClientError as error:
            if _code(error) in ABSENT:
                return _Seen(0, "")
            raise

    def _point(self, release: int, seen: _Seen) -> str:
        condition = {"IfMatch": seen.mark} if seen.mark else {"IfNoneMatch": "*"}
        try:
            done: dict[str, Any] = self._client.put_object(
                Bucket=self._bucket,
                Key=self._prefix + POINTER,
                Body=to_json(Pointer(release)),
                ContentType="application/json",
                CacheControl="no-store",
                **condition,
            )
        except ClientError as error:
            if _code(error) in REFUSED:
                raise SystemProblem(self._overtaken()) from error
            raise
        return str(done["ETag"])

    def _refuse_newer(self, seen: _Seen, release: int) -> None:
        if seen.release > release:
            text = f"shows release {seen.release}, which is newer than {release}"
            hint = "publish from where that was made, or remove the pointer"
            raise SystemProblem(self._problem(text, hint))

    def _refuse_others(self, seen: _Seen) -> None:
        if self._pointer() != seen:
            raise SystemProblem(self._overtaken())

    def _overtaken(self) -> Problem:
        text = "was changed by another publisher meanwhile"
        return self._problem(text, "publish again: the newer release wins")

    def _problem(self, text: str, hint: str) -> Problem:
        return problem(
            "PUBLISH", text, path=f"{S3}{self._bucket}/{self._prefix}{POINTER}", hint=hint
        )

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say what the storage said so that a person can act on it."""
        try:
            yield
        except (ClientError, BotoCoreError) as error:
            text = f"{_sentence(error)}; the release that was there stays"
            hint = "publish again: it goes on with what is left"
            raise SystemProblem(problem("PUBLISH", text, path=self._to, hint=hint)) from error


def _code(error: ClientError) -> str:
    return str(error.response.get("Error", {}).get("Code", ""))


def _sentence(error: ClientError | BotoCoreError) -> str:
    if not isinstance(error, ClientError):
        return " ".join(str(error).rstrip(".").split())
    status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", "")
    return f"the storage answered {status} {_code(error)} to {error.operation_name}"


def _batches(paths: list[str], size: int) -> Iterable[list[str]]:
    return (paths[start : start + size] for start in range(0, len(paths), size))
