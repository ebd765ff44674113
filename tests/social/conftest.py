"""Every test here begins in the same small town."""

from tests.support.town import ann, bob, clock, db, mod

__all__ = ["ann", "bob", "clock", "db", "mod"]
