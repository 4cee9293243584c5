"""Drive a server with ``wrk``, which is fast enough not to be what is measured."""

import json
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

WRK = shutil.which("wrk")

_SCRIPT = """
local requests, next = {}, 0
local file = io.open("%s", "rb")
for request in file:read("*a"):gmatch("[^%%z]+") do requests[#requests + 1] = request end
file:close()

function request()
  next = next %% #requests + 1
  return requests[next]
end

function done(summary, latency)
  local errors = summary.errors
  io.stderr:write(string.format('{"requests": %%d, "microseconds": %%d, "errors": %%d, "status": %%d, "late": %%d, ' ..
    '"p50": %%d, "p95": %%d, "p99": %%d}', summary.requests, summary.duration,
    errors.connect + errors.read + errors.write, errors.status, errors.timeout,
    latency:percentile(50), latency:percentile(95), latency:percentile(99)))
end
"""


@dataclass(frozen=True)
class Outcome:
    """What the clients saw; latencies are in microseconds."""

    requests: int
    seconds: float
    p50: int
    p95: int
    p99: int
    failed: int
    refused: int = 0

    @property
    def good(self) -> float:
        """Requests per second whose answer is the one that was asked for."""
        return (self.requests - self.refused) / self.seconds

    @property
    def rate(self) -> float:
        """Requests per second."""
        return self.requests / self.seconds


def drive(url: str, requests: list[bytes], *, connections: int, seconds: float) -> Outcome:
    """Send whole HTTP requests over and over in their order.

    Every connection sends its next request when it has the answer to the last one.
    """
    if WRK is None:
        raise SystemExit("wrk is not installed (Debian: apt-get install wrk)")
    with tempfile.TemporaryDirectory() as folder:
        content, script = Path(folder, "requests"), Path(folder, "load.lua")
        content.write_bytes(b"\0".join(requests))
        script.write_text(_SCRIPT % content)
        length = f"{max(1, round(seconds))}s"
        command = [WRK, "-t1", f"-c{connections}", f"-d{length}", "--timeout", "30s", "-s", str(script), url]
        ended = subprocess.run(command, check=True, capture_output=True, text=True)
    seen = json.loads(ended.stderr)
    return Outcome(
        seen["requests"],
        seen["microseconds"] / 1e6,
        seen["p50"],
        seen["p95"],
        seen["p99"],
        seen["errors"] + seen["status"] + seen["late"],
        seen["status"],
    )
