"""All tables of a bank; importing this module fills `metadata`."""

from sqlmodel import SQLModel

from crmdesk.store import types as _types  # noqa: F401 - the compiler rules come before any table
from crmdesk.store.tables.action import RecommendedAction
from crmdesk.store.tables.campaign import Campaign, CampaignArm, Contact, Feedback
from crmdesk.store.tables.customer import Branch, Customer, Staff, StaffRole
from crmdesk.store.tables.interaction import Catalogue, Interaction
from crmdesk.store.tables.permission import Notice, PermissionEvidence, PermissionRow, Purpose
from crmdesk.store.tables.product import Account, BalanceMonth, Holding, Product, StandingOrder
from crmdesk.store.tables.run import Job, Run, RunTable, Segment, SegmentMembership
from crmdesk.store.tables.system import AuditEvent, BankState, ImportBatch, ImportFile, Quarantine, Setting

metadata = SQLModel.metadata
APPEND_ONLY = ("permission_event", "audit_event", "run", "import_batch", "import_file")

__all__ = [
    "APPEND_ONLY", "Account", "AuditEvent", "BalanceMonth", "BankState", "Branch", "Campaign", "CampaignArm",
    "Catalogue", "Contact", "Customer", "Feedback", "Holding", "ImportBatch", "ImportFile", "Interaction", "Job",
    "Notice", "PermissionEvidence", "PermissionRow", "Product", "Purpose", "Quarantine", "RecommendedAction", "Run",
    "RunTable", "Segment", "SegmentMembership", "Setting", "Staff", "StaffRole", "StandingOrder", "metadata",
]  # fmt: skip
