"""A proxy in front of a store that can delay, cut, corrupt, refuse and send in circles."""

import http.client
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit


class Request:
    """What a rule sees of a request."""

    def __init__(self, method, target, headers):
        parts = urlsplit(target)
        path = unquote(parts.path).lstrip("/")
        self.method = method
        self.bucket, _, self.key = path.partition("/")
        self.query = parse_qs(parts.query, keep_blank_values=True)
        self.is_list = method == "GET" and "list-type" in self.query
        self.range = headers.get("Range")
        self.headers = headers


class Proxy:
    """Forwards to `port` of this machine, and asks `rule` what to do with each request.

    A rule returns `None` (forward), or a list of `("delay", seconds)`, `("cut", bytes)`, `("flip", at)`,
    `("answer", status, code)`, `("body", bytes)`, `("redirect", target)`, `("call", function)`.
    """

    def __init__(self, port):
        self.rule = lambda request: None
        self.seen = []
        self.most_at_once = 0
        self._at_once = 0
        self._lock = threading.Lock()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def handle(self):
                try:
                    super().handle()
                except ConnectionResetError:
                    pass

            def handle_any(self):
                request = Request(self.command, self.path, self.headers)
                with outer._lock:
                    outer.seen.append(request)
                    outer._at_once += 1
                    outer.most_at_once = max(outer.most_at_once, outer._at_once)
                try:
                    self.answer(request)
                except (BrokenPipeError, ConnectionResetError):
                    self.close_connection = True
                finally:
                    with outer._lock:
                        outer._at_once -= 1

            def answer(self, request):
                cut = flip = None
                for what, *more in outer.rule(request) or []:
                    if what == "delay":
                        time.sleep(more[0])
                    elif what == "cut":
                        cut = more[0]
                    elif what == "flip":
                        flip = more[0]
                    elif what == "call":
                        more[0]()
                    elif what == "redirect":
                        self.send_response(307)
                        self.send_header("Location", more[0])
                        self.send_header("Content-Length", "0")
                        self.end_headers()
                        return
                    elif what == "body":
                        self.send_response(200)
                        self.send_header("Content-Length", str(len(more[0])))
                        self.end_headers()
                        self.wfile.write(more[0])
                        return
                    elif what == "answer":
                        status, code = more
                        body = f"<Error><Code>{code}</Code><Message>hush</Message></Error>".encode()
                        self.send_response(status)
                        self.send_header("Content-Length", str(len(body)))
                        self.end_headers()
                        if request.method != "HEAD":
                            self.wfile.write(body)
                        return
                length = int(self.headers.get("Content-Length") or 0)
                sent = self.rfile.read(length) if length else None
                upstream = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
                upstream.request(self.command, self.path, sent, dict(self.headers))
                found = upstream.getresponse()
                body = found.read()
                if flip is not None and body:
                    body = bytearray(body)
                    body[flip % len(body)] ^= 1
                    body = bytes(body)
                self.send_response(found.status)
                for name, value in found.getheaders():
                    if name.lower() not in ("transfer-encoding", "connection", "content-length", "date", "server"):
                        self.send_header(name, value)
                head = found.getheader("Content-Length") if request.method == "HEAD" else None
                self.send_header("Content-Length", head or str(len(body)))
                self.end_headers()
                if request.method != "HEAD":
                    self.wfile.write(body if cut is None else body[:cut])
                if cut is not None:
                    self.close_connection = True
                upstream.close()

            do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = handle_any

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.daemon_threads = True
        self.port = self.server.server_address[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def reset(self, rule=None):
        self.rule = rule or (lambda request: None)
        self.seen = []
        self.most_at_once = 0
