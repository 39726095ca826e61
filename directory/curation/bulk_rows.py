"""Many rows in one statement, given as columns: what bulk_create and bulk_update do, without an object for each row."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, cast

from django.db import connection, models

Columns = Mapping[str, Sequence[Any]]


def insert_rows(model: type[models.Model], columns: Columns) -> list[int]:
    """Insert one row for each place of the columns (by their names in the database, all of one length); return ids."""
    if not columns or not len(next(iter(columns.values()))):
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {_quoted(model._meta.db_table)} ({', '.join(map(_quoted, columns))}) "  # noqa: S608
            f"SELECT * FROM {_unnest(model, columns)} RETURNING {_quoted(_key(model))}",
            [list(values) for values in columns.values()],
        )
        return [row[0] for row in cursor.fetchall()]


def update_rows(model: type[models.Model], ids: Sequence[int], columns: Columns) -> None:
    """Set these columns of the rows with these ids, each row to the values at its place."""
    if not ids or not columns:
        return
    key = _key(model)
    given = {key: ids, **columns}
    settings = ", ".join(f"{_quoted(name)} = new.{_quoted(name)}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {_quoted(model._meta.db_table)} old SET {settings} "  # noqa: S608
            f"FROM {_unnest(model, given)} AS new ({', '.join(map(_quoted, given))}) "
            f"WHERE old.{_quoted(key)} = new.{_quoted(key)}",
            [list(values) for values in given.values()],
        )


def update_objects(objects: Sequence[models.Model], columns: Sequence[str]) -> None:
    """Set these columns of the objects' rows to what the objects hold. All are of one model."""
    if objects:
        values = {name: [getattr(x, name) for x in objects] for name in columns}
        update_rows(type(objects[0]), [x.pk for x in objects], values)


def delete_pairs(model: type[models.Model], columns: Columns) -> None:
    """Delete the rows that hold, in these columns, the values at one place of them."""
    if not len(next(iter(columns.values()))):
        return
    alike = " AND ".join(f"old.{_quoted(name)} = gone.{_quoted(name)}" for name in columns)
    with connection.cursor() as cursor:
        cursor.execute(
            f"DELETE FROM {_quoted(model._meta.db_table)} old "  # noqa: S608
            f"USING {_unnest(model, columns)} AS gone ({', '.join(map(_quoted, columns))}) WHERE {alike}",
            [list(values) for values in columns.values()],
        )


def _unnest(model: type[models.Model], columns: Columns) -> str:
    return f"unnest({', '.join(f'%s::{_type(model, name)}[]' for name in columns)})"


def _type(model: type[models.Model], column: str) -> str:
    field = next(field for field in model._meta.concrete_fields if field.column == column)
    # Without its length: a cast to varchar(120) would cut a text where the column itself refuses it.
    return re.sub(r"\(.*\)", "", cast(str, field.db_type(connection)))


def _key(model: type[models.Model]) -> str:
    return str(model._meta.pk.column)


def _quoted(name: str) -> str:
    return connection.ops.quote_name(name)
