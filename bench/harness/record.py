"""A run for later: machine, commit, date and every figure, as JSON."""

import datetime
import json
import os
import platform
import re
import subprocess

from .build import ROOT


def processor():
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            return re.search(r"model name\s*:\s*(.+)", file.read())[1]
    except (OSError, TypeError):
        return platform.machine()


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True).stdout.strip()


def machine():
    return {"processor": processor(), "cores": os.cpu_count(), "system": platform.platform(),
            "load": os.getloadavg()[0]}


def write(path, options, sections):
    record = {"date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
              "commit": git("rev-parse", "HEAD") + ("+changes" if git("status", "--porcelain", "-uno") else ""),
              "machine": machine(), "rounds": options.rounds, "events": options.events, "sections": sections}
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
