"""
Images: bytes in, bytes out. Begin with variants.py.

What an image is and how large, what pages need of it, and pictures of pages that have none. Pure
but for one folder, in which is kept by content what took long to make.
"""
