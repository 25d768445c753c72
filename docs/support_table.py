"""The page on what the exporter knows: every primitive that has a rule, and what the rule refuses.

The limits are read from the code: the reasons of all refusals that a rule's function can reach.
"""

import ast
import inspect
import textwrap
from collections.abc import Callable, Iterator
from functools import cache
from types import FunctionType
from typing import Any

from builder.tfjs import lower, parts
from builder.tfjs.lower.registry import RULES, Equation
from builder.tfjs.parts.registry import RULES as PARTS_RULES
from builder.tfjs.parts.registry import Operation

_INTRO = """\
# Primitives

What `jax.numpy`, `jax.nn`, `jax.scipy`, Flax and others compute with ends up in the primitives of
`jax.lax`. These have a rule. A limit is the reason that a refusal gives, with "..." for what
depends on the call; the refusal also names your line and a way out. "Complex" says whether the
operands may be complex numbers or random keys. Besides, few ops take more than six axes.

[Conformance](../conformance.md) shows what becomes of the cases of JAX's own tests."""

_PACKAGES = (lower.__name__, parts.__name__)


def describe_support() -> Iterator[str]:
    """The blocks of the page."""
    yield _INTRO
    lines = ["| primitive | complex | limits |", "| --- | --- | --- |"]
    for name in sorted({*RULES, *PARTS_RULES}):
        rules = [rules[name] for rules in (RULES, PARTS_RULES) if name in rules]
        limits = dict.fromkeys(reason for rule in rules for reason in _reasons(rule))
        is_complex = "yes" if name in PARTS_RULES else ""
        lines.append(f"| `{name}` | {is_complex} | {' '.join(map(_sentence, limits))} |")
    yield "\n".join(lines)


def _sentence(reason: str) -> str:
    return reason[0].upper() + reason[1:]


def _reasons(rule: Callable[..., Any]) -> list[str]:
    """The reasons of the refusals that a function, or one that it uses, may give."""
    found: list[str] = []
    seen: set[Any] = set()
    waiting = [rule]
    while waiting:
        function = waiting.pop()
        if function in seen:
            continue
        seen.add(function)
        tree = _parse(function)
        found += _own_reasons(tree)
        waiting += _used_by(function, tree)
    return found


@cache
def _parse(function: Callable[..., Any]) -> ast.AST:
    return ast.parse(textwrap.dedent(inspect.getsource(function)))


def _own_reasons(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "refuse"
        ):
            yield _text(node.args[0])


def _text(node: ast.expr) -> str:
    """The text of a string, with "..." for what is computed."""
    if isinstance(node, ast.JoinedStr):
        return "".join(_text(part) for part in node.values)
    return str(node.value) if isinstance(node, ast.Constant) else "..."


def _used_by(function: Callable[..., Any], tree: ast.AST) -> Iterator[Callable[..., Any]]:
    """The functions of the exporter that a function names, and all methods of classes it names."""
    known = {**function.__globals__, **inspect.getclosurevars(function).nonlocals}
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    for value in (known[name] for name in sorted(names & set(known))):
        if not getattr(value, "__module__", "").startswith(_PACKAGES):
            continue
        if isinstance(value, FunctionType):
            yield value
        elif inspect.isclass(value) and value not in (Equation, Operation):
            methods = {n: m for n, m in vars(value).items() if isinstance(m, FunctionType)}
            # Those that dataclass makes have no source.
            yield from (
                m for n, m in methods.items() if not n.startswith("__") or n == "__post_init__"
            )
