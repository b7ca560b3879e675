"""Stripe's objects in the database: each is its public JSON body and what the sandbox alone knows of it."""

import json
import secrets
import string
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ..database import Database

Body = dict[str, Any]

_ALPHABET = string.ascii_letters + string.digits


def new_id(prefix: str, length: int = 24) -> str:
    """A fresh id as Stripe makes them: `pi_3…`, `cus_…`."""
    return prefix + "_" + random_text(length)


def random_text(length: int) -> str:
    """Unguessable letters and digits."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


@dataclass(frozen=True)
class Found:
    """One stored object. `private` never leaves the sandbox; `position` orders by creation."""

    position: int
    body: Body
    private: dict[str, Any] = field(default_factory=dict)


class Store:
    """Objects by id and by kind (`payment_intent`, `charge`, …)."""

    def __init__(self, database: Database) -> None:
        self.database = database

    def add(self, body: Body, private: Mapping[str, Any] | None = None) -> None:
        """Keep a new object."""
        self.database.execute(
            "INSERT INTO objects (id, kind, body, private) VALUES (?, ?, ?, ?)",
            (body["id"], body["object"], json.dumps(body), json.dumps(private or {})),
        )

    def save(self, body: Body, private: Mapping[str, Any] | None = None) -> None:
        """Keep an object's new state; its private part too when one is given."""
        self.database.execute(
            "UPDATE objects SET body = ?, private = coalesce(?, private) WHERE id = ?",
            (json.dumps(body), None if private is None else json.dumps(private), body["id"]),
        )

    def remove(self, identifier: str) -> None:
        """Forget an object."""
        self.database.execute("DELETE FROM objects WHERE id = ?", (identifier,))

    def find(self, kind: str, identifier: str) -> Found | None:
        """The object of this kind and id."""
        row = self.database.execute(
            "SELECT position, body, private FROM objects WHERE id = ? AND kind = ?", (identifier, kind)
        ).fetchone()
        return None if row is None else _found(row)

    def get(self, kind: str, identifier: str) -> Body:
        """The body of an object that is known to be there."""
        found = self.find(kind, identifier)
        if found is None:
            raise LookupError(f"no {kind} {identifier}")
        return found.body

    def select(
        self,
        kind: str,
        *,
        where: Mapping[str, Any] | None = None,
        compare: tuple[tuple[str, str, object], ...] = (),
        newest_first: bool = True,
        limit: int = -1,
    ) -> list[Found]:
        """Objects of a kind whose named members equal `where` (a list means any of), in order of creation.

        `compare` holds (column or member, SQL operator, value); the columns are `position` and members
        are written `$.created`. `limit` -1 means all.
        """
        clauses, values = ["kind = ?"], [kind]
        for member, expected in (where or {}).items():
            choices = expected if isinstance(expected, list) else [expected]
            marks = ", ".join("?" for _ in choices)
            clauses.append(f"json_extract(body, '$.{member}') IN ({marks})")
            values.extend(choices)
        for column, operator, value in compare:
            name = f"json_extract(body, '{column}')" if column.startswith("$.") else column
            clauses.append(f"{name} {operator} ?")
            values.append(value)  # type: ignore[arg-type]  # the list holds whatever SQLite binds
        order = "DESC" if newest_first else "ASC"
        sql = (
            "SELECT position, body, private FROM objects "  # noqa: S608  (names come from this package's code alone)
            f"WHERE {' AND '.join(clauses)} ORDER BY position {order} LIMIT ?"
        )
        return [_found(row) for row in self.database.execute(sql, (*values, limit))]


def _found(row: Any) -> Found:
    return Found(row["position"], json.loads(row["body"]), json.loads(row["private"]))
