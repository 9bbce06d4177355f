"""Debian's chromium, driven over the DevTools protocol through a pipe, cut off from every network.

https://chromedevtools.github.io/devtools-protocol/ ; messages of --remote-debugging-pipe are JSON,
each closed by a NUL.
"""

from __future__ import annotations

import base64
import json
import os
import select
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

# The pipe's ends must be 3 and 4, whatever numbers they have here.
_START = """
import os, sys
told, asked = (os.dup(int(n)) for n in sys.argv[1:3])
os.dup2(told, 3); os.dup2(asked, 4)
os.set_inheritable(3, True); os.set_inheritable(4, True)
os.execvp(sys.argv[3], sys.argv[3:])
"""
_OPTIONS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--proxy-server=direct://",
    # Nothing but this machine has an address.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1",
    "--remote-debugging-pipe",
    "about:blank",
]


class Browser:
    """One chromium, a page at a time; it remembers what was asked for and complained of."""

    def __init__(self, program: str, profile: Path) -> None:
        read_commands, self._write = os.pipe()
        self._read, write_answers = os.pipe()
        ends = (read_commands, write_answers)
        command = [program, f"--user-data-dir={profile}", *_OPTIONS]
        self._process = subprocess.Popen(
            [sys.executable, "-c", _START, *map(str, ends), *command],
            pass_fds=ends,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        for end in ends:
            os.close(end)
        self._rest = b""
        self._number = 0
        self._session = ""
        self._target = ""
        self.events: list[dict[str, Any]] = []

    def close(self) -> None:
        self.send("Browser.close", session="")
        self._process.wait(30)
        os.close(self._read)
        os.close(self._write)

    def open(
        self, address: str, scripts: bool = True, width: int = 1000, height: int = 900
    ) -> None:
        """Open an address in a fresh tab, and wait until it is loaded."""
        if self._target:
            self.send("Target.closeTarget", session="", targetId=self._target)
        self.events.clear()
        made = self.send("Target.createTarget", session="", url="about:blank")
        self._target = made["targetId"]
        attached = self.send(
            "Target.attachToTarget", session="", targetId=self._target, flatten=True
        )
        self._session = attached["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log"):
            self.send(f"{domain}.enable")
        self.send("Emulation.setScriptExecutionDisabled", value=not scripts)
        self.send(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=False,
        )
        self.send("Page.navigate", url=address)
        self.wait_for("Page.loadEventFired")

    def send(self, method: str, session: str | None = None, **params: Any) -> dict[str, Any]:
        self._number += 1
        message: dict[str, Any] = {"id": self._number, "method": method, "params": params}
        chosen = self._session if session is None else session
        if chosen:
            message["sessionId"] = chosen
        os.write(self._write, json.dumps(message).encode("utf-8") + b"\0")
        end = time.monotonic() + 60
        while True:
            answer = self._receive(end)
            if answer.get("id") == self._number:
                assert "error" not in answer, (method, answer["error"])
                return answer["result"]

    def wait_for(self, event: str, seconds: float = 60) -> None:
        end = time.monotonic() + seconds
        while not any(e["method"] == event for e in self.events):
            self._receive(end)

    def wait_until(self, script: str, seconds: float = 60) -> None:
        """Wait until a script's value is true."""
        end = time.monotonic() + seconds
        while not self.run(script):
            assert time.monotonic() < end, f"not within {seconds} s: {script}"
            time.sleep(0.1)

    def run(self, script: str) -> Any:
        """Return what a script, or the promise that it makes, is worth."""
        done = self.send(
            "Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True
        )
        assert "exceptionDetails" not in done, done["exceptionDetails"]
        return done["result"].get("value")

    def point(self, x: float, y: float) -> None:
        for step in (-1, 0):
            self.send("Input.dispatchMouseEvent", type="mouseMoved", x=x + step, y=y + step)

    def shoot(self, path: Path) -> None:
        shot = self.send("Page.captureScreenshot", format="png")
        path.write_bytes(base64.b64decode(shot["data"]))

    @property
    def asked(self) -> list[str]:
        """Addresses that were asked for; not those that hold their content, nor what is stopped."""
        stopped = {
            event["params"]["requestId"]
            for event in self.events
            if event["method"] == "Network.loadingFailed"
            and event["params"].get("blockedReason") == "csp"
        }
        found = [
            event["params"]["request"]["url"]
            for event in self.events
            if event["method"] == "Network.requestWillBeSent"
            and event["params"]["requestId"] not in stopped
        ]
        return [url for url in found if not url.startswith(("data:", "blob:"))]

    @property
    def complaints(self) -> list[str]:
        """What the console says: warnings, errors, exceptions, blocked content, dialogs."""
        found = []
        for event in self.events:
            params, method = event["params"], event["method"]
            if method == "Runtime.consoleAPICalled" and params["type"] in ("warning", "error"):
                found.append(str([arg.get("value", arg) for arg in params["args"]]))
            elif method == "Runtime.exceptionThrown":
                found.append(str(params["exceptionDetails"]))
            elif method == "Log.entryAdded" and params["entry"]["level"] in ("warning", "error"):
                found.append(params["entry"]["text"] + " " + params["entry"].get("url", ""))
            elif method == "Page.javascriptDialogOpening":
                found.append(f"dialog: {params['message']}")
        return found

    def _receive(self, end: float) -> dict[str, Any]:
        while b"\0" not in self._rest:
            ready, _, _ = select.select([self._read], [], [], max(0.0, end - time.monotonic()))
            assert ready, "the browser does not answer"
            more = os.read(self._read, 1 << 20)
            assert more, "the browser has ended"
            self._rest += more
        message, _, self._rest = self._rest.partition(b"\0")
        parsed: dict[str, Any] = json.loads(message)
        if "method" in parsed:
            self.events.append(parsed)
        return parsed
