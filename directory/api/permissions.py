"""What opens a view of the API: a scope of the key, and a query in which every parameter is known."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rest_framework.exceptions import ErrorDetail, PermissionDenied, ValidationError
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

if TYPE_CHECKING:
    # REST framework's views read their default permissions while they load: importing them here would be a circle.
    from rest_framework.views import APIView


class InvalidQuery(ValidationError):
    """A 400 whose names are query parameters, whatever the method of the request."""

    in_query = True


class HasScope(BasePermission):
    """Open to keys with any one scope of the view's `required_scopes`. A view that names none is closed."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        key: Any = request.auth
        if key is None:
            return False  # becomes a 401
        wanted = getattr(view, "required_scopes", ())
        if not set(wanted) & set(key.scopes):
            raise PermissionDenied(
                f"The key needs the scope {' or '.join(wanted)}." if wanted else "This address is closed."
            )
        return True


class KnownParameters(BasePermission):
    """Refuse a query that would answer another question than the one its sender has in mind.

    That is: a parameter that the view does not declare in `query_parameters`, one without a value, and one given twice
    that is not among the view's `repeatable_parameters`.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        known = getattr(view, "query_parameters", ())
        repeatable = getattr(view, "repeatable_parameters", ())
        known_here = f"Known here: {', '.join(sorted(known))}." if known else "This address takes none."
        errors = {}
        for name, values in request.query_params.lists():
            if name not in known:
                errors[name] = ErrorDetail(f"Unknown parameter. {known_here}", "unknown_parameter")
            elif "" in values:
                errors[name] = ErrorDetail("Give a value, or leave the parameter out.", "blank")
            elif any("\0" in value for value in values):
                errors[name] = ErrorDetail("A NUL character has no place here.", "null_character")
            elif len(values) > 1 and name not in repeatable:
                errors[name] = ErrorDetail("Give this parameter once.", "repeated")
        if errors:
            raise InvalidQuery({name: [error] for name, error in errors.items()})
        return True
