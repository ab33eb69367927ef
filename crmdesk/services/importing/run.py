"""One import from source to bank: all of it in one transaction, or nothing."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Protocol

from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.jobs import Progress, Silent
from crmdesk.places import beside
from crmdesk.services import proposals
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.importing import berka, standard
from crmdesk.services.importing.layout import Context, Layout
from crmdesk.services.importing.quarantine import QuarantineFile, place
from crmdesk.services.importing.reading import Source, sha256
from crmdesk.services.importing.staging import FileCounts, bring_in
from crmdesk.store import audit, chain
from crmdesk.store.files import copy_bank
from crmdesk.store.queries import importing as queries
from crmdesk.store.queries.customer_edit import own_fields
from crmdesk.store.queries.offers import raw_of

DISK_FACTOR: Final = 3  # the log holds the whole import beside the rows themselves
STRICT_SHARE: Final = 0.05


class Profile(Protocol):
    """A source layout: which files it reads, and what their columns mean."""

    def sources(self, place: Path) -> list[Source]: ...

    def layouts(self, context: Context) -> dict[str, Layout]: ...


PROFILES: Final[dict[str, Profile]] = {"standard": standard, "berka": berka}


@dataclass(frozen=True)
class ImportReport:
    """`files`: source file -> rows_in, inserted, updated, unchanged, quarantined; `batch` None for a dry run."""

    batch: int | None
    files: dict[str, dict[str, int]]
    tables: dict[str, int]
    quarantine_file: Path | None = None
    notes: tuple[str, ...] = ()

    def document(self) -> dict[str, Any]:
        """The command line's document, exact keys."""
        kept = str(self.quarantine_file) if self.quarantine_file else None
        return {"batch": self.batch, "files": self.files, "tables": self.tables, "quarantine_file": kept}


class _DryRun(Exception):
    """Takes a dry run out of its transaction, which rolls back."""


@dataclass
class _Work:
    sources: list[Source]
    counts: dict[str, FileCounts] = field(default_factory=dict)
    batch: int | None = None
    staging: queries.Staging | None = None
    kept: QuarantineFile | None = None


@service(Right.IMPORT, whole=True)
def ask(app: App, actor: Actor, source: Path, *, profile: str = "standard", strict: bool = False, reason: str) -> int:
    """Ask a second person for this import; returns the proposal's id. It is about these files as they are now.

    Raises as `run` does for a source it does not know, BadFields("reason") without a reason.
    """
    sources = _sources(source, profile)
    size = sum(path.stat().st_size for path in {s.path for s in sources})
    details = {"source": source.name, "profile": profile, "files": ", ".join(s.name for s in sources),
               "size": f"{size / 1e6:,.1f} MB", "bad rows": "refuse over 5 %" if strict else "set aside"}  # fmt: skip
    title = f"Import {source.name} by the profile {profile}"
    return proposals.propose(app, actor, "import", title, _subject(sources, profile, strict), details, reason)


@service(Right.IMPORT, whole=True)
def run(
    app: App, actor: Actor, source: Path, *, profile: str = "standard", dry_run: bool = False, strict: bool = False,
    quarantine: Path | None = None, progress: Progress | None = None,
) -> ImportReport:  # fmt: skip
    """Import a folder or file; rows that break a rule are set aside with their reason, the others come in.

    `strict` refuses the whole where over 5 % of a file is set aside. The bank of before is kept as FILE.before-import
    (the last one). In a bank with users a second person has to approve it first (`ask`), or NeedsSecond. Raises
    CrmdeskError where the whole is refused, Cancelled where the person stopped it; the bank is then as it was.
    """
    work = _Work(_sources(source, profile))
    layout = PROFILES[profile]
    _check_disk(app.store.path, work.sources)
    if not dry_run:
        if not actor.single:
            proposals.check(app, actor, "import", _subject(work.sources, profile, strict))
        # One transaction already makes the import whole or absent; the copy is for what people see only afterwards.
        copy_bank(app.store.path, beside(app.store.path, "before-import"), app.store.keys)
    try:
        with app.store.write() as session:
            work.staging = queries.Staging(session, app.store.audit_key, _batch(work, profile, source, actor),
                                           app.store.clock(), actor.login)  # fmt: skip
            try:
                _all_files(session, layout, work, progress or Silent())
            finally:
                work.staging.close()
            if strict:
                _refuse_many(work.counts)
            if dry_run:
                raise _DryRun
            _finish(app, actor, session, profile, work, quarantine, strict)
    except _DryRun:
        pass
    except BaseException:
        if work.kept:
            work.kept.discard()
        raise
    if work.kept:
        work.kept.keep()
    with app.store.read() as session:
        tables = queries.counts(session)
    files = {name: counts.document() for name, counts in work.counts.items()}
    notes = tuple(_unread(source, work))
    return ImportReport(work.batch, files, tables, work.kept.path if work.kept else None, notes)


def _sources(source: Path, profile: str) -> list[Source]:
    if profile not in PROFILES:
        raise BadInput(f"'{profile}' is not an import profile; known: {', '.join(PROFILES)}.")
    if not source.exists():
        raise CrmdeskError(f"{source} does not exist; name the folder or file to import.")
    return PROFILES[profile].sources(source)


def _subject(sources: list[Source], profile: str, strict: bool) -> str:
    """What a second person approves: these bytes, read in this way."""
    hashes = {s.name: sha256(s.path) for s in sources}
    return proposals.subject("import", profile=profile, strict=strict, files=hashes)


def _unread(source: Path, work: _Work) -> Iterator[str]:
    """A sentence for each file and column that the profile does not know: they were left where they are."""
    if source.is_dir():
        read = {s.path.name for s in work.sources}
        others = sorted(p.name for p in source.iterdir() if p.is_file() and p.name not in read)
        if others:
            yield f"Not read, because the profile knows no such file: {', '.join(others)}."
    customers = {s.name for s in work.sources if s.layout == standard.OBLIGATORY}
    for name, counts in work.counts.items():
        if counts.ignored:
            more = " Import with --own-fields to make them fields of the bank." if name in customers else ""
            columns = ", ".join(counts.ignored)
            yield f"Not read in {name}, because neither the profile nor the bank knows such a column: {columns}.{more}"


def _check_disk(bank: Path, sources: list[Source]) -> None:
    size = sum(path.stat().st_size for path in {s.path for s in sources})
    needed = DISK_FACTOR * size + bank.stat().st_size  # the log holds the whole import, the backup the whole bank
    free = shutil.disk_usage(bank.resolve().parent).free
    if free < needed:
        raise CrmdeskError(
            f"The import needs {needed / 1e6:,.0f} MB of free disk beside {bank.name} and "
            f"{free / 1e6:,.0f} MB are free; free some space, then try again. Nothing was changed."
        )


def _batch(work: _Work, profile: str, source: Path, actor: Actor) -> dict[str, Any]:
    at = str(chain.canonical(datetime.now(UTC)))
    return {"profile": profile, "source": source.name, "by": actor.login, "at": at}


def _all_files(session: Any, profile: Profile, work: _Work, progress: Progress) -> None:
    """Stage, check and load file after file; each may refer to those before it and to the bank."""
    staging = work.staging
    assert staging is not None
    layouts = profile.layouts(_context(session, staging.now))
    sizes = [max(1, s.path.stat().st_size) for s in work.sources]
    for i, source in enumerate(work.sources):
        start, share, text = sum(sizes[:i]) / sum(sizes), sizes[i] / sum(sizes), f"Importing {source.name}"

        def step(part: float, start: float = start, share: float = share, text: str = text) -> None:
            progress.step(min(1.0, start + share * part), text)

        step(0.0)
        work.counts[source.name] = bring_in(staging, source, layouts[source.layout], step)


def _context(session: Any, now: datetime) -> Context:
    own = tuple(own_fields(raw_of(session)))
    return Context(now, queries.catalogue(session), queries.lives(session), own)


def _refuse_many(counts: dict[str, FileCounts]) -> None:
    for name, found in counts.items():
        if found.quarantined > STRICT_SHARE * found.rows_in:
            raise CrmdeskError(
                f"{found.quarantined:,} of {found.rows_in:,} rows of {name} break a rule, more than 5 %; nothing was "
                "imported. Correct the file, or import without --strict."
            )


def _finish(
    app: App, actor: Actor, session: Any, profile: str, work: _Work, quarantine: Path | None, strict: bool
) -> None:
    """The batch's counts, its quarantine and the audit row, in the same transaction as the rows."""
    assert work.staging is not None
    batch = work.staging.batch
    # In an encrypted bank the rows lie inside; readable ones are written only where somebody asked for the file.
    if quarantine is not None or app.store.keys.data is None:
        kept = QuarantineFile(quarantine or place(app.store.path, batch))
        if kept.write(work.staging.rejected()):
            work.kept = kept
    hashes = {s.name: sha256(s.path) for s in work.sources}
    work.staging.finish(hashes, {name: found.document() for name, found in work.counts.items()})
    rows = sum(found.rows_in for found in work.counts.values())
    subject = proposals.subject("import", profile=profile, strict=strict, files=hashes)
    by = proposals.spend(app, session, actor, "import", subject)
    audit.record(app.store, session, actor, "import", f"batch {batch}", reason=f"{profile}: {rows} rows; {by}")
    work.batch = batch
