"""The bench: baseline and product alternately in fresh processes; medians, spread, and a ratio with its verdict.

    from harness import Call, compare
    def scan(path: str) -> str: ...          # top level of the bench module; returns its answer as text
    result = compare("A1", Call("bare scan", scan, {"path": p}), Call("features", features, {"path": p}), gate=7)
    result.check()                           # prints; fails on unequal answers, or on a verdict beyond the gate

Source of the method: scale.md, section 8. Times are of the call alone; imports and the interpreter are not counted.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import inspect
import json
import os
import platform
import resource
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SPREAD_LIMIT = 0.20
MARK = "##bench##"


@dataclass(frozen=True)
class Call:
    """A top-level function of a bench file and its JSON arguments; it returns its answer as text (or None)."""

    name: str
    function: Callable[..., str | None]
    arguments: dict[str, Any] = field(default_factory=dict)

    def command(self) -> list[str]:
        file = inspect.getsourcefile(self.function)
        target = f"{file}:{self.function.__qualname__}"
        return [sys.executable, str(Path(__file__).resolve()), target, json.dumps(self.arguments)]


@dataclass(frozen=True)
class Command:
    """A whole process, started and timed from outside; its answer is what it prints, if `answer` is true."""

    name: str
    arguments: Sequence[str]
    answer: bool = False
    environment: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Measured:
    """One run: CPU seconds of process and children, wall seconds, peak resident bytes, bytes grown by the call."""

    cpu: float
    wall: float
    peak: int
    grown: int
    answer: str | None


@dataclass(frozen=True)
class Comparison:
    """Medians of both sides. `ratio` = product / baseline of `measure`; `verdict` None where it is withheld."""

    title: str
    baseline: list[Measured]
    product: list[Measured]
    names: tuple[str, str]
    gate: float | None
    measure: str
    load: float
    withheld: str

    def median(self, side: list[Measured], measure: str) -> float:
        return float(statistics.median(getattr(run, measure) for run in side))

    def ratio_of(self, measure: str) -> float:
        base = self.median(self.baseline, measure)
        return self.median(self.product, measure) / base if base else float("inf")

    @property
    def ratio(self) -> float:
        return self.ratio_of(self.measure)

    @property
    def same_answer(self) -> bool:
        return len({run.answer for run in self.baseline + self.product if run.answer is not None}) <= 1

    @property
    def verdict(self) -> bool | None:
        return None if self.withheld or self.gate is None else self.ratio <= self.gate

    def text(self) -> str:
        """The whole report in lines: medians, spread, ratio, versions, load, verdict."""
        lines = [f"\n{self.title}: {self.names[1]} / {self.names[0]}"]
        for name, side in zip(self.names, (self.baseline, self.product), strict=True):
            lines.append(
                f"  {name:<28} cpu {self.median(side, 'cpu'):8.3f} s   wall {self.median(side, 'wall'):8.3f} s   "
                f"peak {self.median(side, 'peak') / 2**20:7.0f} MB   grown {self.median(side, 'grown') / 2**20:7.0f} MB"
                f"   spread {spread(side, self.measure):4.0%}   runs {len(side)}"
            )
        gate = "" if self.gate is None else f"  (gate <= {self.gate:.3g})"
        others = ", ".join(f"{m} {self.ratio_of(m):.3g}" for m in ("cpu", "wall", "grown") if m != self.measure)
        lines.append(f"  ratio of {self.measure}: {self.ratio:.3g}{gate}; {others}")
        words = {True: "inside the gate", False: "BEYOND THE GATE", None: f"no verdict: {self.withheld or 'no gate'}"}
        lines.append(f"  same answer: {'yes' if self.same_answer else 'NO'}; verdict: {words[self.verdict]}")
        lines.append(f"  other work {self.load:.2f} of {os.cpu_count()} cores; {versions()}")
        return "\n".join(lines)

    def check(self) -> None:
        """Print, then fail on unequal answers or a ratio beyond its gate; a withheld verdict passes, said so."""
        print(self.text(), flush=True)
        assert self.same_answer, f"{self.title}: baseline and product gave different answers"
        assert self.verdict is not False, f"{self.title}: ratio {self.ratio:.3g} is beyond the gate {self.gate}"

    def gated(self, title: str, measure: str, gate: float) -> Comparison:
        """The same runs judged by another measure (cpu, wall, peak, grown), with no new run."""
        withheld = self.withheld or noisy(self.baseline, self.product, measure)
        return Comparison(title, self.baseline, self.product, self.names, gate, measure, self.load, withheld)


def compare(
    title: str,
    baseline: Call | Command,
    product: Call | Command,
    *,
    gate: float | None = None,
    measure: str = "cpu",
    runs: int = 5,
) -> Comparison:
    """Run both sides alternately in fresh processes, `runs` times (3 where the first pair takes over 10 s a side)."""
    others = OtherWork()
    before: list[Measured] = []
    after: list[Measured] = []
    while len(after) < runs:
        before.append(once(baseline))
        after.append(once(product))
        if max(before[0].wall, after[0].wall) > 10:
            runs = min(runs, 3)
    load = others.cores()
    busy = f"{load:.2f} of {os.cpu_count()} cores were busy with other work" if load > (os.cpu_count() or 1) / 2 else ""
    withheld = busy or noisy(before, after, measure)
    return Comparison(title, before, after, (baseline.name, product.name), gate, measure, load, withheld)


class OtherWork:
    """How many cores, on average since it was made, were busy with anything but this bench and its children.

    The load average would count the bench itself, and the one before it for minutes more.
    """

    def __init__(self) -> None:
        self._busy, self._own, self._began = _busy(), _cpu(), time.perf_counter()

    def cores(self) -> float:
        wall = time.perf_counter() - self._began
        return max(0.0, (_busy() - self._busy) - (_cpu() - self._own)) / max(wall, 1e-9)


def _busy() -> float:
    """CPU seconds of the whole machine that were not idle; our own where the system does not tell."""
    try:
        fields = Path("/proc/stat").read_text(encoding="ascii").splitlines()[0].split()[1:]
    except OSError:
        return _cpu()
    user, nice, system, _idle, _wait, irq, soft, steal = map(int, fields[:8])
    return (user + nice + system + irq + soft + steal) / os.sysconf("SC_CLK_TCK")


def noisy(before: list[Measured], after: list[Measured], measure: str) -> str:
    worst = max(spread(before, measure), spread(after, measure))
    return f"spread {worst:.0%} is over {SPREAD_LIMIT:.0%}" if worst > SPREAD_LIMIT else ""


def spread(side: list[Measured], measure: str) -> float:
    """Interquartile range over median: one stray run does not decide."""
    values = sorted(getattr(run, measure) for run in side)
    middle = statistics.median(values)
    if len(values) < 3 or not middle:
        return 0.0
    low, _, high = statistics.quantiles(values, n=4, method="inclusive")
    return float((high - low) / middle)


def once(side: Call | Command) -> Measured:
    """One run in a fresh process; a failed one stops the bench with what it wrote."""
    if isinstance(side, Command):
        return _timed_command(side)
    done = subprocess.run(side.command(), capture_output=True, text=True, check=False)
    found = [line for line in done.stdout.splitlines() if line.startswith(MARK)]
    if done.returncode or not found:
        raise RuntimeError(f"{side.name} failed:\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}")
    return Measured(**json.loads(found[-1][len(MARK) :]))


def _timed_command(side: Command) -> Measured:
    began = time.perf_counter()
    environment = {**os.environ, **side.environment}
    with subprocess.Popen(list(side.arguments), stdout=subprocess.PIPE, env=environment) as child:
        assert child.stdout is not None
        out = child.stdout.read()
        _, status, used = os.wait4(child.pid, 0)
        child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        raise RuntimeError(f"{side.name} ended with {child.returncode}:\n{out[-4000:].decode(errors='replace')}")
    answer = hashlib.sha256(out).hexdigest() if side.answer else None
    peak = used.ru_maxrss * 1024
    return Measured(used.ru_utime + used.ru_stime, time.perf_counter() - began, peak, peak, answer)


def _cpu() -> float:
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(u.ru_utime + u.ru_stime for u in used)


def _status(name: str) -> int:
    """A line of /proc/self/status in bytes; elsewhere the peak the system tells."""
    try:
        text = Path("/proc/self/status").read_text(encoding="ascii")
    except OSError:
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return next(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith(f"{name}:"))


def _run_here(target: str, arguments: dict[str, Any]) -> Measured:
    """In the child: load the bench file, then time the call alone and the memory it adds."""
    file, _, name = target.rpartition(":")
    spec = importlib.util.spec_from_file_location("bench_module", file)
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["bench_module"] = module
    spec.loader.exec_module(module)
    function = getattr(module, name)
    warm = getattr(function, "warm", None)  # imports that the call needs but that are not what is measured
    if warm:
        warm()
    with contextlib.suppress(OSError):  # where this cannot be written, the peak counts the imports too
        Path("/proc/self/clear_refs").write_text("5", encoding="ascii")  # resets the peak to what is resident now
    resident, cpu, wall = _status("VmRSS"), _cpu(), time.perf_counter()
    answer = function(**arguments)
    wall, cpu, peak = time.perf_counter() - wall, _cpu() - cpu, _status("VmHWM")
    return Measured(cpu, wall, peak, max(peak - resident, 0), answer)


def answer_of(columns: dict[str, Any], digits: int = 6) -> str:
    """One hash over columns: integers as they are, floats at `digits` of the column's largest magnitude, NaN alike."""
    import numpy as np

    total = hashlib.sha256()
    for name in sorted(columns):
        values = np.asarray(columns[name])
        if values.dtype.kind == "f":
            held = np.nan_to_num(values, nan=0.0)
            scale = np.abs(held).max(initial=0.0) or 1.0
            values = np.where(np.isnan(values), 10**digits * 2, np.rint(held / scale * 10**digits)).astype(np.int64)
        elif values.dtype.kind in "iub":
            values = values.astype(np.int64)
        total.update(name.encode() + str(values.shape).encode())
        total.update(values.tobytes() if values.dtype.kind == "i" else "\x1f".join(map(str, values)).encode())
    return total.hexdigest()


def versions() -> str:
    names = ("numpy", "pyarrow", "pandas", "scikit-learn", "sqlcipher3", "PySide6-Essentials")
    found = []
    for name in names:
        try:
            found.append(f"{name} {importlib.metadata.version(name)}")
        except importlib.metadata.PackageNotFoundError:
            continue
    return f"Python {platform.python_version()}, {', '.join(found)}"


if __name__ == "__main__":
    measured = _run_here(sys.argv[1], json.loads(sys.argv[2]))
    print(MARK + json.dumps(measured.__dict__), flush=True)
