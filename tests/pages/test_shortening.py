"""Shortened styles and scripts mean what they meant."""

import pytest

from streamly_ssg.pages.shortening import script, style


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("a {\n  color: red;\n}\n", "a{color:red}"),
        ("/* remark */ a , b { margin: 0 auto ; }", "a,b{margin:0 auto}"),
        ("a  b > c{}", "a b > c{}"),
        ("a :hover {} a:hover {}", "a :hover{}a:hover{}"),
        ("a/**/b{} a /* */ b{}", "a/**/b{}a b{}"),
        ("a{}/* */b{}", "a{}b{}"),
        ("/*! licence */\na{}", "/*! licence */ a{}"),
        ('a::after { content: "  /* ; } */ " }', 'a::after{content:"  /* ; } */ "}'),
        ("a { content: 'it\\'s  {' }", "a{content:'it\\'s  {'}"),
        ("a { background: url( x y.png ) }", "a{background:url( x y.png )}"),
        ("a { width: calc( 1px + 2px ) }", "a{width:calc( 1px + 2px )}"),
        ("a { --empty: ; --b: {x: y} }", "a{--empty: ;--b: {x:y}}"),
        (".md\\: x {} .a\\; b {} .a\\, b {}", ".md\\: x{}.a\\; b{}.a\\, b{}"),
        (".\\31  b {} .\\31 b {}", ".\\31  b{}.\\31 b{}"),
        ('@charset "utf-8";\n@media (width > 3em) and (hover) {a{}}', None),
        ("a { & :hover { b: c } }", "a{& :hover{b:c}}"),
        ("a { color : red !important }", "a{color :red !important}"),
    ],
)
def test_a_style_sheet_loses_layout_and_nothing_else(written: str, short: str | None) -> None:
    expected = '@charset "utf-8";@media (width > 3em) and (hover){a{}}' if short is None else short
    assert style(written.encode()).decode() == expected


@pytest.mark.parametrize("strange", ['a { content: "open }', "a { /* open", "a { content: 'x\n' }"])
def test_a_style_sheet_that_isnt_clear_stays(strange: str) -> None:
    assert style(strange.encode()).decode() == strange


@pytest.mark.parametrize(
    ("written", "short"),
    [
        ("const a = 1; // one\nlet b;", "const a=1;let b;"),
        ("a\nb()", "a\nb()"),
        ("a /* x\n */ b", "a\nb"),
        ("return /* x */ a", "return a"),
        ("a + +b - -c + ++d", "a + +b - -c + ++d"),
        ("a-- > b", "a-- >b"),
        ("if (a < !b) {\n  c()\n}\nd()", "if(a < !b){c()}\nd()"),
        ('const a = "  // no";', 'const a="  // no";'),
        ("const a = `  ${ b ? `  ${c}  ` : {d: '}'}.d }  // no`;", None),
        ("a = b / c / d // e", "a=b / c / d"),
        ("a = /  [/] \\/ '/g.test( b )", "a=/  [/] \\/ '/g.test(b)"),
        ("if (a) /  x/.test(b)", "if(a)/  x/.test(b)"),
        ("(a) / b / c  // d", "(a)/ b / c"),
        ("a.return / b /  c", "a.return / b / c"),
        ("a?.if(b) /  2 / c", "a?.if(b)/ 2 / c"),
        ("x = 1. / 2 /  3", "x=1. / 2 / 3"),
        ("return  /  x/", "return /  x/"),
        ("import  {a}  from  './a.js'", "import{a}from './a.js'"),
        ("/*! licence */\na ()", "/*! licence */\na()"),
        ("// nothing\n", ""),
    ],
)
def test_a_script_loses_layout_and_nothing_else(written: str, short: str | None) -> None:
    nested = "const a=`  ${b ? `  ${c}  `:{d:'}'}.d}  // no`;"
    assert script(written.encode()).decode() == (nested if short is None else short)


@pytest.mark.parametrize(
    "strange",
    [
        "function f() {}  /  a/g",
        "a++  /  b",
        "yield  / a/",
        "x = 1  <!-- a comment of other times",
        "x  = 'open",
        "x  = `open ${a",
        "a  ) / b",
        "#!/usr/bin/env  node",
    ],
)
def test_a_script_that_isnt_clear_stays(strange: str) -> None:
    assert script(strange.encode()).decode() == strange
