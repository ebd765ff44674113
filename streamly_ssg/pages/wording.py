"""
Wording: the words of templates, found and put into the reader's language while compiling.

    {{ _("Sign in") }}                     a text
    {{ _("Page %(n)s", n=number) }}        one with something in it
    {{ likes|plural("like") }}             a number of things, in as many forms as the language has
    {% trans home=site.home %}See <a href="{{ home }}">the front page</a>.{% endtrans %}

All of them are written in English, and what is written is the name of the message. A compiled
template holds the translation itself, so a page in any language is rendered as fast as plain text.
"""

from collections.abc import Iterator
from typing import NamedTuple

from jinja2 import TemplateSyntaxError, nodes
from jinja2.visitor import NodeTransformer

from streamly_ssg.errors import ContentError, problem

from .escaping import PlainEnvironment
from .tongue import CONTEXT, COUNT, ENGLISH, PLACEHOLDER, Tongue

TEXT = "_"
# What the arguments are: a context, the message, its plural, the number.
CALLS = {
    TEXT: ("message",),
    "gettext": ("message",),
    "pgettext": ("context", "message"),
    "ngettext": ("message", "many", "number"),
    "npgettext": ("context", "message", "many", "number"),
}


class Message(NamedTuple):
    """A text that can be translated, as gettext knows it, and where it stands."""

    text: str
    many: str
    context: str
    line: int

    @property
    def key(self) -> str:
        """What catalogues know it by."""
        return self.context + CONTEXT + self.text if self.context else self.text


class WordingEnvironment(PlainEnvironment):
    """An environment whose templates speak *tongue*."""

    tongue = ENGLISH
    translates = True

    def speak(self, tongue: Tongue) -> None:
        """Compile templates in this language from now on."""
        self.tongue = tongue
        self.add_extension("jinja2.ext.i18n")
        # Then trans gives calls with names, and leaves the rest to us.
        self.newstyle_gettext = True

    def _parse(self, source: str, name: str | None, filename: str | None) -> nodes.Template:
        tree = super()._parse(source, name, filename)
        if not self.translates:
            return tree
        return _Translation(self.tongue, name, filename).visit(tree)  # type: ignore[no-any-return]


def said(text: str, path: str) -> list[Message]:
    """Return what the template *text*, the file *path*, says."""
    try:
        return list(_messages(_READER.parse(text)))
    except TemplateSyntaxError as error:
        told = error.message or "can't be read"
        raise ContentError(problem("TEMPLATE", told, path=path, line=error.lineno)) from error


def _messages(tree: nodes.Template) -> Iterator[Message]:
    found = [*map(_said, tree.find_all(nodes.Call)), *map(_counted, tree.find_all(nodes.Filter))]
    yield from sorted((one for one in found if one), key=lambda one: one.line)


def _said(call: nodes.Call) -> Message | None:
    """Return what a call says; None if it is another call, or not written out."""
    if not isinstance(call.node, nodes.Name) or call.node.name not in CALLS:
        return None
    names = CALLS[call.node.name]
    given = dict(zip(names, call.args, strict=False))
    texts = {name: one.value for name, one in given.items() if isinstance(one, nodes.Const)}
    if len(call.args) != len(names) or not isinstance(texts.get("message"), str):
        return None
    return Message(texts["message"], texts.get("many", ""), texts.get("context", ""), call.lineno)


def _counted(node: nodes.Filter) -> Message | None:
    given = [node.node, *node.args] if node.name == "forms" else node.args
    words = [one.value for one in given if isinstance(one, nodes.Const)]
    if node.name not in {"plural", "forms"} or not words or len(words) != len(given):
        return None
    one, many = words[0], words[1] if len(words) > 1 else f"{words[0]}s"
    return Message(COUNT + one, COUNT + many, "", node.lineno)


class _Translation(NodeTransformer):
    """Puts translations where templates have messages."""

    def __init__(self, tongue: Tongue, name: str | None, filename: str | None) -> None:
        self._tongue = tongue
        self._place = name, filename

    def visit_Output(self, node: nodes.Output) -> nodes.Node:  # noqa: N802 - as Jinja calls it
        only = node.nodes[0] if len(node.nodes) == 1 else None
        if isinstance(only, nodes.Call):
            message = self._message(only)
            if message and isinstance(only.node, nodes.Name) and only.node.name != TEXT:
                return self._block(message, only)
        children: list[nodes.Expr] = []
        for child in node.nodes:
            message = self._message(child) if isinstance(child, nodes.Call) else None
            if message and isinstance(child, nodes.Call):
                children += self._pieces(self._forms(message)[0], child, nodes.Const)
            else:
                children.append(self.visit(child))
        node.nodes = children
        return node

    def visit_Call(self, node: nodes.Call) -> nodes.Node:  # noqa: N802 - as Jinja calls it
        message = self._message(node)
        if message is None:
            return self.generic_visit(node)
        pieces = self._pieces(self._forms(message)[0], node, nodes.Const)
        return pieces[0] if len(pieces) == 1 else nodes.Concat(pieces, lineno=node.lineno)

    def _message(self, call: nodes.Call) -> Message | None:
        message = _said(call)
        if message is None and isinstance(call.node, nodes.Name) and call.node.name in CALLS:
            text = f"{call.node.name}() takes a text that is written out"
            raise TemplateSyntaxError(text, call.lineno, *self._place)
        return message

    def _forms(self, message: Message) -> tuple[str, ...]:
        found = self._tongue.messages.get(message.key)
        return found or ((message.text, message.many) if message.many else (message.text,))

    def _block(self, message: Message, call: nodes.Call) -> nodes.Node:
        """Return what trans puts out: text that may hold elements, in one of its forms."""
        shown = [
            nodes.Output(self._pieces(form, call, nodes.TemplateData), lineno=call.lineno)
            for form in self._forms(message)
        ]
        if len(shown) == 1:
            return shown[0]
        tests = self._tests(message, self.visit(call.args[-1]), len(shown) - 1)
        first, *others = (
            nodes.If(test, [one], [], [], lineno=call.lineno)
            for test, one in zip(tests, shown[:-1], strict=True)
        )
        first.elif_, first.else_ = others, [shown[-1]]
        return first

    def _tests(self, message: Message, number: nodes.Expr, count: int) -> list[nodes.Expr]:
        """Return what is asked of *number* before each form but the last."""
        if message.key not in self._tongue.messages:
            return [nodes.Compare(number, [nodes.Operand("eq", nodes.Const(1))])]
        form = _filtered(number, "form")
        return [nodes.Compare(form, [nodes.Operand("eq", nodes.Const(at))]) for at in range(count)]

    def _pieces(
        self, text: str, call: nodes.Call, kind: type[nodes.Const | nodes.TemplateData]
    ) -> list[nodes.Expr]:
        """Return *text* with the expressions of *call* where its placeholders are."""
        pieces: list[nodes.Expr] = []
        end = 0
        for found in PLACEHOLDER.finditer(text):
            before = text[end : found.start()] + ("" if found[1] else "%")
            pieces += [kind(before)] if before else []
            pieces += [self._value(found[1], call)] if found[1] else []
            end = found.end()
        if text[end:] or not pieces:
            pieces.append(kind(text[end:]))
        for one in pieces:
            one.set_lineno(call.lineno)
        return pieces

    def _value(self, name: str, call: nodes.Call) -> nodes.Expr:
        values = {pair.key: pair.value for pair in call.kwargs}
        if name not in values:
            text = f'"%({name})s" is in the text, but no {name} is given'
            raise TemplateSyntaxError(text, call.lineno, *self._place)
        is_number = len(call.args) > 1 and values[name] is call.args[-1]
        value: nodes.Expr = self.visit(values[name])
        return _filtered(value, "number") if is_number else value


def _filtered(value: nodes.Expr, name: str) -> nodes.Filter:
    return nodes.Filter(value, name, [], [], None, None)


_READER = PlainEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=["jinja2.ext.i18n"])
_READER.newstyle_gettext = True  # type: ignore[attr-defined]
