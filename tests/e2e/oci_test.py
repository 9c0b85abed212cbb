#!/usr/bin/env python3
"""References to a registry in the place of files, against the registry server that Debian has: TLS, a password, pushed to by the
test itself. Everything on this machine.

    oci_test.py WASCC_FOLDER [Oci.test_…]
"""

import base64
import contextlib
import hashlib
import http.client
import json
import os
import re
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import unittest
import zipfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import unittest_program  # noqa: E402
from vectors import ACCOUNT_SEED, ECHO, MODULE, MODULE_SEED  # noqa: E402

BIN = Path(sys.argv.pop(1)).resolve()
REGISTRY = shutil.which("docker-registry")
USER, PASSWORD = "puller", "s3cret"
# Of that password, by bcrypt, the only kind that the registry takes: crypt.crypt(PASSWORD, crypt.METHOD_BLOWFISH)
HTPASSWD = f"{USER}:$2b$04$shWKZgJTcxPXnlnQgeHztueHb2y3arW4IUtJcMXZYu5uM830PEYX.\n"
CONFIG = """version: 0.1
storage: {{filesystem: {{rootdirectory: {folder}/storage}}}}
auth: {{htpasswd: {{realm: test, path: {folder}/htpasswd}}}}
http: {{addr: "127.0.0.1:{port}", secret: test, tls: {{certificate: {folder}/server.pem, key: {folder}/server.key}}}}
log: {{level: info, formatter: json, accesslog: {{disabled: true}}}}
"""


def digest_of(content: bytes) -> str:
    return "sha256:" + hashlib.sha256(content).hexdigest()


def make_certificates(folder: Path) -> None:
    """An authority of its own, and a certificate for localhost that it signs."""
    def openssl(*arguments):
        subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True)

    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test authority")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.pem")


class Registry:
    """A running registry on a free port. Another process may take that port before it does; then it is tried again."""

    def __init__(self, folder: Path):
        self.folder = folder
        make_certificates(folder)
        (folder / "htpasswd").write_text(HTPASSWD)
        self.tls = ssl.create_default_context(cafile=str(folder / "ca.pem"))
        told = ""
        for _ in range(5):
            with socket.socket() as free:
                free.bind(("127.0.0.1", 0))
                self.port = free.getsockname()[1]
            (folder / "config.yml").write_text(CONFIG.format(folder=folder, port=self.port))
            self.process = subprocess.Popen([REGISTRY, "serve", folder / "config.yml"], stdin=subprocess.DEVNULL,
                                            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                                            env={"PATH": os.environ["PATH"], "OTEL_TRACES_EXPORTER": "none"})
            for line in self.process.stdout:
                told += line
                if f"listening on 127.0.0.1:{self.port}, tls" in line:
                    # What it goes on to say is read, so that it never waits for a reader.
                    self.reader = threading.Thread(target=self.process.stdout.read)
                    self.reader.start()
                    return
            self.process.wait()
        raise AssertionError(f"no registry; it wrote:\n{told}")

    def stop(self) -> None:
        self.process.terminate()
        self.process.wait()
        self.reader.join()
        self.process.stdout.close()

    def ask(self, method: str, path: str, body: bytes = b"", **headers):
        """The answer to one request of a user who may do everything."""
        with contextlib.closing(http.client.HTTPSConnection("localhost", self.port, context=self.tls, timeout=60)) as to:
            basic = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
            to.request(method, path, body, {"Authorization": f"Basic {basic}",
                                            **{name.replace("_", "-"): value for name, value in headers.items()}})
            answer = to.getresponse()
            answer.read()
            if answer.status not in (201, 202):
                raise AssertionError(f"{method} {path}: {answer.status}")
            return answer

    def push_blob(self, repository: str, content: bytes) -> dict:
        place = self.ask("POST", f"/v2/{repository}/blobs/uploads/").headers["Location"].split(str(self.port), 1)[-1]
        self.ask("PUT", f"{place}&digest={digest_of(content)}", content, Content_Type="application/octet-stream")
        return {"mediaType": "application/octet-stream", "digest": digest_of(content), "size": len(content)}

    def push(self, repository: str, tag: str, content: bytes) -> str:
        """As the one layer of a manifest, whose digest it answers."""
        kind = "application/vnd.oci.image.manifest.v1+json"
        config = self.push_blob(repository, b"{}")
        manifest = json.dumps({"schemaVersion": 2, "mediaType": kind, "config": config,
                               "layers": [self.push_blob(repository, content)]}).encode()
        self.ask("PUT", f"/v2/{repository}/manifests/{tag}", manifest, Content_Type=kind)
        return digest_of(manifest)

    def corrupt(self, content: bytes) -> None:
        """Changes the stored blob of that content."""
        digits = hashlib.sha256(content).hexdigest()
        stored = self.folder / f"storage/docker/registry/v2/blobs/sha256/{digits[:2]}/{digits}/data"
        stored.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))


@unittest.skipUnless(REGISTRY, "docker-registry is not installed")
class Oci(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        folder = tempfile.TemporaryDirectory(prefix="wascc-oci-registry-")
        cls.addClassCleanup(folder.cleanup)
        cls.registry = Registry(Path(folder.name))
        cls.addClassCleanup(cls.registry.stop)
        cls.host = f"localhost:{cls.registry.port}"

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-oci-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)
        self.environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), "TMPDIR": str(self.folder),
                            "SSL_CERT_FILE": str(self.registry.folder / "ca.pem"),
                            "OCI_REGISTRY_USER": USER, "OCI_REGISTRY_PASSWORD": PASSWORD}
        (self.folder / "echo.wasm").write_bytes(ECHO)
        (self.folder / "account.seed").write_text(ACCOUNT_SEED + "\n")
        (self.folder / "module.seed").write_text(MODULE_SEED + "\n")

    def wascc(self, *arguments, status=0, **environment):
        done = subprocess.run([BIN / "wascc", *arguments], cwd=self.folder, capture_output=True, text=True, timeout=120,
                              stdin=subprocess.DEVNULL, env={**self.environment, **environment})
        self.assertEqual(done.returncode, status, f"{arguments}: {done.stdout}{done.stderr}")
        self.assertNotIn(PASSWORD, done.stdout + done.stderr)
        self.stderr = done.stderr
        return done.stdout if status == 0 else done.stderr

    def sign(self, name: str) -> bytes:
        """A signed actor; another one for each name."""
        self.wascc("sign", "echo.wasm", "-i", "account.seed", "-s", "module.seed", "-o", "signed.wasm", "--name", name,
                   "--cap=awslambda:event")
        return (self.folder / "signed.wasm").read_bytes()

    def push(self, repository: str, tag: str = "1") -> tuple[bytes, str, str]:
        """A signed actor that the registry has now, its reference, and the digest of its manifest."""
        actor = self.sign(repository)
        return actor, f"{self.host}/{repository}:{tag}", self.registry.push(repository, tag, actor)

    def test_a_package_of_a_manifest_holds_the_files_that_its_references_name(self):
        actor, reference, digest = self.push("shop/echo")
        shop = self.folder / "shop"
        shop.mkdir()
        (shop / "manifest.yaml").write_text(f"actors:\n  - {reference}  # the echo\n")
        self.wascc("package", "shop", "-o", "one.zip")
        self.assertIn(f"{reference} has the digest {digest}", self.stderr)
        with zipfile.ZipFile(self.folder / "one.zip") as package:
            self.assertEqual(package.read("shop/echo.wasm"), actor)
            self.assertEqual(package.read("manifest.yaml").decode(), "actors:\n  - shop/echo.wasm  # the echo\n")
            self.assertIn("shop/echo.native", package.namelist())
            lock = json.loads(package.read("wascc.lock.json"))
        self.assertEqual(lock["fetched"], [{"file": "shop/echo.wasm", "reference": reference, "digest": digest}])
        self.wascc("package", "--check", "one.zip", SSL_CERT_FILE="/nowhere")
        # By its digest the same package, whatever the tag is moved to.
        pinned = f"{self.host}/shop/echo@{digest}"
        self.registry.push("shop/echo", "1", self.sign("another"))
        self.wascc("package", pinned, "-o", "pinned.zip")
        with zipfile.ZipFile(self.folder / "pinned.zip") as package:
            self.assertEqual(package.read("shop/echo.wasm"), actor)

    def test_a_provider_archive_of_a_reference_is_packed_as_one(self):
        library = next((BIN.parent / "providers").glob("libwascc_*.so"))
        if re.search(rb"lib[at]san\.so", library.read_bytes()):
            self.skipTest("the library of a sanitizer lies beside no archive")
        self.wascc("keys", "new", "provider", "shout")
        self.wascc("par", "create", library, "--capid", "example:shout", "--vendor", "me", "-i", "account.seed",
                   "-s", "shout", "-o", "shout.par.gz")
        archive = (self.folder / "shout.par.gz").read_bytes()
        self.registry.push("shout", "1", archive)
        actor, reference, _ = self.push("client")
        (self.folder / "manifest.yaml").write_text(
            f"actors: ['{reference}']\ncapabilities: [{{path: \"{self.host}/shout:1\"}}]\n")
        self.wascc("package", "manifest.yaml")
        with zipfile.ZipFile(self.folder / "function.zip") as package:
            self.assertEqual(package.read("shout.par.gz"), archive)
            self.assertEqual(package.read("manifest.yaml").decode(),
                             "actors: ['client.wasm']\ncapabilities: [{path: \"shout.par.gz\"}]\n")
        # The archive is loaded from memory as one of a file is: its library is of another capability.
        (self.folder / "event.json").write_text("{}")
        self.assertIn("the token says example:shout",
                      self.wascc("invoke", "manifest.yaml", "--event", "event.json", status=1))
        # A library that nobody has signed is not loaded from a registry.
        self.registry.push("shout", "1", library.read_bytes())
        for command in (("package", "manifest.yaml"), ("invoke", "manifest.yaml", "--event", "event.json")):
            self.assertIn("provider archive", self.wascc(*command, status=1))

    def test_an_actor_of_a_reference_runs_and_leaves_no_file(self):
        self.wascc("sign", "echo.wasm", "-i", "account.seed", "-s", "module.seed", "-o", "signed.wasm", "--cap=http_server")
        actor = (self.folder / "signed.wasm").read_bytes()
        self.registry.push("web", "1", actor)
        (self.folder / "signed.wasm").unlink()
        before = sorted(self.folder.iterdir())
        server = subprocess.Popen([BIN / "wascc", "run", f"{self.host}/web:1", "--port", "0", "--watch"], cwd=self.folder,
                                  env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE, text=True)
        where = server.stdout.readline()
        server.send_signal(signal.SIGTERM)
        _, told = server.communicate()
        self.assertEqual(server.returncode, 0, told)
        self.assertIn(MODULE, where)
        self.assertEqual(sorted(self.folder.iterdir()), before)

    def test_invoke_inspect_verify_and_pull_take_references(self):
        actor, reference, digest = self.push("echo", "latest")
        without_tag = f"{self.host}/echo"
        (self.folder / "event.json").write_text('{"a":1}')
        (self.folder / "manifest.yaml").write_text(f"actors: [{without_tag}]\n")
        for what in (without_tag, reference, "manifest.yaml"):
            self.assertEqual(self.wascc("invoke", what, "--event", "event.json"), '{"a":1}\n')
        self.assertEqual(json.loads(self.wascc("inspect", "--json", reference))["subject"], MODULE)
        self.wascc("verify", reference)
        self.assertIn(digest, self.wascc("pull", without_tag, "-o", "pulled.wasm"))
        self.assertEqual((self.folder / "pulled.wasm").read_bytes(), actor)

    def refused(self, why: str, *arguments, **environment):
        told = self.wascc(*arguments, status=1, **environment)
        self.assertIn("waSCC Host Error: Failed to fetch OCI bytes: ", told)
        self.assertIn(why, told)
        self.assertEqual(told.count("wascc: "), 1, told)
        self.assertFalse(list(self.folder.glob("*.zip*")), "nothing is left behind")

    def test_what_cannot_be_had_is_told_with_the_reason(self):
        _, reference, digest = self.push("refused")
        self.refused("the password is wrong", "package", reference, OCI_REGISTRY_PASSWORD="wrong")
        self.refused("set OCI_REGISTRY_USER", "package", reference, OCI_REGISTRY_USER="", OCI_REGISTRY_PASSWORD="")
        self.wascc("package", reference, status=1, OCI_REGISTRY_USER="")
        self.assertIn("only one is set", self.stderr)
        self.refused("the registry has none", "package", f"{self.host}/refused:2")
        self.refused("SSL_CERT_FILE", "package", reference, SSL_CERT_FILE=str(self.registry.folder / "nowhere"))
        make_certificates(self.folder)
        self.refused("certificate", "package", reference, SSL_CERT_FILE=str(self.folder / "ca.pem"))
        other = self.registry.push("refused", "1", self.sign("other"))
        self.assertNotEqual(other, digest)
        self.assertIn("Failed to parse OCI distribution reference: ",
                      self.wascc("package", f"{self.host}/Refused", status=1))

    def test_a_corrupted_blob_is_refused(self):
        actor, reference, _ = self.push("corrupted")
        self.registry.corrupt(actor)
        self.refused("the layer has the digest", "package", reference)
        self.refused("the layer has the digest", "run", reference, "--port", "0")

    def test_a_file_comes_before_a_reference_of_its_name(self):
        signed = self.sign("file")
        place = self.folder / "localhost" / "echo.wasm"
        place.parent.mkdir()
        place.write_bytes(signed)
        self.wascc("package", "localhost/echo.wasm", SSL_CERT_FILE="/nowhere")

    def test_bootstrap_says_to_package_it(self):
        _, reference, _ = self.push("unpacked")
        (self.folder / "manifest.yaml").write_text(f"actors: [{reference}]\n")
        with socket.create_server(("127.0.0.1", 0)) as api:
            for bootstrap in ("bootstrap", "bootstrap-full"):
                process = subprocess.Popen([BIN / bootstrap], cwd=self.folder, stdin=subprocess.DEVNULL,
                                           stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                                           env={"AWS_LAMBDA_RUNTIME_API": f"127.0.0.1:{api.getsockname()[1]}",
                                                "WASCC_REGISTER_EXTENSION": "off"})
                connection, _ = api.accept()
                with connection:
                    asked = read_request(connection)
                    connection.sendall(b"HTTP/1.1 202 Accepted\r\nContent-Length: 2\r\n\r\n{}")
                _, told = process.communicate()
                self.assertEqual(process.returncode, 1, told)
                self.assertIn(b"/runtime/init/error", asked)
                self.assertIn(reference.encode() + b", and this program fetches none from a registry: package it with", asked)


def read_request(connection: socket.socket) -> bytes:
    """One request with its body."""
    request = b""
    while True:
        head, end, body = request.partition(b"\r\n\r\n")
        if end:
            length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n")
                          if line.startswith(b"content-length:"))
            if len(body) >= length:
                return request
        received = connection.recv(65536)
        if not received:
            return request
        request += received


if __name__ == "__main__":
    unittest_program.main()
