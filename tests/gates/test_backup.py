"""Copies of a bank that others write to are each one of its moments; a large bank is copied in seconds.

`python3 run.py gates backup --under-load 200`; in every run a few copies, and no times.
"""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from laboratory import outside, work

from crmdesk.store import files
from crmdesk.store.bank import create_bank

WRITERS, MOST_SECONDS, INTERACTIONS = 2, 5.0, 1_000_000


def test_each_copy_is_a_moment_of_the_bank(full: bool, asked: Any, tmp_path: Path) -> None:
    copies = asked("--under-load", 8, 200)
    bank = tmp_path / "b.crmdesk"
    create_bank(bank).close()
    found = outside.ask("load_loop", "backup", bank, copies, WRITERS)
    print(f"{copies} copies while {WRITERS} processes saved {found['units']:,} units: {len(found['faults'])} faults, "
          f"{found['moments']} different moments; {1000 * found['median']:.0f} ms each, worst "
          f"{1000 * found['worst']:.0f}, {found['bytes'] / 1e6:.1f} MB at the end")  # fmt: skip
    assert not found["faults"], "\n".join(found["faults"])
    # A few copies on a busy machine may meet the same moment; that they meet several is what counts.
    assert found["moments"] > (copies // 2 if copies >= 100 else 1)


def test_a_copy_that_lost_a_row_is_seen(tmp_path: Path) -> None:
    from laboratory import load_loop

    store = create_bank(tmp_path / "b.crmdesk")
    begun = store.change_no()
    said = {work.unit(store, 1, number) for number in range(1, 4)}
    manifest = files.copy_bank(store.path, tmp_path / "copy.crmdesk")
    store.close()
    assert load_loop.faults_of(tmp_path / "copy.crmdesk", said, begun, manifest) == []
    (tmp_path / "copy.crmdesk.manifest.json").unlink()
    with work.spoiled(tmp_path / "copy.crmdesk") as raw:
        raw.execute("DELETE FROM interaction WHERE customer_id = 1")
    (tmp_path / "copy.crmdesk.manifest.json").write_text(f'{{"sha256": "{files.sha256(tmp_path / "copy.crmdesk")}"}}')
    faults = load_loop.faults_of(tmp_path / "copy.crmdesk", said, begun, manifest)
    assert any("unit L1-1: 0 interactions" in words for words in faults)


@pytest.mark.timeout(900)
def test_a_large_bank_is_copied_in_seconds(full: bool, tmp_path: Path) -> None:
    many = INTERACTIONS if full else 20_000
    store = create_bank(tmp_path / "large.crmdesk")
    with store.write() as session:
        work.fill(session, many)
    began = time.perf_counter()
    files.copy_bank(store.path, tmp_path / "copy.crmdesk")
    seconds = time.perf_counter() - began
    size = (tmp_path / "copy.crmdesk").stat().st_size / 1e6
    store.close()
    print(f"{many:,} interactions, {size:.0f} MB: a checked copy with its hash in {seconds:.2f} s")
    assert not full or seconds < MOST_SECONDS
