"""An answer leaves in one piece, and a stream doesn't wait for its end."""

import asyncio
from collections.abc import Callable

from interact_api.web.corked import Corked


class Sent(asyncio.Transport):
    """Keeps what was sent."""

    def __init__(self) -> None:
        super().__init__()
        self.pieces: list[bytes] = []

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.pieces.append(bytes(data))

    def close(self) -> None:
        self.pieces.append(b"closed")


def sent(act: Callable[[Corked], None], turns: int = 0) -> list[bytes]:
    """Return what is sent by *act*, and so many turns of the event loop later."""

    async def run() -> list[bytes]:
        transport = Sent()
        act(Corked(transport, asyncio.get_running_loop()))
        for _ in range(turns):
            await asyncio.sleep(0)
        return list(transport.pieces)

    return asyncio.run(run())


def answer(corked: Corked) -> None:
    corked.write(b"head ")
    corked.write(b"body")


def whole_answer(corked: Corked) -> None:
    answer(corked)
    corked.flush()


def last_answer(corked: Corked) -> None:
    answer(corked)
    corked.close()


def test_an_answer_leaves_in_one_piece_when_it_is_complete() -> None:
    assert sent(whole_answer) == [b"head body"]


def test_what_has_begun_leaves_at_the_next_turn() -> None:
    assert sent(answer) == []
    assert sent(answer, turns=1) == [b"head body"]


def test_what_has_left_does_not_leave_again() -> None:
    assert sent(whole_answer, turns=3) == [b"head body"]


def test_what_is_held_leaves_before_the_connection_closes() -> None:
    assert sent(last_answer) == [b"head body", b"closed"]
