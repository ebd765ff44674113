"""What a new site says before its author does: in their language, if it is known here."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Welcome:
    """The words of a new site; ``{author}``, ``{title}`` and ``{file}`` are put in."""

    description: str
    hello: str
    hello_text: str
    about: str
    about_text: str
    summary: str
    profile: str
    posts: str
    tags: str
    people: str
    trending: str
    archive: str


ENGLISH = Welcome(
    description="Written by {author}.",
    hello="Hello",
    hello_text="""\
This is your first post. It lies in `{file}`. Run `streamly serve`, change a word here, save, and
the page in your browser is new.

## What a post can do

*Emphasis*, [links](../pages/about.md) and `code` are Markdown, and so is a list:

- The lines between `---` at the top say what the post is: its title, its date, its tags.
- `draft: true` there keeps a post to yourself until it is done.
- A picture lies beside its post, or in `static/`; say in the brackets what is to be seen.

> [!TIP]
> Delete this post whenever you like. Its page goes with it, and so does whatever pointed there.
""",
    about="About",
    about_text="What is *{title}*, and who writes it? Say it in `{file}`.\n",
    summary="Writes here.",
    profile="There is room for more than one line about you, in `{file}`.\n",
    posts="Posts",
    tags="Tags",
    people="People",
    trending="Trending",
    archive="Archive",
)

GERMAN = Welcome(
    description="Geschrieben von {author}.",
    hello="Hallo",
    hello_text="""\
Das ist der erste Beitrag. Er liegt in `{file}`. Starten Sie `streamly serve`, ändern Sie hier
ein Wort, speichern Sie, und die Seite im Browser ist neu.

## Was ein Beitrag kann

*Betonung*, [Links](../pages/about.md) und `Code` sind Markdown, und eine Liste ist es auch:

- Die Zeilen zwischen `---` am Anfang sagen, was der Beitrag ist: Titel, Datum, Schlagwörter.
- `draft: true` behält einen Beitrag für sich, bis er fertig ist.
- Ein Bild liegt neben seinem Beitrag oder in `static/`; in den Klammern steht, was zu sehen ist.

> [!TIP]
> Löschen Sie diesen Beitrag, wann Sie wollen. Seine Seite geht mit ihm.
""",
    about="Über",
    about_text="Was ist *{title}*, und wer schreibt hier? Das gehört in `{file}`.\n",
    summary="Schreibt hier.",
    profile="Hier ist Platz für mehr als eine Zeile, in `{file}`.\n",
    posts="Beiträge",
    tags="Schlagwörter",
    people="Leute",
    trending="Beliebt",
    archive="Archiv",
)

FRENCH = Welcome(
    description="Écrit par {author}.",
    hello="Bonjour",
    hello_text="""\
Voici le premier article. Il se trouve dans `{file}`. Lancez `streamly serve`, changez un mot ici,
enregistrez, et la page dans le navigateur est à jour.

## Ce qu'un article sait faire

L'*accent*, les [liens](../pages/about.md) et le `code` sont du Markdown, et une liste aussi :

- Les lignes entre `---` en haut disent ce qu'est l'article : son titre, sa date, ses mots-clés.
- `draft: true` garde un article pour vous jusqu'à ce qu'il soit prêt.
- Une image se trouve à côté de son article ou dans `static/` ; entre les crochets, on dit ce
  qu'elle montre.

> [!TIP]
> Supprimez cet article quand vous voudrez. Sa page s'en va avec lui.
""",
    about="À propos",
    about_text="Qu'est-ce que *{title}*, et qui écrit ici ? Dites-le dans `{file}`.\n",
    summary="Écrit ici.",
    profile="Il y a de la place pour plus d'une ligne, dans `{file}`.\n",
    posts="Articles",
    tags="Mots-clés",
    people="Membres",
    trending="Tendances",
    archive="Archives",
)

IN: Mapping[str, Welcome] = {"en": ENGLISH, "de": GERMAN, "fr": FRENCH}

README = """\
# {title}

A site made with Streamly. Five commands are enough for a long time:

```sh
streamly serve                  # look at it while you write: it opens at http://127.0.0.1:8000
streamly new post "A title"     # begin a post, in content/posts/
streamly check                  # dead links, pictures without words, what could be better
streamly build                  # the whole site, into public/
streamly publish                # the same, as a release that can be taken back: var/releases/
```

Each has `--help`.
{people}
## What lies where

| | |
| --- | --- |
| `streamly.toml` | title, address, menu and everything else that is set |
| `content/posts/` | posts, one file of Markdown each |
| `content/pages/` | pages such as "about" |
| `content/notes/` | short notes without a title |
| `content/authors/`, `content/categories/` | who writes, and about what |
| `static/` | copied as it is: pictures, downloads |
| `data/` | tables and lists that templates can read |
| `themes/` | a theme of your own, if you want one |

At the end of `streamly.toml` stands, commented out, how to have pages in several languages, other
sizes of images, pictures for links, and no search. Two of these need libraries:
`pip install "streamly[images,languages]"`.

`public/` and `.streamly/` are made by Streamly and can be deleted at any time. What is in `var/`
can't be made again. None of the three belongs under version control; `.gitignore` says so.
"""

MORE = """
# What else can be set, each with what it does if you take the "# " away:
#
# [languages.{language}]           # what is in that language gets pages of its own
# title = "..."            # needs: pip install "streamly[languages]"
#
# [images]
# widths = [480, 960]      # the sizes made of each image; needs: pip install "streamly[images]"
# cards = true             # and a picture of its title for links to each page that has no other
#
# [search]
# enabled = false          # no page for searching, and no index
"""

PEOPLE = """
## People

This site has the interaction service: readers can register, comment and like.

```sh
streamly build          # once: the service has to know which pages there are
streamly user add {name} --email {name}@example.org --role administrator
streamly up             # site and service, until Ctrl-C
```

`var/` then holds the database and the secret of this site. Keep copies: `streamly db backup`.
"""


def welcome(language: str) -> Welcome:
    """Return what a new site says in *language*; in English if it isn't known here."""
    return IN.get(language.partition("-")[0].lower(), ENGLISH)
