"""
The author's server: the built site, reloaded when it changes, with what is wrong on top of it.

It is for the one person who writes, on the machine where they write. Nothing that it adds to a
page is ever in a file.
"""

from .overlay import overlay
from .server import DevServer

__all__ = ["DevServer", "overlay"]
