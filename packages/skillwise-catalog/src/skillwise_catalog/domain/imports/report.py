"""What became of each thing in a package."""

import enum
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

__all__ = ["Finding", "ImportNotes", "Reason"]


class Reason(enum.StrEnum):
    """Why something is not as it was in the package."""

    # kept out, as those who read the course did not see it either
    DRAFT = "draft"
    HIDDEN = "hidden"
    STAFF_ONLY = "staff_only"
    # left out
    EMPTY = "empty"
    FILE_MISSING = "file_missing"
    FILE_REFUSED = "file_refused"
    INVALID = "invalid"
    NO_SOURCE = "no_source"
    SCRIPTED = "scripted"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    UNREFERENCED = "unreferenced"
    UNSUPPORTED = "unsupported"
    WITHIN_LEFT_OUT = "within_left_out"
    # imported, and something of it was lost
    CASE_IGNORED = "case_ignored"
    CLIPPED = "clipped"
    EMBEDDED = "embedded"
    HINTS = "hints"
    INTERNAL_LINK = "internal_link"
    PARTIAL_CREDIT = "partial_credit"
    RANDOMISED = "randomised"
    RESTRICTED = "restricted"
    SCRIPT_REMOVED = "script_removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """`path` is where it stands in the package, `kind` what the format calls it."""

    path: str
    kind: str
    reason: Reason
    title: str = ""
    detail: str = ""

    def as_json(self) -> dict[str, str]:
        return {
            "path": self.path,
            "kind": self.kind,
            "reason": self.reason.value,
            "title": self.title,
            "detail": self.detail,
        }


@dataclass(slots=True)
class ImportNotes:
    """Gathered while a package is read: each of its nodes is either imported, kept out or left out.
    `is_strict`: a file that cannot be kept refuses the whole.
    """

    is_strict: bool = False
    imported: Counter[str] = field(default_factory=Counter)
    kept_out: list[Finding] = field(default_factory=list)
    left_out: list[Finding] = field(default_factory=list)
    changed: list[Finding] = field(default_factory=list)

    def seen(self) -> Counter[str]:
        """How many nodes of each kind there were."""
        missed = Counter(finding.kind for finding in [*self.kept_out, *self.left_out])
        return self.imported + missed

    def as_json(self) -> dict[str, Any]:
        return {
            "imported": dict(sorted(self.imported.items())),
            "kept_out": [finding.as_json() for finding in self.kept_out],
            "left_out": [finding.as_json() for finding in self.left_out],
            "changed": [finding.as_json() for finding in self.changed],
        }
