"""A site that speaks the contract on loopback, remembers every request and can be told to misbehave."""

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from bench.ports import free_port

KEY = "esk_" + "Alice001" + "x" * 38


@dataclass
class Request:
    method: str
    path: str
    headers: dict[str, str]
    body: str


@dataclass
class FakeSite:
    """`answer_with` makes every batch fail alike; `refuse` refuses single events by their tool name."""

    key: str = KEY
    tenant_capture: bool = True
    user_consent: bool = True
    personal_data: bool = False
    answer_with: tuple[int, dict[str, str]] | None = None
    refuse: dict[str, int] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)
    stored: dict[str, dict[str, Any]] = field(default_factory=dict)
    inserts: int = 0
    # Its own also while it is stopped, so that it can be started again.
    port: int = field(default_factory=free_port)
    _server: ThreadingHTTPServer | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def events(self) -> list[dict[str, Any]]:
        return list(self.stored.values())

    def start(self) -> None:
        site = self

        class Handler(BaseHTTPRequestHandler):
            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                site._answer(self, "")

            def do_POST(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                site._answer(self, self.rfile.read(length).decode())

        ThreadingHTTPServer.allow_reuse_address = True
        self._server = ThreadingHTTPServer(("127.0.0.1", self.port), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()

    def stop(self) -> None:
        if self._server:
            self._server.shutdown()
            self._server.server_close()
            self._server = None

    def _answer(self, handler: BaseHTTPRequestHandler, body: str) -> None:
        self.requests.append(
            Request(handler.command, handler.path, dict(handler.headers.items()), body)
        )
        status, headers, answer = self._decide(handler, body)
        data = json.dumps(answer).encode()
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    def _decide(
        self, handler: BaseHTTPRequestHandler, body: str
    ) -> tuple[int, dict[str, str], object]:
        if handler.headers.get("Authorization") != f"Bearer {self.key}":
            return 401, {}, {"title": "Unauthorized", "status": 401}
        if handler.path == "/api/hook-settings":
            return 200, {}, self._settings()
        if handler.path == "/api/track/batch" and self.answer_with:
            status, headers = self.answer_with
            return status, headers, {"title": "No", "status": status}
        if handler.path == "/api/track/batch":
            results = [self._store(event) for event in json.loads(body)["events"]]
            is_over = any(result["status"] == 429 for result in results)
            return 200, {"Retry-After": "50"} if is_over else {}, {"results": results}
        return 404, {}, {"title": "Not found", "status": 404}

    def _settings(self) -> dict[str, object]:
        return {
            "capture": self.tenant_capture and self.user_consent,
            "gate": (
                "tenant_off"
                if not self.tenant_capture
                else "open"
                if self.user_consent
                else "no_consent"
            ),
            "snippet_length": 5000,
            "personal_data": self.personal_data,
            "max_age": 300,
        }

    def _store(self, event: dict[str, Any]) -> dict[str, object]:
        status = self.refuse.get(event["tool_name"], 200)
        if status != 200:
            pointer = {"pointer": "/tool_name", "detail": "Not this one."}
            return {"status": status, "title": "Bad", "errors": [pointer]}
        # A client that was killed and the one after it may send the same at the same moment.
        with self._lock:
            if event["event_id"] not in self.stored:
                self.inserts += 1
                self.stored[event["event_id"]] = event
        return {"status": 200}
