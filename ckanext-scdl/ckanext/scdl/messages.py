"""From an error to what a clerk reads: what is wrong, and what to write instead.

Pure: imports neither ``ckan`` nor an HTTP client. The texts are in ``sentences``, the
corrections in ``advice``; nothing is translated before it is shown.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ckanext.scdl import advice, sentences
from ckanext.scdl.causes import Cause, Problem
from ckanext.scdl.errors import untranslated
from ckanext.scdl.schema import Field

Translate = Callable[[str], str]
SHOWN = 200
"""Characters of a value that a sentence repeats."""
CHOICES = 8
"""Values of a list that a sentence names."""


def title(cause: Cause, translate: Translate = untranslated) -> str:
    """The heading of a group of errors."""
    message = cause.details.get("message")
    if isinstance(message, str):
        return _filled(translate(message), cause.details.get("params", {}))
    return _filled(translate(_text(sentences.TITLES, cause)), _params(cause, translate))


def message(problem: Problem, translate: Translate = untranslated) -> str:
    """One error in one or two sentences."""
    cause = problem.cause
    if "message" in cause.details:
        return title(cause, translate)
    params = {
        **_params(cause, translate),
        **problem.details,
        "value": _shown(problem.value or ""),
        "length": len(problem.value or ""),
    }
    said = _filled(translate(_text(sentences.SENTENCES, cause)), params)
    return f"{said} {_advice(problem, params, translate)}".rstrip()


def _advice(problem: Problem, params: Mapping[str, Any], translate: Translate) -> str:
    cause = problem.cause
    suggestion = advice.correction(cause, problem.value or "")
    if suggestion is not None:
        sure = cause.rule != "enum" or advice.is_certain(suggestion, problem.value or "")
        text = sentences.SUGGESTION if sure else sentences.DID_YOU_MEAN
        return _filled(translate(text), {"suggestion": suggestion})
    one = cause.details.get("field")
    if isinstance(one, Field) and one.example and cause.rule == "pattern":
        return _filled(translate(sentences.EXAMPLE), {"example": _shown(one.example)})
    if cause.rule == "year-interval-value" and cause.details.get("year_alone"):
        return translate(sentences.ADVICE["year-interval-value/alone"])
    text = _text(sentences.ADVICE, cause, default="")
    return _filled(translate(text), params) if text else ""


def _text(texts: Mapping[str, str], cause: Cause, default: str | None = None) -> str:
    for key in _keys(cause):
        if key in texts:
            return texts[key]
    return texts[""] if default is None else default


def _keys(cause: Cause) -> Iterator[str]:
    """From the most precise to the most general."""
    one = cause.details.get("field")
    if isinstance(one, Field):
        yield f"{cause.kind}/{cause.rule}/{one.type}/{one.format}"
        yield f"{cause.kind}/{cause.rule}/{one.type}"
    if cause.rule:
        yield f"{cause.kind}/{cause.rule}"
        yield cause.rule
    yield cause.kind


def _params(cause: Cause, translate: Translate) -> dict[str, Any]:
    params: dict[str, Any] = {
        "columns": ", ".join(cause.columns),
        **{name: value for name, value in cause.details.items() if isinstance(value, str)},
        "column": cause.columns[0] if cause.columns else "",
        "kind": cause.kind,
        "rule": cause.rule,
    }
    one = cause.details.get("field")
    if isinstance(one, Field):
        constraint = cause.details.get("constraint")
        params |= {
            "type": one.type,
            "constraint": _shown(str(constraint)),
            "choices": _choices(constraint),
            "shape": _shape(one.format, translate),
            "mark": one.options.get("decimalChar", "."),
            "delimiter": one.options.get("delimiter", ","),
            "true": advice.word(one, yes=True),
            "false": advice.word(one, yes=False),
        }
    return params


def _choices(constraint: object) -> str:
    if not isinstance(constraint, list):
        return ""
    texts = [_shown(str(one)) for one in constraint]
    return ", ".join(texts[:CHOICES]) + ("…" if len(texts) > CHOICES else "")


def _shape(form: str, translate: Translate) -> str:
    """`%d/%m/%Y` as DD/MM/YYYY."""
    shape = "%Y-%m-%d" if form in ("default", "any") else form
    for part, word in sentences.SHAPE.items():
        shape = shape.replace(part, translate(word))
    return shape


def _filled(text: str, params: Mapping[str, Any]) -> str:
    return text.format_map(_Known(params))


class _Known(dict[str, Any]):
    """Parameters where one that lacks is shown as nothing rather than break a report."""

    def __missing__(self, key: str) -> str:
        return ""


def _shown(value: str) -> str:
    text = " ".join(value.split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
