import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interact_api.accounts import addresses
from interact_api.errors import Invalid


def test_case_tells_no_addresses_apart() -> None:
    one, other = addresses.checked("Ada@Example.ORG"), addresses.checked("ada@example.org")
    assert one.key == other.key == "ada@example.org"
    assert one.shown == "Ada@example.org"


def test_what_stands_behind_a_plus_tells_them_apart() -> None:
    assert addresses.key_of("ada+1@example.org") != addresses.key_of("ada@example.org")


def test_a_domain_in_another_script_is_kept_as_servers_know_it() -> None:
    assert addresses.checked("ada@bücher.example").shown == "ada@xn--bcher-kva.example"


@pytest.mark.parametrize(
    "text",
    [
        "", "ada", "@example.org", "ada@", "ada@localhost", "ada@127.0.0.1", "ada@[127.0.0.1]",
        "ada@example.org, eve@evil.example", "ada@example.org;eve@evil.example",
        "ada@evil.example@example.org", "<ada@example.org>", "Ada <ada@example.org>",
        '"ada eve"@example.org', "ada@example.org\r\nBcc: eve@evil.example", "ada@example.org\n",
        "ada\x00@example.org", "ada@exa\x00mple.org", ".ada@example.org", "ada.@example.org",
        "a..da@example.org", "ada@-example.org", "ada@example-.org", "ada@example..org",
        "ada@example.org.", "ädä@example.org", "ada@faß.example", "ada@exam ple.org",
        "x" * 65 + "@example.org", "ada@" + "x" * 64 + ".org", "a@" + "x." * 130 + "org",
        "x" * 10_240 + "@example.org", "ada(comment)@example.org", "ada@example.123",
    ],
)  # fmt: skip
def test_anything_else_is_no_address(text: str) -> None:
    with pytest.raises(Invalid):
        addresses.checked(text)
    assert addresses.key_of(text) == ""


@settings(max_examples=300, derandomize=True, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_an_address_never_holds_what_would_end_a_header(local: str, domain: str) -> None:
    try:
        found = addresses.checked(f"{local}@{domain}.org")
    except Invalid:
        return
    assert found.shown.isascii()
    assert not set(found.shown) & set('\r\n\0 ,;<>"()[]')
