"""``python -m streamly_ssg`` is the command ``streamly``."""

from streamly_ssg.cli import main

main()
