-- Each audit record has a MAC of its own under the pepper. Those that were written before get theirs from `record_macs`, which is filled
-- before this step with the records whose seal is genuine. A record without a MAC is not shown, and `claviger audit verify` names it.
CREATE TEMP TABLE IF NOT EXISTS record_macs (id INTEGER PRIMARY KEY, pepper INTEGER NOT NULL, mac BLOB NOT NULL);
ALTER TABLE audit_records ADD COLUMN pepper INTEGER NOT NULL DEFAULT 0;
ALTER TABLE audit_records ADD COLUMN mac BLOB NOT NULL DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
DROP TRIGGER audit_records_are_not_changed;
UPDATE audit_records SET pepper = m.pepper, mac = m.mac FROM temp.record_macs AS m WHERE m.id = audit_records.id;
DROP TABLE temp.record_macs;
CREATE TRIGGER audit_records_are_not_changed BEFORE UPDATE ON audit_records
BEGIN SELECT raise(ABORT, 'audit records are not changed'); END;
