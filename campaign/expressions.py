"""Thresholds with conditions, such as `days_of_stock < 7 and doses_on_hand > 0`, over facts that a rule has by name.

The language: numbers, names, `+ - * /`, `< <= > >= == !=`, `and or not`, parentheses. Nothing is ever executed:
Python's own parser reads the text, and only what is listed here is taken. It is typed, a divisor is a written number
above zero, and what could grow past every number is refused: what was accepted can be judged with any facts.
"""

from __future__ import annotations

import ast
import difflib
import operator
import re
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

LONGEST = 200
LARGEST = 1e12
"""Of a number that is written, and of a fact."""
BOUND = 1e100
"""What a calculation may come to at most, far below where numbers end."""
TOKEN = re.compile(r"\s+|\d+(?:\.\d+)?(?![\w.])|[A-Za-z_]\w*|<=|>=|==|!=|[<>+\-*/()]", re.ASCII)
COMPARISONS: Mapping[type[ast.cmpop], Callable[[float, float], bool]] = {
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
}


ARITHMETIC: Mapping[type[ast.operator], Callable[[float, float], float]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
}


class BadExpression(Exception):
    """`why`: one word for what is wrong. place: which character, from 1. part: what stands there. near: what to write
    instead, or what may be written. The message is one line for a terminal."""

    def __init__(self, message: str, why: str, *, place: int = 1, part: str = "", near: str = "") -> None:
        super().__init__(message)
        self.why = why
        self.place = place
        self.part = part
        self.near = near


@dataclass(frozen=True, slots=True)
class Expression:
    """One that was checked. `text` as it was written; `names`: facts that it asks for."""

    text: str
    names: frozenset[str]
    tree: ast.expr

    def holds(self, facts: Mapping[str, float]) -> bool:
        """Facts are at least those that it was checked against. Raises KeyError for one that is missing."""
        return _truth(self.tree, facts)


def read_expression(text: str, facts: Collection[str]) -> Expression:
    """Raises BadExpression, which says where and what to do."""
    line = text.strip()
    if not line:
        raise BadExpression("is empty: write a condition", "expression_empty")
    if len(line) > LONGEST:
        raise BadExpression(
            f"has {len(line)} characters: at most {LONGEST}", "expression_long", part=str(len(line)), near=str(LONGEST)
        )
    _check_tokens(line)
    try:
        tree = ast.parse(line, mode="eval").body
    except (SyntaxError, ValueError, RecursionError, MemoryError) as error:
        # At the end of the text Python names no place.
        place = getattr(error, "offset", None) or len(line) + 1
        raise BadExpression(
            f"cannot be read from character {place} on: complete it, such as a < 7 and b > 0",
            "expression_unreadable",
            place=min(place, len(line) + 1),
        ) from error
    reader = _Reader(line, facts)
    reader.check_truth(tree)
    if not reader.names:
        raise BadExpression(
            f"names no fact, so it is always the same: use one of {_listed(facts)}",
            "expression_no_fact",
            near=_listed(facts),
        )
    return Expression(line, frozenset(reader.names), tree)


def _check_tokens(line: str) -> None:
    at = 0
    while at < len(line):
        found = TOKEN.match(line, at)
        if found is None:
            part = re.match(r"[\w.]+|.", line[at:])
            shown = part.group() if part else line[at]
            raise BadExpression(
                f"'{shown}' at character {at + 1} cannot be used: numbers are written as 0.1, joined by + - * / < <= > "
                ">= == != and or not ( )",
                "expression_character",
                place=at + 1,
                part=shown,
            )
        at = found.end()


class _Reader:
    """Of one text: whether each part is of the right type, and which facts it asks for."""

    def __init__(self, line: str, facts: Collection[str]) -> None:
        self._line, self._facts = line, facts
        self.names: set[str] = set()

    def check_truth(self, node: ast.expr) -> None:
        match node:
            case ast.BoolOp(values=values):
                for value in values:
                    self.check_truth(value)
            case ast.UnaryOp(op=ast.Not(), operand=operand):
                self.check_truth(operand)
            case ast.Compare(left=left, ops=signs, comparators=others) if all(
                type(sign) in COMPARISONS for sign in signs
            ):
                for value in (left, *others):
                    self.largest(value)
            case ast.Constant() | ast.Name() | ast.BinOp() | ast.UnaryOp(op=ast.USub()):
                self.largest(node)
                raise self._bad(
                    "{part} is a number, and a condition is needed: compare it, such as {part} > 0",
                    "expression_number",
                    node,
                )
            case _:
                raise self._strange(node)

    def largest(self, node: ast.expr) -> float:
        """The largest amount that a number can come to."""
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool):
                return self._bounded(node, abs(value), LARGEST)
            case ast.Name(id=name):
                self._check_name(node, name)
                return LARGEST
            case ast.UnaryOp(op=ast.USub(), operand=operand):
                return self.largest(operand)
            case ast.BinOp(left=left, op=ast.Add() | ast.Sub(), right=right):
                return self._bounded(node, self.largest(left) + self.largest(right), BOUND)
            case ast.BinOp(left=left, op=ast.Mult(), right=right):
                return self._bounded(node, self.largest(left) * self.largest(right), BOUND)
            case ast.BinOp(left=left, op=ast.Div(), right=right):
                return self._bounded(node, self.largest(left) / self._divisor(right), BOUND)
            case ast.BoolOp() | ast.Compare() | ast.UnaryOp(op=ast.Not()):
                self.check_truth(node)
                raise self._bad("{part} is a condition, and a number is needed there", "expression_condition", node)
            case _:
                raise self._strange(node)

    def _divisor(self, node: ast.expr) -> float:
        """A fact may be zero on any day; a written number is known now."""
        match node:
            case ast.Constant(value=int() | float() as value) if not isinstance(value, bool) and value > 0:
                self.largest(node)
                return abs(value)
            case _:
                self.largest(node)
                raise self._bad(
                    "{part} may be zero, and nothing can be divided by it: divide by a number above zero only, or "
                    "multiply the other side: not a / b >= 0.1 but a >= 0.1 * b",
                    "expression_division",
                    node,
                )

    def _check_name(self, node: ast.expr, name: str) -> None:
        if name not in self._facts:
            close = difflib.get_close_matches(name, sorted(self._facts), n=1, cutoff=0.5)
            near = close[0] if close else _listed(self._facts)
            told = f"did you mean {near}?" if close else f"known here: {near}"
            raise self._bad(f"{{part}} is no fact of this rule; {told}", "expression_unknown", node, near=near)
        self.names.add(name)

    def _bounded(self, node: ast.expr, amount: float, most: float) -> float:
        if amount > most:
            raise self._bad("{part} is too large to be reckoned with: write a smaller number", "expression_large", node)
        return amount

    def _strange(self, node: ast.expr) -> BadExpression:
        return self._bad(
            "{part} is no part of this language: use + - * / < <= > >= == != and or not ( )", "expression_strange", node
        )

    def _bad(self, message: str, why: str, node: ast.expr, *, near: str = "") -> BadExpression:
        part = (ast.get_source_segment(self._line, node) or self._line)[:40]
        told = f"'{part}' at character {node.col_offset + 1}"
        return BadExpression(
            message.replace("{part}", told, 1).replace("{part}", part),
            why,
            place=node.col_offset + 1,
            part=part,
            near=near,
        )


def _listed(facts: Collection[str]) -> str:
    return ", ".join(sorted(facts))


def _truth(node: ast.expr, facts: Mapping[str, float]) -> bool:
    match node:
        case ast.BoolOp(op=ast.And(), values=values):
            return all(_truth(value, facts) for value in values)
        case ast.BoolOp(values=values):
            return any(_truth(value, facts) for value in values)
        case ast.UnaryOp(operand=operand):
            return not _truth(operand, facts)
        case ast.Compare(left=left, ops=signs, comparators=others):
            values = [_number(value, facts) for value in (left, *others)]
            return all(
                COMPARISONS[type(sign)](before, after)
                for sign, before, after in zip(signs, values, values[1:], strict=False)
            )
        case _:
            raise TypeError(f"{type(node).__name__} is never accepted as a condition")


def _number(node: ast.expr, facts: Mapping[str, float]) -> float:
    match node:
        case ast.Constant(value=int() | float() as value):
            return float(value)
        case ast.Name(id=name):
            return max(-LARGEST, min(LARGEST, float(facts[name])))
        case ast.UnaryOp(operand=operand):
            return -_number(operand, facts)
        case ast.BinOp(left=left, op=sign, right=right):
            return ARITHMETIC[type(sign)](_number(left, facts), _number(right, facts))
        case _:
            raise TypeError(f"{type(node).__name__} is never accepted as a number")
