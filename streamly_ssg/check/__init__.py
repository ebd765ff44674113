"""
What `streamly check` finds beyond what every build says.

    pages.py      one page of HTML: its links, ids and images
    links.py      where they lead, over the whole output
    feeds.py      feeds and sitemaps
    templates.py  the theme: what compiles, and which names exist
    places.py     where in the author's file it stands
    fixing.py     what can be mended without asking
"""

from .fixing import add_ids
from .whole import check, dead_links

__all__ = ["add_ids", "check", "dead_links"]
