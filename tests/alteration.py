"""What keeps an altered answer whole in itself, so that only what is altered can give it away."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]


def told(answer: Json) -> Json:
    """With the text that its segments make."""
    answer["answer"] = "".join(segment["text"] for segment in answer["segments"])
    return answer


def closed_up(answer: Json) -> Json:
    """Without the citations that nothing stands on any more, their numbers closed up."""
    used = {n for segment in answer["segments"] for n in (*segment["citations"], *segment.get("operands", ()))}
    new = {n: i for i, n in enumerate(sorted(used), 1)}
    answer["citations"] = [{**one, "n": new[one["n"]]} for one in answer["citations"] if one["n"] in used]
    for segment in answer["segments"]:
        for key in {"citations", "operands"} & segment.keys():
            segment[key] = [new[n] for n in segment[key]]
    return told(answer)
