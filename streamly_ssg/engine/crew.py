"""
The crew: works done side by side, in batches, by whatever executor was handed in.

A few works are done on the spot, because sending them away would cost more than doing them; many
travel in batches, so that what they share (a theme, say) travels once.
"""

import traceback
from collections.abc import Callable, Iterable, Iterator
from time import perf_counter
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from streamly_ssg.errors import StreamlyError, SystemProblem, problem

from . import digest
from .key import Key
from .rule import Forms, Table, Work
from .tree import Target, Written

if TYPE_CHECKING:
    from concurrent.futures import Future

BATCH = 48
FEW = 12  # so many are done on the spot
AHEAD = 4  # batches under way before the gathering waits
LONG_AHEAD = 16  # long works, which are under way one by one


class Executor(Protocol):
    """What the crew needs of a `concurrent.futures.Executor`."""

    def submit(self, function: Callable[..., Any], /, *args: Any) -> "Future[Any]":
        """Do the work somewhere."""


class Yield(NamedTuple):
    """
    What a work gave: bytes, or the parts of a table, or what it raised.

    *beside* is what lies beside a file: the ending, the bytes unless they are written, the digest.
    """

    data: bytes
    digest: bytes
    parts: dict[Key, tuple[bytes, bytes]] | None
    error: Exception | None = None
    seconds: float = 0.0
    written: Written | None = None
    beside: tuple[tuple[str, bytes, bytes, Written | None], ...] = ()


Encode = Callable[[Any], bytes]


class Order(NamedTuple):
    """A work as it travels: what to do, how to encode what it gives, where to write that."""

    work: Work
    encode: Encode
    target: Target | None


def packed(value: Any, encode: Encode) -> Yield:
    """Return *value* as it is stored: bytes with their digest."""
    if isinstance(value, Table):
        parts = {key: sealed(encode(part)) for key, part in value.parts.items()}
        summary = b"".join(found for _, (found, _) in sorted(parts.items()))
        return Yield(b"", digest.of(summary), parts)
    if isinstance(value, Forms):
        beside = tuple((end, one, digest.of(one), None) for end, one in value.beside.items())
        return Yield(value.data, digest.of(value.data), None, beside=beside)
    data = encode(value)
    return Yield(data, digest.of(data), None)


def sealed(data: bytes) -> tuple[bytes, bytes]:
    """Return the digest of *data*, and *data*."""
    return digest.of(data), data


def perform(orders: list[Order]) -> list[Yield]:
    """Do the works of *orders*; what one raises doesn't stop the others."""
    return [_perform_one(order) for order in orders]


def _perform_one(order: Order) -> Yield:
    start = perf_counter()
    try:
        given = packed(order.work.function(*order.work.args), order.encode)
        if order.target is not None:
            given = _written(given, order.target)
    except Exception as error:  # noqa: BLE001 - told to whoever wanted the value
        return Yield(b"", b"", None, portable(error), perf_counter() - start)
    return given._replace(seconds=perf_counter() - start)


def _written(given: Yield, target: Target) -> Yield:
    """Write a file and what lies beside it; return what is left to be remembered."""
    beside = tuple(
        (end, b"", found, target.beside(end).write(data, found))
        for end, data, found, _ in given.beside
    )
    return given._replace(data=b"", written=target.write(given.data, given.digest), beside=beside)


class Stumble(Exception):
    """An error that may not be able to travel between processes, in words."""


def portable(error: Exception) -> Exception:
    """Return *error*, or if it is none of ours, what it says and where it was raised."""
    if isinstance(error, StreamlyError | Stumble):
        return error
    frames = traceback.extract_tb(error.__traceback__)
    where = f" at {frames[-1].name}:{frames[-1].lineno}" if frames else ""
    return Stumble(f"{type(error).__name__}: {error}{where}")


# concurrent.futures is loaded by whoever hands an executor in: a build may have nothing to do.


def _first_done(away: "Iterable[Future[list[Yield]]]") -> "set[Future[list[Yield]]]":
    from concurrent.futures import FIRST_COMPLETED, wait  # noqa: PLC0415

    return wait(away, return_when=FIRST_COMPLETED).done


def _given(future: "Future[list[Yield]]") -> list[Yield]:
    from concurrent.futures import BrokenExecutor  # noqa: PLC0415

    try:
        return future.result()
    except BrokenExecutor as error:
        hint = "probably the memory ran out; try --jobs 1"
        raise SystemProblem(problem("WORKER", "a worker process died", hint=hint)) from error


class Crew:
    """Takes works one by one, and gives back what they yield in any order."""

    def __init__(self, executor: Executor | None) -> None:
        self._executor = executor
        self._keys: list[Key] = []
        self._orders: list[Order] = []
        self._away: dict[Future[list[Yield]], list[Key]] = {}
        self._long: set[Future[list[Yield]]] = set()

    def take(self, key: Key, order: Order) -> None:
        """Accept one work."""
        if order.work.is_long and self._executor is not None:
            future = self._executor.submit(perform, [order])
            self._away[future] = [key]
            self._long.add(future)
            return
        self._keys.append(key)
        self._orders.append(order)
        if self._executor is not None and len(self._keys) >= BATCH and (self._away or self._many()):
            self._send()

    def is_busy(self) -> bool:
        """Tell whether enough is under way for the gathering to wait."""
        if self._executor is None:
            return len(self._keys) >= BATCH
        return len(self._away) - len(self._long) >= AHEAD or len(self._long) >= LONG_AHEAD

    def is_idle(self) -> bool:
        """Tell whether nothing is left to be given back."""
        return not self._away and not self._keys

    def finished(self) -> Iterator[tuple[Key, Yield]]:
        """Yield what is done; waits for at least one batch."""
        if (not self._away and len(self._keys) <= FEW) or self._executor is None:
            yield from self._do_here()
            return
        if self._keys and len(self._away) - len(self._long) < AHEAD:
            self._send()
        for future in _first_done(self._away):
            self._long.discard(future)
            yield from zip(self._away.pop(future), _given(future), strict=True)

    def _many(self) -> bool:
        return len(self._keys) > FEW

    def _do_here(self) -> Iterator[tuple[Key, Yield]]:
        keys, orders = self._keys, self._orders
        self._keys, self._orders = [], []
        for key, order in zip(keys, orders, strict=True):
            yield key, _perform_one(order)

    def _send(self) -> None:
        assert self._executor is not None
        future = self._executor.submit(perform, self._orders)
        self._away[future] = self._keys
        self._keys, self._orders = [], []
