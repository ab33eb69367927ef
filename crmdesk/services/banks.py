"""New banks: empty ones, and invented ones with a planted truth."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from crmdesk.domain import passwords
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.rights import Actor, single_user
from crmdesk.jobs.progress import Progress, Silent
from crmdesk.places import beside
from crmdesk.store import Store, audit, create_bank, keyfile
from crmdesk.store.keyfile import Cost
from crmdesk.store.queries.importing import counts
from crmdesk.synthetic.files import write_files
from crmdesk.synthetic.presets import PRESETS, preset_spec
from crmdesk.synthetic.spec import BankSpec
from crmdesk.synthetic.truth import write_truth
from crmdesk.synthetic.world import World, generate
from crmdesk.synthetic.write import write


@dataclass(frozen=True)
class BankReport:
    """What was made; `document` is the answer of `crmdesk bank create --json`."""

    file: Path
    preset: str
    customers: int
    seed: int
    tables: dict[str, int]
    truth: Path | None
    files: Path | None
    recovery_key: str = field(default="", repr=False)  # of an encrypted bank; shown this once

    def document(self) -> dict[str, Any]:
        shown = {k: v for k, v in asdict(self).items() if k != "recovery_key"}
        return {k: str(v) if isinstance(v, Path) else v for k, v in shown.items()}


def create(
    path: Path, *, preset: str = "empty", customers: int | None = None, seed: int = 7, truth: Path | None = None,
    files: Path | None = None, progress: Progress | None = None, actor: Actor | None = None, passphrase: str = "",
    cost: Cost | None = None,
) -> BankReport:  # fmt: skip
    """A new bank at `path`; `truth` and `files` are folders, made if needed. A failure leaves no bank behind.

    With a `passphrase` it is encrypted from its first byte. BadFields where that is too easy to guess; BadInput for an
    unknown preset, a number of customers below 1 or for an empty bank, or a negative seed; CrmdeskError where the file
    exists.
    """
    spec = _spec(preset, customers, seed)
    if passphrase:
        passwords.check(passphrase)
    for there in (path, beside(path, "keys")):
        if there.exists():
            raise CrmdeskError(f"{there} exists already; choose another name, or move it away first.")
    watched = progress or Silent()
    for folder in filter(None, (truth, files)):
        _folder(folder)
    world = generate(spec, seed, lambda part, text: watched.step(0.3 * part, text)) if spec else None
    # Made under another name: a bank that a kill left half-way must never look finished.
    part = beside(path, "part")
    _remove(part)
    store = create_bank(
        part, invented_until=spec.until if spec else None, preset=preset, seed=seed if spec else None,
        customers=spec.customers if spec else None, keys=keyfile.fresh(encrypted=bool(passphrase)),
    )  # fmt: skip
    try:
        recovery_key = _ways_in(store, passphrase, cost)
        _fill(store, world, preset, watched, actor or single_user("bank create"))
        for target, writer in ((truth, write_truth), (files, write_files)):
            if target and world:
                watched.step(0.9, f"Writing {target.name}")
                writer(world, target)
        with store.read() as session:
            tables = counts(session)
        store.close()
        watched.step(1.0, "Done")
        beside(part, "keys").replace(beside(path, "keys"))
        part.replace(path)
    finally:
        store.close()
        _remove(part)
    return BankReport(path, preset, tables["customer"], seed, tables, truth, files, recovery_key)


def _ways_in(store: Store, passphrase: str, cost: Cost | None) -> str:
    """Let the passphrase and a recovery key open an encrypted bank; returns the latter, "" of a plain one."""
    if not passphrase:
        return ""
    keyfile.wrap(store.path, store.keys, "", passphrase, cost=cost)
    return keyfile.new_recovery_key(store.path, store.keys, cost=cost)


def _spec(preset: str, customers: int | None, seed: int) -> BankSpec | None:
    if preset not in PRESETS:
        raise BadInput(f"'{preset}' is not a preset; known: {', '.join(PRESETS)}.")
    if seed < 0:
        raise BadInput(f"The seed {seed} is negative; give 0 or more.")
    if preset == "empty":
        if customers:
            raise BadInput("An empty bank has no customers; choose another preset, or leave the number out.")
        return None
    return preset_spec(preset, customers)


def _remove(part: Path) -> None:
    beside_it = (beside(part, "keys"), beside(part, "lock"))
    for file in (part, *(part.with_name(part.name + end) for end in ("-wal", "-shm")), *beside_it):
        file.unlink(missing_ok=True)


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CrmdeskError(f"The folder {folder} could not be made ({error.strerror}); choose another one.") from None


def _fill(store: Store, world: World | None, preset: str, progress: Progress, actor: Actor) -> None:
    """The rows and the one audit row of the deed, in one transaction."""
    with store.write() as session:
        if world:
            write(store, session, world, lambda part, text: progress.step(0.3 + 0.6 * part, text))
        audit.record(store, session, actor, "create bank", preset)
