"""The settings: what is wrong is named with file and key, what is unsafe is refused, secrets hide."""

import stat
from pathlib import Path

import pytest

from interact_api.settings import Settings, database_path, read_settings
from streamly_ssg.errors import UsageError

SECRET = "k7Qm2_vXzR9tLw4BnY8cHs1dGf6jPa3e"
SITE = '[site]\ntitle = "A"\nbase_url = "https://example.org"\n'
MAIL = '[service.mail]\nbackend = "smtp"\nhost = "mail.example.org"\n'
SAFE = {"STREAMLY_SECRET": SECRET}


def read(root: Path, text: str = SITE + MAIL, **environ: str) -> Settings:
    (root / "streamly.toml").write_text(text)
    return read_settings(root, environ)


def faults(root: Path, text: str, **environ: str) -> list[str]:
    with pytest.raises(UsageError) as raised:
        read(root, text, **environ)
    return [str(problem) for problem in raised.value.problems]


def test_a_site_with_an_address_of_its_own_is_production(tmp_path: Path) -> None:
    settings = read(tmp_path, **SAFE)
    assert settings.environment == "production"
    assert settings.origin == "https://example.org"
    assert settings.database == tmp_path / "var/streamly.db"


def test_a_site_on_this_machine_is_development_and_makes_its_own_secret(tmp_path: Path) -> None:
    settings = read(tmp_path, "")
    kept = tmp_path / "var/secret"
    assert settings.environment == "development"
    assert settings.secret == kept.read_bytes().strip()
    assert len(settings.secret) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600


def test_a_secret_that_was_made_stays(tmp_path: Path) -> None:
    assert read(tmp_path, "").secret == read(tmp_path, "").secret


def test_two_sites_do_not_share_a_secret(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / name).mkdir()
    assert read(tmp_path / "a", "").secret != read(tmp_path / "b", "").secret


def test_the_secret_of_init_is_taken(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var/secret").write_text(SECRET + "\n")
    (tmp_path / "var/secret").chmod(0o600)
    assert read(tmp_path).secret == SECRET.encode()


def test_the_environment_comes_before_the_file(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("another-" + SECRET)
    settings = read(tmp_path, STREAMLY_SECRET_FILE=str(tmp_path / "key"), STREAMLY_DATABASE="/a.db")
    assert settings.secret == f"another-{SECRET}".encode()
    assert settings.database == Path("/a.db")


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("", "the secret is missing"),
        ("short", "has 5 bytes, fewer than 32"),
        ("a" * 40, "can be guessed"),
        ("change-me-" + SECRET, "can be guessed"),
    ],
)
def test_a_weak_secret_is_refused_in_production(tmp_path: Path, secret: str, words: str) -> None:
    assert words in faults(tmp_path, SITE + MAIL, STREAMLY_SECRET=secret)[0]


def test_a_secret_that_others_may_read_is_refused_in_production(tmp_path: Path) -> None:
    (tmp_path / "var").mkdir()
    (tmp_path / "var/secret").write_text(SECRET)
    (tmp_path / "var/secret").chmod(0o644)
    assert "var/secret: SETTINGS others may read the secret: chmod 600" in faults(
        tmp_path, SITE + MAIL
    )


def test_development_elsewhere_needs_a_secret_too(tmp_path: Path) -> None:
    text = '[site]\nbase_url = "http://10.0.0.7:8000"\n[service]\nenvironment = "development"\n'
    assert "there is no secret" in faults(tmp_path, text)[0]
    assert not (tmp_path / "var").exists()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (MAIL + '[site]\nbase_url = "http://example.org"\n', "production needs https"),
        (SITE, 'mail.backend is "console"'),
        (SITE + MAIL + 'security = "none"\n', "mail.example.org is another machine"),
        (SITE + '[service]\norigins = ["http://a.org"]\n' + MAIL, "production needs https"),
    ],
)
def test_what_is_unsafe_is_refused_in_production(tmp_path: Path, text: str, words: str) -> None:
    (found,) = faults(tmp_path, text, **SAFE)
    assert words in found


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "[service]\norigin = []\n",
            'streamly.toml:2:1: SETTINGS unknown key "origin" in [service] (did you mean "origins"?)',
        ),
        (
            "[service.mial]\n",
            'streamly.toml: SETTINGS unknown key "mial" in [service] (did you mean "mail"?)',
        ),
        (
            "[service.limits]\n\nrates = 1\n",
            'streamly.toml:3:1: SETTINGS unknown key "rates" in [service.limits] (did you mean "write"?)',
        ),
        (
            "[service.mail]\nport = 70000\n",
            'streamly.toml:2:1: SETTINGS "port" in [service.mail]: Expected `int` <= 65535 (change its value)',
        ),
        (
            '[service.comments]\ndepth = "4"\n',
            'streamly.toml:2:1: SETTINGS "depth" in [service.comments]: Expected `int`, got `str` (change its value)',
        ),
        (
            "[service]\nviews = 3\n",
            'streamly.toml: SETTINGS "service.views" is a section (write [service.views])',
        ),
        ("service = 3\n", 'streamly.toml: SETTINGS "service" is a section (write [service])'),
    ],
)
def test_what_is_wrong_is_named_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    found = faults(tmp_path, text)
    assert len(found) == 1
    if "rates" not in text:
        assert found == [told]
    else:
        assert found[0].startswith(told.partition(" (")[0])


@pytest.mark.parametrize("origin", ["*", "https://*.example.org", "example.org", "https://a.org/x"])
def test_an_origin_is_exact(tmp_path: Path, origin: str) -> None:
    assert '"origins" in [service]' in faults(tmp_path, f'[service]\norigins = ["{origin}"]\n')[0]


@pytest.mark.parametrize("path", ["public/a.db", ".streamly/a.db", "var/../static/a.db"])
def test_a_database_is_not_where_it_is_served_or_thrown_away(tmp_path: Path, path: str) -> None:
    assert "use var/" in faults(tmp_path, "", STREAMLY_DATABASE=path)[0]


def test_every_fault_is_told_at_once(tmp_path: Path) -> None:
    text = SITE + "[service]\ntitel = 1\n[service.mail]\nport = 0\n[service.views]\ncount = 3\n"
    assert len(faults(tmp_path, text)) == 5


def test_a_misspelt_variable_is_named(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "", STREAMLY_SECRTE="x")
    assert 'STREAMLY_SECRTE in the environment (did you mean "STREAMLY_SECRET"?)' in found


def test_a_password_in_the_file_is_refused_and_not_repeated(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, '[service.mail]\npassword = "hunter2"\n')
    assert "STREAMLY_SMTP_PASSWORD" in found
    assert "hunter2" not in found


def test_secrets_show_in_no_repr(tmp_path: Path) -> None:
    settings = read(tmp_path, STREAMLY_SMTP_PASSWORD="hunter2", **SAFE)
    assert settings.mail.password == "hunter2"
    assert "hunter2" not in repr(settings)
    assert SECRET not in repr(settings)


def test_what_is_no_toml_is_told(tmp_path: Path) -> None:
    (found,) = faults(tmp_path, "[service\n")
    assert found.startswith("streamly.toml: SETTINGS")


def test_commands_that_need_the_database_alone_ask_for_no_secret(tmp_path: Path) -> None:
    (tmp_path / "streamly.toml").write_text(SITE)
    assert database_path(tmp_path, {}) == tmp_path / "var/streamly.db"
