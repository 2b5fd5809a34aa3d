"""The application as it will be served: with the doors that prove and rate, where it has none of its own yet."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from app.answering.assistant import Assistant
from app.answering.verification import verify_answer
from app.assembly import open_evidence
from app.config import Settings
from app.serving.server import create_app

RATINGS: list[dict[str, Any]] = []


def app_with_doors(assistant: Assistant, settings: Settings) -> FastAPI:
    """The application; what is sent to a door that stands in for a missing one ends up in `RATINGS`."""
    app = create_app(assistant)
    evidence = open_evidence(settings)

    def verify(body: dict[str, Any]) -> dict[str, Any]:
        verdict = verify_answer(body, evidence)
        return {"word": verdict.word, "explanation": verdict.explanation, "proved": verdict.proved}

    def feedback(body: dict[str, Any]) -> None:
        RATINGS.append(body)

    for path, door, status in (("/v1/verify", verify, 200), ("/v1/feedback", feedback, 204)):
        if path not in {getattr(route, "path", None) for route in app.router.routes}:
            app.add_api_route(path, door, methods=["POST"], status_code=status)
            app.router.routes.insert(0, app.router.routes.pop())  # before the page, which answers every path
    return app
