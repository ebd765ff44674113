"""
What `streamly check` finds beyond what every build says.

    pages.py      one page of HTML: links, ids, headings, images; reading.py reads all of them
    built.py      the site as it was built; whole.py looks for everything that is wrong with it
    links.py      where links lead, over the whole output; outside.py asks other sites
    contents.py   ids, headings and images; pictures.py knows how large those are
    unused.py     files and redirects that nobody needs
    words.py      translations that nobody sees
    feeds.py      feeds and sitemaps
    templates.py  the theme: what compiles, and which names exist, as types.py knows them
    places.py     where in the author's file it stands
    advice.py     what is no more than advice
    fixing.py     what can be mended without asking; mends.py says what a mend is
"""

from .advice import ADVICE
from .fixing import advice, mends
from .mends import Mend, write
from .outside import outside_problems
from .whole import check, dead_links

__all__ = ["ADVICE", "Mend", "advice", "check", "dead_links", "mends", "outside_problems", "write"]
