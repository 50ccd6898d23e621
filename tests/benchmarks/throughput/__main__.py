"""Runs the measurement and prints its tables; `--help` says how."""

from __future__ import annotations

import argparse
import json
import os
import platform
import sys
import tempfile
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from throughput import contenders, goals, installation, peers, rounds, scenarios, senders

NAMES = ("stub", "clamd", "email", "chain", "wrapper", "service")
QUICK = {"rounds": 2, "share": 0.3, "recipients": 60, "messages": 3000}
USUAL = {"rounds": 5, "share": 1.0, "recipients": 500, "messages": 10_000}


def main() -> int:
    """Measure; the exit code is 1 where a contender gave an answer that it must not give."""
    parser = argparse.ArgumentParser(prog="throughput", description=__doc__)
    parser.add_argument("--only", help=f"contenders, separated by commas, of: {', '.join(NAMES)}")
    parser.add_argument("--peers", action="store_true", help="amavis, clamav-milter, FuGlu and rspamd as well")
    parser.add_argument("--quick", action="store_true", help="fewer rounds and messages")
    parser.add_argument("--place", default="build/bench", help="folder for the venv; default: build/bench")
    parser.add_argument("--json", default="build/bench.json", help="file for all figures; default: build/bench.json")
    chosen = parser.parse_args()
    sizes = QUICK if chosen.quick else USUAL
    wanted = frozenset(chosen.only.split(",") if chosen.only else NAMES)
    place = os.path.abspath(chosen.place)
    target = installation.install(place)
    with tempfile.TemporaryDirectory(prefix="qsfilter-bench-") as scratch:
        os.chmod(scratch, 0o755)  # noqa: S103 - peers run as users of their own
        queue = os.path.join(scratch, "queue")
        os.mkdir(queue)
        clamd = installation.clamd(os.path.join(scratch, "clamd"))
        stub = (installation.compiled("delivery", scratch), queue)
        site = installation.Site(scratch=scratch, venv=target, stub=stub, clamd=clamd)
        with clamd, senders.Senders(rounds.STREAMS) as eight:
            assert clamd.process is not None
            pid = clamd.process.pid
            with ExitStack() as stack:
                found = stack.enter_context(contenders.standard(site, wanted))
                if chosen.peers:
                    found += stack.enter_context(peers.peers(site, place))
                results = rounds.run(found, pid, int(sizes["rounds"]), eight, share=sizes["share"])
                figures = scenarios.guarded("peak memory", partial(scenarios.peaks, found))
            if "service" in wanted:
                count = int(sizes["recipients"])
                figures |= scenarios.guarded("circular", partial(scenarios.circular, site, pid, count, eight))
                figures |= scenarios.guarded("slope", partial(scenarios.slope, site, int(sizes["messages"])))
    reached = [*goals.of_rounds(results), *goals.of_scenarios(figures)]
    wrong = [f"{one.contender}, {one.kind}: {', '.join(set(one.wrong))}" for one in results.batches if one.wrong]
    told = (
        [goals.table(results), *goals.legend()],
        [f"{name}: {value:.4g}" for name, value in figures.items()],
        [goal.line() for goal in reached],
        ["wrong answers:", *sorted(set(wrong))] if wrong else ["no wrong answers"],
    )
    sys.stdout.write("\n\n".join("\n".join(lines) for lines in told) + "\n")
    data = {
        "machine": [platform.platform(), platform.python_version(), str(os.cpu_count())],
        "batches": results.as_data(),
        "figures": figures,
        "goals": {goal.name: [goal.bound, goal.value] for goal in reached},
    }
    Path(chosen.json).write_text(json.dumps(data, indent=1) + "\n", encoding="utf-8")
    return 1 if wrong or figures.get("circular wrong") or figures.get("slope wrong") else 0


if __name__ == "__main__":
    raise SystemExit(main())
