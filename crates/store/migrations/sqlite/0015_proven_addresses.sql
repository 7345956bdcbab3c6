-- When a person first came in by a secret that was mailed to them: since then nobody else is taken to have their mailbox. Those who came in
-- before this was kept count as unproven until they come in by mail again.
ALTER TABLE users ADD COLUMN address_proven_at INTEGER;
