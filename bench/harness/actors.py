"""The actors that are measured, each in a package as Lambda gets it, unpacked."""

import os
import zipfile

from .ballast import with_ballast
from .build import ROOT, Unavailable, run


class Actors:
    """Signed modules and unpacked packages below one folder, under keys of this run."""

    def __init__(self, build, work):
        self.build, self.work = build, work
        self.wascc = build / "bin/wascc"
        self.environment = {**os.environ, "XDG_CONFIG_HOME": str(work / "config"), "WASCC_KEYS": str(work / "config")}
        unsigned = build / "actors/unsigned"
        self.signed = {"echo": self.sign(unsigned / "echo-cpp.wasm", "echo"),
                       "path": self.sign(unsigned / "bench-path.wasm", "path")}
        large = work / "large.unsigned.wasm"
        large.write_bytes(with_ballast((unsigned / "bench-path.wasm").read_bytes()))
        self.signed["large"] = self.sign(large, "large")

    def sign(self, unsigned, name):
        if not unsigned.exists():
            raise Unavailable(f"{unsigned} is not built")
        signed = self.work / f"{name}.wasm"
        keys = self.work / "keys"
        keys.mkdir(exist_ok=True)
        for key in ("account", name):
            run(["python3", ROOT / "examples/test_key.py", key, keys / f"{key}.seed"])
        run([self.wascc, "sign", unsigned, "--output", signed, "--issuer", keys / "account.seed", "--subject",
             keys / f"{name}.seed", "--name", name, "--cap", "wascc:http_server"], env=self.environment)
        return signed

    def package(self, name):
        """The folder of the unpacked package, and its ZIP."""
        archive = self.work / f"{name}.zip"
        archive.unlink(missing_ok=True)
        run([self.wascc, "package", self.signed[name], "--output", archive], env=self.environment)
        folder = self.work / f"function-{name}"
        with zipfile.ZipFile(archive) as packed:
            packed.extractall(folder)
        (folder / "bootstrap").chmod(0o755)
        return folder, archive
