"""JSON from partners, read strictly: what would be understood in two ways, or break later, is refused at the door."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from typing import IO, Any

from rest_framework import status
from rest_framework.exceptions import APIException, ParseError
from rest_framework.parsers import BaseParser

LARGEST_BODY = 64 * 1024  # bytes; the longest sensible intake has about 6 kB
DEEPEST = 20  # levels; an intake has 4


class BodyTooLarge(APIException):
    status_code = status.HTTP_413_REQUEST_ENTITY_TOO_LARGE
    default_detail = "The body of the request is larger than 64 kB."
    default_code = "too_large"


class StrictJSONParser(BaseParser):
    """Parse UTF-8 JSON of at most 64 kB.

    Raises BodyTooLarge, or ParseError for what is no JSON and for: another charset, a key given twice, NaN or
    infinity in any spelling (1e999), NUL or half a surrogate pair in a text, nesting too deep to read.
    """

    media_type = "application/json"

    def parse(
        self, stream: IO[bytes], media_type: str | None = None, parser_context: Mapping[str, Any] | None = None
    ) -> Any:
        # Read, do not trust Content-Length: at most one byte more than allowed.
        content = stream.read(LARGEST_BODY + 1)
        if len(content) > LARGEST_BODY:
            raise BodyTooLarge
        try:
            document = json.loads(
                content.decode("utf-8"),
                object_pairs_hook=_object,
                parse_float=_finite,
                parse_constant=_finite,
            )
            _check(document, depth=1)
        except UnicodeDecodeError as error:
            raise ParseError("The body is not UTF-8.") from error
        except RecursionError as error:
            raise ParseError(f"The body is nested more than {DEEPEST} levels deep.") from error
        except ValueError as error:
            raise ParseError(f"The body cannot be used as JSON: {error}.") from error
        return document


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        raise ValueError("a key is given twice in one object")
    return values


def _check(value: Any, *, depth: int) -> None:
    """Raise ValueError for texts no database takes, and for depth that would trip whoever walks the document."""
    if isinstance(value, str):
        if "\0" in value:
            raise ValueError("a text has a NUL character")
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise ValueError("a text has half of a surrogate pair")
    elif isinstance(value, dict | list):
        if depth > DEEPEST:
            raise ValueError(f"it is nested more than {DEEPEST} levels deep")
        for item in value if isinstance(value, list) else (*value.keys(), *value.values()):
            _check(item, depth=depth + 1)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(f"{text} is not a finite number")
    return number
