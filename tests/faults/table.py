"""The table of faults: how many were tried, how many survived, and what readers saw after them."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

FULL = os.environ.get("PACTGRAPH_FAULTS") == "full"
"""PACTGRAPH_FAULTS=full tries as many moments as the table of the documentation; otherwise fewer, spread in the same way."""


def number(default: int, full: int) -> int:
    """How many moments to try."""
    return full if FULL else default


@dataclass
class Tally:
    """One kind of fault."""

    kind: str
    tried: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    failures: list[str] = field(default_factory=list)

    def attempt(self, moment: object, check: Callable[[], str]) -> None:
        """Count one fault; ``check`` returns what was seen after it, or raises when it did harm: the others are tried all the same."""
        self.tried += 1
        try:
            self.outcomes[check()] += 1
        except Exception as error:
            self.failures.append(f"{moment}: {type(error).__name__}: {error}")

    @property
    def line(self) -> str:
        seen = ", ".join(f"{outcome} {count}" for outcome, count in sorted(self.outcomes.items()))
        return f"{self.kind:<46} {self.tried - len(self.failures):>3} of {self.tried:<3} ({seen})"

    def all_survived(self) -> None:
        """Fail with what did harm."""
        assert not self.failures, f"{self.line}\n" + "\n".join(self.failures)
