"""What an answer says of itself, for the proof: its status, and what it has checked to be complete."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.answering.evidence import Evidence, Miscomputed
from app.answering.redoing import PICKS, Redone


def corroborate(answer: Mapping[str, Any], redone: Redone, holds: bool | None, evidence: Evidence) -> None:
    """Hold the status and the completeness of a computed answer against its plan done again. Raises Miscomputed.

    `holds` says whether the question was right to expect what it does; None if it expects nothing.
    """
    if answer["status"] != ("corrected" if holds is False else "answered"):
        raise Miscomputed(f"質問の見込みに正しく答えていません（計算し直すと {holds}）")
    stated, operation, plan = answer["completeness"], redone.operation, answer["plan"]
    zones = list(evidence.begun) if operation == "count" else evidence.stating(plan["attribute"])
    if operation == "count":
        complete, matched = plan["attribute"] is None, set[str | None](zones)
    else:
        over_all = [value.subject for value in redone.values] == zones
        complete = over_all and operation not in ("share", "position", "check")
        matched = {value.subject for value in (redone.picked if operation in PICKS else redone.values)}
    if (stated is not None) != complete:
        raise Miscomputed("すべての区画を確認したかどうかが、計算のもとと合いません")
    if stated is not None:
        check_completeness(stated, zones, matched)


def check_completeness(stated: Mapping[str, Any], zones: Sequence[str], matched: set[str | None]) -> None:
    """Hold what an answer says that it checked against the zones that there are. Raises Miscomputed."""
    expected = {
        "checked": len(zones),
        "of": len(zones),
        "matched": [zone for zone in zones if zone in matched],
        "unmatched": [zone for zone in zones if zone not in matched],
    }
    if dict(stated) != expected:
        raise Miscomputed(f"確認した区画 {dict(stated)} は、数え直すと {expected} です")
