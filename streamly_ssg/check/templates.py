"""
The theme: every template compiles, and uses only names that exist.

A template is followed as it would be rendered, from the view that it is given through all that it
extends, includes and imports; so a misspelt field is found though no page happens to show it.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from jinja2 import TemplateSyntaxError, nodes

from streamly_ssg.engine.key import make
from streamly_ssg.errors import Problem, did_you_mean, problem
from streamly_ssg.looking import Look
from streamly_ssg.pages import views
from streamly_ssg.pages.rendering import environment
from streamly_ssg.pages.themes import Source

from .types import Known, Missing, attribute, fields_of, item

VIEW_OF: dict[str, type] = {
    "404.html": views.PlainView,
    "410.html": views.PlainView,
    "500.html": views.PlainView,
    "archive.html": views.ArchiveView,
    "card.html": views.FollowsView,
    "follows.html": views.FollowsView,
    "home.html": views.HomeView,
    "list.html": views.ListView,
    "note.html": views.DocumentView,
    "page.html": views.DocumentView,
    "people.html": views.TermsView,
    "post.html": views.DocumentView,
    "profile.html": views.ProfileView,
    "ranking.html": views.RankingView,
    "redirect.html": views.RedirectView,
    "robots.txt": views.PlainView,
    "search.html": views.SearchView,
    "shell.html": views.ShellView,
    "terms.html": views.TermsView,
}
SHORTCODES = "shortcodes/"
ALWAYS = {"content": str}
INSIDE = {"loop", "self", "super", "caller", "varargs", "kwargs"}
SAME = {"list", "reject", "rejectattr", "reverse", "select", "selectattr", "sort", "unique"}
ONE = {"first", "last"}
FORGIVING = {"d", "default"}  # what they are given may not exist
Scope = dict[str, Known]


class _Macro(NamedTuple):
    """A macro: what it does, the template it stands in, and what is known there."""

    node: nodes.Macro
    template: str
    scope: Scope
    view: str


class _Module(NamedTuple):
    """A template that was imported under a name: what it defines."""

    template: str
    scope: Scope


def check_theme(look: Look) -> list[Problem]:
    """Return what is wrong with the templates of the site's theme."""
    sources = {source.name: source for source in _sources(look)}
    found = {*look.problems, *_uncompiled(sources.values())}
    if found:
        return sorted(found)  # what can't be read can't be followed
    walk = _Walk(sources)
    for name, view in _views(sources).items():
        if name in sources:
            walk.follow(name, fields_of(view) | ALWAYS, view.__name__)
        else:
            text, hint = (
                f'the theme has no template "{name}"',
                "add it, or extend the default theme",
            )
            walk.found.add(problem("TEMPLATE", text, path=f"templates/{name}", hint=hint))
    return sorted({*walk.found, *walk.unknown()})


def texts(look: Look) -> list[str]:
    """Return all templates of the theme and its ancestors, as they are written."""
    return [source.text for source in _sources(look)]


def _sources(look: Look) -> list[Source]:
    chain = look(make("theme-chain")) or ()
    prefixes = [f"{theme}/templates/" for theme in chain]
    names = {
        path.removeprefix(prefix)
        for path in look(make("listing", "theme"))
        for prefix in prefixes
        if path.startswith(prefix) and not path.endswith("/")
    }
    return [one for one in look.many([make("source", name) for name in sorted(names)]) if one]


def _uncompiled(sources: Iterable[Source]) -> Iterator[Problem]:
    compiler = environment({})
    for source in sources:
        try:
            compiler.compile(source.text, source.name, source.path)
        except TemplateSyntaxError as error:
            text = error.message or "can't be compiled"
            yield problem("TEMPLATE", text, path=source.path, line=error.lineno)


def _views(sources: dict[str, Source]) -> dict[str, type]:
    """Return the view of each template that is rendered by itself."""
    used = {name for source in sources.values() for name in source.includes}
    others = {
        name: views.ShortcodeView if name.startswith(SHORTCODES) else views.DocumentView
        for name in sources
        if name.startswith(SHORTCODES) or (name not in used and "/" not in name)
    }
    return others | VIEW_OF


class _Walk:
    """One walk through the templates; what is wrong is collected in *found*."""

    def __init__(self, sources: dict[str, Source]) -> None:
        self.found: set[Problem] = set()
        self._environment = environment({})
        self._sources = sources
        self._trees: dict[str, nodes.Template] = {}
        self._globals = set(self._environment.globals) | INSIDE
        self._open: list[str] = []
        self._unknown: dict[tuple[str, int, str], dict[str, str]] = {}
        self._lines = {one.path: one.text.splitlines() for one in sources.values()}
        self._view = ""
        self._followed: set[tuple[int, str, str]] = set()

    def follow(self, name: str, scope: Scope, view: str) -> None:
        """Follow the template *name*, which is rendered with *scope*."""
        self._view = view
        self._template(name, dict(scope), frozenset())

    def unknown(self) -> Iterator[Problem]:
        """Yield the names that don't exist, each place once, with the views that lack it."""
        for (path, line, name), views_without in self._unknown.items():
            without = sorted(filter(None, views_without)) or ["a macro that another file imports"]
            more = f" and {len(without) - 1} others" if len(without) > 1 else ""
            text, hint = f'"{name}" is not in {without[0]}{more}', max(views_without.values())
            yield self._problem(text, path, line, name, hint)

    def _problem(self, message: str, path: str, line: int, name: str, hint: str) -> Problem:
        """Return a problem with the *name* in a line; the parser doesn't tell the column."""
        here = self._lines[path][line - 1 : line]
        match = re.search(rf"(?<![\w\"']){re.escape(name)}\b", here[0]) if here else None
        match = match or (re.search(rf"\b{re.escape(name)}\b", here[0]) if here else None)
        column = match.start() + 1 if match else 0
        return problem("TEMPLATE", message, path=path, line=line, column=column, hint=hint)

    def _template(self, name: str, scope: Scope, overridden: frozenset[str]) -> None:
        if name not in self._sources or name in self._open:
            return
        tree = self._trees.get(name)
        if tree is None:
            tree = self._trees[name] = self._environment.parse(self._sources[name].text)
        self._open.append(name)
        for node in tree.body:
            if isinstance(node, nodes.Macro):
                scope[node.name] = _Macro(node, name, scope, self._view)
        parents = list(tree.find_all(nodes.Extends))
        blocks = {block.name for block in tree.find_all(nodes.Block) if not _calls_super(block)}
        self._body(tree.body, scope, overridden)
        for parent in parents:
            if isinstance(parent.template, nodes.Const):
                self._template(parent.template.value, scope, overridden | blocks)
        self._open.pop()

    # Statements

    def _body(self, body: Iterable[nodes.Node], scope: Scope, overridden: frozenset[str]) -> None:
        for node in body:
            self._statement(node, scope, overridden)

    def _statement(self, node: nodes.Node, scope: Scope, overridden: frozenset[str]) -> None:
        match node:
            case nodes.Extends():
                return  # followed at the end, with all that is set here
            case nodes.Block():
                if node.name not in overridden:
                    self._body(node.body, scope, overridden)
            case nodes.For():
                inner = scope | {"loop": Any}
                _assign(node.target, item(self._type(node.iter, scope)), inner)
                self._all([node.test] if node.test else [], inner)
                self._body(node.body, inner, overridden)
                self._body(node.else_, dict(scope), overridden)
            case nodes.If():
                self._type(node.test, scope)
                self._body(node.body, scope | _asked(node.test), overridden)
                self._body([*node.elif_, *node.else_], scope, overridden)
            case nodes.Assign():
                _assign(node.target, self._type(node.node, scope), scope)
            case nodes.AssignBlock():
                self._body(node.body, dict(scope), overridden)
                _assign(node.target, Any, scope)
            case nodes.With():
                inner = dict(scope)
                for target, value in zip(node.targets, node.values, strict=True):
                    _assign(target, self._type(value, scope), inner)
                self._body(node.body, inner, overridden)
            case _:
                self._part(node, scope, overridden)

    def _part(self, node: nodes.Node, scope: Scope, overridden: frozenset[str]) -> None:
        """Follow a statement that brings in other templates, or makes a macro of its own."""
        match node:
            case nodes.Include():
                for name in _names(node.template):
                    self._template(name, dict(scope), frozenset())
            case nodes.Import() | nodes.FromImport():
                self._import(node, scope)
            case nodes.Macro() | nodes.CallBlock():
                if isinstance(node, nodes.Macro):
                    scope[node.name] = _Macro(node, self._open[-1], scope, self._view)
                else:
                    self._type(node.call, scope)
                self._all(node.defaults, scope)
                inner = scope | {arg.name: Any for arg in node.args}
                self._body(node.body, inner, overridden)
            case nodes.Expr():
                self._type(node, scope)
            case _:
                for child in node.iter_child_nodes():
                    self._statement(child, scope, overridden)

    def _import(self, node: nodes.Import | nodes.FromImport, scope: Scope) -> None:
        """Follow what is imported, and name what is taken of it."""
        inner = dict(scope) if node.with_context else {}
        view, self._view = self._view, self._view if node.with_context else ""
        names = _names(node.template)
        for name in names:
            self._template(name, inner, frozenset())
        self._view = view
        is_known = len(names) == 1 and names[0] in self._sources and names[0] not in self._open
        if isinstance(node, nodes.Import):
            scope[node.target] = _Module(names[0], inner) if is_known else Any
            return
        for one in node.names:
            name, own = (one, one) if isinstance(one, str) else one
            scope[own] = self._defined(node, _Module(names[0], inner), name) if is_known else Any

    def _defined(self, node: nodes.Node, module: _Module, name: str) -> Known:
        if name not in module.scope:
            self._complain(node, name, module.template, module.scope)
            return Any
        return module.scope[name]

    def _call(self, node: nodes.Call, scope: Scope) -> None:
        """Follow a macro with what it is called with; the same types only once."""
        called = self._type(node.node, scope)
        given = [self._type(one, scope) for one in node.args]
        named = {pair.key: self._type(pair.value, scope) for pair in node.kwargs}
        self._all(filter(None, (node.dyn_args, node.dyn_kwargs)), scope)
        if not isinstance(called, _Macro) or node.dyn_args or node.dyn_kwargs:
            return
        names = [one.name for one in called.node.args]
        bound = dict.fromkeys(names, Any) | dict(zip(names, given, strict=False)) | named
        key = id(called.node), called.view, repr(sorted(bound.items(), key=lambda pair: pair[0]))
        if key in self._followed:
            return
        self._followed.add(key)
        self._open.append(called.template)
        view, self._view = self._view, called.view
        self._body(called.node.body, {**called.scope, **bound}, frozenset())
        self._view = view
        self._open.pop()

    # Expressions

    def _all(self, expressions: Iterable[nodes.Node], scope: Scope) -> None:
        for one in expressions:
            self._type(one, scope)

    def _type(self, node: nodes.Node, scope: Scope) -> Known:
        """Return the type of an expression, and note every name in it that doesn't exist."""
        match node:
            case nodes.Name():
                return self._name(node, scope)
            case nodes.Getattr():
                return self._attribute(node, self._type(node.node, scope), node.attr)
            case nodes.Getitem():
                return self._item(node, scope)
            case nodes.Filter(node=inner) if inner is not None:
                self._all([*node.args, *(pair.value for pair in node.kwargs)], scope)
                return self._filtered(node.name, inner, scope)
            case nodes.Test(name="defined" | "undefined"):
                return bool  # to ask is not to use
            case nodes.Call():
                self._call(node, scope)
            case _:
                self._all(node.iter_child_nodes(), scope)
        return Any

    def _item(self, node: nodes.Getitem, scope: Scope) -> Known:
        match node.arg:
            case nodes.Const(value=str(name)):
                return self._attribute(node, self._type(node.node, scope), name)
            case nodes.Slice():
                return self._type(node.node, scope)
            case _:
                self._type(node.arg, scope)
                return item(self._type(node.node, scope))

    def _filtered(self, name: str, inner: nodes.Node, scope: Scope) -> Known:
        if name in FORGIVING:
            return Any
        kind = self._type(inner, scope)
        if name in SAME:
            return kind
        return item(kind) if name in ONE else Any

    def _name(self, node: nodes.Name, scope: Scope) -> Known:
        if node.name in scope:
            return scope[node.name]
        if node.name not in self._globals:
            place = self._sources[self._open[-1]].path, node.lineno, node.name
            self._unknown.setdefault(place, {})[self._view] = did_you_mean(node.name, scope)
        return Any

    def _attribute(self, node: nodes.Node, kind: Known, name: str) -> Known:
        if isinstance(kind, _Module):
            return self._defined(node, kind, name)
        try:
            return attribute(kind, name)
        except Missing as missing:
            self._complain(node, name, missing.owner, missing.known)
            return Any

    def _complain(self, node: nodes.Node, name: str, owner: str, known: Iterable[str]) -> None:
        """Say that *owner* has no *name*, and what it has."""
        listed = sorted(known)
        hint = did_you_mean(name, listed) or (f"known are {', '.join(listed)}" if listed else "")
        path = self._sources[self._open[-1]].path
        self.found.add(self._problem(f'"{name}" is not in {owner}', path, node.lineno, name, hint))


def _assign(target: nodes.Node, kind: Known, scope: Scope) -> None:
    if isinstance(target, nodes.Name):
        scope[target.name] = kind
    for child in target.find_all(nodes.Name):
        scope[child.name] = Any


def _asked(test: nodes.Node) -> Scope:
    """Return the names of which *test* asks whether they are defined."""
    tests = [test, *test.find_all(nodes.Test)]
    return {
        one.node.name: Any
        for one in tests
        if isinstance(one, nodes.Test)
        and one.name == "defined"
        and isinstance(one.node, nodes.Name)
    }


def _names(template: nodes.Expr) -> list[str]:
    """Return the templates that an include or an import may mean, if they are written out."""
    if isinstance(template, nodes.Const):
        return [template.value] if isinstance(template.value, str) else list(template.value)
    return [one.value for one in template.find_all(nodes.Const) if isinstance(one.value, str)]


def _calls_super(block: nodes.Block) -> bool:
    return any(
        isinstance(c.node, nodes.Name) and c.node.name == "super"
        for c in block.find_all(nodes.Call)
    )
