"""What the Markdown engines share: the settings that change a page, and their one complaint."""

from streamly_ssg.values import Value


class ParseSettings(Value):
    """How content files are read; the defaults are those of an empty streamly.toml."""

    engine: str = "commonmark"  # or "python-markdown"
    extensions: tuple[str, ...] = ()  # of python-markdown, besides the usual ones
    smart: bool = True
    autolink: bool = False
    tables: bool = True
    footnotes: bool = True
    tasklists: bool = True
    strikethrough: bool = True
    alerts: bool = True
    definition_lists: bool = True
    math: bool = True
    heading_ids: bool = True
    highlight: bool = True
    timezone: str = "UTC"
    words_per_minute: int = 220
    search: str = ""  # the vocabulary of which text is kept: "body", "excerpt", or none


class TooMuch(ValueError):
    """The text would cost out of all proportion; *line* counts from the text's first."""

    def __init__(self, message: str, line: int) -> None:
        super().__init__(message)
        self.line = line
