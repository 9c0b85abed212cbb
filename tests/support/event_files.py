"""The sample events of tests/events, and what tests/events/expected.json says of each."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).resolve().parent.parent / "events"
HTTP_KINDS = {"alb": "Application load balancer", "rest": "REST API", "httpapi1": "HTTP API, payload 1.0",
              "httpapi2": "HTTP API, payload 2.0", "furl": "Function URL"}


@dataclass(frozen=True)
class EventFile:
    name: str
    event: bytes
    expected: dict

    @property
    def kind(self) -> str:
        return self.expected["kind"]

    @property
    def is_http(self) -> bool:
        return self.kind in HTTP_KINDS


def load() -> list[EventFile]:
    expected = json.loads((FOLDER / "expected.json").read_text())
    return [EventFile(name, (FOLDER / name).read_bytes(), entry) for name, entry in expected.items()]


def body_bytes(entry: dict) -> bytes:
    """The body of a request or an answer in expected.json, which is there as text or as base64."""
    if "bodyBase64" in entry:
        return base64.b64decode(entry["bodyBase64"])
    return entry.get("bodyText", "").encode()


def expected_picture(file: EventFile) -> dict:
    """What the echo actors must answer with: the request, as an actor gets to see it."""
    return {
        "method": file.expected["method"],
        "path": file.expected["path"],
        "query_string": file.expected["queryString"],
        "headers": file.expected["header"],
        "body": list(body_bytes(file.expected)),
    }
