-- When a person first signed in. Who is removed before that, and before they had a key, leaves no address behind that nobody can use.
ALTER TABLE users ADD COLUMN first_signed_in_at INTEGER;
UPDATE users SET first_signed_in_at = r.at
FROM (
    SELECT target_id, account_id, min(at) AS at FROM audit_records
    WHERE action = 'user.sign_in' AND target_kind = 'user' GROUP BY target_id, account_id
) AS r
WHERE r.target_id = users.id AND r.account_id = users.account_id;
