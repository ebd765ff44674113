"""A small site in four languages, one of them written from right to left."""

from collections.abc import Sequence
from pathlib import Path

from .folder import Folder

SETTINGS = """\
[site]
title = "Wells"
service = "/api/v1"
[languages.de]
title = "Brunnen"
[languages.fr]
title = "Puits"
[languages.ar]
title = "آبار"
"""
TEXTS = {
    "en": ("The old well", "Water is found where people have looked for it.", "Depth", "water"),
    "de": ("Der alte Brunnen", "Wasser findet, wer danach gräbt.", "Tiefe", "wasser"),
    "fr": ("Le vieux puits", "On trouve l’eau là où on l’a cherchée.", "Profondeur", "eau"),
    "ar": ("البئر القديمة", "يوجد الماء حيث بحث الناس عنه.", "العمق", "ماء"),
}
PREFIXES = {"en": "", "de": "/de", "fr": "/fr", "ar": "/ar"}
POST = """\
---
title: {title}
id: well-{code}
slug: well
author: ada
date: 2026-01-09
updated: 2026-02-01
lang: {code}
translation_key: well
series: {title}
category: wells
tags: [{tag}]
summary: {summary}
---

{summary}

## {heading}

{summary}

```python
depth = 12
```

### {heading} 2

{summary}

## {heading} 3

{summary}
"""
COMMENT = (
    '{{"key":"comments/well-{code}","value":{{"count":1,"items":[{{"id":"{code}1","parent":null,'
    '"author":"ann","name":"Ann","at":"2026-02-02T00:00:00Z","html":"<p>{summary}</p>",'
    '"likes":2,"edited":"2026-02-03T00:00:00Z"}}]}},"seq":{seq}}}\n'
)
LIKED = '{{"key":"likes/well-{code}","value":{{"count":{likes}}},"seq":{seq}}}\n'


def polyglot(target: Path, settings: str = SETTINGS, codes: Sequence[str] = tuple(TEXTS)) -> Folder:
    """Write the site below *target*, with a post in each language of *codes*."""
    folder = Folder(target)
    folder.write("streamly.toml", settings)
    folder.write("content/authors/ada.md", "---\ntitle: Ada\nsummary: She digs.\n---\n")
    facts = ""
    for seq, code in enumerate(codes, 1):
        title, summary, heading, tag = TEXTS[code]
        words = {"code": code, "title": title, "summary": summary, "heading": heading, "tag": tag}
        folder.write(f"content/posts/well-{code}.md", POST.format(**words))
        facts += COMMENT.format(**words, seq=seq)
        facts += LIKED.format(code=code, likes=1234, seq=seq + len(TEXTS))
    folder.write("facts.ndjson", facts)
    return folder
