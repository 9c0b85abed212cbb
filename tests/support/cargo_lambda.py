"""A Lambda Runtime API server that this project did not write, and our runtime served by it.

`cargo-lambda` comes from the Python registry and serves the Runtime API at ADDRESS/.rt/FUNCTION, events by POST to
/2015-03-31/functions/FUNCTION/invocations, and as a front door plain HTTP, which it turns into HTTP API 2.0 events.
The demo and the end-to-end test use it. Nothing outlives the `with` block that started it.
"""

import fcntl
import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import sanitizers

VERSION = "1.9.2"
DEFAULT_FUNCTION = "_"  # the server's own name for the function of a project with one program
ANSWER_SECONDS = 30  # far above any answer here; only a dead process takes that long


class Unavailable(Exception):
    """The server cannot be had on this machine; the text says why."""


def cache_folder() -> Path:
    """The folder of everything that is fetched or built once, outside the checkout."""
    user = os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache"
    return Path(os.environ.get("WASCC_CACHE_DIR") or Path(user) / "wascc")


def executable() -> Path:
    """The server's program, installed at the first call."""
    folder = cache_folder() / f"cargo-lambda-{VERSION}"
    program = folder / "bin" / "cargo-lambda"
    folder.parent.mkdir(parents=True, exist_ok=True)
    with open(f"{folder}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # two tests at once install it once
        if not program.exists():
            _install(folder)
    return program


def _install(folder: Path) -> None:
    print(f"installing cargo-lambda {VERSION} into {folder}, once", file=sys.stderr)
    # The package depends on a C compiler of its own, which only its build commands need.
    for command in ([sys.executable, "-m", "venv", str(folder)],
                    [str(folder / "bin" / "pip"), "install", "--quiet", "--no-deps", f"cargo-lambda=={VERSION}"]):
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        if done.returncode != 0:
            reason = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no reason given"]
            raise Unavailable(f"`{' '.join(command)}` failed: {reason[0]}")


def stop(process: subprocess.Popen, seconds: float = 5) -> None:
    """Ends a process that was started in its own session, with all that it started."""
    for signal_number in (signal.SIGTERM, signal.SIGKILL):
        if process.poll() is not None:
            return
        os.killpg(process.pid, signal_number)
        try:
            process.wait(seconds)
        except subprocess.TimeoutExpired:
            pass


class Server:
    """The Runtime API of a few functions, on a free port of the loopback address."""

    def __init__(self, functions: list[str] | None = None):
        self.functions = functions or ["function"]
        self.port = 0
        self._process: subprocess.Popen | None = None

    def __enter__(self) -> "Server":
        program = executable()
        self._folder = tempfile.TemporaryDirectory(prefix="wascc-cargo-lambda-")
        try:
            self._write_project()
            # Between looking for a free port and taking it somebody else may: then look again.
            for _ in range(5):
                if self._start(program):
                    return self
            raise RuntimeError(f"cargo-lambda did not start:\n{self.log()}")
        except BaseException:
            self.__exit__()
            raise

    def __exit__(self, *_) -> None:
        if self._process:
            stop(self._process)
        self._folder.cleanup()

    def _write_project(self) -> None:
        """The server asks cargo for the names of the programs, which are the functions."""
        folder = Path(self._folder.name)
        (folder / "main.rs").write_text("fn main() {}\n")
        programs = "".join(f'\n[[bin]]\nname = "{name}"\npath = "main.rs"\n' for name in self.functions)
        (folder / "Cargo.toml").write_text(f'[package]\nname = "functions"\nversion = "0.0.0"\n{programs}')

    def _start(self, program: Path) -> bool:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        with open(self._log_path(), "wb") as log:
            self._process = subprocess.Popen(
                [program, "lambda", "watch", "--only-lambda-apis", "-A", "127.0.0.1", "-P", str(self.port)],
                cwd=self._folder.name, stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        give_up = time.monotonic() + ANSWER_SECONDS
        while time.monotonic() < give_up and self._process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return True
            time.sleep(0.02)
        stop(self._process)
        return False

    def _log_path(self) -> Path:
        return Path(self._folder.name) / "server.log"

    def log(self) -> str:
        return self._log_path().read_text(errors="replace") if self._log_path().exists() else ""

    def runtime_api(self, function: str = DEFAULT_FUNCTION) -> str:
        """What a runtime of this function finds in AWS_LAMBDA_RUNTIME_API."""
        path = ".rt" if function == DEFAULT_FUNCTION else f".rt/{function}"
        return f"127.0.0.1:{self.port}/{path}"

    def request(self, method: str, target: str, body: bytes = b"", headers: dict[str, str] | None = None):
        """One HTTP request; answers (status, headers, body)."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()
        finally:
            connection.close()

    def invoke(self, event: bytes, function: str = DEFAULT_FUNCTION) -> tuple[int, bytes]:
        """Delivers one event; 200 with what the runtime posted to /response, or 500 with what it posted to /error."""
        status, _, body = self.request("POST", f"/2015-03-31/functions/{function}/invocations", event)
        return status, body


class Runtime:
    """One running `bootstrap`, with a folder for its function package, as Lambda would start it."""

    def __init__(self, bootstrap: Path, package: Path, runtime_api: str, settings: dict[str, str] | None = None):
        self.bootstrap, self.package = bootstrap, package
        self.environment = {
            "AWS_LAMBDA_RUNTIME_API": runtime_api,
            "AWS_LAMBDA_FUNCTION_NAME": package.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "LAMBDA_TASK_ROOT": str(package),
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PATH": "/usr/local/bin:/usr/bin:/bin",
            **sanitizers.OPTIONS,
            **(settings or {}),
        }

    def __enter__(self) -> "Runtime":
        self._log = tempfile.TemporaryFile()
        self.process = subprocess.Popen([self.bootstrap], cwd=self.package, env=self.environment,
                                        stdin=subprocess.DEVNULL, stdout=self._log, stderr=self._log,
                                        start_new_session=True)
        return self

    def __exit__(self, *_) -> None:
        stop(self.process)
        self._log.close()

    def log(self) -> str:
        """All that the runtime has written so far."""
        return os.pread(self._log.fileno(), 1 << 20, 0).decode(errors="replace")
