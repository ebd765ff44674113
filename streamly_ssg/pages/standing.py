"""How each document stands: between which others, in which series, beside which translations."""

from collections.abc import Iterator, Mapping, Sequence

from streamly_ssg.engine.key import make
from streamly_ssg.engine.rule import Fetch

from . import listing
from .catalogue import Catalogue, grouped
from .related import related
from .routes import DocumentRoute, SeriesPlace, Translation
from .sources import Head

Translations = Mapping[str, tuple[Translation, ...]]  # by path
PARTS = 9  # of a series that each of them shows; its own page shows all


def routes(
    known: Catalogue, groups: listing.Groups, translated: Translations, fetch: Fetch
) -> Iterator[DocumentRoute]:
    """Yield the page of each document of one language."""
    relatives = related(known.posts, groups.tags, fetch(make("config", "lists")).related)
    series = _series_places(known, groups.series)
    for head, newer, older in (*_in_a_row(known.posts), *_in_a_row(known.notes), *_alone(known)):
        yield DocumentRoute(
            path=head.path,
            url=known.urls[head.path],
            id=head.id,
            newer=known.ref(newer) if newer else None,
            older=known.ref(older) if older else None,
            related=tuple(map(known.ref, relatives.get(head.path, ()))),
            series=series.get(head.path),
            translations=translated.get(head.path, ()),
            closed=head.id in known.settings and known.settings[head.id].closed,
        )


def translations(known: Catalogue, language: str) -> Translations:
    """Return all versions of each document that has more than one."""
    heads = [head for head in (*known.posts, *known.pages, *known.notes) if head.translation_key]
    groups = grouped(heads, lambda head: (f"{head.kind} {head.translation_key}",))
    found: dict[str, tuple[Translation, ...]] = {}
    for group in groups.values():
        all_of = [Translation(head.lang or language, known.ref(head)) for head in group]
        ordered = tuple(sorted(all_of, key=lambda one: (one.lang, one.ref.url)))
        found |= {head.path: ordered for head in group} if len(group) > 1 else {}
    return found


Neighbours = tuple[Head, Head | None, Head | None]  # a document, the newer one, the older one


def _in_a_row(heads: Sequence[Head]) -> Iterator[Neighbours]:
    for place, head in enumerate(heads):
        newer = heads[place - 1] if place else None
        yield head, newer, heads[place + 1] if place + 1 < len(heads) else None


def _alone(known: Catalogue) -> Iterator[Neighbours]:
    for head in known.pages:
        yield head, None, None


def _series_places(
    known: Catalogue, groups: Mapping[str, Sequence[Head]]
) -> dict[str, SeriesPlace]:
    places = {}
    for name, heads in groups.items():
        refs = tuple(map(known.ref, heads))
        term = known.term("series", name, len(heads))
        for number, head in enumerate(heads, 1):
            first = max(1, min(number - PARTS // 2, len(heads) - PARTS + 1))
            around = refs[first - 1 : first - 1 + PARTS]
            places[head.path] = SeriesPlace(term, number, first, around)
    return places
