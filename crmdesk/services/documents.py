"""Files kept with a customer, such as a signed form: listed, added after a look at their content, read on record."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path

from crmdesk.domain.change import Change
from crmdesk.domain.document import BYTES_AT_MOST, KINDS, kept_name, media_type
from crmdesk.domain.errors import BadInput, CrmdeskError
from crmdesk.domain.rights import Actor, Right
from crmdesk.services import sight
from crmdesk.services.context import App
from crmdesk.services.guard import service
from crmdesk.services.subjects import refuse_erased
from crmdesk.store import audit
from crmdesk.store.queries import customers as people
from crmdesk.store.queries import documents as queries
from crmdesk.store.queries.documents import DocumentInfo
from crmdesk.store.queries.offers import raw_of


@service(Right.READ_CUSTOMER, of="number")
def of_customer(app: App, actor: Actor, number: str, reason: str = "") -> list[DocumentInfo]:
    """The customer's files, newest first; for who may not read names their kind stands for that of the file.

    Who must give a `reason` reads them with one, which the audit keeps.
    """
    opened = sight.opened(number, reason, "names of documents", app, actor)
    with (opened or app.store).reader() as raw:
        found = queries.of_customer(raw, people.id_of(raw, number))
    return [one if one.name else replace(one, name=one.kind) for one in found]


@service(Right.RECORD_PERMISSION, of="number")
def add(app: App, actor: Actor, number: str, file: Path, kind: str = "other") -> Change:
    """Keep a copy of `file` with the customer; the Change names it. A file that is there already is not kept twice.

    BadInput for an unknown kind or customer, for an erased person, for more than 20 MB, and for what is no document by
    its content; CrmdeskError where the file cannot be read.
    """
    if kind not in KINDS:
        raise BadInput(f"'{kind}' is not a kind of document; choose one of {', '.join(KINDS)}.")
    content = _read(file)
    media = media_type(content)
    digest = hashlib.sha256(content).hexdigest()
    with app.store.write() as session:
        raw = raw_of(session)
        customer = people.id_of(raw, number)
        refuse_erased(raw, customer, number)
        key = queries.kept(session, customer, digest)
        if key is None:
            key = queries.add(session, {
                "customer_id": customer, "name": kept_name(file.name, media), "kind": kind, "media_type": media,
                "content": content, "size": len(content), "sha256": digest, "added_at": app.store.clock(),
                "added_by": actor.login,
            })  # fmt: skip
            audit.record(app.store, session, actor, "add document", digest, customer_id=customer, fields=kind)
    return Change("add_document", {"document": frozenset({key})}, app.store.change_no())


@service(Right.READ_CONTACT, of={"document_id": "document"})
def content(app: App, actor: Actor, document_id: int, reason: str = "") -> bytes:
    """The bytes of one document; each reading is audited. BadInput for an unknown id.

    Refused where the role must give a reason and none is given.
    """
    if sight.cell(actor, Right.READ_CONTACT).reason:
        sight.check_reason(reason)
    with app.store.write() as session:
        found = queries.content(session, document_id)
        if found is None:
            raise BadInput(f"There is no document {document_id}.")
        if hashlib.sha256(found.content).hexdigest() != found.sha256:
            raise CrmdeskError("The document is not what was kept: its content was changed. Run crmdesk verify.")
        audit.record(app.store, session, actor, "read document", found.sha256, customer_id=found.customer,
                     reason=reason)  # fmt: skip
    return found.content


def _read(file: Path) -> bytes:
    limit = BYTES_AT_MOST // 1024**2
    try:
        with file.open("rb") as stream:
            content = stream.read(BYTES_AT_MOST + 1)
    except IsADirectoryError:
        raise BadInput(f"{file.name} is a folder; choose a file in it.") from None
    except OSError as error:
        raise CrmdeskError(f"{file.name} could not be read ({error.strerror}); check it, then try again.") from None
    if len(content) > BYTES_AT_MOST:
        raise BadInput(f"{file.name} is larger than {limit} MB; make it smaller, for example as a PDF, then add it.")
    return content
