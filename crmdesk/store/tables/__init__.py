"""All tables of a bank; importing this module fills `metadata`."""

from sqlmodel import SQLModel

from crmdesk.store import types as _types  # noqa: F401 - the compiler rules come before any table
from crmdesk.store.tables.action import RecommendedAction
from crmdesk.store.tables.campaign import Campaign, CampaignArm, Contact, Feedback
from crmdesk.store.tables.customer import Branch, Customer, Staff, StaffRole
from crmdesk.store.tables.deed import Deed, FieldChange
from crmdesk.store.tables.guard import PrivacyRequest, Proposal
from crmdesk.store.tables.interaction import Catalogue, Interaction
from crmdesk.store.tables.permission import Notice, PermissionEvidence, PermissionRow, Purpose
from crmdesk.store.tables.person import (
    CustomField,
    Document,
    Household,
    HouseholdMember,
    Interest,
    LifeEvent,
    Relation,
)
from crmdesk.store.tables.product import Account, BalanceMonth, Holding, Product, StandingOrder
from crmdesk.store.tables.run import Job, Run, RunTable, Segment, SegmentMembership
from crmdesk.store.tables.system import AuditEvent, BankState, ImportBatch, ImportFile, Quarantine, Setting
from crmdesk.store.tables.work import Opportunity, OpportunityMove, SavedSearch, Task

metadata = SQLModel.metadata
APPEND_ONLY = ("permission_event", "audit_event", "run", "import_batch", "import_file", "deed", "opportunity_move")

__all__ = [
    "APPEND_ONLY", "Account", "AuditEvent", "BalanceMonth", "BankState", "Branch", "Campaign", "CampaignArm",
    "Catalogue", "Contact", "CustomField", "Customer", "Deed", "Document", "Feedback", "FieldChange", "Holding",
    "Household", "HouseholdMember", "ImportBatch", "ImportFile", "Interaction", "Interest", "Job", "LifeEvent",
    "Notice", "Opportunity", "OpportunityMove", "PermissionEvidence", "PermissionRow", "PrivacyRequest", "Product",
    "Proposal", "Purpose", "Quarantine", "RecommendedAction", "Relation", "Run", "RunTable", "SavedSearch", "Segment",
    "SegmentMembership", "Setting", "Staff", "StaffRole", "StandingOrder", "Task", "metadata",
]  # fmt: skip
