"""All pages of a site, read side by side."""

from collections.abc import Sequence
from pathlib import Path

from streamly_ssg.engine.crew import Executor
from streamly_ssg.values import decode, encode

from .pages import Page, read_page

BATCH = 250


def read_pages(folder: Path, files: Sequence[str], executor: Executor | None) -> dict[str, Page]:
    """Return what the HTML *files* below *folder* hold; an *executor* does it faster."""
    if executor is None or len(files) <= BATCH:
        return {file: read_page((folder / file).read_bytes()) for file in files}
    batches = [tuple(files[at : at + BATCH]) for at in range(0, len(files), BATCH)]
    begun = [executor.submit(_read_batch, str(folder), batch) for batch in batches]
    pages = [page for one in begun for page in decode(one.result(), tuple[Page, ...])]
    return dict(zip(files, pages, strict=True))


def _read_batch(folder: str, files: Sequence[str]) -> bytes:
    return encode(tuple(read_page(Path(folder, file).read_bytes()) for file in files))
