"""
Releases: what readers see, and how it gets there.

Begin with `releases.py`: two trees that are changed in turns, and a link that says which one is
read. `trees.py` moves the files, `journal.py` remembers, `plan.py` decides; `targets.py` sends what
changed to other places.
"""
