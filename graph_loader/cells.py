"""A value as one cell of a CSV file."""

from __future__ import annotations

import json
from typing import Any


def flat(value: Any) -> Any:
    """A value as one CSV cell: lists joined with ';', maps as JSON, nothing for null.

    >>> flat(["defence", "consultation"]), flat(True), flat(None)
    ('defence;consultation', 'true', '')
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(str(flat(item)) for item in value)
    if isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False, sort_keys=True)
    return value
