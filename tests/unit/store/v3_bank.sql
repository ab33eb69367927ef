-- A bank of schema 3 with five invented customers; a fixture of test_migration.py.
PRAGMA application_id = 1129467204;
PRAGMA user_version = 3;
BEGIN;
CREATE TABLE branch (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	city TEXT, 
	region TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (code)
)
 STRICT

;
CREATE TABLE deed (
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
 STRICT

;
CREATE INDEX ix_deed_actor ON deed (actor);
CREATE TABLE catalogue (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	channel TEXT NOT NULL, 
	mode TEXT NOT NULL, 
	activity TEXT NOT NULL, 
	label TEXT NOT NULL, 
	"group" TEXT NOT NULL, 
	sign TEXT NOT NULL, 
	layout TEXT NOT NULL, 
	counts INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	from_on TEXT, 
	retired_on TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (channel, mode, activity), 
	UNIQUE (code)
)
 STRICT

;
CREATE TABLE purpose (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	rule TEXT NOT NULL, 
	default_life_months INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (code)
)
 STRICT

;
CREATE TABLE notice (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	language TEXT NOT NULL, 
	text TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (code)
)
 STRICT

;
CREATE TABLE household (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
CREATE TABLE custom_field (
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
 STRICT

;
CREATE TABLE product (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	family TEXT NOT NULL, 
	annual_margin INTEGER, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (code)
)
 STRICT

;
CREATE TABLE run (
	id INTEGER NOT NULL, 
	uuid TEXT NOT NULL, 
	analysis TEXT NOT NULL, 
	plugin TEXT NOT NULL, 
	versions TEXT NOT NULL, 
	params TEXT NOT NULL, 
	seed INTEGER NOT NULL, 
	as_of TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	data_hash TEXT NOT NULL, 
	eligible INTEGER NOT NULL, 
	excluded TEXT NOT NULL, 
	population_hash TEXT NOT NULL, 
	metrics TEXT NOT NULL, 
	warnings TEXT NOT NULL, 
	verdict TEXT NOT NULL, 
	outcome TEXT NOT NULL, 
	gives TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	began_at TEXT NOT NULL, 
	ended_at TEXT NOT NULL, 
	population TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (uuid)
)
 STRICT

;
CREATE INDEX ix_run_analysis ON run (analysis);
CREATE TABLE bank_state (
	id INTEGER NOT NULL, 
	bank_uuid TEXT NOT NULL, 
	change_no INTEGER NOT NULL, 
	mode TEXT NOT NULL, 
	created_at TEXT NOT NULL, 
	invented_until TEXT, 
	preset TEXT, 
	seed INTEGER, 
	customers INTEGER, 
	PRIMARY KEY (id), 
	CONSTRAINT one_row CHECK (id = 1)
)
 STRICT

;
CREATE TABLE setting (
	name TEXT NOT NULL, 
	value TEXT NOT NULL, 
	PRIMARY KEY (name)
)
 STRICT

;
CREATE TABLE import_batch (
	id INTEGER NOT NULL, 
	profile TEXT NOT NULL, 
	source TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	at TEXT NOT NULL, 
	PRIMARY KEY (id)
)
 STRICT

;
CREATE TABLE audit_event (
	seq INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	role TEXT NOT NULL, 
	act TEXT NOT NULL, 
	object TEXT NOT NULL, 
	customer_id INTEGER, 
	fields TEXT NOT NULL, 
	purpose TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	run_uuid TEXT, 
	prev_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	UNIQUE (prev_hash), 
	UNIQUE (hash)
)
 STRICT

;
CREATE TABLE saved_search (
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
 STRICT

;
CREATE TABLE campaign (
	id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	name TEXT NOT NULL, 
	starts_on TEXT NOT NULL, 
	ends_on TEXT, 
	purpose TEXT NOT NULL, 
	channels TEXT NOT NULL, 
	product_id INTEGER, 
	cost_fixed INTEGER, 
	cost_contact INTEGER, 
	state TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	batch_id INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (code), 
	FOREIGN KEY(product_id) REFERENCES product (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE TABLE staff (
	id INTEGER NOT NULL, 
	login TEXT NOT NULL, 
	name TEXT NOT NULL, 
	branch_id INTEGER, 
	password_hash TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (login), 
	FOREIGN KEY(branch_id) REFERENCES branch (id)
)
 STRICT

;
CREATE TABLE field_change (
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
 STRICT

;
CREATE INDEX ix_field_change_deed_id ON field_change (deed_id);
CREATE INDEX ix_field_change_row ON field_change (table_name, row_id);
CREATE INDEX ix_field_change_customer_id ON field_change (customer_id);
CREATE TABLE account (
	id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	product_id INTEGER NOT NULL, 
	currency TEXT NOT NULL, 
	opened_on TEXT NOT NULL, 
	closed_on TEXT, 
	principal INTEGER, 
	batch_id INTEGER, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT closed_after_open CHECK (closed_on IS NULL OR closed_on >= opened_on), 
	UNIQUE (number), 
	FOREIGN KEY(product_id) REFERENCES product (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE INDEX ix_account_plain ON account (replace(replace(upper(number), ' ', ''), '-', ''));
CREATE INDEX ix_account_product_id ON account (product_id);
CREATE INDEX ix_account_tail ON account (substr(replace(replace(upper(number), ' ', ''), '-', ''), -4));
CREATE TABLE run_table (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	name TEXT NOT NULL, 
	meta TEXT, 
	arrow BLOB NOT NULL, 
	sha256 TEXT NOT NULL, 
	rows INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (run_id, kind, name), 
	FOREIGN KEY(run_id) REFERENCES run (id)
)
 STRICT

;
CREATE TABLE job (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	state TEXT NOT NULL, 
	params TEXT, 
	seed INTEGER, 
	progress REAL NOT NULL, 
	checkpoint TEXT, 
	pid INTEGER, 
	heartbeat TEXT, 
	run_id INTEGER, 
	PRIMARY KEY (id), 
	FOREIGN KEY(run_id) REFERENCES run (id)
)
 STRICT

;
CREATE TABLE segment (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	code TEXT NOT NULL, 
	tier INTEGER NOT NULL, 
	parent TEXT, 
	name TEXT NOT NULL, 
	size INTEGER NOT NULL, 
	stability REAL, 
	profile TEXT, 
	PRIMARY KEY (id), 
	UNIQUE (run_id, code), 
	FOREIGN KEY(run_id) REFERENCES run (id)
)
 STRICT

;
CREATE TABLE import_file (
	batch_id INTEGER NOT NULL, 
	file TEXT NOT NULL, 
	sha256 TEXT NOT NULL, 
	rows_in INTEGER NOT NULL, 
	inserted INTEGER NOT NULL, 
	updated INTEGER NOT NULL, 
	unchanged INTEGER NOT NULL, 
	quarantined INTEGER NOT NULL, 
	PRIMARY KEY (batch_id, file), 
	CONSTRAINT every_row_accounted_for CHECK (rows_in = inserted + updated + unchanged + quarantined), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE TABLE quarantine (
	id INTEGER NOT NULL, 
	batch_id INTEGER NOT NULL, 
	file TEXT NOT NULL, 
	"row" INTEGER NOT NULL, 
	"column" TEXT, 
	code TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	raw TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE INDEX ix_quarantine_batch_id ON quarantine (batch_id);
CREATE TABLE campaign_arm (
	id INTEGER NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	share REAL NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (campaign_id, name), 
	FOREIGN KEY(campaign_id) REFERENCES campaign (id)
)
 STRICT

;
CREATE TABLE staff_role (
	id INTEGER NOT NULL, 
	staff_id INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	from_at TEXT NOT NULL, 
	to_at TEXT, 
	PRIMARY KEY (id), 
	FOREIGN KEY(staff_id) REFERENCES staff (id)
)
 STRICT

;
CREATE INDEX ix_staff_role_staff_id ON staff_role (staff_id);
CREATE TABLE customer (
	id INTEGER NOT NULL, 
	number TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	given_name TEXT, 
	family_name TEXT NOT NULL, 
	birth_date TEXT, 
	gender TEXT NOT NULL, 
	occupation TEXT, 
	education TEXT, 
	income INTEGER, 
	email TEXT, 
	phone TEXT, 
	street TEXT, 
	city TEXT, 
	postcode TEXT, 
	country TEXT, 
	branch_id INTEGER NOT NULL, 
	manager_id INTEGER, 
	source TEXT, 
	joined_on TEXT, 
	left_on TEXT, 
	relation_wanted TEXT NOT NULL, 
	restricted INTEGER NOT NULL, 
	merged_into INTEGER, 
	custom TEXT, 
	batch_id INTEGER, 
	version INTEGER NOT NULL, 
	name_folded TEXT NOT NULL, 
	city_folded TEXT NOT NULL, 
	email_folded TEXT NOT NULL, 
	phone_digits TEXT NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT kind CHECK (kind IN ('person','company')), 
	CONSTRAINT gender CHECK (gender IN ('female','male','other','unknown')), 
	CONSTRAINT left_after_joined CHECK (left_on IS NULL OR joined_on IS NULL OR left_on >= joined_on), 
	UNIQUE (number), 
	FOREIGN KEY(branch_id) REFERENCES branch (id), 
	FOREIGN KEY(manager_id) REFERENCES staff (id), 
	FOREIGN KEY(merged_into) REFERENCES customer (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE INDEX ix_customer_branch_id ON customer (branch_id);
CREATE INDEX ix_customer_name_folded ON customer (name_folded);
CREATE INDEX ix_customer_city_folded ON customer (city_folded);
CREATE TABLE balance_month (
	account_id INTEGER NOT NULL, 
	month TEXT NOT NULL, 
	average INTEGER NOT NULL, 
	"end" INTEGER, 
	batch_id INTEGER, 
	PRIMARY KEY (account_id, month), 
	FOREIGN KEY(account_id) REFERENCES account (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE TABLE standing_order (
	id INTEGER NOT NULL, 
	external_id TEXT, 
	account_id INTEGER NOT NULL, 
	to_bank TEXT, 
	to_account TEXT, 
	amount INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	batch_id INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (external_id), 
	FOREIGN KEY(account_id) REFERENCES account (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE INDEX ix_standing_order_account_id ON standing_order (account_id);
CREATE TABLE recommended_action (
	id INTEGER NOT NULL, 
	run_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	action TEXT NOT NULL, 
	channel TEXT, 
	product_id INTEGER, 
	rule INTEGER, 
	reasons TEXT NOT NULL, 
	p REAL, 
	value INTEGER, 
	rejected TEXT NOT NULL, 
	made_at TEXT NOT NULL, 
	decision TEXT NOT NULL, 
	decided_by TEXT, 
	decided_at TEXT, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (run_id, customer_id), 
	CONSTRAINT action CHECK (action IN ('offer', 'call', 'retain', 'ask_permission', 'none')), 
	CONSTRAINT decision CHECK (decision IN ('open', 'taken', 'declined')), 
	CONSTRAINT decided CHECK ((decision = 'open') = (decided_at IS NULL)), 
	CONSTRAINT chance CHECK (p IS NULL OR p BETWEEN 0 AND 1), 
	FOREIGN KEY(run_id) REFERENCES run (id), 
	FOREIGN KEY(customer_id) REFERENCES customer (id), 
	FOREIGN KEY(product_id) REFERENCES product (id)
)
 STRICT

;
CREATE INDEX ix_recommended_action_customer_id ON recommended_action (customer_id);
CREATE TABLE feedback (
	id INTEGER NOT NULL, 
	content_key BLOB, 
	customer_id INTEGER NOT NULL, 
	at TEXT NOT NULL, 
	instrument TEXT NOT NULL, 
	question TEXT, 
	score INTEGER, 
	text TEXT, 
	expected INTEGER, 
	batch_id INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (content_key), 
	FOREIGN KEY(customer_id) REFERENCES customer (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE INDEX ix_feedback_customer_id ON feedback (customer_id);
CREATE TABLE interaction (
	id INTEGER NOT NULL, 
	external_id TEXT, 
	content_key BLOB, 
	customer_id INTEGER NOT NULL, 
	occurred_s INTEGER NOT NULL, 
	recorded_s INTEGER, 
	time_known INTEGER NOT NULL, 
	catalogue_id INTEGER NOT NULL, 
	amount INTEGER, 
	currency TEXT, 
	account_id INTEGER, 
	product_id INTEGER, 
	campaign_id INTEGER, 
	response TEXT, 
	initiated_by TEXT NOT NULL, 
	detail TEXT, 
	batch_id INTEGER, 
	reverses INTEGER, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	CONSTRAINT initiated_by CHECK (initiated_by IN ('customer','bank')), 
	UNIQUE (external_id), 
	UNIQUE (content_key), 
	FOREIGN KEY(customer_id) REFERENCES customer (id), 
	FOREIGN KEY(catalogue_id) REFERENCES catalogue (id), 
	FOREIGN KEY(account_id) REFERENCES account (id), 
	FOREIGN KEY(product_id) REFERENCES product (id), 
	FOREIGN KEY(campaign_id) REFERENCES campaign (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id), 
	FOREIGN KEY(reverses) REFERENCES interaction (id)
)
 STRICT

;
CREATE INDEX ix_interaction_customer_occurred ON interaction (customer_id, occurred_s);
CREATE INDEX ix_interaction_reverses ON interaction (reverses) WHERE reverses IS NOT NULL;
CREATE TABLE permission_event (
	seq INTEGER NOT NULL, 
	event_id TEXT NOT NULL, 
	customer_id INTEGER NOT NULL, 
	purpose TEXT NOT NULL, 
	channel TEXT, 
	status TEXT NOT NULL, 
	legal_basis TEXT, 
	effective_at TEXT NOT NULL, 
	recorded_at TEXT NOT NULL, 
	expires_on TEXT, 
	source TEXT NOT NULL, 
	actor TEXT NOT NULL, 
	campaign_id INTEGER, 
	batch_id INTEGER, 
	notice TEXT, 
	notice_sha256 TEXT, 
	evidence_sha256 TEXT, 
	voids INTEGER, 
	prev_hash TEXT NOT NULL, 
	hash TEXT NOT NULL, 
	PRIMARY KEY (seq), 
	CONSTRAINT status CHECK (status IN ('asked','granted','refused','withdrawn','objected','erased','voided')), 
	CONSTRAINT consent_has_proof CHECK (status <> 'granted' OR legal_basis <> 'consent' OR (notice_sha256 IS NOT NULL AND evidence_sha256 IS NOT NULL)), 
	CONSTRAINT grant_has_basis CHECK (status <> 'granted' OR legal_basis IS NOT NULL), 
	UNIQUE (event_id), 
	FOREIGN KEY(customer_id) REFERENCES customer (id), 
	FOREIGN KEY(campaign_id) REFERENCES campaign (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id), 
	UNIQUE (prev_hash), 
	UNIQUE (hash)
)
 STRICT

;
CREATE INDEX ix_permission_event_voids ON permission_event (voids, customer_id, status) WHERE voids IS NOT NULL;
CREATE INDEX ix_permission_event_state ON permission_event (customer_id, purpose, channel, effective_at, seq);
CREATE TABLE household_member (
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
 STRICT

;
CREATE UNIQUE INDEX ix_household_member_open ON household_member (customer_id) WHERE to_on IS NULL;
CREATE INDEX ix_household_member_household_id ON household_member (household_id);
CREATE TABLE relation (
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
 STRICT

;
CREATE INDEX ix_relation_to_id ON relation (to_id);
CREATE INDEX ix_relation_from_id ON relation (from_id);
CREATE UNIQUE INDEX ix_relation_standing ON relation (from_id, to_id, kind) WHERE to_on IS NULL;
CREATE TABLE interest (
	id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	family TEXT NOT NULL, 
	at TEXT NOT NULL, 
	source TEXT NOT NULL, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(customer_id) REFERENCES customer (id)
)
 STRICT

;
CREATE INDEX ix_interest_customer_id ON interest (customer_id);
CREATE TABLE life_event (
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
 STRICT

;
CREATE INDEX ix_life_event_customer_id ON life_event (customer_id);
CREATE TABLE document (
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
 STRICT

;
CREATE INDEX ix_document_customer_id ON document (customer_id);
CREATE INDEX ix_document_sha256 ON document (sha256);
CREATE TABLE holding (
	id INTEGER NOT NULL, 
	account_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	role TEXT NOT NULL, 
	batch_id INTEGER, 
	PRIMARY KEY (id), 
	UNIQUE (account_id, customer_id, role), 
	CONSTRAINT role CHECK (role IN ('owner','authorised')), 
	FOREIGN KEY(account_id) REFERENCES account (id), 
	FOREIGN KEY(customer_id) REFERENCES customer (id), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE INDEX ix_holding_customer_id ON holding (customer_id);
CREATE TABLE segment_membership (
	run_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	tier1 TEXT NOT NULL, 
	tier2 TEXT NOT NULL, 
	segment_id INTEGER NOT NULL, 
	strength REAL, 
	runner_up TEXT, 
	distance_pct REAL, 
	provisional INTEGER NOT NULL, 
	PRIMARY KEY (run_id, customer_id), 
	FOREIGN KEY(run_id) REFERENCES run (id), 
	FOREIGN KEY(customer_id) REFERENCES customer (id), 
	FOREIGN KEY(segment_id) REFERENCES segment (id)
)
 STRICT

;
CREATE INDEX ix_segment_membership_customer_id ON segment_membership (customer_id);
CREATE TABLE task (
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
 STRICT

;
CREATE INDEX ix_task_open ON task (owner_id, due_at, snoozed_until) WHERE state = 'open';
CREATE INDEX ix_task_customer_id ON task (customer_id);
CREATE TABLE contact (
	id INTEGER NOT NULL, 
	campaign_id INTEGER NOT NULL, 
	customer_id INTEGER NOT NULL, 
	arm TEXT NOT NULL, 
	channel TEXT, 
	contacted_at TEXT, 
	duration_s INTEGER, 
	responded_at TEXT, 
	response TEXT, 
	permission_seq INTEGER, 
	suppressed_reason TEXT, 
	note TEXT, 
	batch_id INTEGER, 
	version INTEGER NOT NULL, 
	PRIMARY KEY (id), 
	UNIQUE (campaign_id, customer_id, channel, contacted_at), 
	CONSTRAINT control_not_contacted CHECK (arm <> 'control' OR contacted_at IS NULL), 
	FOREIGN KEY(campaign_id) REFERENCES campaign (id), 
	FOREIGN KEY(customer_id) REFERENCES customer (id), 
	FOREIGN KEY(permission_seq) REFERENCES permission_event (seq), 
	FOREIGN KEY(batch_id) REFERENCES import_batch (id)
)
 STRICT

;
CREATE INDEX ix_contact_customer_id ON contact (customer_id);
CREATE TABLE permission_evidence (
	event_id TEXT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (event_id), 
	FOREIGN KEY(event_id) REFERENCES permission_event (event_id)
)
 STRICT

;
CREATE TABLE opportunity (
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
 STRICT

;
CREATE INDEX ix_opportunity_owner_id ON opportunity (owner_id);
CREATE INDEX ix_opportunity_customer_id ON opportunity (customer_id);
CREATE TABLE opportunity_move (
	id INTEGER NOT NULL, 
	opportunity_id INTEGER NOT NULL, 
	from_stage TEXT, 
	to_stage TEXT NOT NULL, 
	at TEXT NOT NULL, 
	"by" TEXT NOT NULL, 
	PRIMARY KEY (id), 
	FOREIGN KEY(opportunity_id) REFERENCES opportunity (id)
)
 STRICT

;
CREATE INDEX ix_opportunity_move_opportunity_id ON opportunity_move (opportunity_id);
CREATE VIRTUAL TABLE customer_search USING fts5(number, name_folded, email_folded, city_folded, phone_digits, content='customer', content_rowid='id', tokenize='trigram', detail=full, columnsize=0);
INSERT INTO branch VALUES (1, 'HO', 'Head office', NULL, NULL);
INSERT INTO branch VALUES (2, 'G001', 'Gemhaven 1', 'Gemhaven', 'North');
INSERT INTO branch VALUES (3, 'G002', 'Opalton 1', 'Opalton', 'South');
INSERT INTO branch VALUES (4, 'G003', 'Rubydale 1', 'Rubydale', 'North');
INSERT INTO deed VALUES (1, '2026-11-22 09:45:24.740553', 'ela', 'add task', 'Add task: Call back', NULL);
INSERT INTO deed VALUES (2, '2026-11-22 09:45:24.747318', 'ela', 'edit customer', 'Edit customer G000001', NULL);
INSERT INTO catalogue VALUES (1, 'atm.transaction.withdrawal', 'atm', 'transaction', 'withdrawal', 'ATM, withdrawal', '', '-', 'I1', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (2, 'atm.transaction.deposit', 'atm', 'transaction', 'deposit', 'ATM, deposit', '', '+', 'I1', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (3, 'atm.transaction.inquiry', 'atm', 'transaction', 'inquiry', 'ATM, inquiry', '', '', 'I1', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (4, 'atm.transaction.transfer', 'atm', 'transaction', 'transfer', 'ATM, transfer', '', '*', 'I1', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (5, 'atm.transaction.maintain', 'atm', 'transaction', 'maintain', 'ATM, maintain', '', '', 'I1', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (6, 'online.transaction.transfer', 'online', 'transaction', 'transfer', 'Online, transfer', '', '*', 'I2', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (7, 'online.transaction.inquiry', 'online', 'transaction', 'inquiry', 'Online, inquiry', '', '', 'I2', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (8, 'online.transaction.maintain', 'online', 'transaction', 'maintain', 'Online, maintain', '', '', 'I2', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (9, 'online.transaction.bill_payment', 'online', 'transaction', 'bill_payment', 'Online, bill payment', '', '-', 'I2', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (10, 'online.transaction.portfolio', 'online', 'transaction', 'portfolio', 'Online, portfolio', '', '*', 'I2', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (11, 'online.support.transfer_problem', 'online', 'support', 'transfer_problem', 'Online, transfer problem', '', '', 'I4', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (12, 'online.support.bank_locations', 'online', 'support', 'bank_locations', 'Online, bank locations', 'general', '', 'I4', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (13, 'online.support.products', 'online', 'support', 'products', 'Online, products', 'general', '', 'I4', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (14, 'online.support.atm_online', 'online', 'support', 'atm_online', 'Online, atm online', 'general', '', 'I4', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (15, 'online.support.credit_card', 'online', 'support', 'credit_card', 'Online, credit card', 'general', '', 'I4', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (16, 'online.educational.education', 'online', 'educational', 'education', 'Online, education', '', '', 'I3', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (17, 'online.promotional.promotion', 'online', 'promotional', 'promotion', 'Online, promotion', '', '', 'I3', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (18, 'call_centre.transaction.transfer', 'call_centre', 'transaction', 'transfer', 'Call centre, transfer', '', '*', 'I5', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (19, 'call_centre.transaction.inquiry', 'call_centre', 'transaction', 'inquiry', 'Call centre, inquiry', '', '', 'I5', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (20, 'call_centre.transaction.maintain', 'call_centre', 'transaction', 'maintain', 'Call centre, maintain', '', '', 'I5', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (21, 'call_centre.support.transfer_problem', 'call_centre', 'support', 'transfer_problem', 'Call centre, transfer problem', '', '', 'I6', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (22, 'call_centre.support.bank_locations', 'call_centre', 'support', 'bank_locations', 'Call centre, bank locations', 'general', '', 'I6', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (23, 'call_centre.support.products', 'call_centre', 'support', 'products', 'Call centre, products', 'general', '', 'I6', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (24, 'call_centre.support.atm_online', 'call_centre', 'support', 'atm_online', 'Call centre, atm online', 'general', '', 'I6', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (25, 'call_centre.support.credit_card', 'call_centre', 'support', 'credit_card', 'Call centre, credit card', 'general', '', 'I6', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (26, 'branch.transaction.transfer', 'branch', 'transaction', 'transfer', 'Branch, transfer', '', '*', 'I7', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (27, 'branch.transaction.inquiry', 'branch', 'transaction', 'inquiry', 'Branch, inquiry', '', '', 'I7', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (28, 'branch.transaction.maintain', 'branch', 'transaction', 'maintain', 'Branch, maintain', '', '', 'I7', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (29, 'branch.transaction.deposit', 'branch', 'transaction', 'deposit', 'Branch, deposit', '', '+', 'I7', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (30, 'branch.transaction.withdrawal', 'branch', 'transaction', 'withdrawal', 'Branch, withdrawal', '', '-', 'I7', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (31, 'branch.transaction.portfolio', 'branch', 'transaction', 'portfolio', 'Branch, portfolio', '', '*', 'I7', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (32, 'branch.transaction.bank_check', 'branch', 'transaction', 'bank_check', 'Branch, bank check', '', '*', 'I7', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (33, 'branch.transaction.travellers_check', 'branch', 'transaction', 'travellers_check', 'Branch, travellers check', '', '*', 'I7', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (34, 'branch.support.transaction_question', 'branch', 'support', 'transaction_question', 'Branch, transaction question', '', '', 'I4', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (35, 'branch.support.general_question', 'branch', 'support', 'general_question', 'Branch, general question', '', '', 'I4', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (36, 'branch.educational.education', 'branch', 'educational', 'education', 'Branch, education', '', '', 'I3', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (37, 'branch.promotional.promotion', 'branch', 'promotional', 'promotion', 'Branch, promotion', '', '', 'I3', 1, 1, NULL, NULL);
INSERT INTO catalogue VALUES (901, 'system.posting.interest', 'system', 'posting', 'interest', 'System, interest', '', '+', '', 0, 1, NULL, NULL);
INSERT INTO catalogue VALUES (902, 'system.posting.penalty_interest', 'system', 'posting', 'penalty_interest', 'System, penalty interest', '', '-', '', 0, 1, NULL, NULL);
INSERT INTO catalogue VALUES (903, 'system.posting.fee', 'system', 'posting', 'fee', 'System, fee', '', '-', '', 0, 1, NULL, NULL);
INSERT INTO catalogue VALUES (904, 'system.posting.standing_order', 'system', 'posting', 'standing_order', 'System, standing order', '', '-', '', 0, 1, NULL, NULL);
INSERT INTO catalogue VALUES (905, 'system.posting.incoming_transfer', 'system', 'posting', 'incoming_transfer', 'System, incoming transfer', '', '+', '', 0, 1, NULL, NULL);
INSERT INTO catalogue VALUES (906, 'system.posting.statement', 'system', 'posting', 'statement', 'System, statement', '', '', '', 0, 1, NULL, NULL);
INSERT INTO purpose VALUES (1, 'service', 1, 'basis', NULL);
INSERT INTO purpose VALUES (2, 'marketing', 1, 'consent', 24);
INSERT INTO purpose VALUES (3, 'survey', 1, 'consent', 24);
INSERT INTO purpose VALUES (4, 'sharing', 1, 'consent', 24);
INSERT INTO purpose VALUES (5, 'profiling', 1, 'basis', NULL);
INSERT INTO purpose VALUES (6, 'targeting', 1, 'basis', NULL);
INSERT INTO purpose VALUES (7, 'credit', 1, 'basis', NULL);
INSERT INTO notice VALUES (1, 'marketing-1', 1, 'en', 'We would like to tell you about our products by the way you choose. You may say no at any time.', '58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972');
INSERT INTO notice VALUES (2, 'survey-1', 1, 'en', 'We would like to ask how satisfied you are by the way you choose. You may say no at any time.', '6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6');
INSERT INTO product VALUES (1, 'CUR', 'Current account', 'current', 2400, 1);
INSERT INTO product VALUES (2, 'SAV', 'Savings account', 'savings', 4000, 1);
INSERT INTO product VALUES (3, 'MOR', 'Home mortgage', 'mortgage', 90000, 1);
INSERT INTO product VALUES (4, 'LOA', 'Personal loan', 'loan', 35000, 1);
INSERT INTO product VALUES (5, 'INV', 'Investment plan', 'investment', 25000, 1);
INSERT INTO product VALUES (6, 'CRD', 'Credit card', 'card', 6000, 1);
INSERT INTO product VALUES (7, 'TXT', 'Text alerts', 'other', 200, 1);
INSERT INTO product VALUES (8, 'EST', 'Online statements', 'other', 300, 1);
INSERT INTO product VALUES (9, 'HOM', 'Contents insurance', 'insurance', 5500, 1);
INSERT INTO product VALUES (10, 'LIF', 'Life insurance', 'insurance', 9000, 1);
INSERT INTO product VALUES (11, 'PEN', 'Pension plan', 'investment', 12000, 1);
INSERT INTO product VALUES (12, 'GLD', 'Gold card', 'card', 8500, 1);
INSERT INTO product VALUES (13, 'TRV', 'Travel insurance', 'insurance', 3000, 1);
INSERT INTO product VALUES (14, 'CLS', 'Car lease', 'other', 30000, 1);
INSERT INTO product VALUES (15, 'CAR', 'Car insurance', 'insurance', 7500, 1);
INSERT INTO product VALUES (16, 'LEG', 'Legal insurance', 'insurance', 4000, 1);
INSERT INTO product VALUES (17, 'TRM', 'Term deposit', 'savings', 6000, 1);
INSERT INTO product VALUES (18, 'BRK', 'Brokerage account', 'investment', 15000, 1);
INSERT INTO product VALUES (19, 'SLN', 'Securities loan', 'other', 22000, 1);
INSERT INTO product VALUES (20, 'BOX', 'Safe deposit box', 'other', 4500, 1);
INSERT INTO product VALUES (21, 'STU', 'Student card', 'card', 500, 1);
INSERT INTO bank_state VALUES (1, '6bdec951-8d07-4518-9d0e-a26a234a75f4', 6, 'single', '2026-11-22 09:45:24.526551', '2026-06-30', 'gemstone', 7, 5);
INSERT INTO audit_event VALUES (1, '2026-11-22 09:45:24.564693', 'bank create', 'single user', 'create bank', 'gemstone', NULL, '', '', '', NULL, '0000000000000000000000000000000000000000000000000000000000000000', 'cc51e55d47de03ecb944825ace535c32252e6c063ec012625e360d5b19f5f346');
INSERT INTO audit_event VALUES (2, '2026-11-22 09:45:24.732341', 'ela', 'single user', 'add staff', 'staff 1', NULL, '', '', '', NULL, 'cc51e55d47de03ecb944825ace535c32252e6c063ec012625e360d5b19f5f346', 'd2135e6d23805326ce9ae5f7d2f6dd7680c9f63e1022aed8373c18340f61eeb1');
INSERT INTO audit_event VALUES (3, '2026-11-22 09:45:24.736599', 'ela', 'single user', 'add staff', 'staff 2', NULL, '', '', '', NULL, 'd2135e6d23805326ce9ae5f7d2f6dd7680c9f63e1022aed8373c18340f61eeb1', '3f279aa40cc74bfe3442ee4acaced826a5218937a9994f46cc3b6a365ccb3914');
INSERT INTO audit_event VALUES (4, '2026-11-22 09:45:24.741630', 'ela', 'single user', 'add task', 'task 1', 1, '', '', '', NULL, '3f279aa40cc74bfe3442ee4acaced826a5218937a9994f46cc3b6a365ccb3914', '70df94ac0dda462cacc5ad6d20ed1cebb893c3243cedec8e3b305340de986183');
INSERT INTO audit_event VALUES (5, '2026-11-22 09:45:24.743472', 'ela', 'single user', 'open for edit', 'G000001', 1, 'phone, email, street, postcode', '', '', NULL, '70df94ac0dda462cacc5ad6d20ed1cebb893c3243cedec8e3b305340de986183', '1b0622aa7607eda3a8da7c53ff50fa2bf67a6ee723fc7b5599ca4e4dec9a6730');
INSERT INTO audit_event VALUES (6, '2026-11-22 09:45:24.747578', 'ela', 'single user', 'edit customer', 'G000001', 1, 'occupation', '', '', NULL, '1b0622aa7607eda3a8da7c53ff50fa2bf67a6ee723fc7b5599ca4e4dec9a6730', '12f88b1e495eebe2d854dd2d0fd696ad4a611cc2b1b4327531a936489cf2d3bd');
INSERT INTO campaign VALUES (1, 'C01', 'May we stay in touch? 1', '2023-07-02', '2023-12-30', 'marketing', 'email;in_app', NULL, 50000, 5, 'closed', 1, NULL);
INSERT INTO campaign VALUES (2, 'C02', 'May we stay in touch? 2', '2023-12-31', '2024-06-29', 'marketing', 'phone;sms', NULL, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (3, 'C03', 'May we stay in touch? 3', '2024-06-30', '2024-12-28', 'marketing', 'in_person', NULL, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (4, 'C04', 'May we stay in touch? 4', '2024-12-29', '2025-06-28', 'marketing', 'email;post', NULL, 50000, 95, 'closed', 1, NULL);
INSERT INTO campaign VALUES (5, 'C05', 'May we stay in touch? 5', '2025-06-29', '2025-12-27', 'marketing', 'phone;in_person', NULL, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (6, 'C06', 'May we stay in touch? 6', '2025-12-28', '2026-06-27', 'marketing', 'sms;in_app', NULL, 50000, 12, 'closed', 1, NULL);
INSERT INTO campaign VALUES (7, 'C07', 'Savings account offer 1', '2025-07-03', '2025-07-16', 'marketing', 'email;in_app', 2, 50000, 5, 'closed', 1, NULL);
INSERT INTO campaign VALUES (8, 'C08', 'Credit card offer 2', '2025-07-17', '2025-07-30', 'marketing', 'phone;sms', 6, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (9, 'C09', 'Personal loan offer 3', '2025-08-03', '2025-08-16', 'marketing', 'in_person;email', 4, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (10, 'C10', 'Investment plan offer 4', '2025-08-17', '2025-08-30', 'marketing', 'sms;phone', 5, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (11, 'C11', 'Home mortgage offer 5', '2025-09-03', '2025-09-16', 'marketing', 'email;in_person', 3, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (12, 'C12', 'Savings account offer 6', '2025-09-17', '2025-09-30', 'marketing', 'post;phone', 2, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (13, 'C13', 'Credit card offer 7', '2025-10-03', '2025-10-16', 'marketing', 'email;in_app', 6, 50000, 5, 'closed', 1, NULL);
INSERT INTO campaign VALUES (14, 'C14', 'Personal loan offer 8', '2025-10-17', '2025-10-30', 'marketing', 'phone;sms', 4, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (15, 'C15', 'Investment plan offer 9', '2025-11-03', '2025-11-16', 'marketing', 'in_person;email', 5, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (16, 'C16', 'Home mortgage offer 10', '2025-11-17', '2025-11-30', 'marketing', 'sms;phone', 3, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (17, 'C17', 'Savings account offer 11', '2025-12-03', '2025-12-16', 'marketing', 'email;in_person', 2, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (18, 'C18', 'Credit card offer 12', '2025-12-17', '2025-12-30', 'marketing', 'post;phone', 6, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (19, 'C19', 'Personal loan offer 13', '2026-01-03', '2026-01-16', 'marketing', 'email;in_app', 4, 50000, 5, 'closed', 1, NULL);
INSERT INTO campaign VALUES (20, 'C20', 'Investment plan offer 14', '2026-01-17', '2026-01-30', 'marketing', 'phone;sms', 5, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (21, 'C21', 'Home mortgage offer 15', '2026-02-03', '2026-02-16', 'marketing', 'in_person;email', 3, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (22, 'C22', 'Savings account offer 16', '2026-02-17', '2026-03-02', 'marketing', 'sms;phone', 2, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (23, 'C23', 'Credit card offer 17', '2026-03-03', '2026-03-16', 'marketing', 'email;in_person', 6, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (24, 'C24', 'Personal loan offer 18', '2026-03-17', '2026-03-30', 'marketing', 'post;phone', 4, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (25, 'C25', 'Investment plan offer 19', '2026-04-03', '2026-04-16', 'marketing', 'email;in_app', 5, 50000, 5, 'closed', 1, NULL);
INSERT INTO campaign VALUES (26, 'C26', 'Home mortgage offer 20', '2026-04-17', '2026-04-30', 'marketing', 'phone;sms', 3, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (27, 'C27', 'Savings account offer 21', '2026-05-03', '2026-05-16', 'marketing', 'in_person;email', 2, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (28, 'C28', 'Credit card offer 22', '2026-05-17', '2026-05-30', 'marketing', 'sms;phone', 6, 50000, 450, 'closed', 1, NULL);
INSERT INTO campaign VALUES (29, 'C29', 'Personal loan offer 23', '2026-06-03', '2026-06-16', 'marketing', 'email;in_person', 4, 50000, 900, 'closed', 1, NULL);
INSERT INTO campaign VALUES (30, 'C30', 'Investment plan offer 24', '2026-06-17', '2026-06-30', 'marketing', 'post;phone', 5, 50000, 450, 'closed', 1, NULL);
INSERT INTO staff VALUES (1, 'kaya', 'E. Kaya', 1, NULL);
INSERT INTO staff VALUES (2, 'ela', 'ela', NULL, NULL);
INSERT INTO field_change VALUES (1, 1, 'task', 1, 1, '*', NULL, '{"customer_id": 1, "owner_id": 2, "title": "Call back", "note": null, "due_at": "2026-11-01T00:00:00+00:00", "remind_at": null, "snoozed_until": null, "state": "open", "origin": "manual", "handed_from": null, "made_at": "2026-06-30T23:59:59+00:00", "made_by": "ela", "ended_at": null}', 1);
INSERT INTO field_change VALUES (2, 2, 'customer', 1, 1, 'occupation', '"health"', '"baker"', 2);
INSERT INTO account VALUES (1, 'A0000001', 1, 'EUR', '2016-07-01', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (2, 'A0000002', 2, 'EUR', '2019-08-27', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (3, 'A0000003', 4, 'EUR', '2018-11-02', NULL, 2303225, NULL, 1);
INSERT INTO account VALUES (4, 'A0000004', 5, 'EUR', '2018-05-31', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (5, 'A0000005', 6, 'EUR', '2022-05-28', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (6, 'A0000006', 1, 'EUR', '2007-07-05', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (7, 'A0000007', 2, 'EUR', '2014-09-12', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (8, 'A0000008', 6, 'EUR', '2024-12-17', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (9, 'A0000009', 1, 'EUR', '2018-05-20', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (10, 'A0000010', 2, 'EUR', '2019-10-06', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (11, 'A0000011', 4, 'EUR', '2024-04-24', NULL, 1047442, NULL, 1);
INSERT INTO account VALUES (12, 'A0000012', 6, 'EUR', '2018-06-10', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (13, 'A0000013', 1, 'EUR', '2018-04-03', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (14, 'A0000014', 2, 'EUR', '2018-04-25', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (15, 'A0000015', 3, 'EUR', '2024-12-14', NULL, 24400826, NULL, 1);
INSERT INTO account VALUES (16, 'A0000016', 4, 'EUR', '2024-03-31', NULL, 1109893, NULL, 1);
INSERT INTO account VALUES (17, 'A0000017', 6, 'EUR', '2021-09-25', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (18, 'A0000018', 1, 'EUR', '2012-04-30', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (19, 'A0000019', 2, 'EUR', '2014-08-25', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (20, 'A0000020', 3, 'EUR', '2012-05-25', NULL, 18136668, NULL, 1);
INSERT INTO account VALUES (21, 'A0000021', 5, 'EUR', '2022-02-01', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (22, 'A0000022', 6, 'EUR', '2018-08-29', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (23, 'A0000023', 8, 'EUR', '2025-07-22', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (24, 'A0000024', 12, 'EUR', '2025-07-17', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (25, 'A0000025', 13, 'EUR', '2025-06-06', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (26, 'A0000026', 15, 'EUR', '2024-07-22', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (27, 'A0000027', 16, 'EUR', '2025-11-20', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (28, 'A0000028', 7, 'EUR', '2023-08-21', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (29, 'A0000029', 8, 'EUR', '2026-01-21', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (30, 'A0000030', 12, 'EUR', '2025-03-27', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (31, 'A0000031', 21, 'EUR', '2024-03-01', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (32, 'A0000032', 10, 'EUR', '2026-06-25', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (33, 'A0000033', 11, 'EUR', '2025-07-28', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (34, 'A0000034', 12, 'EUR', '2025-10-27', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (35, 'A0000035', 13, 'EUR', '2025-05-01', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (36, 'A0000036', 16, 'EUR', '2024-10-29', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (37, 'A0000037', 10, 'EUR', '2025-09-30', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (38, 'A0000038', 12, 'EUR', '2024-01-26', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (39, 'A0000039', 13, 'EUR', '2024-01-22', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (40, 'A0000040', 15, 'EUR', '2025-12-08', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (41, 'A0000041', 16, 'EUR', '2026-04-02', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (42, 'A0000042', 18, 'EUR', '2024-08-14', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (43, 'A0000043', 19, 'EUR', '2024-09-24', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (44, 'A0000044', 20, 'EUR', '2025-07-01', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (45, 'A0000045', 7, 'EUR', '2025-10-26', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (46, 'A0000046', 8, 'EUR', '2025-02-18', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (47, 'A0000047', 9, 'EUR', '2024-06-21', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (48, 'A0000048', 10, 'EUR', '2024-05-20', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (49, 'A0000049', 11, 'EUR', '2025-05-18', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (50, 'A0000050', 13, 'EUR', '2024-09-19', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (51, 'A0000051', 14, 'EUR', '2024-11-15', NULL, NULL, NULL, 1);
INSERT INTO account VALUES (52, 'A0000052', 15, 'EUR', '2024-11-27', NULL, NULL, NULL, 1);
INSERT INTO campaign_arm VALUES (1, 7, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (2, 7, 'control', 0.15);
INSERT INTO campaign_arm VALUES (3, 8, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (4, 8, 'control', 0.15);
INSERT INTO campaign_arm VALUES (5, 9, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (6, 9, 'control', 0.15);
INSERT INTO campaign_arm VALUES (7, 10, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (8, 10, 'control', 0.15);
INSERT INTO campaign_arm VALUES (9, 11, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (10, 11, 'control', 0.15);
INSERT INTO campaign_arm VALUES (11, 12, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (12, 12, 'control', 0.15);
INSERT INTO campaign_arm VALUES (13, 13, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (14, 13, 'control', 0.15);
INSERT INTO campaign_arm VALUES (15, 14, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (16, 14, 'control', 0.15);
INSERT INTO campaign_arm VALUES (17, 15, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (18, 15, 'control', 0.15);
INSERT INTO campaign_arm VALUES (19, 16, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (20, 16, 'control', 0.15);
INSERT INTO campaign_arm VALUES (21, 17, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (22, 17, 'control', 0.15);
INSERT INTO campaign_arm VALUES (23, 18, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (24, 18, 'control', 0.15);
INSERT INTO campaign_arm VALUES (25, 19, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (26, 19, 'control', 0.15);
INSERT INTO campaign_arm VALUES (27, 20, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (28, 20, 'control', 0.15);
INSERT INTO campaign_arm VALUES (29, 21, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (30, 21, 'control', 0.15);
INSERT INTO campaign_arm VALUES (31, 22, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (32, 22, 'control', 0.15);
INSERT INTO campaign_arm VALUES (33, 23, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (34, 23, 'control', 0.15);
INSERT INTO campaign_arm VALUES (35, 24, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (36, 24, 'control', 0.15);
INSERT INTO campaign_arm VALUES (37, 25, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (38, 25, 'control', 0.15);
INSERT INTO campaign_arm VALUES (39, 26, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (40, 26, 'control', 0.15);
INSERT INTO campaign_arm VALUES (41, 27, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (42, 27, 'control', 0.15);
INSERT INTO campaign_arm VALUES (43, 28, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (44, 28, 'control', 0.15);
INSERT INTO campaign_arm VALUES (45, 29, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (46, 29, 'control', 0.15);
INSERT INTO campaign_arm VALUES (47, 30, 'treated', 0.85);
INSERT INTO campaign_arm VALUES (48, 30, 'control', 0.15);
INSERT INTO customer VALUES (1, 'G000001', 'person', 'Ayşe', 'Dalgård', '1994-02-12', 'female', 'baker', 'university', 202738, 'ayse.dalgard1@example.org', '+999 20 8447337', 'Onyx Place 12', 'Opalton', '2100', 'XG', 2, NULL, 'branch', '2016-07-01', NULL, 'bank', 0, NULL, NULL, NULL, 2, 'ayse dalgard', 'opalton', 'ayse.dalgard1@example.org', '999208447337');
INSERT INTO customer VALUES (2, 'G000002', 'person', 'Carl', 'Çelward', '1978-06-29', 'male', 'clerk', 'vocational', 394623, 'carl.celward2@example.org', '+999 20 6196169', 'Garnet Way 35', 'Gemhaven', '1000', 'XG', 2, NULL, 'branch', '2007-07-05', NULL, 'unknown', 0, NULL, NULL, NULL, 1, 'carl celward', 'gemhaven', 'carl.celward2@example.org', '999206196169');
INSERT INTO customer VALUES (3, 'G000003', 'person', 'Ilse', 'Quinkaya', '2001-07-06', 'female', 'craft', 'vocational', 566047, 'ilse.quinkaya3@example.org', '+999 20 7205677', 'Beryl Lane 111', 'Rubydale', '3200', 'XG', 2, NULL, 'branch', '2018-05-20', NULL, 'unknown', 0, NULL, NULL, NULL, 1, 'ilse quinkaya', 'rubydale', 'ilse.quinkaya3@example.org', '999207205677');
INSERT INTO customer VALUES (4, 'G000004', 'person', 'Olga', 'Yılkaya', '2001-09-16', 'female', 'farming', 'vocational', 185476, 'olga.yilkaya4@example.org', '+999 20 3425022', 'Beryl Lane 29', 'Topazford', '6500', 'XG', 3, NULL, 'web', '2018-04-03', NULL, 'brand', 0, NULL, NULL, NULL, 1, 'olga yilkaya', 'topazford', 'olga.yilkaya4@example.org', '999203425022');
INSERT INTO customer VALUES (5, 'G000005', 'person', 'Paul', 'Pelton', '1973-08-07', 'male', NULL, 'vocational', 293997, 'paul.pelton5@example.org', '+999 20 6640242', 'Zircon Close 120', 'Jasperwick', '7600', 'XG', 3, NULL, 'branch', '2012-04-30', NULL, 'brand', 0, NULL, NULL, NULL, 1, 'paul pelton', 'jasperwick', 'paul.pelton5@example.org', '999206640242');
INSERT INTO permission_event VALUES (1, '6c483d64-0d40-4bd0-82d5-8b24b1040158', 4, 'marketing', 'phone', 'asked', NULL, '2023-07-18 16:54:58.000000', '2023-07-18 16:54:58.000000', NULL, 'call_centre', 'bank', NULL, NULL, 'marketing-1', '58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972', NULL, NULL, '0000000000000000000000000000000000000000000000000000000000000000', '8ecbeeaecfd5c09e8e4f1c74b72533fe9e3bb95c468076a923d5594cce631404');
INSERT INTO permission_event VALUES (2, '4b3689e5-e8d2-43eb-ac01-ba39fd016a43', 4, 'survey', 'phone', 'asked', NULL, '2023-07-18 17:06:55.000000', '2023-07-18 17:06:55.000000', NULL, 'call_centre', 'bank', NULL, NULL, 'survey-1', '6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6', NULL, NULL, '8ecbeeaecfd5c09e8e4f1c74b72533fe9e3bb95c468076a923d5594cce631404', '84cbb7bd1b7ac1c6e792454fb57fdc01463b5b174ef8825547e7dd7d738d9ea5');
INSERT INTO permission_event VALUES (3, '5b8ab280-7d9d-4b6a-b2ff-365613ea6bab', 4, 'marketing', 'phone', 'granted', 'consent', '2023-07-18 17:06:55.000000', '2023-07-18 17:06:55.000000', '2025-07-18', 'call_centre', 'customer', NULL, NULL, 'marketing-1', '58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972', 'e511282cd6a61033667bce1f64d98d6008868cacd33a2a2ebd71b744156614ce', NULL, '84cbb7bd1b7ac1c6e792454fb57fdc01463b5b174ef8825547e7dd7d738d9ea5', 'e9513dce69d77d7b5438e54e308dda63a20822306e7cce7a36431f2612f849db');
INSERT INTO permission_event VALUES (4, '66dfb81c-1a4d-40f9-bb95-00465473e630', 4, 'survey', 'phone', 'granted', 'consent', '2023-07-18 17:07:25.000000', '2023-07-18 17:07:25.000000', '2025-07-18', 'call_centre', 'customer', NULL, NULL, 'survey-1', '6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6', 'e511282cd6a61033667bce1f64d98d6008868cacd33a2a2ebd71b744156614ce', NULL, 'e9513dce69d77d7b5438e54e308dda63a20822306e7cce7a36431f2612f849db', 'a6af65e8da8fb8bff984b222b8f60cf95087196dcc3fbad5ce95e6a6eaf23b38');
INSERT INTO permission_event VALUES (5, 'a7c714ba-d225-4094-a5c2-4fdcb87570e5', 1, 'marketing', 'phone', 'asked', NULL, '2023-09-10 12:57:16.000000', '2023-09-10 12:57:16.000000', NULL, 'call_centre', 'bank', NULL, NULL, 'marketing-1', '58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972', NULL, NULL, 'a6af65e8da8fb8bff984b222b8f60cf95087196dcc3fbad5ce95e6a6eaf23b38', '13b304074319d0492f34570bd9b89d201d3cff3a92c6882492888010f38581fe');
INSERT INTO permission_event VALUES (6, '01d41d8f-859b-462c-b366-9253e6c6e38f', 1, 'survey', 'phone', 'asked', NULL, '2023-09-10 13:09:37.000000', '2023-09-10 13:09:37.000000', NULL, 'call_centre', 'bank', NULL, NULL, 'survey-1', '6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6', NULL, NULL, '13b304074319d0492f34570bd9b89d201d3cff3a92c6882492888010f38581fe', '022e37b1310616d02b94b91733a765bafc4ba4e8b8abbf0e8c39a780ee4d7e9c');
INSERT INTO permission_event VALUES (7, '3239e589-27b9-4cd4-926f-601033c6f9c4', 1, 'marketing', 'phone', 'granted', 'consent', '2023-09-10 13:09:37.000000', '2023-09-10 13:09:37.000000', '2025-09-10', 'call_centre', 'customer', NULL, NULL, 'marketing-1', '58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972', 'e511282cd6a61033667bce1f64d98d6008868cacd33a2a2ebd71b744156614ce', NULL, '022e37b1310616d02b94b91733a765bafc4ba4e8b8abbf0e8c39a780ee4d7e9c', '6083007130e04dec41d634d4a5030f02ca88c10ff3583da336386dae8f3ba47e');
INSERT INTO permission_event VALUES (8, '84cbd734-a16f-4b44-b643-ddeffe119132', 1, 'survey', 'phone', 'refused', NULL, '2023-09-10 13:10:07.000000', '2023-09-10 13:10:07.000000', NULL, 'call_centre', 'customer', NULL, NULL, NULL, NULL, NULL, NULL, '6083007130e04dec41d634d4a5030f02ca88c10ff3583da336386dae8f3ba47e', '96e19c2cd3447748e0dc7dc70ad9efdee71f2298992d04fcf899c220566ee4e4');
INSERT INTO permission_event VALUES (9, '62a9d27d-fc4c-46da-898d-2c482002376a', 4, 'marketing', 'email', 'asked', NULL, '2024-08-10 09:14:53.000000', '2024-08-10 09:14:53.000000', NULL, 'online', 'bank', NULL, NULL, 'marketing-1', '58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972', NULL, NULL, '96e19c2cd3447748e0dc7dc70ad9efdee71f2298992d04fcf899c220566ee4e4', 'b20124f72ebe582d75ab51f3863fe04c7c8ef567b1091994980466576b6b6d3c');
INSERT INTO permission_event VALUES (10, 'd0032537-6245-4448-8456-37e3e7648b3d', 4, 'marketing', 'sms', 'asked', NULL, '2025-11-15 12:02:25.000000', '2025-11-15 12:02:25.000000', NULL, 'call_centre', 'bank', NULL, NULL, 'marketing-1', '58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972', NULL, NULL, 'b20124f72ebe582d75ab51f3863fe04c7c8ef567b1091994980466576b6b6d3c', 'be0f2ef5b3a7c90b77582ee86550caf851d1845be50cf4784899c728a3f814cb');
INSERT INTO permission_event VALUES (11, '38841b15-ca8c-43af-ad47-916ce98827a3', 4, 'survey', 'sms', 'asked', NULL, '2025-11-18 15:25:10.000000', '2025-11-18 15:25:10.000000', NULL, 'call_centre', 'bank', NULL, NULL, 'survey-1', '6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6', NULL, NULL, 'be0f2ef5b3a7c90b77582ee86550caf851d1845be50cf4784899c728a3f814cb', '2d0b7ba85f5e177202d3f5ad69c1d61f0a2ce8ca84b2ec5c28f332a4b1324e4b');
INSERT INTO permission_event VALUES (12, 'cd168907-019e-46f2-aac8-f4ad2c6d6217', 4, 'marketing', 'sms', 'granted', 'consent', '2025-11-18 15:25:10.000000', '2025-11-18 15:25:10.000000', '2027-11-18', 'call_centre', 'customer', NULL, NULL, 'marketing-1', '58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972', '21a3c22e1cf4a714c5c52bdd32a51abea1dc3760d8e724ee1b3cae473fa10e0a', NULL, '2d0b7ba85f5e177202d3f5ad69c1d61f0a2ce8ca84b2ec5c28f332a4b1324e4b', '0991e88c6b038d70e06de4932c992e53a1db38cccbbad0298128344b0e723970');
INSERT INTO permission_event VALUES (13, '113bafac-a62b-4907-a10e-d006f1fece11', 4, 'survey', 'sms', 'granted', 'consent', '2025-11-18 15:25:40.000000', '2025-11-18 15:25:40.000000', '2027-11-18', 'call_centre', 'customer', NULL, NULL, 'survey-1', '6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6', '21a3c22e1cf4a714c5c52bdd32a51abea1dc3760d8e724ee1b3cae473fa10e0a', NULL, '0991e88c6b038d70e06de4932c992e53a1db38cccbbad0298128344b0e723970', 'ff02cea54fc664dad9faf93c03c8ae181caa3bfc03fdde8e05c30de74bb497f6');
INSERT INTO holding VALUES (1, 1, 1, 'owner', NULL);
INSERT INTO holding VALUES (2, 2, 1, 'owner', NULL);
INSERT INTO holding VALUES (3, 3, 1, 'owner', NULL);
INSERT INTO holding VALUES (4, 4, 1, 'owner', NULL);
INSERT INTO holding VALUES (5, 5, 1, 'owner', NULL);
INSERT INTO holding VALUES (6, 6, 2, 'owner', NULL);
INSERT INTO holding VALUES (7, 7, 2, 'owner', NULL);
INSERT INTO holding VALUES (8, 8, 2, 'owner', NULL);
INSERT INTO holding VALUES (9, 9, 3, 'owner', NULL);
INSERT INTO holding VALUES (10, 10, 3, 'owner', NULL);
INSERT INTO holding VALUES (11, 11, 3, 'owner', NULL);
INSERT INTO holding VALUES (12, 12, 3, 'owner', NULL);
INSERT INTO holding VALUES (13, 13, 4, 'owner', NULL);
INSERT INTO holding VALUES (14, 14, 4, 'owner', NULL);
INSERT INTO holding VALUES (15, 15, 4, 'owner', NULL);
INSERT INTO holding VALUES (16, 16, 4, 'owner', NULL);
INSERT INTO holding VALUES (17, 17, 4, 'owner', NULL);
INSERT INTO holding VALUES (18, 18, 5, 'owner', NULL);
INSERT INTO holding VALUES (19, 19, 5, 'owner', NULL);
INSERT INTO holding VALUES (20, 20, 5, 'owner', NULL);
INSERT INTO holding VALUES (21, 21, 5, 'owner', NULL);
INSERT INTO holding VALUES (22, 22, 5, 'owner', NULL);
INSERT INTO holding VALUES (23, 23, 1, 'owner', NULL);
INSERT INTO holding VALUES (24, 24, 1, 'owner', NULL);
INSERT INTO holding VALUES (25, 25, 1, 'owner', NULL);
INSERT INTO holding VALUES (26, 26, 1, 'owner', NULL);
INSERT INTO holding VALUES (27, 27, 1, 'owner', NULL);
INSERT INTO holding VALUES (28, 28, 2, 'owner', NULL);
INSERT INTO holding VALUES (29, 29, 2, 'owner', NULL);
INSERT INTO holding VALUES (30, 30, 2, 'owner', NULL);
INSERT INTO holding VALUES (31, 31, 2, 'owner', NULL);
INSERT INTO holding VALUES (32, 32, 3, 'owner', NULL);
INSERT INTO holding VALUES (33, 33, 3, 'owner', NULL);
INSERT INTO holding VALUES (34, 34, 3, 'owner', NULL);
INSERT INTO holding VALUES (35, 35, 3, 'owner', NULL);
INSERT INTO holding VALUES (36, 36, 3, 'owner', NULL);
INSERT INTO holding VALUES (37, 37, 4, 'owner', NULL);
INSERT INTO holding VALUES (38, 38, 4, 'owner', NULL);
INSERT INTO holding VALUES (39, 39, 4, 'owner', NULL);
INSERT INTO holding VALUES (40, 40, 4, 'owner', NULL);
INSERT INTO holding VALUES (41, 41, 4, 'owner', NULL);
INSERT INTO holding VALUES (42, 42, 4, 'owner', NULL);
INSERT INTO holding VALUES (43, 43, 4, 'owner', NULL);
INSERT INTO holding VALUES (44, 44, 4, 'owner', NULL);
INSERT INTO holding VALUES (45, 45, 5, 'owner', NULL);
INSERT INTO holding VALUES (46, 46, 5, 'owner', NULL);
INSERT INTO holding VALUES (47, 47, 5, 'owner', NULL);
INSERT INTO holding VALUES (48, 48, 5, 'owner', NULL);
INSERT INTO holding VALUES (49, 49, 5, 'owner', NULL);
INSERT INTO holding VALUES (50, 50, 5, 'owner', NULL);
INSERT INTO holding VALUES (51, 51, 5, 'owner', NULL);
INSERT INTO holding VALUES (52, 52, 5, 'owner', NULL);
INSERT INTO task VALUES (1, 1, 2, 'Call back', NULL, '2026-11-01 00:00:00.000000', NULL, NULL, 'open', 'manual', NULL, '2026-06-30 23:59:59.000000', 'ela', NULL, 1);
INSERT INTO contact VALUES (1, 10, 1, 'control', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1);
INSERT INTO contact VALUES (2, 20, 4, 'control', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, 1);
INSERT INTO contact VALUES (3, 28, 4, 'treated', 'sms', '2026-05-18 10:58:34.000000', NULL, NULL, 'no_answer', 12, NULL, NULL, NULL, 1);
INSERT INTO permission_evidence VALUES ('5b8ab280-7d9d-4b6a-b2ff-365613ea6bab', 'Said yes in a recorded call.');
INSERT INTO permission_evidence VALUES ('66dfb81c-1a4d-40f9-bb95-00465473e630', 'Said yes in a recorded call.');
INSERT INTO permission_evidence VALUES ('3239e589-27b9-4cd4-926f-601033c6f9c4', 'Said yes in a recorded call.');
INSERT INTO permission_evidence VALUES ('cd168907-019e-46f2-aac8-f4ad2c6d6217', 'Answered YES to a text message.');
INSERT INTO permission_evidence VALUES ('113bafac-a62b-4907-a10e-d006f1fece11', 'Answered YES to a text message.');
INSERT INTO customer_search(customer_search, rank) VALUES ('secure-delete', 1);
INSERT INTO customer_search(customer_search, rank) VALUES ('hashsize', 33554432);
INSERT INTO customer_search(customer_search) VALUES ('rebuild');
CREATE TRIGGER permission_event_no_update BEFORE UPDATE ON permission_event BEGIN SELECT RAISE(ABORT, 'permission_event is append-only'); END;
CREATE TRIGGER permission_event_no_delete BEFORE DELETE ON permission_event BEGIN SELECT RAISE(ABORT, 'permission_event is append-only'); END;
CREATE TRIGGER audit_event_no_update BEFORE UPDATE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END;
CREATE TRIGGER audit_event_no_delete BEFORE DELETE ON audit_event BEGIN SELECT RAISE(ABORT, 'audit_event is append-only'); END;
CREATE TRIGGER run_no_update BEFORE UPDATE ON run BEGIN SELECT RAISE(ABORT, 'run is append-only'); END;
CREATE TRIGGER run_no_delete BEFORE DELETE ON run BEGIN SELECT RAISE(ABORT, 'run is append-only'); END;
CREATE TRIGGER import_batch_no_update BEFORE UPDATE ON import_batch BEGIN SELECT RAISE(ABORT, 'import_batch is append-only'); END;
CREATE TRIGGER import_batch_no_delete BEFORE DELETE ON import_batch BEGIN SELECT RAISE(ABORT, 'import_batch is append-only'); END;
CREATE TRIGGER import_file_no_update BEFORE UPDATE ON import_file BEGIN SELECT RAISE(ABORT, 'import_file is append-only'); END;
CREATE TRIGGER import_file_no_delete BEFORE DELETE ON import_file BEGIN SELECT RAISE(ABORT, 'import_file is append-only'); END;
CREATE TRIGGER deed_no_update BEFORE UPDATE ON deed BEGIN SELECT RAISE(ABORT, 'deed is append-only'); END;
CREATE TRIGGER deed_no_delete BEFORE DELETE ON deed BEGIN SELECT RAISE(ABORT, 'deed is append-only'); END;
CREATE TRIGGER opportunity_move_no_update BEFORE UPDATE ON opportunity_move BEGIN SELECT RAISE(ABORT, 'opportunity_move is append-only'); END;
CREATE TRIGGER opportunity_move_no_delete BEFORE DELETE ON opportunity_move BEGIN SELECT RAISE(ABORT, 'opportunity_move is append-only'); END;
CREATE TRIGGER customer_search_insert AFTER INSERT ON customer BEGIN INSERT INTO customer_search(rowid, number, name_folded, email_folded, city_folded, phone_digits) VALUES (new.id, new.number, new.name_folded, new.email_folded, new.city_folded, new.phone_digits); END;
CREATE TRIGGER customer_search_delete AFTER DELETE ON customer BEGIN INSERT INTO customer_search(customer_search, rowid, number, name_folded, email_folded, city_folded, phone_digits) VALUES ('delete', old.id, old.number, old.name_folded, old.email_folded, old.city_folded, old.phone_digits); END;
CREATE TRIGGER customer_search_update AFTER UPDATE OF number, name_folded, email_folded, city_folded, phone_digits ON customer BEGIN INSERT INTO customer_search(customer_search, rowid, number, name_folded, email_folded, city_folded, phone_digits) VALUES ('delete', old.id, old.number, old.name_folded, old.email_folded, old.city_folded, old.phone_digits); INSERT INTO customer_search(rowid, number, name_folded, email_folded, city_folded, phone_digits) VALUES (new.id, new.number, new.name_folded, new.email_folded, new.city_folded, new.phone_digits); END;
COMMIT;
