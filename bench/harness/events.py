"""The events of the benchmark: one of an HTTP API, with bodies of several sizes or with many headers."""

import json

from .build import ROOT

SMALL = ROOT / "tests/events/httpapi2-iam-authorizer.json"  # 1 kB in its compact form


def write(work, name, change):
    event = json.loads(SMALL.read_text())
    change(event)
    path = work / f"event-{name}.json"
    path.write_text(json.dumps(event, separators=(",", ":")))
    return path


def small(work):
    return write(work, "small", lambda event: None)


def of_size(work, size):
    text = ("The quick brown fox jumps over the lazy dog. " * (size // 45 + 1))[:size]
    return write(work, f"body-{size}", lambda event: event.update(body=text, isBase64Encoded=False))


def with_headers(work, count):
    headers = {f"x-header-{number}": f"value of header {number}" for number in range(count)}
    return write(work, f"headers-{count}", lambda event: event.update(headers=headers))
