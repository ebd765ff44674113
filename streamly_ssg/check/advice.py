"""
What could be better and isn't wrong.

Problems make the command fail. Advice doesn't, unless it is asked to be strict.
"""

LARGE = "LARGE"  # a picture with more bytes or pixels than anybody sees
MOVED = "MOVED"  # an address that leads on to another one
TIDY = "TIDY"  # something that `--fix` would write in a better way
UNREACHABLE = "UNREACHABLE"  # another site that doesn't answer; it may do so tomorrow
UNUSED = "UNUSED"  # a file, a redirect or a translation that nobody needs

ADVICE = frozenset({LARGE, MOVED, TIDY, UNREACHABLE, UNUSED})
