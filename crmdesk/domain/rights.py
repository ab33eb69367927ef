"""Who may do what: roles, rights and the actor of a service call (data model, section 5)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from crmdesk.domain.errors import Refused


class Role(StrEnum):
    TELLER = "teller"
    RELATIONSHIP_MANAGER = "relationship_manager"
    ANALYST = "analyst"
    MARKETING = "marketing"
    DPO = "dpo"
    ADMIN = "admin"
    AUDITOR = "auditor"


class Right(StrEnum):
    """What a service call needs; named after what it protects."""

    READ_CUSTOMER = "read_customer"
    READ_CONTACT = "read_contact"
    EDIT_CUSTOMER = "edit_customer"
    READ_ACCOUNTS = "read_accounts"
    READ_INTERACTIONS = "read_interactions"
    ADD_INTERACTION = "add_interaction"
    READ_PERMISSIONS = "read_permissions"
    RECORD_PERMISSION = "record_permission"
    RECORD_OBJECTION = "record_objection"
    MANAGE_NOTICES = "manage_notices"
    CONFIRM_CORRECTION = "confirm_correction"
    RESTRICT_CUSTOMER = "restrict_customer"
    READ_WORK = "read_work"
    EDIT_WORK = "edit_work"
    READ_HISTORY = "read_history"
    UNDO = "undo"
    MANAGE_FIELDS = "manage_fields"
    MANAGE_STAFF = "manage_staff"
    RUN_ANALYSIS = "run_analysis"
    READ_RESULTS = "read_results"
    READ_RUNS = "read_runs"
    MAKE_OFFERS = "make_offers"
    EXPORT = "export"
    IMPORT = "import"
    BACKUP = "backup"
    RESTORE = "restore"
    VERIFY = "verify"
    MANAGE_PLUGINS = "manage_plugins"


_T, _RM, _AN, _MK, _DPO, _AD, _AU = Role
# Rows of the rights table that the first version's services use; a right nobody holds is refused to all.
HOLDERS: Final[dict[Right, frozenset[Role]]] = {
    Right.READ_CUSTOMER: frozenset({_T, _RM, _AN, _MK, _DPO, _AU}),
    Right.READ_CONTACT: frozenset({_T, _RM, _DPO}),
    Right.EDIT_CUSTOMER: frozenset({_RM}),
    Right.READ_ACCOUNTS: frozenset({_T, _RM, _AN, _MK, _DPO, _AU}),
    Right.READ_INTERACTIONS: frozenset({_T, _RM, _AN, _MK, _DPO, _AU}),
    Right.ADD_INTERACTION: frozenset({_T, _RM}),
    Right.READ_PERMISSIONS: frozenset({_T, _RM, _AN, _MK, _DPO, _AU}),
    Right.RECORD_PERMISSION: frozenset({_T, _RM}),
    Right.RECORD_OBJECTION: frozenset({_T, _RM, _DPO}),
    Right.MANAGE_NOTICES: frozenset({_DPO}),
    Right.CONFIRM_CORRECTION: frozenset({_DPO}),
    Right.RESTRICT_CUSTOMER: frozenset({_DPO}),
    Right.READ_WORK: frozenset({_T, _RM, _DPO, _AU}),
    Right.EDIT_WORK: frozenset({_T, _RM}),
    Right.READ_HISTORY: frozenset({_RM, _DPO, _AU}),
    Right.UNDO: frozenset({_T, _RM, _AN, _MK, _DPO, _AD}),  # own deeds, where the right to the deed is still held
    Right.MANAGE_FIELDS: frozenset({_AD}),
    Right.MANAGE_STAFF: frozenset({_AD}),
    Right.RUN_ANALYSIS: frozenset({_AN}),
    Right.READ_RESULTS: frozenset({_RM, _AN, _MK, _DPO}),
    Right.READ_RUNS: frozenset({_AN, _MK, _DPO, _AU}),
    Right.MAKE_OFFERS: frozenset({_RM, _MK}),
    Right.EXPORT: frozenset({_RM, _AN, _MK, _DPO, _AU}),
    Right.IMPORT: frozenset({_AD}),
    Right.BACKUP: frozenset({_AD}),
    Right.RESTORE: frozenset({_AD}),
    Right.VERIFY: frozenset({_DPO, _AD, _AU}),
    Right.MANAGE_PLUGINS: frozenset({_AD}),
}


@dataclass(frozen=True)
class Actor:
    """The person behind a service call; `single` marks the computer's account in single-user mode."""

    login: str
    roles: frozenset[Role]
    single: bool = False

    @property
    def role_words(self) -> str:
        return "single user" if self.single else ", ".join(sorted(self.roles))


def single_user(login: str) -> Actor:
    """The actor of a bank without users: the computer's account holds every role."""
    return Actor(login, frozenset(Role), single=True)


def may(actor: Actor, right: Right) -> bool:
    return bool(actor.roles & HOLDERS.get(right, frozenset()))


def require(actor: Actor, right: Right) -> None:
    """Pass, or raise Refused with a sentence that names the roles that may."""
    if not may(actor, right):
        holders = ", ".join(sorted(HOLDERS.get(right, frozenset()))) or "nobody"
        raise Refused(f"{actor.login} may not {right.value.replace('_', ' ')}; this right belongs to: {holders}.")
