"""
The settings of the service: ``[service]`` of streamly.toml, and the environment.

Read once, at the start. Whatever is wrong is told with its file, its key and what to write instead,
all of it at once. Secrets come from the environment or from files of their own, never from
streamly.toml; they have no default and show in no repr. What would be unsafe is refused in
production; development, which is the default on 127.0.0.1, makes its own secret.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from streamly_ssg.errors import Problem, UsageError, did_you_mean, problem

from . import secret
from .errors import Invalid
from .toml import FILE, fault, line_of, tables_of, text_of
from .wire import Meta, fit

LOOPBACK = {"127.0.0.1", "localhost", "::1"}
HERE = ("127.0.0.1", "::1")
MOST_WORKERS = 64
NOT_FOR_DATA = ("public", ".streamly", "content", "static", "themes", "data")
ENVIRONMENT = {
    "STREAMLY_ENVIRONMENT": "environment",
    "STREAMLY_DATABASE": "database",
    "STREAMLY_BASE_URL": "base_url",
}
OF_THE_BUILDER = ("STREAMLY_FACTS_TOKEN", "STREAMLY_MANIFEST_TOKEN", "STREAMLY_PURGE_TOKEN")
# And each with _FILE, for a file with it.
SECRETS = ("STREAMLY_SECRET", "STREAMLY_SMTP_PASSWORD", "STREAMLY_HOOK_SECRET")

Environment = Literal["production", "development", "test"]
Some = Annotated[int, Meta(ge=0)]
One = Annotated[int, Meta(ge=1)]
Origin = Annotated[str, Meta(pattern=r"^https?://[a-zA-Z0-9.\[\]:-]+$")]
Rate = Annotated[str, Meta(pattern=r"^[1-9]\d*/([1-9]\d* )?(second|minute|hour|day)$")]
Address = Annotated[str, Meta(pattern=r"^([^@\s<>,;\"]+@[^@\s<>,;\"]+)?$")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """How letters leave; ``""`` as *sender* is ``noreply`` at the site's host."""

    backend: Literal["smtp", "console", "file"] = "console"
    host: str = "127.0.0.1"
    port: Annotated[int, Meta(ge=1, le=65535)] = 587
    user: str = ""
    password: str = field(default="", repr=False)
    security: Literal["starttls", "tls", "none"] = "starttls"
    ca_file: str = ""
    timeout: Annotated[int, Meta(ge=1, le=600)] = 20
    sender: Address = ""
    reply_to: Address = ""
    operator: Address = ""  # is told of errors
    folder: str = "var/mail"  # of the backend "file"


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """Who may come in, and for how long."""

    registration: Literal["open", "closed"] = "open"
    password_length: Annotated[int, Meta(ge=8, le=128)] = 10
    session_days: One = 14
    remember_days: One = 90
    confirm_hours: One = 24
    reset_minutes: One = 30
    access_minutes: One = 15
    refresh_days: One = 30


@dataclass(frozen=True, slots=True, kw_only=True)
class Comments:
    """What a comment may be."""

    length: Annotated[int, Meta(ge=1, le=100_000)] = 10_000
    depth: Annotated[int, Meta(ge=1, le=20)] = 8  # levels; replies below the last one join it
    edit_minutes: Some = 15
    mentions: Some = 10
    links: Some = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Moderation:
    """What holds a comment back until somebody looks at it; 0 and empty: nothing."""

    first_comments: Some = 1
    links: Some = 3
    words: tuple[str, ...] = ()
    account_hours: Some = 0
    spam_score: Annotated[float, Meta(gt=0, le=1)] = 0.9
    spam_decisions: One = 20  # of each kind, before the score counts
    everything: bool = False
    reports: Some = 3  # by trusted people, before a comment is taken back
    trusted_days: Some = 7  # age of an account whose reports count


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """How views are counted; at most *flush_seconds* of them are lost in a crash."""

    count: bool = True
    flush_seconds: Annotated[int, Meta(ge=1, le=60)] = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How often one account or one block of addresses may ask, and how much it may send."""

    read: Rate = "1200/minute"
    write: Rate = "120/minute"
    auth: Rate = "20/minute"
    mail: Rate = "10/hour"
    beacon: Rate = "240/minute"
    body: Annotated[int, Meta(ge=1024)] = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Everything that the service was told."""

    root: Path
    database: Path
    environment: Environment
    base_url: str
    title: str
    secret: bytes = field(repr=False)
    language: str = "en"
    hook_secret: bytes = field(default=b"", repr=False)  # of those who say that somebody pushed
    origins: tuple[Origin, ...] = ()
    proxies: tuple[str, ...] = ()
    metrics: tuple[str, ...] = HERE
    workers: int = 0  # processes that answer; 0: `streamly api` runs one, `streamly up` one a core
    mail: Mail = field(default_factory=Mail)
    accounts: Accounts = field(default_factory=Accounts)
    comments: Comments = field(default_factory=Comments)
    moderation: Moderation = field(default_factory=Moderation)
    views: Views = field(default_factory=Views)
    limits: Limits = field(default_factory=Limits)

    @property
    def origin(self) -> str:
        """Return the site's own origin: scheme, host and port of its address."""
        return origin_of(self.base_url)

    @property
    def is_secure(self) -> bool:
        """Tell whether the site is reached by https."""
        return self.base_url.startswith("https://")


SECTIONS: dict[str, type[Any]] = {
    "mail": Mail,
    "accounts": Accounts,
    "comments": Comments,
    "moderation": Moderation,
    "views": Views,
    "limits": Limits,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class _Top:
    """What stands in ``[service]`` itself."""

    environment: Environment | None = None
    database: Annotated[str, Meta(min_length=1)] = "var/streamly.db"
    origins: tuple[Origin, ...] = ()
    proxies: tuple[str, ...] = ()  # of our own: addresses or networks
    metrics: tuple[str, ...] = HERE  # who may read the numbers without signing in
    workers: Annotated[int, Meta(ge=0, le=MOST_WORKERS)] = 0


def read_settings(root: Path, environ: Mapping[str, str]) -> Settings:
    """
    Return the settings of the site in *root*.

    Raises:
        UsageError: with everything that is wrong or unsafe.
    """
    found = _Reading(root, environ)
    settings = found.settings()
    faults = found.faults + (unsafe(settings) if settings.environment == "production" else [])
    if faults:
        raise UsageError(*faults)
    return settings


def database_path(root: Path, environ: Mapping[str, str]) -> Path:
    """Return where the database is; commands that only need it don't ask for secrets."""
    found = _Reading(root, environ)
    path = found.database()
    if found.faults:
        raise UsageError(*found.faults)
    return path


def unsafe(settings: Settings) -> list[Problem]:
    """Return what must not be in production."""
    faults = []
    if not settings.is_secure:
        faults.append(fault(f'base_url is "{settings.base_url}"', "production needs https"))
    if weak := secret.weakness(settings.secret):
        faults.append(fault(f"the secret {weak}", secret.HINT))
    if settings.hook_secret and (weak := secret.weakness(settings.hook_secret)):
        faults.append(fault(f"STREAMLY_HOOK_SECRET {weak}", secret.HINT))
    if settings.mail.backend == "console":
        faults.append(fault('mail.backend is "console"', 'production needs "smtp" or "file"'))
    if settings.mail.backend == "smtp" and _is_naked(settings.mail):
        faults.append(
            fault("mail.security is none", f"{settings.mail.host} is another machine: use tls")
        )
    plain = [one for one in settings.origins if not one.startswith("https://")]
    return faults + [fault(f'origins holds "{one}"', "production needs https") for one in plain]


def origin_of(url: str) -> str:
    """Return scheme, host and port of *url*."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}".lower()


class _Reading:
    """One reading of the file and the environment; *faults* is what was wrong."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        self.root = root
        self.environ = environ
        self.faults = _unknown_variables(environ)
        self.text = text_of(root / FILE)
        tables = tables_of(self.text)
        self.site = tables.get("site", {}) if isinstance(tables.get("site"), dict) else {}
        service = tables.get("service", {})
        if not isinstance(service, dict):
            self.faults.append(fault('"service" is a section', "write [service]"))
            service = {}
        self.tables = {name: service.get(name, {}) for name in SECTIONS}
        given = {ENVIRONMENT[name]: environ[name] for name in ENVIRONMENT if environ.get(name)}
        self.base_url = self._base_url(given.pop("base_url", None))
        own = {name: value for name, value in service.items() if name not in SECTIONS}
        self.top: _Top = self._typed("service", _Top, own | given, tuple(SECTIONS))

    def settings(self) -> Settings:
        environment = self.top.environment or (
            "development" if urlsplit(self.base_url).hostname in LOOPBACK else "production"
        )
        parts = {name: self._section(name) for name in SECTIONS}
        return Settings(
            root=self.root,
            database=self.database(),
            environment=environment,
            base_url=self.base_url.rstrip("/"),
            title=str(self.site.get("title", "A site made with Streamly")),
            language=str(self.site.get("language", "en")),
            secret=self._secret(environment),
            hook_secret=(self._from_environment("STREAMLY_HOOK_SECRET") or "").encode(),
            origins=tuple(one.lower() for one in self.top.origins),
            proxies=self._networks("proxies"),
            metrics=self._networks("metrics"),
            workers=self.top.workers,
            **parts,
        )

    def database(self) -> Path:
        """Return the path of the database, which must not be where the builder writes or reads."""
        path = Path(os.path.normpath(self.root / self.top.database))
        inside = path.relative_to(self.root).parts[0] if path.is_relative_to(self.root) else ""
        if inside in NOT_FOR_DATA:
            hint = f"{inside}/ is served, read or thrown away; use var/"
            self.faults.append(fault(f'database is "{self.top.database}"', hint))
        return path

    def _networks(self, name: str) -> tuple[str, ...]:
        given: tuple[str, ...] = getattr(self.top, name)
        for one in given:
            if not _is_network(one):
                line, hint = line_of(self.text, "service", name), 'write it as "10.0.0.0/8"'
                self.faults.append(fault(f'"{name}" in [service] holds "{one}"', hint, line))
        return given

    def _section(self, name: str) -> Any:
        given = self.tables[name]
        if name == "mail" and isinstance(given, dict):
            if "password" in given:
                hint = "set STREAMLY_SMTP_PASSWORD, or STREAMLY_SMTP_PASSWORD_FILE"
                self.faults.append(fault("mail.password doesn't belong in this file", hint))
            given = {**given, "password": self._from_environment("STREAMLY_SMTP_PASSWORD") or ""}
        return self._typed(f"service.{name}", SECTIONS[name], given)

    def _typed(self, where: str, kind: type[Any], given: Any, more: tuple[str, ...] = ()) -> Any:
        """Return *given* as a *kind*, without what is wrong in it."""
        if not isinstance(given, dict):
            self.faults.append(fault(f'"{where}" is a section', f"write [{where}]"))
            return kind()
        known = [one.name for one in fields(kind)]
        right = {}
        for key, value in given.items():
            line = line_of(self.text, where, key)
            if key not in known:
                hint = did_you_mean(key, (*known, *more)) or f"known are {', '.join(known)}"
                self.faults.append(fault(f'unknown key "{key}" in [{where}]', hint, line))
                continue
            try:
                fit({key: value}, kind, strict=True)
            except Invalid as error:
                wrong = error.faults[0].message
                self.faults.append(
                    fault(f'"{key}" in [{where}]: {wrong}', "change its value", line)
                )
            else:
                right[key] = value
        return fit(right, kind, strict=True)

    def _base_url(self, given: str | None) -> str:
        found = given or self.site.get("base_url", "http://127.0.0.1:8000")
        parts = urlsplit(found) if isinstance(found, str) else None
        if parts is None or parts.scheme not in {"http", "https"} or not parts.hostname:
            hint = 'write it as "https://example.org"'
            self.faults.append(fault(f'"base_url" in [site] is "{found}"', hint))
            return "http://127.0.0.1:8000"
        return str(found)

    def _from_environment(self, name: str) -> str | None:
        path = self.environ.get(f"{name}_FILE")
        if not path:
            return self.environ.get(name) or None
        try:
            return Path(path).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            self.faults.append(problem("SETTINGS", f"{name}_FILE can't be read: {error}"))
            return None

    def _secret(self, environment: str) -> bytes:
        given = self._from_environment("STREAMLY_SECRET")
        if given is not None:
            return given.encode()
        local = urlsplit(self.base_url).hostname in LOOPBACK
        path = self.root / secret.KEPT
        if environment == "development" and local:
            return secret.kept_or_made(path)
        found, fault = secret.kept(path, strict=environment == "production")
        if fault:
            self.faults.append(problem("SETTINGS", fault, path=str(secret.KEPT)))
        elif not found and environment != "production":
            hint = f"set STREAMLY_SECRET; {secret.HINT}"
            self.faults.append(problem("SETTINGS", "there is no secret", hint=hint))
        return found


def _is_network(text: str) -> bool:
    try:
        ip_network(text, strict=False)
    except ValueError:
        return False
    return True


def _is_naked(mail: Mail) -> bool:
    return mail.security == "none" and mail.host not in LOOPBACK


def _unknown_variables(environ: Mapping[str, str]) -> list[Problem]:
    """Return what looks like a variable of ours and isn't one."""
    known = [*ENVIRONMENT, *SECRETS, *OF_THE_BUILDER, *(f"{name}_FILE" for name in SECRETS)]
    return [
        problem("SETTINGS", f"unknown variable {name} in the environment", hint=near)
        for name in sorted(environ)
        if name.startswith("STREAMLY_")
        and name not in known
        and (near := did_you_mean(name, known))
    ]
