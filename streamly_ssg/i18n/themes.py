"""A theme on disk, with its ancestors: where its templates and its catalogues are."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from streamly_ssg.api import builtin_themes
from streamly_ssg.errors import UsageError, did_you_mean, problem
from streamly_ssg.inputs.config import FILE, Site, read_settings
from streamly_ssg.inputs.languages import CODE
from streamly_ssg.pages.languages import FOLDER, SUFFIX
from streamly_ssg.values import convert

TEMPLATE = "messages.pot"


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme; *folders* are where its files may be: in the site, and in what Streamly brings."""

    name: str
    root: Path
    folders: tuple[Path, ...]
    extends: str

    @property
    def catalogues(self) -> Path:
        """The folder of its catalogues."""
        return self.folders[0] / FOLDER

    def catalogue(self, code: str) -> Path:
        """Return where its catalogue for a language is, or would be."""
        return self.catalogues / f"{code}{SUFFIX}"

    def codes(self) -> list[str]:
        """Return the languages that it has catalogues for."""
        return sorted(path.stem for path in self.catalogues.glob(f"*{SUFFIX}"))

    def templates(self) -> Iterator[tuple[str, Path]]:
        """Yield its templates by name, each of the nearest folder that has it."""
        found: dict[str, Path] = {}
        for folder in reversed(self.folders):
            top = folder / "templates"
            found |= {
                path.relative_to(top).as_posix(): path
                for path in top.rglob("*")
                if path.is_file() and not path.name.startswith(".")
            }
        yield from sorted(found.items())

    def shown(self, path: Path) -> str:
        """Return where a person finds the file *path*."""
        for top in (self.root, builtin_themes().parent):
            if path.is_relative_to(top):
                return path.relative_to(top).as_posix()
        return str(path)


def family(root: Path, name: str = "") -> list[Theme]:
    """Return the theme *name* of the site in *root* and its ancestors; without one, the site's."""
    wanted = name or convert(read_settings(root / FILE).get("site", {}), Site).theme
    found: list[Theme] = []
    while wanted and wanted not in {one.name for one in found}:
        found.append(_theme(root, wanted))
        wanted = found[-1].extends
    return found


def _theme(root: Path, name: str) -> Theme:
    tops = [
        top for top in (root / "themes", builtin_themes()) if (top / name / "theme.toml").is_file()
    ]
    if not tops:
        known = {path.parent.name for path in builtin_themes().glob("*/theme.toml")}
        known |= {path.parent.name for path in (root / "themes").glob("*/theme.toml")}
        hint = did_you_mean(name, known) or f"known are {', '.join(sorted(known))}"
        raise UsageError(problem("THEME", f'there is no theme "{name}"', hint=hint))
    settings = tomllib.loads((tops[0] / name / "theme.toml").read_text("utf-8-sig"))
    folders = tuple(dict.fromkeys((top / name).resolve() for top in tops))
    return Theme(name, root.resolve(), folders, str(settings.get("extends", "")))


def own(root: Path, name: str = "") -> list[Theme]:
    """Return the family of a theme that lies in the site, so that its catalogues can be written."""
    themes = family(root, name)
    if not themes[0].folders[0].is_relative_to(root.resolve()):
        text = f'the theme "{themes[0].name}" came with Streamly and is not yours to change'
        hint = (
            f'make themes/mine/theme.toml with extends = "{themes[0].name}", and use --theme mine'
        )
        raise UsageError(problem("THEME", text, hint=hint))
    return themes


def refuse_no_language(code: str) -> None:
    """Refuse what can't be the code of a language."""
    if not CODE.fullmatch(code):
        hint = 'write a tag like "de" or "pt-BR"'
        raise UsageError(problem("LANGUAGE", f'"{code}" is no language', hint=hint))
