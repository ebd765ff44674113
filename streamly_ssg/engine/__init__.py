"""
A small exact build system.

Inputs are read, tasks turn what they fetch into values, and some values are files. The engine
remembers what each task fetched, and runs a task again only when one of those things has changed.
It knows nothing of sites: the standard library and `streamly_ssg.errors` are all it imports.

    key      what a thing is called: ``kind:name``
    digest   when two values are the same
    rule     how the values of one kind come about: tasks, tables, works
    trace    what a task fetched last time, and the first thing that differs now
    store    traces and values on disk, sealed, disposable
    output   the tree of files
    build    the scheduler: one run from changed inputs to a finished tree
"""
