-- A bank of schema 1 with 40 invented customers, some of their rows left out; a fixture of test_migration.py.
PRAGMA application_id = 1129467204;
PRAGMA user_version = 1;
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
(1,'HO','Head office',NULL,NULL),
(2,'G001','Gemhaven 1','Gemhaven','North'),
(3,'G002','Opalton 1','Opalton','South'),
(4,'G003','Rubydale 1','Rubydale','North');
INSERT INTO catalogue VALUES
(1,'atm.transaction.withdrawal','atm','transaction','withdrawal','ATM, withdrawal','','-','I1',1,1,NULL,NULL),
(2,'atm.transaction.deposit','atm','transaction','deposit','ATM, deposit','','+','I1',1,1,NULL,NULL),
(3,'atm.transaction.inquiry','atm','transaction','inquiry','ATM, inquiry','','','I1',1,1,NULL,NULL),
(4,'atm.transaction.transfer','atm','transaction','transfer','ATM, transfer','','*','I1',1,1,NULL,NULL),
(5,'atm.transaction.maintain','atm','transaction','maintain','ATM, maintain','','','I1',1,1,NULL,NULL),
(6,'online.transaction.transfer','online','transaction','transfer','Online, transfer','','*','I2',1,1,NULL,NULL),
(7,'online.transaction.inquiry','online','transaction','inquiry','Online, inquiry','','','I2',1,1,NULL,NULL),
(8,'online.transaction.maintain','online','transaction','maintain','Online, maintain','','','I2',1,1,NULL,NULL),
(9,'online.transaction.bill_payment','online','transaction','bill_payment','Online, bill payment','','-','I2',1,1,NULL,NULL),
(10,'online.transaction.portfolio','online','transaction','portfolio','Online, portfolio','','*','I2',1,1,NULL,NULL),
(11,'online.support.transfer_problem','online','support','transfer_problem','Online, transfer problem','','','I4',1,1,NULL,NULL),
(12,'online.support.bank_locations','online','support','bank_locations','Online, bank locations','general','','I4',1,1,NULL,NULL),
(13,'online.support.products','online','support','products','Online, products','general','','I4',1,1,NULL,NULL),
(14,'online.support.atm_online','online','support','atm_online','Online, atm online','general','','I4',1,1,NULL,NULL),
(15,'online.support.credit_card','online','support','credit_card','Online, credit card','general','','I4',1,1,NULL,NULL),
(16,'online.educational.education','online','educational','education','Online, education','','','I3',1,1,NULL,NULL),
(17,'online.promotional.promotion','online','promotional','promotion','Online, promotion','','','I3',1,1,NULL,NULL),
(18,'call_centre.transaction.transfer','call_centre','transaction','transfer','Call centre, transfer','','*','I5',1,1,NULL,NULL),
(19,'call_centre.transaction.inquiry','call_centre','transaction','inquiry','Call centre, inquiry','','','I5',1,1,NULL,NULL),
(20,'call_centre.transaction.maintain','call_centre','transaction','maintain','Call centre, maintain','','','I5',1,1,NULL,NULL),
(21,'call_centre.support.transfer_problem','call_centre','support','transfer_problem','Call centre, transfer problem','','','I6',1,1,NULL,NULL),
(22,'call_centre.support.bank_locations','call_centre','support','bank_locations','Call centre, bank locations','general','','I6',1,1,NULL,NULL),
(23,'call_centre.support.products','call_centre','support','products','Call centre, products','general','','I6',1,1,NULL,NULL),
(24,'call_centre.support.atm_online','call_centre','support','atm_online','Call centre, atm online','general','','I6',1,1,NULL,NULL),
(25,'call_centre.support.credit_card','call_centre','support','credit_card','Call centre, credit card','general','','I6',1,1,NULL,NULL),
(26,'branch.transaction.transfer','branch','transaction','transfer','Branch, transfer','','*','I7',1,1,NULL,NULL),
(27,'branch.transaction.inquiry','branch','transaction','inquiry','Branch, inquiry','','','I7',1,1,NULL,NULL),
(28,'branch.transaction.maintain','branch','transaction','maintain','Branch, maintain','','','I7',1,1,NULL,NULL),
(29,'branch.transaction.deposit','branch','transaction','deposit','Branch, deposit','','+','I7',1,1,NULL,NULL),
(30,'branch.transaction.withdrawal','branch','transaction','withdrawal','Branch, withdrawal','','-','I7',1,1,NULL,NULL),
(31,'branch.transaction.portfolio','branch','transaction','portfolio','Branch, portfolio','','*','I7',1,1,NULL,NULL),
(32,'branch.transaction.bank_check','branch','transaction','bank_check','Branch, bank check','','*','I7',1,1,NULL,NULL),
(33,'branch.transaction.travellers_check','branch','transaction','travellers_check','Branch, travellers check','','*','I7',1,1,NULL,NULL),
(34,'branch.support.transaction_question','branch','support','transaction_question','Branch, transaction question','','','I4',1,1,NULL,NULL),
(35,'branch.support.general_question','branch','support','general_question','Branch, general question','','','I4',1,1,NULL,NULL),
(36,'branch.educational.education','branch','educational','education','Branch, education','','','I3',1,1,NULL,NULL),
(37,'branch.promotional.promotion','branch','promotional','promotion','Branch, promotion','','','I3',1,1,NULL,NULL),
(901,'system.posting.interest','system','posting','interest','System, interest','','+','',0,1,NULL,NULL),
(902,'system.posting.penalty_interest','system','posting','penalty_interest','System, penalty interest','','-','',0,1,NULL,NULL),
(903,'system.posting.fee','system','posting','fee','System, fee','','-','',0,1,NULL,NULL),
(904,'system.posting.standing_order','system','posting','standing_order','System, standing order','','-','',0,1,NULL,NULL),
(905,'system.posting.incoming_transfer','system','posting','incoming_transfer','System, incoming transfer','','+','',0,1,NULL,NULL),
(906,'system.posting.statement','system','posting','statement','System, statement','','','',0,1,NULL,NULL);
INSERT INTO purpose VALUES
(1,'service',1,'basis',NULL),
(2,'marketing',1,'consent',24),
(3,'survey',1,'consent',24),
(4,'sharing',1,'consent',24),
(5,'profiling',1,'basis',NULL),
(6,'targeting',1,'basis',NULL),
(7,'credit',1,'basis',NULL);
INSERT INTO notice VALUES
(1,'marketing-1',1,'en','We would like to tell you about our products by the way you choose. You may say no at any time.','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972'),
(2,'survey-1',1,'en','We would like to ask how satisfied you are by the way you choose. You may say no at any time.','6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6');
INSERT INTO product VALUES
(1,'CUR','Current account','current',2400,1),
(2,'SAV','Savings account','savings',4000,1),
(3,'MOR','Home mortgage','mortgage',90000,1),
(4,'LOA','Personal loan','loan',35000,1),
(5,'INV','Investment plan','investment',25000,1),
(6,'CRD','Credit card','card',6000,1);
INSERT INTO bank_state VALUES
(1,'015233de-23f2-458d-8209-7ba60ef47c6a',2,'single','2026-11-22 03:39:23.145657','2026-06-30','tiny',7,40);
INSERT INTO audit_event VALUES
(1,'2026-11-22 03:39:23.196678','ela','single user','create bank','tiny',NULL,'','','',NULL,'0000000000000000000000000000000000000000000000000000000000000000','8c6dfe9678189b7bff9efff82ea93284c64c60b1fd1dcade1eb26e7852babd30');
INSERT INTO campaign VALUES
(1,'C01','May we stay in touch? 1','2023-07-02','2023-12-30','marketing','email;in_app',NULL,50000,5,'closed',1,NULL),
(2,'C02','May we stay in touch? 2','2023-12-31','2024-06-29','marketing','phone;sms',NULL,50000,450,'closed',1,NULL),
(3,'C03','May we stay in touch? 3','2024-06-30','2024-12-28','marketing','in_person',NULL,50000,900,'closed',1,NULL),
(7,'C07','Savings account offer 1','2025-07-03','2025-07-16','marketing','email;in_app',2,50000,5,'closed',1,NULL),
(15,'C15','Investment plan offer 9','2025-11-03','2025-11-16','marketing','in_person;email',5,50000,900,'closed',1,NULL);
INSERT INTO account VALUES
(1,'A0000001',1,'EUR','2005-01-14',NULL,NULL,NULL,1),
(2,'A0000002',2,'EUR','2012-03-19',NULL,NULL,NULL,1),
(3,'A0000003',5,'EUR','2010-05-09',NULL,NULL,NULL,1),
(4,'A0000004',6,'EUR','2009-05-23',NULL,NULL,NULL,1),
(31,'A0000031',1,'EUR','2010-01-09',NULL,NULL,NULL,1),
(32,'A0000032',2,'EUR','2021-12-04',NULL,NULL,NULL,1),
(33,'A0000033',3,'EUR','2025-02-02',NULL,34156376,NULL,1),
(34,'A0000034',4,'EUR','2021-01-05',NULL,2265640,NULL,1),
(35,'A0000035',6,'EUR','2019-11-20',NULL,NULL,NULL,1),
(69,'A0000069',1,'EUR','2019-01-08',NULL,NULL,NULL,1),
(70,'A0000070',2,'EUR','2022-07-25',NULL,NULL,NULL,1),
(71,'A0000071',6,'EUR','2020-03-26',NULL,NULL,NULL,1);
INSERT INTO campaign_arm VALUES
(1,7,'treated',0.85),
(2,7,'control',0.15),
(17,15,'treated',0.85),
(18,15,'control',0.15);
INSERT INTO customer VALUES
(1,'G000001','person','Elif','Varikson','1983-03-12','female','transport','primary',275144,'elif.varikson1@example.org','+999 20 1996326','Amber Street 9','Jasperwick','7600','XG',4,NULL,'campaign','2005-01-14',NULL,'unknown',0,NULL,NULL,NULL,1,'elif varikson','jasperwick','elif.varikson1@example.org','999201996326'),
(2,'G000002','person','Mehmet','Granstein','1986-03-26','male','retail',NULL,210409,'mehmet.granstein2@example.org','+999 20 6422391','Pearl Street 40','Gemhaven','1000','XG',4,NULL,'referral','2010-10-18',NULL,'none',0,NULL,NULL,NULL,1,'mehmet granstein','gemhaven','mehmet.granstein2@example.org','999206422391'),
(3,'G000003','person','Elif','Åkoğlu','2007-06-30','female','transport','vocational',208241,'elif.akoglu3@example.org','+999 20 5960340','Garnet Way 42','Amberley Falls','5400','XG',2,NULL,'branch','2011-08-15',NULL,'bank',0,NULL,NULL,NULL,1,'elif akoglu','amberley falls','elif.akoglu3@example.org','999205960340'),
(4,'G000004','person','Lale','Norbach','1973-01-24','female','unemployed','vocational',150004,'lale.norbach4@example.org','+999 20 7062697','Quartz Road 66','Topazford','6500','XG',2,NULL,'web','2025-08-29',NULL,'none',0,NULL,NULL,NULL,1,'lale norbach','topazford','lale.norbach4@example.org','999207062697'),
(5,'G000005','person','Kemal','Marward','1936-06-30','male','student','primary',134974,'kemal.marward5@example.org','+999 20 5833566','Jasper Row 4','Jasperwick','7600','XG',3,NULL,'web','2011-12-14',NULL,'unknown',0,NULL,NULL,NULL,1,'kemal marward','jasperwick','kemal.marward5@example.org','999205833566'),
(6,'G000006','person','Fatma','Åkikson','1997-08-28','female','services','vocational',124150,'fatma.akikson6@example.org','+999 20 4920943','Garnet Way 78','Garnet Cross','4300','XG',4,NULL,'branch','2009-01-20',NULL,'unknown',0,NULL,NULL,NULL,1,'fatma akikson','garnet cross','fatma.akikson6@example.org','999204920943'),
(7,'G000007','person','David','Dalton','1998-09-30','male','retired','university',400359,'david.dalton7@example.org','+999 20 7096625','Opal Avenue 16','Topazford','6500','XG',3,NULL,'campaign','2006-09-08',NULL,'unknown',0,NULL,NULL,NULL,1,'david dalton','topazford','david.dalton7@example.org','999207096625'),
(8,'G000008','person','Enzo','Altas','2007-06-30','male','management','primary',186283,'enzo.altas8@example.org','+999 20 4596391','Ruby Square 99','Gemhaven','1000','XG',3,NULL,'web','2012-09-04',NULL,'unknown',0,NULL,NULL,NULL,1,'enzo altas','gemhaven','enzo.altas8@example.org','999204596391'),
(9,'G000009','person','Rosa','Taller','1967-12-22','female','retail','vocational',288704,'rosa.taller9@example.org','+999 20 7132619','Beryl Lane 74','Topazford','6500','XG',3,NULL,'branch','2010-01-09',NULL,'none',0,NULL,NULL,NULL,1,'rosa taller','topazford','rosa.taller9@example.org','999207132619'),
(10,'G000010','person','Ivo','Barler','1961-06-20','male','transport','secondary',243477,'ivo.barler10@example.org','+999 20 3274288','Zircon Close 39','Amberley Falls','5400','XG',4,NULL,'branch','2007-05-09',NULL,'bank',0,NULL,NULL,NULL,1,'ivo barler','amberley falls','ivo.barler10@example.org','999203274288'),
(11,'G000011','person','Björn','Ulmdal','2006-12-03','male','retired','vocational',268738,'bjorn.ulmdal11@example.org','+999 20 5890570','Onyx Place 134','Rubydale','3200','XG',2,NULL,'campaign','2019-10-24',NULL,'brand',0,NULL,NULL,NULL,1,'bjorn ulmdal','rubydale','bjorn.ulmdal11@example.org','999205890570'),
(12,'G000012','person','Luka','Quinström','1949-09-15','male','education','secondary',237039,NULL,'+999 20 7338142','Jasper Row 64','Jasperwick','7600','XG',2,NULL,'branch','2018-02-18',NULL,'unknown',0,NULL,NULL,NULL,1,'luka quinstrom','jasperwick','','999207338142'),
(13,'G000013','person','Zoë','Ulmstein','1991-05-04','female','services','vocational',113073,'zoe.ulmstein13@example.org','+999 20 4675662','Amber Street 69','Garnet Cross','4300','XG',3,NULL,'referral','2021-01-23','2026-01-02','unknown',0,NULL,NULL,NULL,1,'zoe ulmstein','garnet cross','zoe.ulmstein13@example.org','999204675662'),
(14,'G000014','person','Zoë','Åkikson','1996-11-24','female','farming','primary',170069,'zoe.akikson14@example.org','+999 20 5099395','Quartz Road 90','Amberley Falls','5400','XG',4,NULL,'web','2019-10-31',NULL,'unknown',0,NULL,NULL,NULL,1,'zoe akikson','amberley falls','zoe.akikson14@example.org','999205099395'),
(15,'G000015','person','Noah','Özmoor','1975-08-14','male','unemployed','secondary',143027,'noah.ozmoor15@example.org','+999 20 1015283','Onyx Place 62','Jasperwick','7600','XG',4,NULL,'campaign','2008-05-15',NULL,'unknown',0,NULL,NULL,NULL,1,'noah ozmoor','jasperwick','noah.ozmoor15@example.org','999201015283'),
(16,'G000016','company',NULL,'Çelfeld Press',NULL,'unknown',NULL,NULL,NULL,'office.celfeld-press16@example.org','+999 20 3969540','Zircon Close 123','Gemhaven','1000','XG',3,NULL,'branch','2010-01-25',NULL,'bank',0,NULL,NULL,NULL,1,'celfeld press','gemhaven','office.celfeld-press16@example.org','999203969540'),
(17,'G000017','person','Petra','Ulmström','1960-11-16','female','farming',NULL,251938,'petra.ulmstrom17@example.org','+999 20 1937077','Beryl Lane 18','Gemhaven','1000','XG',3,NULL,'referral','2009-12-13',NULL,'unknown',0,NULL,NULL,NULL,1,'petra ulmstrom','gemhaven','petra.ulmstrom17@example.org','999201937077'),
(18,'G000018','person','Elif','Jortas','1970-04-09','female','retired','vocational',78583,'elif.jortas18@example.org','+999 20 8164498','Onyx Place 6','Rubydale','3200','XG',2,NULL,'campaign','2006-11-29',NULL,'unknown',0,NULL,NULL,NULL,1,'elif jortas','rubydale','elif.jortas18@example.org','999208164498'),
(19,'G000019','person','Björn','Varhan','1964-10-19','male','retired',NULL,330642,'bjorn.varhan19@example.org','+999 20 8878672','Onyx Place 116','Garnet Cross','4300','XG',2,NULL,'referral','2019-01-08',NULL,'unknown',0,NULL,NULL,NULL,1,'bjorn varhan','garnet cross','bjorn.varhan19@example.org','999208878672'),
(20,'G000020','person','Emil','Pelby','1984-08-18','male','clerk','vocational',244664,'emil.pelby20@example.org','+999 20 1681752','Amber Street 88','Opalton','2100','XG',4,NULL,'campaign','2006-11-25',NULL,'unknown',0,NULL,NULL,NULL,1,'emil pelby','opalton','emil.pelby20@example.org','999201681752'),
(21,'G000021','person','Freya','Bartas','1985-12-07','female','clerk','secondary',398762,'freya.bartas21@example.org','+999 20 7352816','Quartz Road 67','Opalton','2100','XG',3,NULL,'campaign','2002-04-14',NULL,'unknown',0,NULL,NULL,NULL,1,'freya bartas','opalton','freya.bartas21@example.org','999207352816'),
(22,'G000022','person','Alma','Yılberg','1971-12-16','female','retired','university',95387,'alma.yilberg22@example.org','+999 20 6667621','Zircon Close 81','Gemhaven','1000','XG',3,NULL,'branch','2018-11-23',NULL,'bank',0,NULL,NULL,NULL,1,'alma yilberg','gemhaven','alma.yilberg22@example.org','999206667621'),
(23,'G000023','person','Carla','Peldemir','1996-04-23','female','transport','secondary',196275,'carla.peldemir23@example.org','+999 20 1675028','Citrine Road 82','Amberley Falls','5400','XG',4,NULL,'referral','2013-06-29',NULL,'bank',0,NULL,NULL,NULL,1,'carla peldemir','amberley falls','carla.peldemir23@example.org','999201675028'),
(24,'G000024','person','Elif','Kalgård','2011-03-31','female',NULL,NULL,NULL,'elif.kalgard24@example.org','+999 20 1351343','Amber Street 50','Topazford','6500','XG',2,NULL,'campaign','2024-09-29',NULL,'unknown',0,NULL,NULL,NULL,1,'elif kalgard','topazford','elif.kalgard24@example.org','999201351343'),
(25,'G000025','person','Theo','Alwood','1944-10-02','male','unemployed','secondary',140280,'theo.alwood25@example.org','+999 20 6016165','Citrine Road 45','Gemhaven','1000','XG',2,NULL,'campaign','2003-08-31',NULL,'unknown',0,NULL,NULL,NULL,1,'theo alwood','gemhaven','theo.alwood25@example.org','999206016165'),
(26,'G000026','person','Greta','Çeldemir','2000-08-22','female','self-employed','secondary',248851,'greta.celdemir26@example.org','+999 20 3331992','Jasper Row 126','Topazford','6500','XG',3,NULL,'web','2013-05-15',NULL,'unknown',0,NULL,NULL,NULL,1,'greta celdemir','topazford','greta.celdemir26@example.org','999203331992'),
(27,'G000027','person','Ilse','Jortas','1980-08-19','female','retired','secondary',139288,'ilse.jortas27@example.org','+999 20 7800684','Topaz Street 34','Rubydale','3200','XG',3,NULL,'branch','2007-03-13',NULL,'unknown',0,NULL,NULL,NULL,1,'ilse jortas','rubydale','ilse.jortas27@example.org','999207800684'),
(28,'G000028','person','Carl','Yıler','2007-04-10','male','retired','secondary',108517,'carl.yiler28@example.org','+999 20 7883668','Opal Avenue 25','Topazford','6500','XG',4,NULL,'branch','2021-03-14',NULL,'unknown',0,NULL,NULL,NULL,1,'carl yiler','topazford','carl.yiler28@example.org','999207883668'),
(29,'G000029','person','Tilda','Yılquist','1988-05-16','female','retired','university',217239,'tilda.yilquist29@example.org','+999 20 9458161','Amber Street 117','Topazford','6500','XG',4,NULL,'campaign','2021-07-11',NULL,'unknown',0,NULL,NULL,NULL,1,'tilda yilquist','topazford','tilda.yilquist29@example.org','999209458161'),
(30,'G000030','person','Uwe','Ostdal','2003-04-12','male','farming',NULL,226419,'uwe.ostdal30@example.org','+999 20 5873511','Pearl Street 136','Rubydale','3200','XG',4,NULL,'referral','2013-10-09',NULL,'unknown',0,NULL,NULL,NULL,1,'uwe ostdal','rubydale','uwe.ostdal30@example.org','999205873511'),
(31,'G000031','person','Nora','Mülvik','1959-06-24','female','farming','secondary',166959,'nora.mulvik31@example.org','+999 20 3139368','Zircon Close 109','Québrac-sur-Onyx','8700','XG',4,NULL,'web','2013-11-02',NULL,'unknown',0,NULL,NULL,NULL,1,'nora mulvik','quebrac-sur-onyx','nora.mulvik31@example.org','999203139368'),
(32,'G000032','person','Enzo','Alström','1993-10-07','male','health','vocational',245154,'enzo.alstrom32@example.org','+999 20 8356581','Pearl Street 128','Jasperwick','7600','XG',4,NULL,'branch','2008-02-05',NULL,'unknown',0,NULL,NULL,NULL,1,'enzo alstrom','jasperwick','enzo.alstrom32@example.org','999208356581'),
(33,'G000033','person','Rosa','Ostvik','1989-08-20','female','self-employed','secondary',123147,'rosa.ostvik33@example.org','+999 20 1592076','Beryl Lane 122','Garnet Cross','4300','XG',3,NULL,'web','2020-04-24',NULL,'unknown',0,NULL,NULL,NULL,1,'rosa ostvik','garnet cross','rosa.ostvik33@example.org','999201592076'),
(34,'G000034','person','Emil','Marberg','1984-04-27','male','retired','vocational',250551,NULL,NULL,'Zircon Close 24','Gemhaven','1000','XG',2,NULL,'branch','2012-07-20',NULL,'unknown',0,NULL,NULL,NULL,1,'emil marberg','gemhaven','',''),
(35,'G000035','person','Sören','Granby','1981-02-15','male','health','secondary',266187,'soren.granby35@example.org','+999 20 7635241','Opal Avenue 16','Opalton','2100','XG',3,NULL,'campaign','2004-09-21',NULL,'none',0,NULL,NULL,NULL,1,'soren granby','opalton','soren.granby35@example.org','999207635241'),
(36,'G000036','person','Zoë','Alvik','1989-06-06','female','self-employed','vocational',251521,'zoe.alvik36@example.org','+999 20 6124739','Zircon Close 25','Topazford','6500','XG',3,NULL,'campaign','2004-01-26',NULL,'unknown',0,NULL,NULL,NULL,1,'zoe alvik','topazford','zoe.alvik36@example.org','999206124739'),
(37,'G000037','person','Björn','Granbach','1971-03-15','male','education','primary',258632,'bjorn.granbach37@example.org','+999 20 1480222','Quartz Road 102','Québrac-sur-Onyx','8700','XG',3,NULL,'branch','2006-05-13',NULL,'bank',0,NULL,NULL,NULL,1,'bjorn granbach','quebrac-sur-onyx','bjorn.granbach37@example.org','999201480222'),
(38,'G000038','person','Adem','Falberg','1946-08-31','male','craft','primary',268976,'adem.falberg38@example.org','+999 20 3973943','Onyx Place 25','Opalton','2100','XG',2,NULL,'referral','2011-05-28',NULL,'unknown',0,NULL,NULL,NULL,1,'adem falberg','opalton','adem.falberg38@example.org','999203973943'),
(39,'G000039','person','Bella','Berstein','1980-02-05','female','self-employed','secondary',448911,'bella.berstein39@example.org','+999 20 1168118','Jasper Row 55','Topazford','6500','XG',4,NULL,'branch','2021-02-24',NULL,'unknown',0,NULL,NULL,NULL,1,'bella berstein','topazford','bella.berstein39@example.org','999201168118'),
(40,'G000040','person','Carl','Quinikson','1973-06-26','unknown','farming','secondary',303123,'carl.quinikson40@example.org','+999 20 8051850','Onyx Place 42','Garnet Cross','4300','XG',4,NULL,'campaign','2010-01-28',NULL,'unknown',0,NULL,NULL,NULL,1,'carl quinikson','garnet cross','carl.quinikson40@example.org','999208051850');
INSERT INTO balance_month VALUES
(1,'2026-04',795119,799909,NULL),
(1,'2026-05',775748,759715,NULL),
(1,'2026-06',752353,721727,NULL),
(2,'2026-04',3469042,3431334,NULL),
(2,'2026-05',3385414,3279471,NULL),
(2,'2026-06',3425982,3622873,NULL),
(3,'2026-04',8257959,8125884,NULL),
(3,'2026-05',7697185,7524713,NULL),
(3,'2026-06',7707046,7639635,NULL),
(4,'2026-04',230642,233132,NULL),
(4,'2026-05',230495,227475,NULL),
(4,'2026-06',238123,239761,NULL),
(31,'2026-04',247392,245002,NULL),
(31,'2026-05',252079,251229,NULL),
(31,'2026-06',257677,268248,NULL),
(32,'2026-04',979417,916537,NULL),
(32,'2026-05',1006948,1032981,NULL),
(32,'2026-06',983325,980029,NULL),
(33,'2026-04',25637745,25631074,NULL),
(33,'2026-05',26598638,26423410,NULL),
(33,'2026-06',27325101,27626442,NULL),
(34,'2026-04',1982258,1956372,NULL),
(34,'2026-05',1939413,1858038,NULL),
(34,'2026-06',1812512,1848581,NULL),
(35,'2026-04',61814,62204,NULL),
(35,'2026-05',63274,63164,NULL),
(35,'2026-06',63755,60036,NULL),
(69,'2026-04',292043,291256,NULL),
(69,'2026-05',303647,305050,NULL),
(69,'2026-06',326411,315273,NULL),
(70,'2026-04',1403531,1336039,NULL),
(70,'2026-05',1490482,1605092,NULL),
(70,'2026-06',1403990,1413699,NULL),
(71,'2026-04',63059,64256,NULL),
(71,'2026-05',63015,62125,NULL),
(71,'2026-06',64818,64558,NULL);
INSERT INTO interaction VALUES
(12,'I00000012',NULL,1,1756371887,NULL,1,9,-5815,'EUR',1,NULL,NULL,NULL,'customer',NULL,NULL,NULL,1),
(24,'I00000024',NULL,1,1758280509,NULL,1,18,22300,'EUR',1,NULL,NULL,NULL,'customer',NULL,NULL,NULL,1),
(36,'I00000036',NULL,1,1762783407,NULL,1,23,NULL,NULL,NULL,NULL,NULL,NULL,'customer',NULL,NULL,NULL,1),
(48,'I00000048',NULL,1,1767139200,NULL,0,901,8564,'EUR',2,NULL,NULL,NULL,'bank',NULL,NULL,NULL,1),
(60,'I00000060',NULL,1,1771589282,NULL,1,33,335000,'EUR',1,NULL,NULL,NULL,'customer',NULL,NULL,NULL,1),
(72,'I00000072',NULL,1,1774118993,NULL,1,1,-15000,'EUR',1,NULL,NULL,NULL,'customer',NULL,NULL,NULL,1),
(84,'I00000084',NULL,1,1778193590,NULL,1,9,-5000,'EUR',1,NULL,NULL,NULL,'customer',NULL,NULL,NULL,1),
(96,'I00000096',NULL,1,1782763395,NULL,1,1,-24000,'EUR',1,NULL,NULL,NULL,'customer',NULL,NULL,NULL,1),
(612,'I00000612',NULL,9,1759190400,NULL,0,901,2458,'EUR',32,NULL,NULL,NULL,'bank',NULL,NULL,NULL,1),
(624,'I00000624',NULL,9,1767139200,NULL,0,903,-1200,'EUR',31,NULL,NULL,NULL,'bank',NULL,NULL,NULL,1),
(636,'I00000636',NULL,9,1771932912,NULL,1,27,NULL,NULL,NULL,NULL,NULL,NULL,'customer',NULL,NULL,NULL,1),
(648,'I00000648',NULL,9,1780144027,NULL,1,18,-124400,'EUR',31,NULL,NULL,NULL,'customer',NULL,NULL,NULL,1);
INSERT INTO permission_event VALUES
(1,'6c483d64-0d40-4bd0-82d5-8b24b1040158',19,'marketing','in_person','asked',NULL,'2023-07-04 11:07:39.000000','2023-07-04 11:07:39.000000',NULL,'branch','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'0000000000000000000000000000000000000000000000000000000000000000','1748b36857b7356998b93a4b0df0a24a0ae30c26d6ce4ac54fbdffa713499d55'),
(2,'4b3689e5-e8d2-43eb-ac01-ba39fd016a43',19,'marketing','in_person','granted','consent','2023-07-04 11:09:17.000000','2023-07-04 11:09:17.000000','2025-07-04','branch','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','144db073756cfb9c7cc565f3a3f68ab1076ae5e01161c43c53d5fb53bd033397',NULL,'1748b36857b7356998b93a4b0df0a24a0ae30c26d6ce4ac54fbdffa713499d55','33ddb4857f17815f536f1360c6dd41d1a2513610c3de9a43af09a0a201c3cd35'),
(3,'5b8ab280-7d9d-4b6a-b2ff-365613ea6bab',22,'marketing','in_person','asked',NULL,'2023-07-29 12:14:00.000000','2023-07-29 12:14:00.000000',NULL,'branch','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'33ddb4857f17815f536f1360c6dd41d1a2513610c3de9a43af09a0a201c3cd35','2f12f1e378195d87b31c00b40c0075b212733d3e874f57e631cb8ce16b8f94e9'),
(4,'66dfb81c-1a4d-40f9-bb95-00465473e630',22,'survey','in_person','asked',NULL,'2023-07-29 12:15:34.000000','2023-07-29 12:15:34.000000',NULL,'branch','bank',NULL,NULL,'survey-1','6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6',NULL,NULL,'2f12f1e378195d87b31c00b40c0075b212733d3e874f57e631cb8ce16b8f94e9','57430c7fd8376ad7b36d55ca0b8fc7c19a627994af78760287f8c02c56237739'),
(5,'a7c714ba-d225-4094-a5c2-4fdcb87570e5',22,'marketing','in_person','granted','consent','2023-07-29 12:15:34.000000','2023-07-29 12:15:34.000000','2025-07-29','branch','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','144db073756cfb9c7cc565f3a3f68ab1076ae5e01161c43c53d5fb53bd033397',NULL,'57430c7fd8376ad7b36d55ca0b8fc7c19a627994af78760287f8c02c56237739','a34fcc9507b9364180d575bef0fb49afd38dd7632763d7ef9bbfc779ee5328d0'),
(6,'01d41d8f-859b-462c-b366-9253e6c6e38f',22,'survey','in_person','refused',NULL,'2023-07-29 12:16:04.000000','2023-07-29 12:16:04.000000',NULL,'branch','customer',NULL,NULL,NULL,NULL,NULL,NULL,'a34fcc9507b9364180d575bef0fb49afd38dd7632763d7ef9bbfc779ee5328d0','24ede4e20a51db9c8338a9ddddecdc66dfcb78d6a2d3397bc08b482e15d3c939'),
(7,'3239e589-27b9-4cd4-926f-601033c6f9c4',39,'marketing','in_person','asked',NULL,'2023-08-01 15:55:35.000000','2023-08-01 15:55:35.000000',NULL,'branch','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'24ede4e20a51db9c8338a9ddddecdc66dfcb78d6a2d3397bc08b482e15d3c939','db8821fd2392de8d1953ed16881b63d1308a16614c127b7df2ebeee9e70f58b5'),
(8,'84cbd734-a16f-4b44-b643-ddeffe119132',39,'marketing','in_person','granted','consent','2023-08-01 15:58:38.000000','2023-08-01 15:58:38.000000','2025-08-01','branch','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','144db073756cfb9c7cc565f3a3f68ab1076ae5e01161c43c53d5fb53bd033397',NULL,'db8821fd2392de8d1953ed16881b63d1308a16614c127b7df2ebeee9e70f58b5','2b6f1cd51cf334ee841f77df16aaf696a8cd87e914a7c5d8af5c21c459a02786'),
(9,'62a9d27d-fc4c-46da-898d-2c482002376a',39,'marketing','sms','asked',NULL,'2023-08-12 16:13:49.000000','2023-08-12 16:13:49.000000',NULL,'call_centre','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'2b6f1cd51cf334ee841f77df16aaf696a8cd87e914a7c5d8af5c21c459a02786','ff9a920204c6c80f5230762f00f27e1760bc66b43b9b4b4ffafd4e864a5c2ef3'),
(10,'d0032537-6245-4448-8456-37e3e7648b3d',1,'marketing','phone','asked',NULL,'2023-08-15 14:16:16.000000','2023-08-15 14:16:16.000000',NULL,'call_centre','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'ff9a920204c6c80f5230762f00f27e1760bc66b43b9b4b4ffafd4e864a5c2ef3','6c5036d7e928dfa6f75d3b08db6455b929b55883ae5d18809e1d21ce5ceb989b'),
(11,'38841b15-ca8c-43af-ad47-916ce98827a3',1,'marketing','phone','refused',NULL,'2023-08-15 14:29:34.000000','2023-08-15 14:29:34.000000',NULL,'call_centre','customer',NULL,NULL,NULL,NULL,NULL,NULL,'6c5036d7e928dfa6f75d3b08db6455b929b55883ae5d18809e1d21ce5ceb989b','4a6684554ecdfca54e36dd7bc89b1e80334fc1d174c1d53d162c22b1d2213f91'),
(12,'cd168907-019e-46f2-aac8-f4ad2c6d6217',37,'marketing','in_person','asked',NULL,'2023-09-07 13:05:43.000000','2023-09-07 13:05:43.000000',NULL,'branch','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'4a6684554ecdfca54e36dd7bc89b1e80334fc1d174c1d53d162c22b1d2213f91','d84cc42e6f550f260d77b048d8d8decf30dd8ee0dc03e8fba7f9fa0095f26dfb'),
(13,'113bafac-a62b-4907-a10e-d006f1fece11',37,'marketing','in_person','refused',NULL,'2023-09-07 13:15:08.000000','2023-09-07 13:15:08.000000',NULL,'branch','customer',NULL,NULL,NULL,NULL,NULL,NULL,'d84cc42e6f550f260d77b048d8d8decf30dd8ee0dc03e8fba7f9fa0095f26dfb','0195181302cbed36085640bc505aca03d47f6f10573a25ab83ca987e1b5d36fd'),
(14,'273b19ca-7b17-4861-a015-51f0c32b4c90',9,'marketing','in_app','asked',NULL,'2023-09-24 10:46:16.000000','2023-09-24 10:46:16.000000',NULL,'online','bank',1,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'0195181302cbed36085640bc505aca03d47f6f10573a25ab83ca987e1b5d36fd','7a61a034615b08342e273605a99047d2f2fbf82eb1f90fe4bba287d924fc3090'),
(15,'c216a7e1-8fd4-4d81-811f-3b15be87644e',9,'marketing','in_app','granted','consent','2023-09-29 08:57:45.000000','2023-09-29 08:57:45.000000','2025-09-29','online','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','cab713ccd9e22ded8f55032aa2bc19feddef12774da0e16dd1d35e2d1ca3ea9a',NULL,'7a61a034615b08342e273605a99047d2f2fbf82eb1f90fe4bba287d924fc3090','7649b511fcf6da031af89526b5216e694368fd1505bdc59e0f64549091127685'),
(16,'9a91a610-f3ad-457f-8d0b-682a8fbe32af',1,'marketing','email','asked',NULL,'2023-11-13 15:44:48.000000','2023-11-13 15:44:48.000000',NULL,'online','bank',1,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'7649b511fcf6da031af89526b5216e694368fd1505bdc59e0f64549091127685','1fbc7ecb90d8093d68f66282dcf7114599ec54253a2a716a313cf9935ee1024f'),
(17,'af64e5b0-0237-4746-ba7d-ab15c1aa1504',23,'marketing','in_person','asked',NULL,'2023-12-12 14:10:28.000000','2023-12-12 14:10:28.000000',NULL,'branch','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'1fbc7ecb90d8093d68f66282dcf7114599ec54253a2a716a313cf9935ee1024f','eceddcb768e745ceed0f2612c9c0efe1d798caa8b46b8aa066acb5ccfc5da060'),
(18,'b6cc4b4b-e0ea-47a4-99fb-9c4297f9bbfa',23,'marketing','in_person','granted','consent','2023-12-12 14:22:12.000000','2023-12-12 14:22:12.000000','2025-12-12','branch','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','144db073756cfb9c7cc565f3a3f68ab1076ae5e01161c43c53d5fb53bd033397',NULL,'eceddcb768e745ceed0f2612c9c0efe1d798caa8b46b8aa066acb5ccfc5da060','2dd831f11309f35e4c978c0bcb549a6aee8f88f513255106add2d8ea99f59348'),
(19,'a4582827-fedc-4e0c-8bee-8c6bfc284e38',31,'marketing','post','asked',NULL,'2023-12-24 13:33:38.000000','2023-12-24 13:33:38.000000',NULL,'post','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'2dd831f11309f35e4c978c0bcb549a6aee8f88f513255106add2d8ea99f59348','3f1c4c78cc5c5f6c1863aabcf1f3317e63abbd99d24e9488bb6d8c310515eca5'),
(20,'05c3ca23-df7c-4a8a-a249-4055331801fc',27,'marketing','in_person','asked',NULL,'2024-01-11 11:51:35.000000','2024-01-11 11:51:35.000000',NULL,'branch','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'3f1c4c78cc5c5f6c1863aabcf1f3317e63abbd99d24e9488bb6d8c310515eca5','968f9c65ead4a7829e833e58b496f899f69e61e0b3c398cc9dc67906fd7d754f'),
(21,'0d3d86cb-511b-48d1-9517-814e45df4e92',27,'marketing','in_person','granted','consent','2024-01-11 11:58:14.000000','2024-01-11 11:58:14.000000','2026-01-11','branch','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','144db073756cfb9c7cc565f3a3f68ab1076ae5e01161c43c53d5fb53bd033397',NULL,'968f9c65ead4a7829e833e58b496f899f69e61e0b3c398cc9dc67906fd7d754f','2064fca440640be49f4d2e6bd3313c97024c9c8416fb893cb5f618a8235d3f7d'),
(22,'38e1cd5c-debd-4183-b887-b028f5b32852',13,'marketing','phone','asked',NULL,'2024-03-08 12:31:16.000000','2024-03-08 12:31:16.000000',NULL,'call_centre','bank',2,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'2064fca440640be49f4d2e6bd3313c97024c9c8416fb893cb5f618a8235d3f7d','87e05a42645cd1b1d121391be83572b070a4f7844493b3a9639b3e1d62952d2c'),
(23,'45b6aa71-8e80-4725-8665-028fbef8888b',13,'marketing','phone','granted','consent','2024-03-08 12:35:03.000000','2024-03-08 12:35:03.000000','2026-03-08','call_centre','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','e511282cd6a61033667bce1f64d98d6008868cacd33a2a2ebd71b744156614ce',NULL,'87e05a42645cd1b1d121391be83572b070a4f7844493b3a9639b3e1d62952d2c','cc05c046b38aa0d7a86bb787321b98862714182c02a943df8499e1561976437d'),
(24,'e9f1fcf1-d0b0-4f2d-8005-a97ceffc27af',8,'marketing','sms','asked',NULL,'2024-03-16 14:27:49.000000','2024-03-16 14:27:49.000000',NULL,'call_centre','bank',2,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'cc05c046b38aa0d7a86bb787321b98862714182c02a943df8499e1561976437d','510effe7a8c2d64956772db7a88935c632f7221a0c1138d418d66459322a2040'),
(25,'8302229b-20fb-4aad-a818-31c41d8096b3',7,'marketing','email','asked',NULL,'2024-03-20 09:33:52.000000','2024-03-20 09:33:52.000000',NULL,'online','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'510effe7a8c2d64956772db7a88935c632f7221a0c1138d418d66459322a2040','a16ad80a7bfccd3c8e865639111f76e02ea6b6f0ba7f11a06e24809b0f06fff5'),
(26,'47b8e9f2-6d62-4e04-9d82-641f8b3697a1',37,'marketing','sms','asked',NULL,'2024-03-20 14:17:23.000000','2024-03-20 14:17:23.000000',NULL,'call_centre','bank',2,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'a16ad80a7bfccd3c8e865639111f76e02ea6b6f0ba7f11a06e24809b0f06fff5','8fdbd3ff3a2b10aeda557f1e5dc72ae670eb009be309c22b80acbfe33e7db1de'),
(27,'e7086bdf-db08-40fc-b612-eb7b7372c561',37,'marketing','sms','refused',NULL,'2024-03-21 00:19:02.000000','2024-03-21 00:19:02.000000',NULL,'call_centre','customer',NULL,NULL,NULL,NULL,NULL,NULL,'8fdbd3ff3a2b10aeda557f1e5dc72ae670eb009be309c22b80acbfe33e7db1de','d18608335a1711636d612c2ef27e75d6fba60337a7476d34fcbe753d6ceed5d1'),
(28,'308bafec-142e-484e-a973-76519b229c5c',8,'marketing','sms','granted','consent','2024-03-21 10:18:32.000000','2024-03-21 10:18:32.000000','2026-03-21','call_centre','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','21a3c22e1cf4a714c5c52bdd32a51abea1dc3760d8e724ee1b3cae473fa10e0a',NULL,'d18608335a1711636d612c2ef27e75d6fba60337a7476d34fcbe753d6ceed5d1','32127d73eb6b4ff52d5d63e3b3eefa91919ef50e4a3b3202cece79f704a8cbd9'),
(29,'c1fc09cc-dde9-4945-a4f5-40eca48e64d2',29,'marketing','in_person','asked',NULL,'2024-05-17 12:45:34.000000','2024-05-17 12:45:34.000000',NULL,'branch','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'32127d73eb6b4ff52d5d63e3b3eefa91919ef50e4a3b3202cece79f704a8cbd9','59772099bcd6536fab837d3527b4f316f206e7beb66fecdc6daec1c5e497e9a0'),
(30,'a0988675-785c-4772-87d5-eb0642ec181b',40,'marketing','email','asked',NULL,'2024-06-12 15:57:58.000000','2024-06-12 15:57:58.000000',NULL,'online','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'59772099bcd6536fab837d3527b4f316f206e7beb66fecdc6daec1c5e497e9a0','9334286e560d2a277c6a0fe90657b36047ceef440f0f81cb5dad0cb77eff4749'),
(31,'d75b6440-0962-411a-95b4-a05557f012f4',35,'marketing','sms','asked',NULL,'2024-06-16 09:10:25.000000','2024-06-16 09:10:25.000000',NULL,'call_centre','bank',2,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'9334286e560d2a277c6a0fe90657b36047ceef440f0f81cb5dad0cb77eff4749','220c5a46d633f56530d30048f47332517ef819b4215040fbeeae8ef743d63583'),
(32,'79fb28fd-1d29-41a6-a16c-1c7fcb69df3a',35,'survey','sms','asked',NULL,'2024-06-20 12:58:16.000000','2024-06-20 12:58:16.000000',NULL,'call_centre','bank',NULL,NULL,'survey-1','6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6',NULL,NULL,'220c5a46d633f56530d30048f47332517ef819b4215040fbeeae8ef743d63583','3e15c3afae046fcd1233adab7583e79e05d7e69365e9e3f4f1b88b23b13b1ff9'),
(33,'edee840b-ab80-4265-ad16-54757ce760ce',35,'marketing','sms','granted','consent','2024-06-20 12:58:16.000000','2024-06-20 12:58:16.000000','2026-06-20','call_centre','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','21a3c22e1cf4a714c5c52bdd32a51abea1dc3760d8e724ee1b3cae473fa10e0a',NULL,'3e15c3afae046fcd1233adab7583e79e05d7e69365e9e3f4f1b88b23b13b1ff9','fe92294db83e2f9da3072275689f836253c1022ab6b58e289d582502297534a5'),
(34,'1c6a59f9-673a-4123-891f-012f21d9964a',35,'survey','sms','granted','consent','2024-06-20 12:58:46.000000','2024-06-20 12:58:46.000000','2026-06-20','call_centre','customer',NULL,NULL,'survey-1','6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6','21a3c22e1cf4a714c5c52bdd32a51abea1dc3760d8e724ee1b3cae473fa10e0a',NULL,'fe92294db83e2f9da3072275689f836253c1022ab6b58e289d582502297534a5','ff3de5842f79b278de9990b5d4c5dcd28fecf5cc59cd633fedc7db09f3969161'),
(35,'6c0e0e66-6c40-48e2-917e-0092748b0693',37,'marketing','email','asked',NULL,'2024-06-21 12:50:51.000000','2024-06-21 12:50:51.000000',NULL,'online','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'ff3de5842f79b278de9990b5d4c5dcd28fecf5cc59cd633fedc7db09f3969161','482e3606c6745e7ae36a2c520df2f5971166fd30fbc3c700dcb67f1a32d9d504'),
(36,'6ec198f3-b536-479d-87c9-9254b135f0b6',37,'marketing','email','refused',NULL,'2024-06-25 16:41:21.000000','2024-06-25 16:41:21.000000',NULL,'online','customer',NULL,NULL,NULL,NULL,NULL,NULL,'482e3606c6745e7ae36a2c520df2f5971166fd30fbc3c700dcb67f1a32d9d504','ef02de58a03504ffdf2dd7d839ba2961077a62b38e0289de6fc4e2491ccd4694'),
(37,'a0e7ba0e-b519-491a-978e-3ff40c46c5a9',33,'marketing','in_app','asked',NULL,'2024-08-06 13:57:48.000000','2024-08-06 13:57:48.000000',NULL,'online','bank',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'ef02de58a03504ffdf2dd7d839ba2961077a62b38e0289de6fc4e2491ccd4694','d0f295599eda47969c0df39ff17dd4b1a2c1a0045a1fc5a6ca88aacd19f010e9'),
(38,'0403598c-4151-40bc-95b0-e3d9dbca74d9',28,'marketing','in_person','asked',NULL,'2024-09-14 16:32:32.000000','2024-09-14 16:32:32.000000',NULL,'branch','bank',3,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972',NULL,NULL,'d0f295599eda47969c0df39ff17dd4b1a2c1a0045a1fc5a6ca88aacd19f010e9','1e7bde571ff4f11e522b2aa43cbdc8b304615943a1d41888dd92802537e3c56e'),
(39,'8c772ab6-8f6d-4ea6-97f3-76358e33587d',28,'survey','in_person','asked',NULL,'2024-09-14 16:34:57.000000','2024-09-14 16:34:57.000000',NULL,'branch','bank',NULL,NULL,'survey-1','6b9420816b91a52a45a106091da45368fceacb604db83449593f69e82a40faa6',NULL,NULL,'1e7bde571ff4f11e522b2aa43cbdc8b304615943a1d41888dd92802537e3c56e','12dee0a2276078b706492754b7181a4174482913f4c27fcad549cf48b0c9f26b'),
(40,'b65def74-ac68-40ca-8768-6355cd345735',28,'marketing','in_person','granted','consent','2024-09-14 16:34:57.000000','2024-09-14 16:34:57.000000','2026-09-14','branch','customer',NULL,NULL,'marketing-1','58e2242f9584b7e3ec0924787a4ddc73219996b622b50b4614fd3939188c1972','144db073756cfb9c7cc565f3a3f68ab1076ae5e01161c43c53d5fb53bd033397',NULL,'12dee0a2276078b706492754b7181a4174482913f4c27fcad549cf48b0c9f26b','898c7aa0e35947ccfa1945f53800ded8988f4dc393d3efb0f782aa8429541fc7');
INSERT INTO holding VALUES
(1,1,1,'owner',NULL),
(2,2,1,'owner',NULL),
(3,3,1,'owner',NULL),
(4,4,1,'owner',NULL),
(31,31,9,'owner',NULL),
(32,32,9,'owner',NULL),
(33,33,9,'owner',NULL),
(34,34,9,'owner',NULL),
(35,35,9,'owner',NULL),
(69,69,19,'owner',NULL),
(70,70,19,'owner',NULL),
(71,71,19,'owner',NULL);
INSERT INTO contact VALUES
(1,7,9,'treated','in_app','2025-07-14 10:35:44.000000',NULL,NULL,'no_answer',15,NULL,NULL,NULL,1),
(10,15,23,'treated','in_person','2025-11-05 15:18:45.000000',NULL,NULL,'unreachable',18,NULL,NULL,NULL,1);
INSERT INTO permission_evidence VALUES
('4b3689e5-e8d2-43eb-ac01-ba39fd016a43','Signed a form at the branch.'),
('a7c714ba-d225-4094-a5c2-4fdcb87570e5','Signed a form at the branch.'),
('84cbd734-a16f-4b44-b643-ddeffe119132','Signed a form at the branch.'),
('c216a7e1-8fd4-4d81-811f-3b15be87644e','Ticked the box in the app.'),
('b6cc4b4b-e0ea-47a4-99fb-9c4297f9bbfa','Signed a form at the branch.'),
('0d3d86cb-511b-48d1-9517-814e45df4e92','Signed a form at the branch.'),
('45b6aa71-8e80-4725-8665-028fbef8888b','Said yes in a recorded call.'),
('308bafec-142e-484e-a973-76519b229c5c','Answered YES to a text message.'),
('edee840b-ab80-4265-ad16-54757ce760ce','Answered YES to a text message.'),
('1c6a59f9-673a-4123-891f-012f21d9964a','Answered YES to a text message.'),
('b65def74-ac68-40ca-8768-6355cd345735','Signed a form at the branch.');
CREATE INDEX ix_run_analysis ON run (analysis);
CREATE INDEX ix_account_product_id ON account (product_id);
CREATE INDEX ix_quarantine_batch_id ON quarantine (batch_id);
CREATE INDEX ix_staff_role_staff_id ON staff_role (staff_id);
CREATE INDEX ix_customer_branch_id ON customer (branch_id);
CREATE INDEX ix_customer_city_folded ON customer (city_folded);
CREATE INDEX ix_customer_name_folded ON customer (name_folded);
CREATE INDEX ix_standing_order_account_id ON standing_order (account_id);
CREATE INDEX ix_feedback_customer_id ON feedback (customer_id);
CREATE INDEX ix_interaction_customer_occurred ON interaction (customer_id, occurred_s);
CREATE INDEX ix_permission_event_state ON permission_event (customer_id, purpose, channel, effective_at, seq);
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
