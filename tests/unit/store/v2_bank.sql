-- A bank of schema 2 with five invented customers; a fixture of test_migration.py.
PRAGMA application_id = 1129467204;
PRAGMA user_version = 2;
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
	PRIMARY KEY (id), 
	UNIQUE (uuid)
)
 STRICT

;
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
CREATE TABLE permission_evidence (
	event_id TEXT NOT NULL, 
	text TEXT NOT NULL, 
	PRIMARY KEY (event_id), 
	FOREIGN KEY(event_id) REFERENCES permission_event (event_id)
)
 STRICT

;
INSERT INTO branch VALUES
(1, 'HO', 'Head office', NULL, NULL),
(2, 'B2', 'Harbour', NULL, NULL);
INSERT INTO catalogue VALUES
(1, 'atm.transaction.withdrawal', 'atm', 'transaction', 'withdrawal', 'ATM, withdrawal', '', '-', 'I1', 1, 1, NULL, NULL),
(2, 'atm.transaction.deposit', 'atm', 'transaction', 'deposit', 'ATM, deposit', '', '+', 'I1', 1, 1, NULL, NULL),
(3, 'atm.transaction.inquiry', 'atm', 'transaction', 'inquiry', 'ATM, inquiry', '', '', 'I1', 1, 1, NULL, NULL),
(4, 'atm.transaction.transfer', 'atm', 'transaction', 'transfer', 'ATM, transfer', '', '*', 'I1', 1, 1, NULL, NULL),
(5, 'atm.transaction.maintain', 'atm', 'transaction', 'maintain', 'ATM, maintain', '', '', 'I1', 1, 1, NULL, NULL),
(6, 'online.transaction.transfer', 'online', 'transaction', 'transfer', 'Online, transfer', '', '*', 'I2', 1, 1, NULL, NULL),
(7, 'online.transaction.inquiry', 'online', 'transaction', 'inquiry', 'Online, inquiry', '', '', 'I2', 1, 1, NULL, NULL),
(8, 'online.transaction.maintain', 'online', 'transaction', 'maintain', 'Online, maintain', '', '', 'I2', 1, 1, NULL, NULL),
(9, 'online.transaction.bill_payment', 'online', 'transaction', 'bill_payment', 'Online, bill payment', '', '-', 'I2', 1, 1, NULL, NULL),
(10, 'online.transaction.portfolio', 'online', 'transaction', 'portfolio', 'Online, portfolio', '', '*', 'I2', 1, 1, NULL, NULL),
(11, 'online.support.transfer_problem', 'online', 'support', 'transfer_problem', 'Online, transfer problem', '', '', 'I4', 1, 1, NULL, NULL),
(12, 'online.support.bank_locations', 'online', 'support', 'bank_locations', 'Online, bank locations', 'general', '', 'I4', 1, 1, NULL, NULL),
(13, 'online.support.products', 'online', 'support', 'products', 'Online, products', 'general', '', 'I4', 1, 1, NULL, NULL),
(14, 'online.support.atm_online', 'online', 'support', 'atm_online', 'Online, atm online', 'general', '', 'I4', 1, 1, NULL, NULL),
(15, 'online.support.credit_card', 'online', 'support', 'credit_card', 'Online, credit card', 'general', '', 'I4', 1, 1, NULL, NULL),
(16, 'online.educational.education', 'online', 'educational', 'education', 'Online, education', '', '', 'I3', 1, 1, NULL, NULL),
(17, 'online.promotional.promotion', 'online', 'promotional', 'promotion', 'Online, promotion', '', '', 'I3', 1, 1, NULL, NULL),
(18, 'call_centre.transaction.transfer', 'call_centre', 'transaction', 'transfer', 'Call centre, transfer', '', '*', 'I5', 1, 1, NULL, NULL),
(19, 'call_centre.transaction.inquiry', 'call_centre', 'transaction', 'inquiry', 'Call centre, inquiry', '', '', 'I5', 1, 1, NULL, NULL),
(20, 'call_centre.transaction.maintain', 'call_centre', 'transaction', 'maintain', 'Call centre, maintain', '', '', 'I5', 1, 1, NULL, NULL),
(21, 'call_centre.support.transfer_problem', 'call_centre', 'support', 'transfer_problem', 'Call centre, transfer problem', '', '', 'I6', 1, 1, NULL, NULL),
(22, 'call_centre.support.bank_locations', 'call_centre', 'support', 'bank_locations', 'Call centre, bank locations', 'general', '', 'I6', 1, 1, NULL, NULL),
(23, 'call_centre.support.products', 'call_centre', 'support', 'products', 'Call centre, products', 'general', '', 'I6', 1, 1, NULL, NULL),
(24, 'call_centre.support.atm_online', 'call_centre', 'support', 'atm_online', 'Call centre, atm online', 'general', '', 'I6', 1, 1, NULL, NULL),
(25, 'call_centre.support.credit_card', 'call_centre', 'support', 'credit_card', 'Call centre, credit card', 'general', '', 'I6', 1, 1, NULL, NULL),
(26, 'branch.transaction.transfer', 'branch', 'transaction', 'transfer', 'Branch, transfer', '', '*', 'I7', 1, 1, NULL, NULL),
(27, 'branch.transaction.inquiry', 'branch', 'transaction', 'inquiry', 'Branch, inquiry', '', '', 'I7', 1, 1, NULL, NULL),
(28, 'branch.transaction.maintain', 'branch', 'transaction', 'maintain', 'Branch, maintain', '', '', 'I7', 1, 1, NULL, NULL),
(29, 'branch.transaction.deposit', 'branch', 'transaction', 'deposit', 'Branch, deposit', '', '+', 'I7', 1, 1, NULL, NULL),
(30, 'branch.transaction.withdrawal', 'branch', 'transaction', 'withdrawal', 'Branch, withdrawal', '', '-', 'I7', 1, 1, NULL, NULL),
(31, 'branch.transaction.portfolio', 'branch', 'transaction', 'portfolio', 'Branch, portfolio', '', '*', 'I7', 1, 1, NULL, NULL),
(32, 'branch.transaction.bank_check', 'branch', 'transaction', 'bank_check', 'Branch, bank check', '', '*', 'I7', 1, 1, NULL, NULL),
(33, 'branch.transaction.travellers_check', 'branch', 'transaction', 'travellers_check', 'Branch, travellers check', '', '*', 'I7', 1, 1, NULL, NULL),
(34, 'branch.support.transaction_question', 'branch', 'support', 'transaction_question', 'Branch, transaction question', '', '', 'I4', 1, 1, NULL, NULL),
(35, 'branch.support.general_question', 'branch', 'support', 'general_question', 'Branch, general question', '', '', 'I4', 1, 1, NULL, NULL),
(36, 'branch.educational.education', 'branch', 'educational', 'education', 'Branch, education', '', '', 'I3', 1, 1, NULL, NULL),
(37, 'branch.promotional.promotion', 'branch', 'promotional', 'promotion', 'Branch, promotion', '', '', 'I3', 1, 1, NULL, NULL),
(901, 'system.posting.interest', 'system', 'posting', 'interest', 'System, interest', '', '+', '', 0, 1, NULL, NULL),
(902, 'system.posting.penalty_interest', 'system', 'posting', 'penalty_interest', 'System, penalty interest', '', '-', '', 0, 1, NULL, NULL),
(903, 'system.posting.fee', 'system', 'posting', 'fee', 'System, fee', '', '-', '', 0, 1, NULL, NULL),
(904, 'system.posting.standing_order', 'system', 'posting', 'standing_order', 'System, standing order', '', '-', '', 0, 1, NULL, NULL),
(905, 'system.posting.incoming_transfer', 'system', 'posting', 'incoming_transfer', 'System, incoming transfer', '', '+', '', 0, 1, NULL, NULL),
(906, 'system.posting.statement', 'system', 'posting', 'statement', 'System, statement', '', '', '', 0, 1, NULL, NULL);
INSERT INTO purpose VALUES
(1, 'service', 1, 'basis', NULL),
(2, 'marketing', 1, 'consent', 24),
(3, 'survey', 1, 'consent', 24),
(4, 'sharing', 1, 'consent', 24),
(5, 'profiling', 1, 'basis', NULL),
(6, 'targeting', 1, 'basis', NULL),
(7, 'credit', 1, 'basis', NULL);
INSERT INTO product VALUES
(1, 'CUR', 'Current account', 'current', NULL, 1),
(2, 'MOR', 'Mortgage', 'mortgage', NULL, 1);
INSERT INTO run VALUES
(1, 'run-1', 'segmentation.two_tier', 's', '{}', '{}', 7, '2026-10-31', 'profiling', 'd', 2, '{}', 'p', '{}', '[]', '2 groups', 'done', 'segments', 'ela', '2026-11-01 10:00:00.000000', '2026-11-01 10:01:00.000000');
INSERT INTO bank_state VALUES
(1, 'd35ff477-32b8-461f-b406-2ba9afc9be0f', 3, 'single', '2026-11-22 07:08:29.806474', '2026-10-31', 'empty', NULL, NULL);
INSERT INTO audit_event VALUES
(1, '2026-11-22 07:08:29.827275', 'ela', 'single user', 'act 0', '', NULL, '', '', '', NULL, '0000000000000000000000000000000000000000000000000000000000000000', 'c13da71dfefe701753e0025f9a5523869ce7ae5829f507ccb4d8247db1c714ef'),
(2, '2026-11-22 07:08:29.827469', 'ela', 'single user', 'act 1', '', NULL, '', '', '', NULL, 'c13da71dfefe701753e0025f9a5523869ce7ae5829f507ccb4d8247db1c714ef', '63f1a05def34eb1d6dcc8d90b350ed54d4ff28fb19ff009a693c456f9de59d61'),
(3, '2026-11-22 07:08:29.827581', 'ela', 'single user', 'act 2', '', NULL, '', '', '', NULL, '63f1a05def34eb1d6dcc8d90b350ed54d4ff28fb19ff009a693c456f9de59d61', 'a0f94f2a2423006d6e6a5dc2a8c108a58281acaaa471665383d889015848cb73');
INSERT INTO account VALUES
(1, 'A1', 1, 'EUR', '2020-01-01', NULL, NULL, NULL, 1),
(2, 'A2', 2, 'EUR', '2021-01-01', NULL, NULL, NULL, 1),
(3, 'A3', 1, 'EUR', '2021-01-01', NULL, NULL, NULL, 1);
INSERT INTO segment VALUES
(1, 1, '1.1', 2, NULL, 'Online, high', 1, 0.97, NULL),
(2, 1, '2.1', 2, NULL, 'Branch, middle', 1, 0.9, NULL);
INSERT INTO customer VALUES
(1, 'C-000001', 'person', 'Ada', 'Yılmaz', '1981-05-02', 'unknown', NULL, NULL, NULL, 'ada_y@mail.example', '+90 532 111 1234', NULL, 'Moda', NULL, NULL, 1, NULL, NULL, '2020-01-01', NULL, 'unknown', 0, NULL, NULL, NULL, 1, 'ada yilmaz', 'moda', 'ada_y@mail.example', '905321111234'),
(2, 'C-000002', 'person', 'Çetin', 'Okçün', NULL, 'unknown', NULL, NULL, NULL, 'cetin@bank.example', '+90 532 222 5678', NULL, 'İzmir', NULL, NULL, 1, NULL, NULL, '2020-01-01', NULL, 'unknown', 0, NULL, NULL, NULL, 1, 'cetin okcun', 'izmir', 'cetin@bank.example', '905322225678'),
(3, 'C-000003', 'person', 'Ida', 'Ström', NULL, 'unknown', NULL, NULL, NULL, 'ida@mail.example', NULL, NULL, 'Malmö', NULL, NULL, 1, NULL, NULL, '2024-06-01', NULL, 'unknown', 0, NULL, NULL, NULL, 1, 'ida strom', 'malmo', 'ida@mail.example', ''),
(4, 'C-000004', 'person', 'Bo', 'Ek', NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, 'Moda', NULL, NULL, 2, NULL, NULL, '2020-01-01', NULL, 'unknown', 1, NULL, NULL, NULL, 1, 'bo ek', 'moda', '', ''),
(5, 'C-000005', 'company', NULL, 'Gemstone Works', NULL, 'unknown', NULL, NULL, NULL, NULL, NULL, NULL, 'Uppsala', NULL, NULL, 1, NULL, NULL, '2020-01-01', NULL, 'unknown', 0, NULL, NULL, NULL, 1, 'gemstone works', 'uppsala', '', '');
INSERT INTO balance_month VALUES
(1, '2025-07', 100000, NULL, NULL),
(1, '2025-08', 101000, NULL, NULL),
(1, '2025-09', 102000, NULL, NULL),
(1, '2025-10', 103000, NULL, NULL),
(1, '2025-11', 104000, NULL, NULL),
(1, '2025-12', 105000, NULL, NULL),
(1, '2026-01', 106000, NULL, NULL),
(1, '2026-02', 107000, NULL, NULL),
(1, '2026-03', 108000, NULL, NULL),
(1, '2026-04', 109000, NULL, NULL),
(1, '2026-05', 110000, NULL, NULL),
(1, '2026-06', 111000, NULL, NULL),
(1, '2026-07', 112000, NULL, NULL),
(1, '2026-08', 113000, NULL, NULL),
(1, '2026-09', 114000, NULL, NULL),
(1, '2026-10', 115000, NULL, NULL),
(2, '2025-07', -9000000, NULL, NULL),
(2, '2025-08', -8999000, NULL, NULL),
(2, '2025-09', -8998000, NULL, NULL),
(2, '2025-10', -8997000, NULL, NULL),
(2, '2025-11', -8996000, NULL, NULL),
(2, '2025-12', -8995000, NULL, NULL),
(2, '2026-01', -8994000, NULL, NULL),
(2, '2026-02', -8993000, NULL, NULL),
(2, '2026-03', -8992000, NULL, NULL),
(2, '2026-04', -8991000, NULL, NULL),
(2, '2026-05', -8990000, NULL, NULL),
(2, '2026-06', -8989000, NULL, NULL),
(2, '2026-07', -8988000, NULL, NULL),
(2, '2026-08', -8987000, NULL, NULL),
(2, '2026-09', -8986000, NULL, NULL),
(2, '2026-10', -8985000, NULL, NULL),
(3, '2025-07', 5000, NULL, NULL),
(3, '2025-08', 6000, NULL, NULL),
(3, '2025-09', 7000, NULL, NULL),
(3, '2025-10', 8000, NULL, NULL),
(3, '2025-11', 9000, NULL, NULL),
(3, '2025-12', 10000, NULL, NULL),
(3, '2026-01', 11000, NULL, NULL),
(3, '2026-02', 12000, NULL, NULL),
(3, '2026-03', 13000, NULL, NULL),
(3, '2026-04', 14000, NULL, NULL),
(3, '2026-05', 15000, NULL, NULL),
(3, '2026-06', 16000, NULL, NULL),
(3, '2026-07', 17000, NULL, NULL),
(3, '2026-08', 18000, NULL, NULL),
(3, '2026-09', 19000, NULL, NULL),
(3, '2026-10', 20000, NULL, NULL);
INSERT INTO recommended_action VALUES
(1, 1, 1, 'offer', 'email', 2, NULL, '["holds a current account"]', 0.4, 1200, '{}', '2026-11-01 10:01:00.000000', 'open', NULL, NULL, 1);
INSERT INTO interaction VALUES
(1, NULL, NULL, 1, 1793181600, NULL, 1, 1, -5000, 'EUR', NULL, NULL, NULL, NULL, 'customer', NULL, NULL, NULL, 1),
(2, NULL, NULL, 1, 1790931600, NULL, 1, 6, -2500, 'EUR', NULL, NULL, NULL, NULL, 'customer', NULL, NULL, NULL, 1),
(3, NULL, NULL, 1, 1785585600, NULL, 1, 18, NULL, NULL, NULL, NULL, NULL, NULL, 'customer', NULL, NULL, NULL, 1),
(4, NULL, NULL, 1, 1793318400, NULL, 1, 901, 12, 'EUR', NULL, NULL, NULL, NULL, 'bank', NULL, NULL, NULL, 1),
(5, NULL, NULL, 2, 1789124400, NULL, 1, 26, 100, 'EUR', NULL, NULL, NULL, NULL, 'customer', NULL, NULL, NULL, 1),
(6, NULL, NULL, 3, 1773226800, NULL, 1, 34, NULL, NULL, NULL, NULL, NULL, NULL, 'customer', NULL, NULL, NULL, 1);
INSERT INTO permission_event VALUES
(1, '773015eb-c369-495e-873a-3338e65d4067', 1, 'marketing', 'email', 'granted', 'consent', '2026-02-03 00:00:00.000000', '2026-02-03 00:00:00.000000', '2028-02-03', 'branch', 'test', NULL, NULL, NULL, 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', NULL, '0000000000000000000000000000000000000000000000000000000000000000', 'e4d8eb417970a6635210c4ae2967aefbfb505d5f1755ab65c7920bec751d4771'),
(2, '94e53eab-db74-4b3d-a6a4-3df37076261b', 1, 'marketing', 'phone', 'granted', 'consent', '2025-02-03 00:00:00.000000', '2025-02-03 00:00:00.000000', '2027-02-03', 'branch', 'test', NULL, NULL, NULL, 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', NULL, 'e4d8eb417970a6635210c4ae2967aefbfb505d5f1755ab65c7920bec751d4771', '7de7938fa8bf64ed8350391ff0214c6802d89cd428e37b9f1f0552286e6570c5'),
(3, 'caea0439-14e1-47a2-b44d-00c2ce5c6604', 1, 'marketing', 'phone', 'withdrawn', NULL, '2026-03-12 00:00:00.000000', '2026-03-12 00:00:00.000000', NULL, 'branch', 'test', NULL, NULL, NULL, NULL, NULL, NULL, '7de7938fa8bf64ed8350391ff0214c6802d89cd428e37b9f1f0552286e6570c5', '96234e20259bd42dddc39424c6d9b05f7066a5d57c5d0f6d87be82c9a973ef11'),
(4, '97453168-49bb-4ba3-82a2-64a16a54f9ff', 1, 'marketing', 'in_person', 'granted', 'consent', '2025-01-08 00:00:00.000000', '2025-01-08 00:00:00.000000', '2027-01-08', 'branch', 'test', NULL, NULL, NULL, 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', NULL, '96234e20259bd42dddc39424c6d9b05f7066a5d57c5d0f6d87be82c9a973ef11', '854b8191e44040f6d65db08e4cb5f6b16e8926d7412a6e45d6af40bc45f7886a'),
(5, 'e2246e49-432b-4a00-9a7d-9c3f189d7fb6', 1, 'survey', 'email', 'asked', NULL, '2026-05-01 00:00:00.000000', '2026-05-01 00:00:00.000000', NULL, 'branch', 'test', NULL, NULL, NULL, NULL, NULL, NULL, '854b8191e44040f6d65db08e4cb5f6b16e8926d7412a6e45d6af40bc45f7886a', 'e8713407953817c1d930fdd05ff6dd851a250d6f1aaa0688a3688657b780ea0d'),
(6, '4a1c16fa-5659-490b-9b27-dc3b63d4651d', 1, 'sharing', NULL, 'objected', NULL, '2026-04-01 00:00:00.000000', '2026-04-01 00:00:00.000000', NULL, 'branch', 'test', NULL, NULL, NULL, NULL, NULL, NULL, 'e8713407953817c1d930fdd05ff6dd851a250d6f1aaa0688a3688657b780ea0d', '9ba85b5b94226dcf03d04a0a89f5bf8d61058a8ab05df581d3a64924638a7e66'),
(7, 'd5bee22c-3d7e-42bd-ba0e-ce26acffcbee', 2, 'marketing', 'email', 'granted', 'consent', '2023-01-01 00:00:00.000000', '2023-01-01 00:00:00.000000', '2025-01-01', 'branch', 'test', NULL, NULL, NULL, 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', NULL, '9ba85b5b94226dcf03d04a0a89f5bf8d61058a8ab05df581d3a64924638a7e66', 'eae40f19d7b70f3c9da38c98f2f5de7d1f351ea15ae112463220cb2f258525a8'),
(8, 'ec010aa3-dc87-46ac-9989-159c63592006', 3, 'marketing', NULL, 'objected', NULL, '2026-01-05 00:00:00.000000', '2026-01-05 00:00:00.000000', NULL, 'branch', 'test', NULL, NULL, NULL, NULL, NULL, NULL, 'eae40f19d7b70f3c9da38c98f2f5de7d1f351ea15ae112463220cb2f258525a8', '391e0cbe7108e9db159bc2a58c673102a197b17090356e1962de984be060637f'),
(9, 'f5abd3c9-1161-49ae-90db-96733595eed3', 4, 'marketing', 'email', 'granted', 'consent', '2026-02-03 00:00:00.000000', '2026-02-03 00:00:00.000000', '2028-02-03', 'branch', 'test', NULL, NULL, NULL, 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', 'eeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee', NULL, '391e0cbe7108e9db159bc2a58c673102a197b17090356e1962de984be060637f', 'bfc4299374f20d1ffcf53cd3552b2439ae2e18a9fdf6b18a47cf74e887e7d4d3');
INSERT INTO holding VALUES
(1, 1, 1, 'owner', NULL),
(2, 2, 1, 'owner', NULL),
(3, 3, 2, 'owner', NULL);
INSERT INTO segment_membership VALUES
(1, 1, 'Online', 'high', 1, 0.78, '2.1', 40.0, 0),
(1, 2, 'Branch', 'middle', 2, 0.61, '1.1', 99.5, 1);
CREATE INDEX ix_run_analysis ON run (analysis);
CREATE INDEX ix_account_product_id ON account (product_id);
CREATE INDEX ix_quarantine_batch_id ON quarantine (batch_id);
CREATE INDEX ix_staff_role_staff_id ON staff_role (staff_id);
CREATE INDEX ix_customer_branch_id ON customer (branch_id);
CREATE INDEX ix_customer_name_folded ON customer (name_folded);
CREATE INDEX ix_customer_city_folded ON customer (city_folded);
CREATE INDEX ix_standing_order_account_id ON standing_order (account_id);
CREATE INDEX ix_recommended_action_customer_id ON recommended_action (customer_id);
CREATE INDEX ix_feedback_customer_id ON feedback (customer_id);
CREATE INDEX ix_interaction_customer_occurred ON interaction (customer_id, occurred_s);
CREATE INDEX ix_permission_event_state ON permission_event (customer_id, purpose, channel, effective_at, seq);
CREATE INDEX ix_permission_event_voids ON permission_event (voids, customer_id, status) WHERE voids IS NOT NULL;
CREATE INDEX ix_holding_customer_id ON holding (customer_id);
CREATE INDEX ix_segment_membership_customer_id ON segment_membership (customer_id);
CREATE INDEX ix_contact_customer_id ON contact (customer_id);
CREATE VIRTUAL TABLE customer_search USING fts5(number, name_folded, email_folded, city_folded, phone_digits, content='customer', content_rowid='id', tokenize='trigram', detail=none);
INSERT INTO customer_search(customer_search, rank) VALUES ('secure-delete', 1);
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
CREATE TRIGGER customer_search_insert AFTER INSERT ON customer BEGIN INSERT INTO customer_search(rowid, number, name_folded, email_folded, city_folded, phone_digits) VALUES (new.id, new.number, new.name_folded, new.email_folded, new.city_folded, new.phone_digits); END;
CREATE TRIGGER customer_search_delete AFTER DELETE ON customer BEGIN INSERT INTO customer_search(customer_search, rowid, number, name_folded, email_folded, city_folded, phone_digits) VALUES ('delete', old.id, old.number, old.name_folded, old.email_folded, old.city_folded, old.phone_digits); END;
CREATE TRIGGER customer_search_update AFTER UPDATE OF number, name_folded, email_folded, city_folded, phone_digits ON customer BEGIN INSERT INTO customer_search(customer_search, rowid, number, name_folded, email_folded, city_folded, phone_digits) VALUES ('delete', old.id, old.number, old.name_folded, old.email_folded, old.city_folded, old.phone_digits); INSERT INTO customer_search(rowid, number, name_folded, email_folded, city_folded, phone_digits) VALUES (new.id, new.number, new.name_folded, new.email_folded, new.city_folded, new.phone_digits); END;
COMMIT;
