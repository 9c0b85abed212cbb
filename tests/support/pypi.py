"""Virtual environments of Python packages that tests need, each made once and kept in the user's cache folder."""

import fcntl
import os
import shutil
import subprocess
import sys
from pathlib import Path


class Unavailable(Exception):
    """The packages cannot be had on this machine; the text says why."""


def python(name: str, packages: list[str]) -> Path:
    """The interpreter of the environment `name`, which holds these packages; another list wants another name."""
    cache = os.environ.get("WASCC_CACHE_DIR") or Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "wascc"
    folder = Path(cache) / name
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two tests at once make it once
        if not (folder / "complete").exists():
            shutil.rmtree(folder, ignore_errors=True)
            print(f"installing {' '.join(packages)} into {folder}, once", file=sys.stderr)
            for command in ([sys.executable, "-m", "venv", folder],
                            [folder / "bin/pip", "install", "--quiet", "--disable-pip-version-check", "--retries=1", *packages]):
                done = subprocess.run(command, capture_output=True, text=True, timeout=600)
                if done.returncode != 0:
                    reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
                    raise Unavailable(f"{packages[0]} cannot be installed: {reason[0]}")
            (folder / "complete").touch()
    return folder / "bin/python"
