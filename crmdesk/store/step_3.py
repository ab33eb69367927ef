"""The statements of schema step 3, written out: they never change again, whatever becomes of the tables later."""

from typing import Final

STATEMENTS: Final = (
    """CREATE TABLE custom_field (
	id INTEGER NOT NULL,
	code TEXT NOT NULL,
	title TEXT NOT NULL,
	kind TEXT NOT NULL,
	choices TEXT,
	tag TEXT NOT NULL,
	position INTEGER NOT NULL,
	retired_on TEXT,
	settings TEXT,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT kind CHECK (kind IN ('text', 'whole', 'number', 'date', 'yes_no', 'choice')),
	CONSTRAINT choice_has_choices CHECK (kind <> 'choice' OR choices IS NOT NULL),
	UNIQUE (code)
)
 STRICT""",
    """CREATE TABLE deed (
	id INTEGER NOT NULL,
	at TEXT NOT NULL,
	actor TEXT NOT NULL,
	act TEXT NOT NULL,
	title TEXT NOT NULL,
	undoes INTEGER,
	PRIMARY KEY (id),
	UNIQUE (undoes),
	FOREIGN KEY(undoes) REFERENCES deed (id)
)
 STRICT""",
    "CREATE INDEX ix_deed_actor ON deed (actor)",
    """CREATE TABLE household (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id)
)
 STRICT""",
    """CREATE TABLE saved_search (
	id INTEGER NOT NULL,
	name TEXT NOT NULL,
	owner TEXT NOT NULL,
	shared INTEGER NOT NULL,
	"query" TEXT NOT NULL,
	made_at TEXT NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (owner, name)
)
 STRICT""",
    """CREATE TABLE field_change (
	id INTEGER NOT NULL,
	deed_id INTEGER NOT NULL,
	table_name TEXT NOT NULL,
	row_id INTEGER NOT NULL,
	customer_id INTEGER,
	field TEXT NOT NULL,
	"before" TEXT,
	"after" TEXT,
	version INTEGER,
	PRIMARY KEY (id),
	FOREIGN KEY(deed_id) REFERENCES deed (id)
)
 STRICT""",
    "CREATE INDEX ix_field_change_customer_id ON field_change (customer_id)",
    "CREATE INDEX ix_field_change_deed_id ON field_change (deed_id)",
    "CREATE INDEX ix_field_change_row ON field_change (table_name, row_id)",
    """CREATE TABLE document (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	name TEXT NOT NULL,
	kind TEXT NOT NULL,
	media_type TEXT NOT NULL,
	content BLOB NOT NULL,
	size INTEGER NOT NULL,
	sha256 TEXT NOT NULL,
	added_at TEXT NOT NULL,
	added_by TEXT NOT NULL,
	PRIMARY KEY (id),
	UNIQUE (customer_id, sha256),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)
 STRICT""",
    "CREATE INDEX ix_document_customer_id ON document (customer_id)",
    "CREATE INDEX ix_document_sha256 ON document (sha256)",
    """CREATE TABLE household_member (
	id INTEGER NOT NULL,
	household_id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	role TEXT NOT NULL,
	from_on TEXT NOT NULL,
	to_on TEXT,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT to_after_from CHECK (to_on IS NULL OR to_on >= from_on),
	FOREIGN KEY(household_id) REFERENCES household (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)
 STRICT""",
    "CREATE INDEX ix_household_member_household_id ON household_member (household_id)",
    "CREATE UNIQUE INDEX ix_household_member_open ON household_member (customer_id) WHERE to_on IS NULL",
    """CREATE TABLE interest (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	family TEXT NOT NULL,
	at TEXT NOT NULL,
	source TEXT NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)
 STRICT""",
    "CREATE INDEX ix_interest_customer_id ON interest (customer_id)",
    """CREATE TABLE life_event (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	"on" TEXT NOT NULL,
	source TEXT NOT NULL,
	run_id INTEGER,
	note TEXT,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT source CHECK (source IN ('told', 'predicted')),
	CONSTRAINT predicted_by_a_run CHECK (source <> 'predicted' OR run_id IS NOT NULL),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(run_id) REFERENCES run (id)
)
 STRICT""",
    "CREATE INDEX ix_life_event_customer_id ON life_event (customer_id)",
    """CREATE TABLE relation (
	id INTEGER NOT NULL,
	from_id INTEGER NOT NULL,
	to_id INTEGER NOT NULL,
	kind TEXT NOT NULL,
	from_on TEXT,
	to_on TEXT,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT kind CHECK (kind IN ('guarantor', 'referrer', 'employer', 'other')),
	CONSTRAINT two_people CHECK (from_id <> to_id),
	FOREIGN KEY(from_id) REFERENCES customer (id),
	FOREIGN KEY(to_id) REFERENCES customer (id)
)
 STRICT""",
    "CREATE INDEX ix_relation_from_id ON relation (from_id)",
    "CREATE UNIQUE INDEX ix_relation_standing ON relation (from_id, to_id, kind) WHERE to_on IS NULL",
    "CREATE INDEX ix_relation_to_id ON relation (to_id)",
    """CREATE TABLE task (
	id INTEGER NOT NULL,
	customer_id INTEGER,
	owner_id INTEGER NOT NULL,
	title TEXT NOT NULL,
	note TEXT,
	due_at TEXT NOT NULL,
	remind_at TEXT,
	snoozed_until TEXT,
	state TEXT NOT NULL,
	origin TEXT NOT NULL,
	handed_from INTEGER,
	made_at TEXT NOT NULL,
	made_by TEXT NOT NULL,
	ended_at TEXT,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT state CHECK (state IN ('open', 'done', 'dropped')),
	CONSTRAINT origin CHECK (origin IN ('manual', 'campaign', 'score', 'repermission')),
	CONSTRAINT ended CHECK ((state = 'open') = (ended_at IS NULL)),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(owner_id) REFERENCES staff (id),
	FOREIGN KEY(handed_from) REFERENCES staff (id)
)
 STRICT""",
    "CREATE INDEX ix_task_customer_id ON task (customer_id)",
    "CREATE INDEX ix_task_open ON task (owner_id, due_at, snoozed_until) WHERE state = 'open'",
    """CREATE TABLE opportunity (
	id INTEGER NOT NULL,
	customer_id INTEGER NOT NULL,
	product_id INTEGER,
	title TEXT NOT NULL,
	stage TEXT NOT NULL,
	value INTEGER,
	currency TEXT,
	next_step TEXT,
	next_on TEXT,
	owner_id INTEGER NOT NULL,
	contact_id INTEGER,
	lost_reason TEXT,
	made_at TEXT NOT NULL,
	moved_at TEXT NOT NULL,
	version INTEGER NOT NULL,
	PRIMARY KEY (id),
	CONSTRAINT stage CHECK (stage IN ('identified', 'details', 'follow_up', 'won', 'lost')),
	CONSTRAINT lost_has_reason CHECK ((stage = 'lost') = (lost_reason IS NOT NULL)),
	FOREIGN KEY(customer_id) REFERENCES customer (id),
	FOREIGN KEY(product_id) REFERENCES product (id),
	FOREIGN KEY(owner_id) REFERENCES staff (id),
	FOREIGN KEY(contact_id) REFERENCES contact (id)
)
 STRICT""",
    "CREATE INDEX ix_opportunity_customer_id ON opportunity (customer_id)",
    "CREATE INDEX ix_opportunity_owner_id ON opportunity (owner_id)",
    """CREATE TABLE opportunity_move (
	id INTEGER NOT NULL,
	opportunity_id INTEGER NOT NULL,
	from_stage TEXT,
	to_stage TEXT NOT NULL,
	at TEXT NOT NULL,
	"by" TEXT NOT NULL,
	PRIMARY KEY (id),
	FOREIGN KEY(opportunity_id) REFERENCES opportunity (id)
)
 STRICT""",
    "CREATE INDEX ix_opportunity_move_opportunity_id ON opportunity_move (opportunity_id)",
    "CREATE INDEX ix_interaction_reverses ON interaction (reverses) WHERE reverses IS NOT NULL",
    "CREATE INDEX ix_account_plain ON account (replace(replace(upper(number), ' ', ''), '-', ''))",
    "CREATE INDEX ix_account_tail ON account (substr(replace(replace(upper(number), ' ', ''), '-', ''), -4))",
    # The search index with whole positions.
    "DROP TABLE customer_search",
    "CREATE VIRTUAL TABLE customer_search USING fts5(number, name_folded, email_folded, city_folded, phone_digits, "
    "content='customer', content_rowid='id', tokenize='trigram', detail=full, columnsize=0)",
    "INSERT INTO customer_search(customer_search, rank) VALUES ('secure-delete', 1)",
    "INSERT INTO customer_search(customer_search, rank) VALUES ('hashsize', 33554432)",
    "INSERT INTO customer_search(customer_search) VALUES ('rebuild')",
)
