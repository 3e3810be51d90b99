"""The parameters of a REST request, checked as WordPress checks them (``rest_validate_value_from_schema``).

The rules are not written here: each route's are in the API's index, which was recorded. Parameters that a
route does not know are ignored, as WordPress does.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

from wpexport.demo.web import Query, words

Json = dict[str, Any]
DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}(?::?\d{2})?)?")
EMAIL: Final = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")


class Refusal(Exception):
    """WordPress answers with an error (``WP_Error``)."""

    def __init__(self, status: int, code: str, message: str, **data: Any) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message
        self.data = data
        #: for HTTP headers: False where the permission check itself said no
        self.permitted = True
        self.allow = "GET"

    @classmethod
    def recorded(cls, error: Json) -> Refusal:
        """An error as it was recorded."""
        return cls(error["data"]["status"], error["code"], error["message"])

    @property
    def body(self) -> Json:
        """The error as JSON."""
        return {"code": self.code, "message": self.message, "data": {"status": self.status, **self.data}}


class _InvalidError(Exception):
    def __init__(self, code: str, message: str, data: Any = None) -> None:
        super().__init__(message)
        self.code = code
        self.data = data


def checked(query: Query, arguments: Json, check_status: Callable[[list[str]], None] | None = None) -> Json:
    """All parameters of a request with their defaults, in their types. ``check_status`` may refuse one."""
    out: Json = {}
    wrong: dict[str, _InvalidError] = {}
    for name, rule in arguments.items():
        if name not in query:
            if "default" in rule:
                out[name] = rule["default"]
            continue
        try:
            out[name] = _value(query[name], name, rule)
            if name == "status" and check_status is not None:
                check_status(out[name])
        except _InvalidError as problem:
            wrong[name] = problem
        except Refusal as problem:
            wrong[name] = _InvalidError(problem.code, problem.message, problem.body["data"])
    if wrong:
        details = {
            name: {"code": problem.code, "message": str(problem), "data": problem.data}
            for name, problem in wrong.items()
        }
        raise Refusal(
            400,
            "rest_invalid_param",
            "Invalid parameter(s): " + ", ".join(wrong),
            params={name: str(problem) for name, problem in wrong.items()},
            details=details,
        )
    return out


def _value(value: str | list[str], name: str, rule: Json) -> Any:
    kind = rule.get("type")
    kinds = kind if isinstance(kind, list) else [kind]
    if "array" in kinds:
        return [_scalar(word, f"{name}[{n}]", rule.get("items", {})) for n, word in enumerate(words(value))]
    if isinstance(value, list):
        if kind in ("string", "integer", "boolean"):
            raise _InvalidError("rest_invalid_type", f"{name} is not of type {kind}.", {"param": name})
        return value
    return _scalar(value, name, rule)


def _scalar(value: str, name: str, rule: Json) -> Any:
    kind = rule.get("type")
    out: Any = value
    if kind == "integer":
        if not re.fullmatch(r"\s*[+-]?\d+(\.0*)?", value):
            raise _InvalidError("rest_invalid_type", f"{name} is not of type integer.", {"param": name})
        out = int(float(value))
        _bounds(out, name, rule)
    elif kind == "boolean":
        if value.lower() not in ("true", "false", "1", "0", ""):
            raise _InvalidError("rest_invalid_type", f"{name} is not of type boolean.", {"param": name})
        out = value.lower() in ("true", "1")
    if "enum" in rule and out not in rule["enum"]:
        choices = [str(choice) for choice in rule["enum"]]
        if len(choices) == 1:
            raise _InvalidError("rest_not_in_enum", f"{name} is not {choices[0]}.")
        raise _InvalidError("rest_not_in_enum", f"{name} is not one of {_listed(choices)}.")
    if rule.get("format") == "date-time" and not DATE.fullmatch(value):
        raise _InvalidError("rest_invalid_date", "Invalid date.")
    if rule.get("format") == "email" and not EMAIL.fullmatch(value):
        raise _InvalidError("rest_invalid_email", "Invalid email address.")
    return out


def _bounds(value: int, name: str, rule: Json) -> None:
    low, high = rule.get("minimum"), rule.get("maximum")
    if low is not None and high is not None:
        if not low <= value <= high:
            raise _InvalidError(
                "rest_out_of_bounds", f"{name} must be between {low} (inclusive) and {high} (inclusive)"
            )
    elif low is not None and value < low:
        raise _InvalidError("rest_out_of_bounds", f"{name} must be greater than or equal to {low}")
    elif high is not None and value > high:
        raise _InvalidError("rest_out_of_bounds", f"{name} must be less than or equal to {high}")


def _listed(choices: list[str]) -> str:
    return (
        f"{choices[0]} and {choices[1]}"
        if len(choices) == 2
        else ", ".join(choices[:-1]) + ", and " + choices[-1]
    )


def fields_of(query: Query) -> list[str]:
    """The names in ``_fields``."""
    return [name.strip() for name in words(query.get("_fields")) if name.strip()]


def pick(value: Json, fields: list[str], *, single: bool = False) -> Json:
    """Only what ``_fields`` names; ``a.b`` names a part of a part (``rest_filter_response_fields``).

    To a single object the links are added after the parts were chosen, so that they come all or not at all.
    """
    if single:
        fields = ["_links" if name.startswith("_links.") else name for name in fields]
    out: Json = {}
    for name in fields:
        source: Any = value
        target = out
        *way, last = name.split(".")
        for step in way:
            if not isinstance(source, dict) or step not in source or not isinstance(target, dict):
                break
            source = source[step]
            target = target.setdefault(step, {})
        else:
            if isinstance(source, dict) and last in source and isinstance(target, dict):
                target[last] = source[last]
    return out


def in_context(value: Json, contexts: Json, context: str) -> Json:
    """Only what is shown in a context (``rest_filter_response_by_context``)."""
    out: Json = {}
    for name, part in value.items():
        rule = contexts.get(name)
        if isinstance(rule, list):
            if rule and context not in rule:
                continue
        elif isinstance(rule, dict):
            if rule[""] and context not in rule[""]:
                continue
            if isinstance(part, dict):
                inner = in_context(part, rule, context)
                out[name] = inner if inner or not part else []  # PHP has one empty array
                continue
        out[name] = part
    return out
