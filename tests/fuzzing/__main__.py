"""The long run: ``python -m tests.fuzzing CASES`` goes on, with new seeds, until so many requests have been sent."""

import sys
import tempfile
import time
from itertools import cycle, product
from pathlib import Path

from tests.fuzzing.campaign import CONTRACTS, fuzz, service

EXAMPLES = 100


def main() -> int:
    """Print a line for each round, and all that Schemathesis says about one that found something."""
    wanted = int(sys.argv[1]) if len(sys.argv) > 1 else 20_000
    sent, failed, began = 0, 0, time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        for number, (surrogates, contracts) in enumerate(cycle(product((False, True), CONTRACTS))):
            if sent >= wanted:
                break
            report = Path(folder) / f"{number}.json"
            with service(contracts) as url:
                found = fuzz(url, EXAMPLES, report, surrogates=surrogates)
            sent += found.cases
            failed += not found.passed
            kind = "surrogates" if surrogates else "any text"
            print(f"{sent:6} cases, {time.monotonic() - began:5.0f} s: {contracts} ({kind})", flush=True)  # noqa: T201
            if not found.passed:
                print(found.output, flush=True)  # noqa: T201
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
