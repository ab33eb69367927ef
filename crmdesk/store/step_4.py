"""What schema step 4 does, written out: sign-in, two-person acts, privacy requests, and indexes for row rules."""

from typing import Final

STATEMENTS: Final = (
    "ALTER TABLE staff ADD COLUMN one_time INTEGER",
    "ALTER TABLE staff ADD COLUMN password_at TEXT",
    "ALTER TABLE staff ADD COLUMN ended_at TEXT",
    """CREATE TABLE proposal (
	id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	title TEXT NOT NULL,
	subject TEXT NOT NULL,
	details TEXT NOT NULL,
	reason TEXT NOT NULL,
	made_by TEXT NOT NULL,
	made_at TEXT NOT NULL,
	state TEXT NOT NULL,
	decided_by TEXT,
	decided_at TEXT,
	answer TEXT,
	used_at TEXT,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT kind CHECK (kind IN ('import', 'restore', 'export', 'erase', 'merge')),
	CONSTRAINT state CHECK (state IN ('open', 'approved', 'refused', 'withdrawn', 'used')),
	CONSTRAINT two_people CHECK (state NOT IN ('approved', 'refused', 'used') OR decided_by <> made_by)
)
 STRICT""",
    "CREATE INDEX ix_proposal_open ON proposal (made_at) WHERE state IN ('open', 'approved')",
    """CREATE TABLE privacy_request (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	received_on TEXT NOT NULL,
	due_on TEXT NOT NULL,
	extended_because TEXT,
	note TEXT,
	made_by TEXT NOT NULL,
	made_at TEXT NOT NULL,
	state TEXT NOT NULL,
	ended_by TEXT,
	ended_at TEXT,
	outcome TEXT,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT kind CHECK (kind IN ('access', 'portability', 'rectify', 'restrict', 'erase', 'object')),
	CONSTRAINT state CHECK (state IN ('open', 'done', 'refused')),
	CONSTRAINT ended CHECK ((state = 'open') = (ended_at IS NULL)),
	CONSTRAINT due_after_received CHECK (due_on >= received_on),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)
 STRICT""",
    "CREATE INDEX ix_privacy_request_customer_id ON privacy_request (customer_id)",
    "CREATE INDEX ix_privacy_request_open ON privacy_request (due_on) WHERE state = 'open'",
    "CREATE INDEX ix_audit_event_act ON audit_event (act)",
    "CREATE INDEX ix_audit_event_actor ON audit_event (actor)",
    "CREATE INDEX ix_audit_event_customer_id ON audit_event (customer_id) WHERE customer_id IS NOT NULL",
    "CREATE INDEX ix_customer_manager_id ON customer (manager_id)",
)
