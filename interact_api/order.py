"""An order: a change that somebody waits for, and what came of it."""

import asyncio
import logging
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from typing import Any

from .tx import Tx

LOG = logging.getLogger(__name__)


class Order:
    """
    A change, and who waits for it: a thread, or a task of the event loop *loop*.

    One that *is_small* is performed by the loop itself.
    """

    __slots__ = ("act", "error", "future", "has_news", "is_small", "loop", "value")

    def __init__(
        self,
        act: Callable[[Tx], Any],
        future: "Future[Any] | asyncio.Future[Any]",
        loop: asyncio.AbstractEventLoop | None = None,
        *,
        is_small: bool = False,
    ) -> None:
        self.act = act
        self.future = future
        self.loop = loop
        self.is_small = is_small
        self.value: Any = None
        self.error: BaseException | None = None
        self.has_news = False  # public facts have changed

    @property
    def performer(self) -> asyncio.AbstractEventLoop | None:
        """Return the event loop that performs this; None is the writer's thread."""
        return self.loop if self.is_small else None

    def is_wanted(self) -> bool:
        """Tell whether anybody still waits; from now on, nobody can call it off."""
        if isinstance(self.future, Future):
            return self.future.set_running_or_notify_cancel()
        return not self.future.cancelled()

    def settle(self) -> None:
        """Hand over what came of it; in the thread of whoever waits, if that is a task."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)


def tell(orders: Iterable[Order], here: asyncio.AbstractEventLoop | None = None) -> None:
    """
    Tell everybody what came of it.

    Each event loop is woken once, for that costs as much as a small change; the one that runs
    *here* needn't be.
    """
    loops: dict[asyncio.AbstractEventLoop, list[Order]] = {}
    for order in orders:
        if order.loop is None or order.loop is here:
            order.settle()
        else:
            loops.setdefault(order.loop, []).append(order)
    for loop, those in loops.items():
        try:
            loop.call_soon_threadsafe(_settle, those)
        except RuntimeError:
            LOG.warning("%d changes were saved, and whoever asked for them is gone", len(those))


def _settle(orders: list[Order]) -> None:
    for order in orders:
        order.settle()
