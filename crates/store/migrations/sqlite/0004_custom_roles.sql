-- More kinds of things get their ids from here than were thought of at first: the list of them is the program's.
CREATE TABLE id_sequences_of_all_kinds (
    kind   TEXT    PRIMARY KEY,
    latest INTEGER NOT NULL
) STRICT;
INSERT INTO id_sequences_of_all_kinds SELECT kind, latest FROM id_sequences;
DROP TABLE id_sequences;
ALTER TABLE id_sequences_of_all_kinds RENAME TO id_sequences;
INSERT INTO id_sequences (kind, latest) SELECT 'role', coalesce(max(id), 0) FROM custom_roles;

ALTER TABLE custom_roles ADD COLUMN description TEXT NOT NULL DEFAULT '';
ALTER TABLE custom_roles ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
UPDATE custom_roles SET updated_at = created_at;
CREATE INDEX members_by_custom_role ON space_members (custom_role_id) WHERE custom_role_id IS NOT NULL;
