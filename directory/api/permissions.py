"""What opens a view of the API: a scope of the key, and a query in which every parameter is known."""

from __future__ import annotations

from typing import TYPE_CHECKING

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
        if request.auth is None:
            return False  # becomes a 401
        wanted = getattr(view, "required_scopes", ())
        if not set(wanted) & set(request.auth.scopes):
            raise PermissionDenied(
                f"The key needs the scope {' or '.join(wanted)}." if wanted else "This address is closed."
            )
        return True


class KnownParameters(BasePermission):
    """Refuse a query parameter that the view does not declare in `query_parameters`.

    A mistyped filter that is silently ignored would answer another question than the one asked.
    """

    def has_permission(self, request: Request, view: APIView) -> bool:
        known = getattr(view, "query_parameters", ())
        unknown = [name for name in request.query_params if name not in known]
        if unknown:
            known_ones = f"Known here: {', '.join(sorted(known))}." if known else "This address takes none."
            raise InvalidQuery(
                {name: [ErrorDetail(f"Unknown parameter. {known_ones}", "unknown_parameter")] for name in unknown}
            )
        return True
