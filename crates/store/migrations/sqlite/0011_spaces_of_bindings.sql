-- A service key is in the list of every space in which its bot user has a role, also by a role binding.
INSERT INTO api_key_spaces (space_id, status, api_key_id, account_id, created_by_user_id, minted_by_user_id)
    SELECT r.space_id, k.status, k.id, k.account_id, k.created_by_user_id, k.minted_by_user_id
    FROM (
        SELECT b.user_id, b.account_id, b.space_id FROM role_bindings b WHERE b.space_id IS NOT NULL
        UNION
        SELECT b.user_id, b.account_id, p.space_id
        FROM role_bindings b JOIN projects p ON p.id = b.project_id AND p.account_id = b.account_id
    ) r
    JOIN api_keys k ON k.acts_for_user_id = r.user_id AND k.account_id = r.account_id AND k.key_type = 'service'
    WHERE NOT EXISTS (SELECT 1 FROM api_key_spaces s WHERE s.space_id = r.space_id AND s.api_key_id = k.id);
