BEGIN TRANSACTION;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
INSERT INTO "alembic_version" VALUES('v3.2.0.a');
CREATE TABLE studies (
	study_id INTEGER NOT NULL, 
	study_name VARCHAR(512) NOT NULL, 
	PRIMARY KEY (study_id)
);
INSERT INTO "studies" VALUES(1,'square <b>');
INSERT INTO "studies" VALUES(2,'two');
CREATE TABLE study_directions (
	study_direction_id INTEGER NOT NULL, 
	direction VARCHAR(8) NOT NULL, 
	study_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	PRIMARY KEY (study_direction_id), 
	UNIQUE (study_id, objective), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_directions" VALUES(1,'MINIMIZE',1,0);
INSERT INTO "study_directions" VALUES(2,'MINIMIZE',2,0);
INSERT INTO "study_directions" VALUES(3,'MAXIMIZE',2,1);
CREATE TABLE study_system_attributes (
	study_system_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_system_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "study_system_attributes" VALUES(1,2,'study:metric_names','["loss", "accuracy"]');
CREATE TABLE study_user_attributes (
	study_user_attribute_id INTEGER NOT NULL, 
	study_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (study_user_attribute_id), 
	UNIQUE (study_id, "key"), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
CREATE TABLE trial_heartbeats (
	trial_heartbeat_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	heartbeat DATETIME NOT NULL, 
	PRIMARY KEY (trial_heartbeat_id), 
	UNIQUE (trial_id), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
CREATE TABLE trial_intermediate_values (
	trial_intermediate_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	step INTEGER NOT NULL, 
	intermediate_value FLOAT, 
	intermediate_value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_intermediate_value_id), 
	UNIQUE (trial_id, step), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_intermediate_values" VALUES(1,1,0,2.7541390814318589264e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(2,1,1,3.7541390814318589264e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(3,1,2,4.7541390814318589264e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(4,2,0,4.26278175068615805543e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(5,3,0,2.73539828461597034348e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(6,3,1,3.73539828461597034348e+00,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(7,3,2,4.73539828461597,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(8,4,0,5.66675175864521420967e+01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(9,4,1,5.76675175864521420959e+01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(10,4,2,5.86675175864521420993e+01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(11,5,0,8.38651287285789663866e+01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(12,5,1,8.486512872857896639e+01,'FINITE');
INSERT INTO "trial_intermediate_values" VALUES(13,5,2,8.58651287285789663848e+01,'FINITE');
CREATE TABLE trial_params (
	param_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	param_name VARCHAR(512), 
	param_value FLOAT, 
	distribution_json TEXT, 
	PRIMARY KEY (param_id), 
	UNIQUE (trial_id, param_name), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_params" VALUES(1,1,'x',-1.65955990594851954256e+00,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -10.0, "high": 10.0, "log": false}}');
INSERT INTO "trial_params" VALUES(2,1,'lr',7.60848123371479258258e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(3,1,'layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(4,1,'optimizer',4.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3]}}');
INSERT INTO "trial_params" VALUES(5,2,'x',-2.0646505153866012705e+00,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -10.0, "high": 10.0, "log": false}}');
INSERT INTO "trial_params" VALUES(6,2,'lr',1.4297724879798392062e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(7,2,'layers',5.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(8,2,'optimizer',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3]}}');
INSERT INTO "trial_params" VALUES(9,3,'x',-1.6539039526574601524e+00,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -10.0, "high": 10.0, "log": false}}');
INSERT INTO "trial_params" VALUES(10,3,'lr',1.71695658524738631149e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(11,3,'layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(12,3,'optimizer',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3]}}');
INSERT INTO "trial_params" VALUES(13,4,'x',7.5277830459207670799e+00,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -10.0, "high": 10.0, "log": false}}');
INSERT INTO "trial_params" VALUES(14,4,'lr',3.78814552109711932814e-02,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(15,4,'layers',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(16,4,'optimizer',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3]}}');
INSERT INTO "trial_params" VALUES(17,5,'x',9.15779060301003866584e+00,'{"name": "FloatDistribution", "attributes": {"step": null, "low": -10.0, "high": 10.0, "log": false}}');
INSERT INTO "trial_params" VALUES(18,5,'lr',1.35725403013136659835e-03,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 1e-05, "high": 0.1, "log": true}}');
INSERT INTO "trial_params" VALUES(19,5,'layers',7.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 2, "low": 1, "high": 9}}');
INSERT INTO "trial_params" VALUES(20,5,'optimizer',2.0,'{"name": "CategoricalDistribution", "attributes": {"choices": ["adam", "sgd", null, true, 3]}}');
INSERT INTO "trial_params" VALUES(21,8,'a',0.417022004702574,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(22,8,'b',2.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 0, "high": 3}}');
INSERT INTO "trial_params" VALUES(23,9,'a',1.1437481734488663676e-04,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(24,9,'b',1.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 0, "high": 3}}');
INSERT INTO "trial_params" VALUES(25,10,'a',1.46755890817113043844e-01,'{"name": "FloatDistribution", "attributes": {"step": null, "low": 0.0, "high": 1.0, "log": false}}');
INSERT INTO "trial_params" VALUES(26,10,'b',0.0,'{"name": "IntDistribution", "attributes": {"log": false, "step": 1, "low": 0, "high": 3}}');
CREATE TABLE trial_system_attributes (
	trial_system_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_system_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_system_attributes" VALUES(1,6,'fixed_params','{"x": 1}');
INSERT INTO "trial_system_attributes" VALUES(2,7,'fixed_params','{"x": 2}');
CREATE TABLE trial_user_attributes (
	trial_user_attribute_id INTEGER NOT NULL, 
	trial_id INTEGER, 
	"key" VARCHAR(512), 
	value_json TEXT, 
	PRIMARY KEY (trial_user_attribute_id), 
	UNIQUE (trial_id, "key"), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_user_attributes" VALUES(1,1,'accuracy','0.5');
INSERT INTO "trial_user_attributes" VALUES(2,1,'words','"text"');
INSERT INTO "trial_user_attributes" VALUES(3,2,'accuracy','0.5');
INSERT INTO "trial_user_attributes" VALUES(4,2,'words','"text"');
INSERT INTO "trial_user_attributes" VALUES(5,3,'accuracy','0.5');
INSERT INTO "trial_user_attributes" VALUES(6,3,'words','"text"');
INSERT INTO "trial_user_attributes" VALUES(7,4,'accuracy','0.5');
INSERT INTO "trial_user_attributes" VALUES(8,4,'words','"text"');
INSERT INTO "trial_user_attributes" VALUES(9,5,'accuracy','0.5');
INSERT INTO "trial_user_attributes" VALUES(10,5,'words','"text"');
CREATE TABLE trial_values (
	trial_value_id INTEGER NOT NULL, 
	trial_id INTEGER NOT NULL, 
	objective INTEGER NOT NULL, 
	value FLOAT, 
	value_type VARCHAR(7) NOT NULL, 
	PRIMARY KEY (trial_value_id), 
	UNIQUE (trial_id, objective), 
	FOREIGN KEY(trial_id) REFERENCES trials (trial_id)
);
INSERT INTO "trial_values" VALUES(1,1,0,2.76174756266557386297e+00,'FINITE');
INSERT INTO "trial_values" VALUES(2,2,0,4.26278175068615805543e+00,'FINITE');
INSERT INTO "trial_values" VALUES(3,4,0,NULL,'INF_POS');
INSERT INTO "trial_values" VALUES(4,5,0,8.38664859826090918187e+01,'FINITE');
INSERT INTO "trial_values" VALUES(5,8,0,0.417022004702574,'FINITE');
INSERT INTO "trial_values" VALUES(6,8,1,2.0,'FINITE');
INSERT INTO "trial_values" VALUES(7,9,0,1.1437481734488663676e-04,'FINITE');
INSERT INTO "trial_values" VALUES(8,9,1,1.0,'FINITE');
INSERT INTO "trial_values" VALUES(9,10,0,1.46755890817113043844e-01,'FINITE');
INSERT INTO "trial_values" VALUES(10,10,1,0.0,'FINITE');
CREATE TABLE trials (
	trial_id INTEGER NOT NULL, 
	number INTEGER, 
	study_id INTEGER, 
	state VARCHAR(8) NOT NULL, 
	datetime_start DATETIME, 
	datetime_complete DATETIME, 
	PRIMARY KEY (trial_id), 
	FOREIGN KEY(study_id) REFERENCES studies (study_id)
);
INSERT INTO "trials" VALUES(1,0,1,'COMPLETE','2026-11-28 23:45:50.912532','2026-11-28 23:45:51.119408');
INSERT INTO "trials" VALUES(2,1,1,'PRUNED','2026-11-28 23:45:51.150855','2026-11-28 23:45:51.323077');
INSERT INTO "trials" VALUES(3,2,1,'FAIL','2026-11-28 23:45:51.347556','2026-11-28 23:45:51.537143');
INSERT INTO "trials" VALUES(4,3,1,'COMPLETE','2026-11-28 23:45:51.562601','2026-11-28 23:45:51.749747');
INSERT INTO "trials" VALUES(5,4,1,'COMPLETE','2026-11-28 23:45:51.766472','2026-11-28 23:45:51.973365');
INSERT INTO "trials" VALUES(6,5,1,'RUNNING','2026-11-28 23:45:52.025450',NULL);
INSERT INTO "trials" VALUES(7,6,1,'WAITING',NULL,NULL);
INSERT INTO "trials" VALUES(8,0,2,'COMPLETE','2026-11-28 23:45:52.152128','2026-11-28 23:45:52.222958');
INSERT INTO "trials" VALUES(9,1,2,'COMPLETE','2026-11-28 23:45:52.253916','2026-11-28 23:45:52.310090');
INSERT INTO "trials" VALUES(10,2,2,'COMPLETE','2026-11-28 23:45:52.335400','2026-11-28 23:45:52.393304');
CREATE TABLE version_info (
	version_info_id INTEGER NOT NULL, 
	schema_version INTEGER, 
	library_version VARCHAR(256), 
	PRIMARY KEY (version_info_id), 
	CHECK (version_info_id=1)
);
INSERT INTO "version_info" VALUES(1,12,'5.0.0');
CREATE UNIQUE INDEX ix_studies_study_name ON studies (study_name);
CREATE INDEX ix_trials_study_id ON trials (study_id);
COMMIT;
