"""Counting the points that a theory refuses: likelihood zero always has a reason that is told."""

from __future__ import annotations

import re
from collections import Counter
from logging import Logger

_MANY = 0.01  # share of refused points from which the summary is a warning


class Refusals:
    """Points of one theory, and why some of them have likelihood zero.

    Attributes
    ----------
    points : how many were computed or refused.
    reasons : how many were refused, by kind of reason.
    """

    def __init__(self) -> None:
        self.points = 0
        self.reasons: Counter[str] = Counter()
        self._last: dict[str, str] = {}

    def point(self) -> None:
        """Count a point, whatever becomes of it."""
        self.points += 1

    def refuse(self, log: Logger, reason: object) -> bool:
        """Count a refused point; returns False, which Cobaya takes as likelihood zero."""
        text = " ".join(str(reason).split())
        kind = re.split(r" = |; |: |\d", text, maxsplit=1)[0].strip() or text
        self.reasons[kind] += 1
        self._last[kind] = text
        log.debug("Point refused: %s", text)
        return False

    def report(self, log: Logger) -> None:
        """Say how many points were refused and why; a warning if there were many."""
        points, refused = self.points, self.reasons.total()
        if not refused:
            return
        kinds = self.pop()
        share = refused / max(points, refused)
        say = log.warning if share > _MANY else log.info
        say(
            "%d of %d points (%.3g %%) had likelihood zero; the last of each kind: %s",
            *(refused, points, 100.0 * share, kinds),
        )

    def pop(self) -> str:
        """The last of each kind of reason since the last report, which begin anew; "" if none."""
        kinds = (f"{n} times: {self._last[kind]}" for kind, n in self.reasons.most_common(5))
        text = " | ".join(kinds)
        self.reasons.clear()
        self.points = 0
        return text
