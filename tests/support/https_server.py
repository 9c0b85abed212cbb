#!/usr/bin/env python3
"""An HTTPS server for the tests of HTTP clients: it answers what a path asks for.

    https_server.py FOLDER [PORT]

Without PORT it makes a certificate authority (FOLDER/ca.pem) and a certificate for localhost, takes a free port and
writes it to FOLDER/port, then prints "listening". With PORT it goes on with what FOLDER holds. Ends with SIGTERM.
"""
import http.server
import os
import ssl
import subprocess
import sys
import threading
import urllib.parse

folder = sys.argv[1]
wanted = int(sys.argv[2]) if len(sys.argv) > 2 else 0


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def make_certificates():
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-days", "2", "-subj", "/CN=Test authority")
    openssl("req", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=localhost")
    with open(os.path.join(folder, "names"), "w") as names:
        names.write("subjectAltName=DNS:localhost\n")
    openssl("x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days", "2",
            "-extfile", "names", "-out", "server.pem")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body=b"", headers=()):
        self.send_response_only(status, "Words of the server")
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def serve(self):
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        if url.path == "/redirect":
            self.answer(int(query.get("status", 302)), headers=[("Location", query["to"])])
        elif url.path == "/loop":
            self.answer(302, headers=[("Location", "/loop")])
        elif url.path == "/status":
            self.answer(int(query["code"]))
        elif url.path == "/bytes":
            self.answer(200, b"x" * int(query["count"]))
        elif url.path == "/silence":
            threading.Event().wait()  # until the process ends
        elif url.path == "/headers":
            self.send_response_only(200)
            self.wfile.write(b"")
            self._headers_buffer.append(b"X-Twice: one\r\nX-Twice: two\r\nX-Bytes: \xff\xfe\r\nContent-Length: 0\r\n")
            self.end_headers()
        else:
            lines = ["%s %s" % (self.command, self.path)]
            lines += sorted("%s: %s" % (name.lower(), value) for name, value in self.headers.items())
            self.answer(200, "\n".join(lines).encode() + b"\n\n" + body)

    def __getattr__(self, name):  # do_GET, do_POST, and any other method
        if name.startswith("do_"):
            return self.serve
        raise AttributeError(name)


if not wanted:
    make_certificates()
server = http.server.ThreadingHTTPServer(("127.0.0.1", wanted), Handler)
server.daemon_threads = True
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain(os.path.join(folder, "server.pem"), os.path.join(folder, "server.key"))
server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
with open(os.path.join(folder, "port.new"), "w") as file:
    file.write(str(server.server_port))
os.rename(os.path.join(folder, "port.new"), os.path.join(folder, "port"))
print("listening", flush=True)
server.serve_forever()
