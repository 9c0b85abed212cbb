#!/usr/bin/env python3
"""An S3 server for tests: moto, which does not check signatures, behind a check of each of them by botocore.

    s3_server.py --port PORT --folder FOLDER [--certificate FILE --key FILE]

Prints "ready" when it can be used, or "skipped: " with the reason where the Python registry cannot be reached. What it has
acknowledged it also writes to FOLDER, and does again when it is started there once more. A page of a list has two objects.
The keys TESTKEY and TESTTOKENKEY are known, the second with a session token.
"""

import argparse
import base64
import hashlib
import json
import os
import sys
import urllib.parse

import pypi

PACKAGES = ["moto==5.2.5", "flask==3.1.3", "flask-cors==6.0.5", "py-partiql-parser==0.6.3", "PyYAML==6.0.4"]
SECRET = "a/secret+of:the/test"
TOKENS = {"TESTKEY": None, "TESTTOKENKEY": "a+token/of==the+test"}
PAGE = 2


def headers_of(environ) -> dict[str, str]:
    names = {name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")}
    if environ.get("CONTENT_TYPE"):
        names["content-type"] = environ["CONTENT_TYPE"]
    return names


def is_encoded(text: str, keep: str) -> bool:
    """Whether a part of a URL is written as S3 reads it before it computes a signature."""
    return urllib.parse.quote(urllib.parse.unquote(text), safe=keep + "-_.~") == text


def fault(method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[str, str] | None:
    """Why S3 would not take this request for one of the account's: code and message."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    scheme, _, rest = headers.get("authorization", "").partition(" ")
    parts = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    if scheme != "AWS4-HMAC-SHA256" or not parts.keys() >= {"Credential", "SignedHeaders", "Signature"}:
        return "AccessDenied", "not signed"
    key, day, region, service, _ = parts["Credential"].split("/")
    if key not in TOKENS:
        return "InvalidAccessKeyId", "no such key"
    if headers.get("x-amz-security-token") != TOKENS[key]:
        return "InvalidToken", "the session token is not that of the key"
    if service != "s3" or not headers.get("x-amz-date", "").startswith(day):
        return "AuthorizationHeaderMalformed", "another service or day"
    signed = parts["SignedHeaders"].split(";")
    missing = [name for name in headers if (name == "host" or name.startswith("x-amz-")) and name not in signed]
    if missing:
        return "AccessDenied", f"not signed: {missing}"
    if headers.get("x-amz-content-sha256") != hashlib.sha256(body).hexdigest():
        return "XAmzContentSHA256Mismatch", "the body has another digest"
    path, _, query = target.partition("?")
    pairs = query.split("&") if query else []
    if not is_encoded(path, "/") or not all(is_encoded(part, "") for pair in pairs for part in pair.split("=")) \
            or pairs != sorted(pairs):
        return "SignatureDoesNotMatch", "not the canonical form of a URL"
    request = AWSRequest(method=method, url=f"http://{headers['host']}{target}",
                         headers={name: headers[name] for name in signed})
    request.context["timestamp"] = headers["x-amz-date"]
    signer = S3SigV4Auth(Credentials(key, SECRET, TOKENS[key]), service, region)
    text = signer.string_to_sign(request, signer.canonical_request(request))
    if signer.signature(text, request) != parts["Signature"]:
        return "SignatureDoesNotMatch", "botocore computes another signature"
    return None


class Front:
    """What stands before moto."""

    def __init__(self, moto, journal):
        self.moto, self.journal = moto, journal

    def __call__(self, environ, start_response):
        method, target = environ["REQUEST_METHOD"], environ["RAW_URI"]
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = headers_of(environ)
        wrong = fault(method, target, headers, body)
        if wrong:
            text = f"<Error><Code>{wrong[0]}</Code><Message>{wrong[1]}</Message></Error>".encode()
            start_response("403 Forbidden", [("Content-Type", "application/xml"), ("Content-Length", str(len(text)))])
            return [b"" if method == "HEAD" else text]
        if "list-type=2" in target:
            environ["QUERY_STRING"] += f"&max-keys={PAGE}"
        status, answer_headers, answer = self.ask(environ, body)
        if method in ("PUT", "DELETE") and status.startswith("2"):
            os.write(self.journal, (json.dumps([method, target, headers, base64.b64encode(body).decode()]) + "\n").encode())
        start_response(status, answer_headers)
        return [answer]

    def ask(self, environ, body: bytes):
        import io

        environ["wsgi.input"], environ["CONTENT_LENGTH"] = io.BytesIO(body), str(len(body))
        seen = []
        answer = b"".join(self.moto(environ, lambda status, headers, *_: seen.append((status, headers))))
        return *seen[0], answer

    def replay(self, path: str) -> None:
        from werkzeug.test import EnvironBuilder

        if os.path.exists(path):
            for line in open(path):
                method, target, headers, body = json.loads(line)
                self.ask(EnvironBuilder(path=target, method=method, headers=headers,
                                        base_url=f"http://{headers['host']}").get_environ(), base64.b64decode(body))


def serve(options) -> None:
    from moto.server import DomainDispatcherApplication, create_backend_app
    from werkzeug.serving import WSGIRequestHandler, make_server

    class Handler(WSGIRequestHandler):
        protocol_version = "HTTP/1.1"  # keeps connections

        def log(self, *_):
            pass

    path = os.path.join(options.folder, "acknowledged")
    front = Front(DomainDispatcherApplication(create_backend_app), os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND))
    front.replay(path)
    tls = (options.certificate, options.key) if options.certificate else None
    server = make_server("127.0.0.1", options.port, front, threaded=True, request_handler=Handler, ssl_context=tls)
    print("ready", flush=True)
    server.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--folder", required=True)
    parser.add_argument("--certificate")
    parser.add_argument("--key")
    options = parser.parse_args()
    try:
        python = pypi.python("s3-server-1", PACKAGES)
    except pypi.Unavailable as reason:
        sys.exit(f"skipped: {reason}")
    if sys.prefix != str(python.parent.parent):
        os.execv(python, [str(python), *sys.argv])
    serve(options)


if __name__ == "__main__":
    main()
