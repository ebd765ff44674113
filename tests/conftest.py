"""What holds for every test: Hypothesis tries the same examples everywhere, and takes its time."""

from hypothesis import settings

settings.register_profile("house", derandomize=True, database=None, deadline=None, print_blob=True)
settings.load_profile("house")
