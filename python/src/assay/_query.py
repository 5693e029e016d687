"""Reading the database."""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Literal, Optional, Union, overload

from . import _session
from ._errors import AssayError

Row = dict[str, Any]
"""A row's values by the names of its columns."""

Bindings = Union[Sequence[Any], Mapping[str, Any]]
"""Values for the ? of a query, or for its :names."""

_oldest_sqlite = (3, 37, 0)


@overload
def query(
    sql: str,
    parameters: Bindings = (),
    *,
    frame: Literal[False] = False,
    db: Union[str, os.PathLike[str], None] = None,
) -> list[Row]: ...


@overload
def query(
    sql: str,
    parameters: Bindings = (),
    *,
    frame: bool,
    db: Union[str, os.PathLike[str], None] = None,
) -> Any: ...


def query(
    sql: str,
    parameters: Bindings = (),
    *,
    frame: bool = False,
    db: Union[str, os.PathLike[str], None] = None,
) -> Any:
    """What the database answers to one SELECT. It can't change anything.

    Query the views, which stay: `runs`, `parameters`, `metrics`, `trials` and others.

    Args:
        sql: One statement.
        parameters: Values for ? or :names in it.
        frame: Whether to give a pandas frame instead of a list of dictionaries.
        db: The database; default: the current run's, ASSAY_DB, else ./assay.db.

    Raises:
        AssayError: There is no such database, or the statement is wrong.
    """
    path = _path(db)
    try:
        connection = _open(path)
        try:
            cursor = connection.execute(sql, parameters)
            columns = [column[0] for column in cursor.description or ()]
            rows = cursor.fetchall()
        finally:
            connection.close()
    except (sqlite3.Error, sqlite3.Warning) as error:
        if sqlite3.sqlite_version_info < _oldest_sqlite:
            raise AssayError(
                f"this Python has SQLite {sqlite3.sqlite_version}; reading needs 3.37 or later"
            ) from error
        raise AssayError(f"{path}: {error}") from error
    if frame:
        import pandas  # noqa: PLC0415

        return pandas.DataFrame(rows, columns=columns)
    return [dict(zip(columns, row)) for row in rows]


def runs(
    where: str = "hidden IS NULL",
    parameters: Bindings = (),
    *,
    frame: bool = False,
    db: Union[str, os.PathLike[str], None] = None,
) -> Any:
    """The runs for which an SQL expression over the view `runs` holds, the newest first.

    For example `assay.runs("name = 'baseline' AND state = 'finished'")`. Takes values, `frame` and
    `db` as `query` does.

    Raises:
        AssayError: There is no such database, or the expression is wrong.
    """
    sql = f"SELECT * FROM runs WHERE ({where}) ORDER BY record_number DESC"
    return query(sql, parameters, frame=frame, db=db)


def metrics(
    run: str,
    metric: Optional[str] = None,
    *,
    frame: bool = False,
    db: Union[str, os.PathLike[str], None] = None,
) -> Any:
    """A run's numbers: rows of `metric`, `step` and `value`, in the order of their steps.

    Args:
        run: The run's UUID, or its first digits.
        metric: One metric's name; default: all of them.
        frame: As for `query`.
        db: As for `query`.

    Raises:
        AssayError: There is no such database.
    """
    sql = (
        "SELECT metric, step, value FROM metrics"
        " WHERE run >= :run AND run < :run || 'g' AND (:metric IS NULL OR metric = :metric)"
        " ORDER BY metric, step"
    )
    return query(sql, {"run": run, "metric": metric}, frame=frame, db=db)


def _path(db: Union[str, os.PathLike[str], None]) -> Path:
    named = db or _session.current_database() or os.environ.get("ASSAY_DB") or "assay.db"
    path = Path(named)
    if not path.exists():
        raise AssayError(f"there is no database {path}: name one by db= or ASSAY_DB")
    return path


def _open(path: Path) -> sqlite3.Connection:
    address = path.resolve().as_uri() + "?mode=ro"
    try:
        return _checked(address)
    except sqlite3.OperationalError:
        # A directory that can't be written, and nobody who writes: the file is all there is.
        wal = Path(f"{path.resolve()}-wal")
        if os.access(path.resolve().parent, os.W_OK) or (wal.exists() and wal.stat().st_size):
            raise
        return _checked(address + "&immutable=1")


def _checked(address: str) -> sqlite3.Connection:
    connection = sqlite3.connect(address, uri=True, timeout=30)
    try:
        connection.execute("PRAGMA query_only = ON")
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchall()
    except BaseException:
        connection.close()
        raise
    return connection
