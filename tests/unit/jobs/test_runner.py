"""The worker answers, stops when asked, survives every hostile function and leaves nothing behind."""

import json
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from crmdesk.domain.errors import AnalysisError, CrmdeskError
from crmdesk.jobs import Cancelled
from crmdesk.jobs.runner import InlineRunner, Runner, WorkerRunner

HERE = Path(__file__).parent


@pytest.fixture
def runner(monkeypatch: pytest.MonkeyPatch) -> Iterator[WorkerRunner]:
    monkeypatch.syspath_prepend(str(HERE))
    with WorkerRunner(grace=0.5) as made:
        yield made


def gone(pid: int) -> bool:
    """True once the process has ended (one that only waits to be reaped counts)."""
    for _ in range(100):
        try:
            if psutil.Process(pid).status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False


class Heard:
    """Progress that keeps what it was told."""

    def __init__(self) -> None:
        self.steps: list[tuple[float, str]] = []

    def step(self, fraction: float, text: str = "") -> None:
        self.steps.append((fraction, text))


def works(runner: Runner) -> bool:
    return runner.call("targets:echo", b"abc") == b"cba"


def test_bytes_and_progress_cross_and_the_process_is_kept(runner: WorkerRunner) -> None:
    heard = Heard()
    assert runner.call("targets:echo", bytes(range(256)) * 20_000, progress=heard) == bytes(range(255, -1, -1)) * 20_000
    assert heard.steps[-1] == (1.0, "done")
    first = runner.pid
    assert works(runner) and runner.pid == first


def test_what_one_plugin_left_in_the_process_does_not_meet_the_data_of_the_next(runner: WorkerRunner) -> None:
    runner.warm("json")
    warmed = runner.pid
    runner.call("targets:stay", b"what the first one saw", room="one")
    assert runner.pid == warmed, "a process that only warmed up is as good as a new one"
    assert runner.call("targets:remember", b"", room="one") == b"what the first one saw"
    assert runner.call("targets:remember", b"", room="two") == b""
    assert runner.call("targets:remember", b"", room="one") == b"", "nor does it come back"


def test_the_worker_knows_no_bank_no_key_and_no_qt(runner: WorkerRunner, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRMDESK_PASSPHRASE", "secret")
    told = json.loads(runner.call("targets:surroundings", b""))
    assert told["pid"] == told["group"] == runner.pid != os.getpid()
    assert "CRMDESK_PASSPHRASE" not in told["env"] and "HOME" not in told["env"]
    assert told["cwd"] != str(Path.cwd())
    assert told["env"]["OMP_NUM_THREADS"] == told["env"]["LOKY_MAX_CPU_COUNT"] == str(runner.threads)
    assert told["qt"] == []
    with pytest.raises(CrmdeskError, match="PySide6"):
        runner.warm("PySide6")


def test_a_refusal_arrives_as_itself_and_keeps_the_worker(runner: WorkerRunner) -> None:
    with pytest.raises(AnalysisError, match=r"^There are fewer customers than groups\.$"):
        runner.call("targets:refuse", b"")
    first = runner.pid
    assert first is not None
    assert works(runner) and runner.pid == first


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("targets:fail", "ZeroDivisionError"),
        ("targets:no_bytes", "TypeError"),
        ("targets:leave", "SystemExit: 3"),
        ("targets:leave_hard", "code 3"),
        ("targets:crash", "signal 11"),
        ("targets:kill_itself", "signal 9"),
        ("targets:garble", "pipe"),
        ("targets:missing", "AttributeError"),
        ("nowhere.at_all:run", "ModuleNotFoundError"),
    ],
)
def test_every_death_is_one_sentence_and_the_next_call_works(runner: WorkerRunner, target: str, words: str) -> None:
    with pytest.raises(CrmdeskError, match=words) as caught:
        runner.call(target, b"")
    assert type(caught.value) is CrmdeskError
    assert str(caught.value).endswith(".") and "\n" not in str(caught.value)
    assert works(runner)


def test_a_forked_twin_may_not_answer(runner: WorkerRunner) -> None:
    for _ in range(3):
        assert runner.call("targets:forked_twin", b"") == b"parent"
        assert works(runner)


def test_a_process_left_behind_is_ended(runner: WorkerRunner) -> None:
    child = int(runner.call("targets:leave_child", b""))
    assert gone(child)
    assert works(runner)


def test_cancel_is_felt_within_a_second(runner: WorkerRunner) -> None:
    assert works(runner)
    for _ in range(5):
        asked = time.monotonic() + 0.1
        with pytest.raises(Cancelled):
            runner.call("targets:patient", b"", cancel=lambda at=asked: time.monotonic() > at)
        assert time.monotonic() - asked < 1.0
    first = runner.pid
    assert works(runner) and runner.pid == first


def test_progress_that_raises_cancelled_stops_the_job(runner: WorkerRunner) -> None:
    class Stopping(Heard):
        def step(self, fraction: float, text: str = "") -> None:
            raise Cancelled

    with pytest.raises(Cancelled):
        runner.call("targets:patient", b"", progress=Stopping())
    assert works(runner)


@pytest.mark.parametrize("target", ["targets:hang", "targets:swallow"])
def test_who_ignores_a_cancel_is_killed_after_the_grace(runner: WorkerRunner, target: str) -> None:
    assert works(runner)
    pid = runner.pid
    asked = time.monotonic() + 0.1
    with pytest.raises(Cancelled):
        runner.call(target, b"", cancel=lambda: time.monotonic() > asked)
    assert time.monotonic() - asked < runner.grace + 1.0
    assert pid is not None and gone(pid)
    assert works(runner)


def test_memory_time_and_output_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    with WorkerRunner(memory=200 << 20, seconds=20, output=1 << 20) as runner:
        with pytest.raises(CrmdeskError, match="more than the 200 MiB of memory"):
            runner.call("targets:eat", b"")
        with pytest.raises(CrmdeskError, match="answer is above 1 MiB"):
            runner.call("targets:huge", b"")
        runner.seconds = 0.2
        with pytest.raises(CrmdeskError, match="longer than"):
            runner.call("targets:hang", b"")


def test_the_default_memory_is_two_gibibytes_or_a_quarter_of_the_machine() -> None:
    assert WorkerRunner().memory == min(2 << 30, psutil.virtual_memory().total // 4)


def test_what_a_plugin_prints_is_thrown_away(runner: WorkerRunner, capfd: pytest.CaptureFixture[str]) -> None:
    assert runner.call("targets:flood", b"") == b"dry"
    assert capfd.readouterr() == ("", "")


def test_calls_from_several_threads_take_turns(runner: WorkerRunner) -> None:
    answers: list[bytes] = []
    threads = [
        threading.Thread(target=lambda k=k: answers.append(runner.call("targets:echo", b"%d!" % k))) for k in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [b"!0", b"!1", b"!2", b"!3"]


def test_close_ends_a_call_under_way_and_refuses_later_ones(runner: WorkerRunner) -> None:
    assert works(runner)
    pid = runner.pid
    threading.Timer(0.2, runner.close).start()
    with pytest.raises(CrmdeskError, match="closed"):
        runner.call("targets:hang", b"")
    assert pid is not None and gone(pid)
    with pytest.raises(CrmdeskError, match="closed"):
        works(runner)


def test_the_worker_dies_with_its_parent() -> None:
    program = (
        "import os, signal, sys\n"
        f"sys.path.insert(0, {str(HERE)!r})\n"
        "from crmdesk.jobs.runner import WorkerRunner\n"
        "class Told:\n"
        "    def step(self, fraction, text=''):\n"
        "        print(text, flush=True)\n"
        "        os.kill(os.getpid(), signal.SIGKILL)\n"
        "WorkerRunner().call('targets:hang', b'', progress=Told())\n"
    )
    parent = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert parent.returncode < 0
    assert gone(int(parent.stdout))


def test_inline_gives_the_same_answers_and_sentences(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(HERE))
    runner = InlineRunner()
    assert works(runner)
    with pytest.raises(AnalysisError, match="fewer customers"):
        runner.call("targets:refuse", b"")
    with pytest.raises(CrmdeskError, match="SystemExit: 3"):
        runner.call("targets:leave", b"")
    with pytest.raises(Cancelled):
        runner.call("targets:patient", b"", cancel=lambda: True)
