#!/usr/bin/env python3
"""`wascc run` from outside: a signed actor as a web server, and the same answers as behind every front door of Lambda.

    run_test.py --bin FOLDER --actors FOLDER [Run.test_…]

FOLDERs of a build: the executables, and the signed examples.
"""

import argparse
import base64
import contextlib
import http.client
import json
import re
import signal
import subprocess
import sys
import tempfile
import threading
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import canned_actor  # noqa: E402
import sanitizers  # noqa: E402
import wascc_tool  # noqa: E402

FRONT_DOORS = ("alb", "rest", "httpapi1", "httpapi2", "furl")


class Server:
    """A running `wascc run`, told to take any free port."""

    def __init__(self, build: wascc_tool.Build, folder: Path, *arguments, **environment):
        self.log_path = folder / "log.txt"
        with self.log_path.open("wb") as log:
            self.process = subprocess.Popen([build.programs / "wascc", "run", *arguments, "--port", "0"], cwd=folder,
                                            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log, text=True,
                                            env={**sanitizers.OPTIONS, **environment})
        self.where = self.process.stdout.readline()
        if not self.where.startswith("http://127.0.0.1:"):
            raise AssertionError(f"no address but {self.where!r}; it wrote:\n{self.log()}")
        self.port = int(self.where.split()[0].rsplit(":", 1)[1])

    def admin_port(self) -> int:
        """Of a server that was asked for one; reads the second line that it writes."""
        return int(self.process.stdout.readline().split("/healthz")[0].rsplit(":", 1)[1])

    def log(self) -> str:
        return self.log_path.read_text()

    def connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)

    def ask(self, method: str, target: str, body: bytes | None = None, headers: dict | None = None):
        with contextlib.closing(self.connect()) as connection:
            connection.request(method, target, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.getheaders(), answer.read()

    def end(self, with_signal: int = signal.SIGTERM) -> int:
        self.process.send_signal(with_signal)
        code = self.process.wait(timeout=60)
        self.process.stdout.close()
        return code

    def kill(self) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.process.stdout.close()


def lines(*names_and_values: tuple[str, str]) -> dict[str, list[str]]:
    result: dict[str, list[str]] = {}
    for name, value in names_and_values:
        result.setdefault(name.lower(), []).append(value)
    return result


def event(kind: str, method: str, path: str, query: dict[str, str], headers: dict[str, str], body: bytes) -> dict:
    """The same request as each front door tells it."""
    common = {"body": base64.b64encode(body).decode() if body else None, "isBase64Encoded": bool(body)}
    raw_query = "&".join(f"{key}={value}" for key, value in query.items())
    several = {name: [value] for name, value in headers.items()}
    multi_query = {key: [value] for key, value in query.items()}
    if kind == "alb":
        return common | {"requestContext": {"elb": {"targetGroupArn": "arn"}}, "httpMethod": method, "path": path,
                         "multiValueQueryStringParameters": multi_query, "multiValueHeaders": several}
    if kind in ("rest", "httpapi1"):
        version = {"version": "1.0"} if kind == "httpapi1" else {}
        return common | version | {"resource": "/{proxy+}", "httpMethod": method, "path": path, "headers": headers,
                                   "multiValueHeaders": several, "queryStringParameters": query,
                                   "multiValueQueryStringParameters": multi_query,
                                   "requestContext": {"resourcePath": "/{proxy+}", "stage": "$default"}}
    domain = "id.lambda-url.eu-west-1.on.aws" if kind == "furl" else "id.execute-api.eu-west-1.amazonaws.com"
    return common | {"version": "2.0", "rawPath": path, "rawQueryString": raw_query, "headers": headers,
                     "requestContext": {"domainName": domain, "stage": "$default",
                                        "http": {"method": method, "path": path}}}


def answer_of(told: dict) -> tuple[int, dict[str, list[str]], bytes]:
    """Status, header values by name, and body, from what is posted to Lambda. Joined values count as they are read."""
    headers: dict[str, list[str]] = {}
    for name, values in told.get("multiValueHeaders", {}).items():
        headers.setdefault(name.lower(), []).extend(values)
    for name, value in told.get("headers", {}).items():
        headers.setdefault(name.lower(), []).append(value)
    if "cookies" in told:
        headers["set-cookie"] = told["cookies"]
    body = base64.b64decode(told["body"]) if told["isBase64Encoded"] else told["body"].encode()
    return told["statusCode"], comparable(headers), body


def comparable(headers: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: values if name == "set-cookie" else [", ".join(values)] for name, values in headers.items()}


class Run(unittest.TestCase):
    build: wascc_tool.Build

    def setUp(self):
        folder = tempfile.TemporaryDirectory(prefix="wascc-run-")
        self.addCleanup(folder.cleanup)
        self.folder = Path(folder.name)

    def serve(self, *arguments, **environment) -> Server:
        server = Server(self.build, self.folder, *arguments, **environment)
        self.addCleanup(server.kill)
        return server

    def echo(self, *arguments, **environment) -> Server:
        return self.serve(self.build.actor("echo-cpp"), *arguments, **environment)

    def signed(self, module: bytes, name: str = "canned") -> Path:
        output = self.folder / f"{name}.wasm"
        self.build.sign(module, output, name=name, caps=["wascc:http_server"])
        return output

    def test_says_where_it_serves_which_actor(self):
        server = self.echo()
        key = json.loads(self.build.wascc("inspect", "--json", self.build.actor("echo-cpp")))["subject"]
        self.assertIn(f"echo-cpp ({key})", server.where)

    def test_answers_many_requests_on_one_connection(self):
        server = self.echo()
        with contextlib.closing(server.connect()) as connection:
            connection.connect()
            port = connection.sock.getsockname()[1]
            for number in range(20):
                connection.request("POST", f"/n/{number}?a=%2F", b"hi")
                answer = connection.getresponse()
                picture = json.loads(answer.read())
                self.assertEqual((answer.status, picture["path"], picture["query_string"], picture["body"]),
                                 (200, f"/n/{number}", "a=%2F", [104, 105]))
                self.assertEqual(connection.sock.getsockname()[1], port)

    def test_gives_head_the_length_and_no_body(self):
        server = self.echo()
        with contextlib.closing(server.connect()) as connection:
            connection.request("HEAD", "/")
            answer = connection.getresponse()
            self.assertGreater(int(answer.getheader("Content-Length")), 50)
            self.assertEqual(answer.read(), b"")
            connection.request("GET", "/next")  # a body left over would be read as this answer
            self.assertEqual(json.loads(connection.getresponse().read())["path"], "/next")

    def test_puts_chunks_together(self):
        server = self.echo()
        with contextlib.closing(server.connect()) as connection:
            connection.request("POST", "/", iter([b"ab", b"c"]), encode_chunked=True)
            picture = json.loads(connection.getresponse().read())
        self.assertEqual(picture["body"], list(b"abc"))
        self.assertNotIn("transfer-encoding", picture["headers"])

    def test_serves_several_clients_at_once(self):
        server = self.echo("--workers", "4")
        wrong = []

        def client(number: int) -> None:
            with contextlib.closing(server.connect()) as connection:
                for turn in range(25):
                    body = f"{number}-{turn}".encode()
                    connection.request("PUT", f"/{number}/{turn}", body)
                    picture = json.loads(connection.getresponse().read())
                    if (picture["path"], picture["body"]) != (f"/{number}/{turn}", list(body)):
                        wrong.append(picture)

        threads = [threading.Thread(target=client, args=(number,)) for number in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(wrong, [])

    def test_logs_a_line_for_each_request_and_no_query(self):
        server = self.echo()
        server.ask("GET", "/page?token=secret")
        self.assertEqual(server.end(), 0)
        self.assertRegex(server.log(), r'msg="request" target=http method=GET path=/page status=200 bytes=\d+ ms=\d')
        self.assertNotIn("secret", server.log())

    def test_a_trap_disturbs_no_other_request(self):
        server = self.serve(self.signed(canned_actor.fickle_module(OK)), "--workers", "2")
        for _ in range(3):
            self.assertEqual(server.ask("GET", "/")[::2], (200, b"fine"))
            status, _, body = server.ask("TRAP", "/")
            self.assertEqual((status, body), (500, b"Failed to handle request"))
        self.assertEqual(server.ask("GET", "/")[::2], (200, b"fine"))
        server.end()
        self.assertEqual(server.log().count('msg="actor failed to answer"'), 3, server.log())

    def test_stops_an_actor_that_does_not_end(self):
        server = self.serve(self.signed(canned_actor.fickle_module(OK)), WASCC_REQUEST_TIMEOUT_MS="200")
        self.assertEqual(server.ask("LOOP", "/")[::2], (500, b"Failed to handle request"))
        self.assertEqual(server.ask("GET", "/")[::2], (200, b"fine"))

    def test_lets_a_request_end_after_sigterm(self):
        server = self.serve(self.signed(canned_actor.fickle_module(OK)), WASCC_REQUEST_TIMEOUT_MS="1500")
        with contextlib.closing(server.connect()) as connection:
            connection.request("LOOP", "/")  # takes until the timeout
            self.wait_until_taken(connection)
            code = server.end()
            answer = connection.getresponse()
            self.assertEqual((answer.status, answer.read()), (500, b"Failed to handle request"))
            self.assertEqual(answer.getheader("Connection"), "close")
        self.assertEqual(code, 0)
        with self.assertRaises(ConnectionRefusedError):
            server.ask("GET", "/")

    def test_cuts_off_what_outlasts_the_drain_time(self):
        server = self.serve(self.signed(canned_actor.fickle_module(OK)), "--drain", "0.2", "--workers", "2")
        with contextlib.closing(server.connect()) as connection:
            connection.request("LOOP", "/")
            self.wait_until_taken(connection)
            self.assertEqual(server.end(signal.SIGINT), 1)
            with self.assertRaises((http.client.RemoteDisconnected, ConnectionResetError)):
                connection.getresponse()

    def wait_until_taken(self, connection: http.client.HTTPConnection) -> None:
        """Until the server has read all that the client sent: its side of the socket holds nothing any more."""
        local, remote = connection.sock.getsockname()[1], connection.sock.getpeername()[1]
        ends = f":{remote:04X}", f":{local:04X}"
        while True:
            for line in Path("/proc/net/tcp").read_text().splitlines()[1:]:
                fields = line.split()
                if fields[1].endswith(ends[0]) and fields[2].endswith(ends[1]) and fields[4].endswith(":00000000"):
                    return

    def test_tells_health_on_a_port_of_its_own(self):
        server = self.echo("--admin-port", "0")
        port = server.admin_port()
        for path, status in [("/healthz", 200), ("/readyz", 200), ("/", 404)]:
            with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
                connection.request("GET", path)
                self.assertEqual(connection.getresponse().status, status)

    def test_passes_the_trace_of_a_request_on_if_asked_to(self):
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        server = self.echo(WASCC_TRACING="on")
        _, _, body = server.ask("GET", "/", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        self.assertEqual(server.end(), 0)
        span = re.search(rf"target=trace trace_id={trace} span_id=([0-9a-f]+) parent_id=00f067aa0ba902b7 "
                         "operation=HandleRequest", server.log())
        self.assertIsNotNone(span, server.log())
        self.assertEqual(json.loads(body)["headers"]["traceparent"], f"00-{trace}-{span[1]}-01")

    def test_tells_spans_as_json_where_the_log_is(self):
        server = self.echo(WASCC_TRACING="on", WASCC_LOG_FORMAT="json")
        server.ask("GET", "/page?token=secret", b"secret", {"tracestate": "secret=1"})
        self.assertEqual(server.end(), 0)
        lines = [json.loads(line) for line in server.log().splitlines()]
        spans = [line for line in lines if line.get("target") == "trace" and line["operation"] == "HandleRequest"]
        self.assertEqual(len(spans), 1, server.log())
        self.assertRegex(spans[0]["trace_id"] + spans[0]["span_id"], r"^[0-9a-f]{48}$")
        self.assertEqual((spans[0]["message"], spans[0]["parent_id"], spans[0]["outcome"]), ("span", "", "ok"))
        self.assertNotIn("secret", server.log())

    def test_tells_metrics_on_the_admin_port_if_asked_to(self):
        server = self.echo("--admin-port", "0", WASCC_METRICS="on")
        port = int(server.process.stdout.readline().split("/healthz")[0].rsplit(":", 1)[1])
        for _ in range(3):
            server.ask("GET", "/")
        status, text = self.ask_admin(port, "GET", "/metrics")
        self.assertEqual(status, 200)
        told = dict(line.split() for line in text.splitlines() if not line.startswith("#"))
        key = json.loads(self.build.wascc("inspect", "--json", self.build.actor("echo-cpp")))["subject"]
        self.assertEqual(told["wascc_actor_total_inv_count"], "3")
        self.assertEqual(told[f"wascc_{key}_HandleRequest_inv_count"], "3")
        self.assertGreater(float(told[f"wascc_{key}_HandleRequest_average_inv_time"]), 0)
        self.assertEqual(told["wascc_wascc:http_server_default_BindActor_inv_count"], "1")

    def ask_admin(self, port: int, method: str, path: str, body: bytes | None = None, headers: dict | None = None):
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=60)) as connection:
            connection.request(method, path, body, headers or {})
            answer = connection.getresponse()
            return answer.status, answer.read().decode()

    def canned(self, text: bytes, name: str = "canned", cap: str = "wascc:http_server") -> bytes:
        """A signed actor that answers this to every request."""
        module = canned_actor.fickle_module(canned_actor.http_response(200, "OK", {}, text))
        output = self.folder / "made.wasm"
        self.build.sign(module, output, name=name, caps=[cap])
        return output.read_bytes()

    def put(self, path: Path, module: bytes) -> None:
        """As a build does: a new file in the old one's place."""
        beside = path.with_suffix(".new")
        beside.write_bytes(module)
        beside.rename(path)

    def client(self, server: Server, over: threading.Event, seen: list) -> threading.Thread:
        def ask() -> None:
            with contextlib.closing(server.connect()) as connection:
                while not over.is_set():
                    connection.request("GET", "/")
                    answer = connection.getresponse()
                    seen.append((answer.status, answer.read()))

        thread = threading.Thread(target=ask)
        thread.start()
        return thread

    def wait_for_log(self, server: Server, text: str, times: int = 1) -> None:
        while server.log().count(text) < times:
            self.assertIsNone(server.process.poll(), server.log())

    def test_watch_loads_a_changed_actor_without_losing_a_request(self):
        actor = self.folder / "actor.wasm"
        actor.write_bytes(self.canned(b"one"))
        server = self.serve(actor, "--watch", "--workers", "2")
        over, seen = threading.Event(), []
        clients = [self.client(server, over, seen) for _ in range(3)]
        try:
            for text in (b"two", b"three", b"four"):
                self.put(actor, self.canned(text))
                while server.ask("GET", "/")[2] != text:
                    pass
        finally:
            over.set()
            for client in clients:
                client.join()
        self.assertEqual({status for status, _ in seen}, {200})
        self.assertLessEqual({body for _, body in seen}, {b"one", b"two", b"three", b"four"})
        self.assertEqual(server.end(), 0)
        self.assertEqual(server.log().count("replaced: canned"), 3, server.log())

    def test_watch_keeps_the_running_actor_where_the_new_file_is_refused(self):
        actor = self.folder / "actor.wasm"
        actor.write_bytes(self.canned(b"one"))
        server = self.serve(actor, "--watch")
        self.put(actor, self.canned(b"two", name="another"))
        self.wait_for_log(server, "the new module is another actor")
        self.put(actor, b"no module")
        self.wait_for_log(server, "the running actor stays", times=2)
        self.assertEqual(server.ask("GET", "/")[::2], (200, b"one"))
        self.put(actor, self.canned(b"three"))
        self.wait_for_log(server, "replaced: canned")
        self.assertEqual(server.ask("GET", "/")[::2], (200, b"three"))

    def test_a_posted_module_replaces_the_actor_if_it_may(self):
        actor = self.folder / "actor.wasm"
        actor.write_bytes(self.canned(b"one"))
        server = self.serve(actor, "--admin-port", "0")
        port = server.admin_port()
        key = json.loads(self.build.wascc("inspect", "--json", actor))["subject"]
        wasm = {"Content-Type": "application/wasm"}
        status, text = self.ask_admin(port, "POST", f"/actors/{key}", self.canned(b"two"), wasm)
        self.assertEqual((status, text), (200, f"replaced: canned ({key})\n"))
        self.assertEqual(server.ask("GET", "/")[2], b"two")
        status, text = self.ask_admin(port, "POST", f"/actors/{key}", self.canned(b"x", name="another"), wasm)
        self.assertEqual(status, 403)
        self.assertIn("Failed to perform hot swap", text)
        self.assertEqual(self.ask_admin(port, "POST", f"/actors/{key}", b"no module", wasm)[0], 422)
        self.assertEqual(server.ask("GET", "/")[2], b"two")
        self.assertEqual(self.ask_admin(port, "POST", f"/actors/{key}"), (200, f"replaced: canned ({key})\n"))
        self.assertEqual(server.ask("GET", "/")[2], b"one", "the file's module")

    def test_a_portable_provider_keeps_its_counters_in_the_store_it_is_bound_to(self):
        keys = {}
        for name in ("turnstile-cpp", "tally-cpp"):
            (self.folder / f"{name}.wasm").write_bytes(self.build.actor(name).read_bytes())
            keys[name] = json.loads(self.build.wascc("inspect", "--json", self.build.actor(name)))["subject"]
        manifest = self.folder / "manifest.yaml"
        manifest.write_text("actors: [turnstile-cpp.wasm]\ncapabilities: [{path: tally-cpp.wasm}]\nbindings:\n"
                            f"  - {{actor: {keys['tally-cpp']}, capability: 'wascc:keyvalue'}}\n"
                            f"  - {{actor: {keys['turnstile-cpp']}, capability: 'example:tally'}}\n")
        server = self.serve(self.folder)
        self.assertEqual([json.loads(server.ask("GET", "/a")[2]) for _ in range(3)],
                         [{"count": 1}, {"count": 2}, {"count": 3}])
        server.end()
        manifest.write_text("\n".join(line for line in manifest.read_text().splitlines() if "keyvalue" not in line))
        server = self.serve(self.folder)
        self.assertEqual(server.ask("GET", "/a")[0], 500, "without the binding it reaches no store")
        self.wait_for_log(server, "wasmbus.provider.wascc.keyvalue.default." + keys["tally-cpp"])

    def test_says_which_port_is_taken(self):
        server = self.echo()
        done = subprocess.run([self.build.programs / "wascc", "run", self.build.actor("echo-cpp"), "--port",
                               str(server.port)], capture_output=True, text=True, timeout=60, cwd=self.folder, env=sanitizers.OPTIONS)
        self.assertEqual(done.returncode, 1)
        self.assertIn(f"port {server.port} is taken by another process; choose another with --port", done.stderr)

    def test_takes_the_port_of_the_manifest_unless_told_another(self):
        actor = self.build.actor("echo-cpp")
        key = json.loads(self.build.wascc("inspect", "--json", actor))["subject"]
        (self.folder / "echo.wasm").write_bytes(actor.read_bytes())
        (self.folder / "manifest.yaml").write_text(
            f"actors: [echo.wasm]\nbindings:\n  - actor: {key}\n    capability: wascc:http_server\n"
            "    values: {PORT: nonsense}\n")
        done = subprocess.run([self.build.programs / "wascc", "run"], capture_output=True, text=True, timeout=60,
                              cwd=self.folder, env=sanitizers.OPTIONS)
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("PORT must be a number from 0 to 65535", done.stderr)
        self.assertNotIn("nonsense", done.stderr)
        manifest = self.folder / "manifest.yaml"
        manifest.write_text(manifest.read_text().replace("nonsense", "1"))
        self.assertEqual(self.serve(self.folder).ask("GET", "/")[0], 200)

    def test_refuses_an_actor_that_takes_no_requests(self):
        done = subprocess.run([self.build.programs / "wascc", "run", self.build.actor("event-cpp"), "--port", "0"],
                              capture_output=True, text=True, timeout=60, cwd=self.folder, env=sanitizers.OPTIONS)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("no actor here answers HTTP requests", done.stderr)

    def invoke(self, actor: Path, told: dict) -> dict:
        path = self.folder / "event.json"
        path.write_text(json.dumps(told))
        return json.loads(self.build.wascc("invoke", actor, "--event", path))

    def test_one_actor_sees_the_same_request_through_every_front_door(self):
        actor = self.build.actor("echo-cpp")
        headers = {"host": "example.org", "content-type": "text/plain", "x-one": "1", "cookie": "a=b; c=d"}
        headers["content-length"] = "5"
        request = ("POST", "/a/b", {"q": "1", "r": "x%20y"}, headers, b"h\x00\xff\nb")
        status, _, body = self.serve(actor).ask("POST", "/a/b?q=1&r=x%20y", request[-1],
                                                headers | {"accept-encoding": "identity"})
        picture = json.loads(body)
        self.assertEqual((status, picture["headers"].pop("accept-encoding")), (200, "identity"))
        for kind in FRONT_DOORS:
            with self.subTest(kind):
                told = event(kind, *request)
                if kind in ("rest", "httpapi1"):  # API Gateway decodes the query in its maps
                    told["queryStringParameters"]["r"] = "x y"
                    told["multiValueQueryStringParameters"]["r"] = ["x y"]
                self.assertEqual(json.loads(self.invoke(actor, told)["body"]), picture)

    def test_one_actor_gives_the_same_answer_through_every_front_door(self):
        header = {"Set-Cookie": "a=1\nb=2", "X-Many": "1\n2", "Content-Type": "image/x", "Connection": "close, X-Hop",
                  "X-Hop": "1", "Content-Length": "77", "X-Bad\n": "1", "X-Latin": "plain"}
        for status, reply_body in [(200, b"\x00\xffbytes"), (201, "tëxt".encode()), (204, b"none"), (404, b"")]:
            message = canned_actor.http_response(status, "", header, reply_body)
            actor = self.signed(canned_actor.module(message))
            for method in ("GET", "HEAD"):
                server = self.serve(actor)
                got_status, got_headers, got_body = server.ask(method, "/x")
                server.end()
                own = ("date", "content-length", "connection")
                got = (got_status, comparable(lines(*((n, v) for n, v in got_headers if n.lower() not in own))), got_body)
                for kind in FRONT_DOORS:
                    with self.subTest(kind, status=status, method=method):
                        told = event(kind, method, "/x", {}, {"host": "h"}, b"")
                        self.assertEqual(answer_of(self.invoke(actor, told)), got)


OK = canned_actor.http_response(200, "OK", {}, b"fine")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--bin", type=Path, required=True)
    parser.add_argument("--actors", type=Path, required=True)
    options, rest = parser.parse_known_args()
    Run.build = wascc_tool.Build(options.bin, options.actors)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
