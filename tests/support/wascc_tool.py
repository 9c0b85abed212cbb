"""The executables and examples of one build, as tests and the demo use them."""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT / "examples"))
import test_key  # noqa: E402


class Build:
    """`programs` holds bootstrap, bootstrap-full and wascc, `actors` the signed examples."""

    def __init__(self, programs: Path, actors: Path, bootstrap: str = "bootstrap"):
        self.programs, self.actors = programs.resolve(), actors.resolve()
        self.bootstrap = self.programs / bootstrap

    def actor(self, name: str) -> Path:
        return self.actors / f"{name}.wasm"

    def wascc(self, *arguments, cwd: Path | None = None) -> str:
        """Runs the command line; raises CalledProcessError with its stderr if it fails. Bytes that are no UTF-8 come back
        as surrogates."""
        done = subprocess.run([self.programs / "wascc", *arguments], cwd=cwd, capture_output=True, encoding="utf-8",
                              errors="surrogateescape", timeout=60, check=True, stdin=subprocess.DEVNULL)
        return done.stdout

    def sign(self, module: bytes, output: Path, name: str, caps: list[str], *more: str) -> None:
        """Signs a module with the test account, as the actor of this name; `more`: arguments of `wascc sign`."""
        with tempfile.TemporaryDirectory(prefix="wascc-sign-") as folder:
            unsigned, issuer, subject = (Path(folder) / file for file in ("module.wasm", "account.seed", "actor.seed"))
            unsigned.write_bytes(module)
            test_key.write_seed(str(issuer), test_key.account_seed())
            test_key.write_seed(str(subject), test_key.example_seed(name))
            self.wascc("sign", unsigned, "--output", output, "--issuer", issuer, "--subject", subject, "--name", name,
                       *(f"--cap={capability}" for capability in caps), *more)

    def prepare_package(self, package: Path) -> None:
        """Adds native code where `bootstrap` needs it: the one without a compiler."""
        if self.bootstrap.name == "bootstrap":
            for module in package.glob("*.wasm"):
                self.wascc("compile", module)

    def inspect(self, module: Path) -> str:
        return self.wascc("inspect", module)
