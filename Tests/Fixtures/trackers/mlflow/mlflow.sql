CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('dc11669786a5');
CREATE TABLE "experiments" (
	experiment_id INTEGER NOT NULL, 
	name VARCHAR(256) NOT NULL, 
	artifact_location VARCHAR(256), 
	lifecycle_stage VARCHAR(32), 
	creation_time BIGINT, 
	last_update_time BIGINT, 
	workspace VARCHAR(63) DEFAULT 'default' NOT NULL, 
	CONSTRAINT experiment_pk PRIMARY KEY (experiment_id), 
	CONSTRAINT experiments_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	CONSTRAINT uq_experiments_workspace_name UNIQUE (workspace, name)
);
INSERT INTO "experiments" VALUES(0,'Default','/elsewhere/mlruns/0','active',1795909549790,1795909549790,'default');
INSERT INTO "experiments" VALUES(1,'digits','file:///elsewhere/artifacts','active',1795909549810,1795909549810,'default');
CREATE TABLE "metrics" (
	"key" VARCHAR(250) NOT NULL, 
	value FLOAT NOT NULL, 
	timestamp BIGINT NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	step BIGINT DEFAULT '0' NOT NULL, 
	is_nan BOOLEAN DEFAULT '0' NOT NULL, 
	CONSTRAINT metric_pk PRIMARY KEY ("key", timestamp, step, run_uuid, value, is_nan), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid), 
	CHECK (is_nan IN (0, 1))
);
INSERT INTO "metrics" VALUES('loss',1.0,1795909549922,'b9ada476e80f4df7b926adb6d9392e9a',0,0);
INSERT INTO "metrics" VALUES('loss',0.5,1795909549941,'b9ada476e80f4df7b926adb6d9392e9a',1,0);
INSERT INTO "metrics" VALUES('loss',3.33333333333333314829e-01,1795909549961,'b9ada476e80f4df7b926adb6d9392e9a',2,0);
INSERT INTO "metrics" VALUES('loss',0.25,1795909549974,'b9ada476e80f4df7b926adb6d9392e9a',3,0);
INSERT INTO "metrics" VALUES('loss',0.2,1795909550002,'b9ada476e80f4df7b926adb6d9392e9a',4,0);
INSERT INTO "metrics" VALUES('loss',0.125,1795909550038,'b9ada476e80f4df7b926adb6d9392e9a',4,0);
INSERT INTO "metrics" VALUES('odd/number',0.0,1795909550070,'b9ada476e80f4df7b926adb6d9392e9a',0,1);
INSERT INTO "metrics" VALUES('odd/number',1.79769313486231562234e+308,1795909550083,'b9ada476e80f4df7b926adb6d9392e9a',1,0);
INSERT INTO "metrics" VALUES('unstepped',3.0,1795909550096,'b9ada476e80f4df7b926adb6d9392e9a',0,0);
INSERT INTO "metrics" VALUES('unstepped',2.0,1795909550118,'b9ada476e80f4df7b926adb6d9392e9a',0,0);
INSERT INTO "metrics" VALUES('unstepped',1.0,1795909550138,'b9ada476e80f4df7b926adb6d9392e9a',0,0);
INSERT INTO "metrics" VALUES('loss',0.5,1795909550210,'e2449f985dda416eb34dd85e70b68aea',0,0);
INSERT INTO "metrics" VALUES('loss',0.1,1795909550422,'e5d692a9b133478eaf17a8e984e897d1',0,0);
CREATE TABLE "params" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000) NOT NULL, 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT param_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "params" VALUES('lr','0.01','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "params" VALUES('optimizer','adam','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "params" VALUES('nested.depth','3','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "params" VALUES('flag','True','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "params" VALUES('odd','<b>','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "params" VALUES('lr','1.0','f502056436c547d7a1844fd7d7abba24');
CREATE TABLE "runs" (
	run_uuid VARCHAR(32) NOT NULL, 
	name VARCHAR(250), 
	source_type VARCHAR(20), 
	source_name VARCHAR(500), 
	entry_point_name VARCHAR(50), 
	user_id VARCHAR(256), 
	status VARCHAR(9), 
	start_time BIGINT, 
	end_time BIGINT, 
	source_version VARCHAR(50), 
	lifecycle_stage VARCHAR(20), 
	artifact_uri VARCHAR(200), 
	experiment_id INTEGER, deleted_time BIGINT, 
	CONSTRAINT run_pk PRIMARY KEY (run_uuid), 
	CONSTRAINT source_type CHECK (source_type IN ('NOTEBOOK', 'JOB', 'LOCAL', 'UNKNOWN', 'PROJECT')), 
	CONSTRAINT runs_lifecycle_stage CHECK (lifecycle_stage IN ('active', 'deleted')), 
	FOREIGN KEY(experiment_id) REFERENCES experiments (experiment_id), 
	CHECK (status IN ('SCHEDULED', 'FAILED', 'FINISHED', 'RUNNING', 'KILLED'))
);
INSERT INTO "runs" VALUES('b9ada476e80f4df7b926adb6d9392e9a','parent','UNKNOWN','','','someone','FINISHED',1795909549837,1795909550251,'','active','file:///elsewhere/artifacts/b9ada476e80f4df7b926adb6d9392e9a/artifacts',1,NULL);
INSERT INTO "runs" VALUES('e2449f985dda416eb34dd85e70b68aea','child','UNKNOWN','','','someone','FINISHED',1795909550182,1795909550230,'','active','file:///elsewhere/artifacts/e2449f985dda416eb34dd85e70b68aea/artifacts',1,NULL);
INSERT INTO "runs" VALUES('f502056436c547d7a1844fd7d7abba24','failing','UNKNOWN','','','someone','FAILED',1795909550275,1795909550314,'','active','file:///elsewhere/artifacts/f502056436c547d7a1844fd7d7abba24/artifacts',1,NULL);
INSERT INTO "runs" VALUES('339c00ffb9ff4d609f0a93f71303e647','deleted','UNKNOWN','','','someone','FINISHED',1795909550343,1795909550362,'','deleted','file:///elsewhere/artifacts/339c00ffb9ff4d609f0a93f71303e647/artifacts',1,1795909550388);
INSERT INTO "runs" VALUES('e5d692a9b133478eaf17a8e984e897d1','running','UNKNOWN','','','unknown','RUNNING',1795909550402,NULL,'','active','file:///elsewhere/artifacts/e5d692a9b133478eaf17a8e984e897d1/artifacts',1,NULL);
CREATE TABLE "tags" (
	"key" VARCHAR(250) NOT NULL, 
	value VARCHAR(8000), 
	run_uuid VARCHAR(32) NOT NULL, 
	CONSTRAINT tag_pk PRIMARY KEY ("key", run_uuid), 
	FOREIGN KEY(run_uuid) REFERENCES runs (run_uuid)
);
INSERT INTO "tags" VALUES('mlflow.user','someone','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "tags" VALUES('mlflow.source.name','make.py','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "tags" VALUES('mlflow.note.content','a note
of two lines','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "tags" VALUES('mlflow.runName','parent','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "tags" VALUES('team','vision','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "tags" VALUES('reviewed','','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "tags" VALUES('mlflow.source.git.commit','c0ffee','b9ada476e80f4df7b926adb6d9392e9a');
INSERT INTO "tags" VALUES('mlflow.user','someone','e2449f985dda416eb34dd85e70b68aea');
INSERT INTO "tags" VALUES('mlflow.source.name','make.py','e2449f985dda416eb34dd85e70b68aea');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','e2449f985dda416eb34dd85e70b68aea');
INSERT INTO "tags" VALUES('mlflow.parentRunId','b9ada476e80f4df7b926adb6d9392e9a','e2449f985dda416eb34dd85e70b68aea');
INSERT INTO "tags" VALUES('mlflow.runName','child','e2449f985dda416eb34dd85e70b68aea');
INSERT INTO "tags" VALUES('mlflow.user','someone','f502056436c547d7a1844fd7d7abba24');
INSERT INTO "tags" VALUES('mlflow.source.name','make.py','f502056436c547d7a1844fd7d7abba24');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','f502056436c547d7a1844fd7d7abba24');
INSERT INTO "tags" VALUES('mlflow.runName','failing','f502056436c547d7a1844fd7d7abba24');
INSERT INTO "tags" VALUES('mlflow.user','someone','339c00ffb9ff4d609f0a93f71303e647');
INSERT INTO "tags" VALUES('mlflow.source.name','make.py','339c00ffb9ff4d609f0a93f71303e647');
INSERT INTO "tags" VALUES('mlflow.source.type','LOCAL','339c00ffb9ff4d609f0a93f71303e647');
INSERT INTO "tags" VALUES('mlflow.runName','deleted','339c00ffb9ff4d609f0a93f71303e647');
INSERT INTO "tags" VALUES('mlflow.runName','running','e5d692a9b133478eaf17a8e984e897d1');
