"""Reads request parameters against the SDK's own typed dictionaries: what they do not know is refused, as at Stripe."""

import typing
from collections.abc import Mapping
from functools import cache
from importlib import import_module
from typing import Any, Literal, get_args, get_origin
from urllib.parse import parse_qsl

from stripe import RequestOptions
from typing_extensions import get_type_hints, is_typeddict

from stripe_sandbox.errors import Refusal

# Options of the SDK's call (key, version…), which travel as headers and are no parameters.
OPTIONS = frozenset(RequestOptions.__annotations__)


@cache
def shape(path: str) -> Any:
    """The typed dictionary `module:Name` of `stripe.params`."""
    module, _, name = path.partition(":")
    return getattr(import_module(f"stripe.params{'.' if module else ''}{module}"), name)


@cache
def _hints(typed_dict: Any) -> dict[str, Any]:
    names = vars(typing) | vars(import_module(typed_dict.__module__)) | {"StripeContext": str}
    hints = get_type_hints(typed_dict, globalns=names)
    return {name: hint for name, hint in hints.items() if name not in OPTIONS}


def _alternatives(hint: Any) -> list[Any]:
    """The members of a union, flattened."""
    if get_origin(hint) in {typing.Union, type(int | str)}:
        return [leaf for part in get_args(hint) for leaf in _alternatives(part)]
    return [hint]


def parse_form(text: str) -> dict[str, Any]:
    """`a[b][0]=c` → `{"a": {"b": {"0": "c"}}}`."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        *parents, leaf = name.replace("]", "").split("[")
        branch = tree
        for parent in parents:
            branch = branch.setdefault(parent, {})
        branch[leaf] = value
    return tree


def read(typed_dict: Any, given: Mapping[str, Any], *, path: str = "") -> dict[str, Any]:
    """The parameters with their types, or a Refusal naming the first wrong one."""
    hints = _hints(typed_dict)
    for name in given:
        if name not in hints:
            raise Refusal(
                f"Received unknown parameter: {_inside(path, name)}",
                code="parameter_unknown",
                param=_inside(path, name),
            )
    for name in typed_dict.__required_keys__:
        if name not in OPTIONS and name not in given:
            raise Refusal(
                f"Missing required param: {_inside(path, name)}.",
                code="parameter_missing",
                param=_inside(path, name),
            )
    return {name: _value(hints[name], value, _inside(path, name)) for name, value in given.items()}


def _inside(path: str, name: str) -> str:
    return f"{path}[{name}]" if path else name


def _value(hint: Any, value: Any, path: str) -> Any:
    kinds = _alternatives(hint)
    if isinstance(value, Mapping):
        return _mapping(kinds, value, path)
    if isinstance(value, list):
        return _list(kinds, value, path)
    return _scalar(kinds, value, path)


def _mapping(kinds: list[Any], value: Mapping[str, Any], path: str) -> Any:
    for kind in kinds:
        if is_typeddict(kind):
            return read(kind, value, path=path)
        if get_origin(kind) is list:  # a form writes lists as numbered keys
            return _list(kinds, [value[key] for key in sorted(value, key=int)], path)
        if get_origin(kind) is dict or kind is dict:
            return {str(key): str(item) for key, item in value.items()}
    raise Refusal(f"Invalid value for {path}: expected no object.", code="parameter_invalid_object", param=path)


def _list(kinds: list[Any], value: list[Any], path: str) -> list[Any]:
    for kind in kinds:
        if get_origin(kind) is list:
            (item,) = get_args(kind)
            return [_value(item, each, f"{path}[{index}]") for index, each in enumerate(value)]
    raise Refusal(f"Invalid array: {path}", code="parameter_invalid_array", param=path)


def _scalar(kinds: list[Any], value: Any, path: str) -> Any:
    if int in kinds and str not in kinds:
        return _integer(value, path)
    if bool in kinds:
        return _boolean(value, path)
    words = {word for kind in kinds if get_origin(kind) is Literal for word in get_args(kind)}
    if words and words != {""} and value not in words:
        raise Refusal(f"Invalid {path}: must be one of {', '.join(sorted(map(str, words)))}", param=path)
    if any(is_typeddict(kind) for kind in kinds):
        raise Refusal(f"Invalid object: {path}", code="parameter_invalid_object", param=path)
    return value


def _integer(value: Any, path: str) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        raise Refusal(f"Invalid integer: {value}", code="parameter_invalid_integer", param=path) from None


def _boolean(value: Any, path: str) -> bool:
    known = {"true": True, "false": False, True: True, False: False}
    if value not in known:
        raise Refusal(f"Invalid boolean: {value}", code="parameter_invalid_boolean", param=path)
    return known[value]
