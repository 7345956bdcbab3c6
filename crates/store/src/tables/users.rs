//! The statements of users.

use claviger_domain::decide::{Occasion, SignInSecret};
use claviger_domain::{
    Account, AccountId, AccountRole, KeyDigest, KeyHandle, Mint, PepperId, SignInPurpose,
    StoredDigest, User, UserId, UserKind, UserStatus,
};
use jiff::Timestamp;

use super::{
    DELETE_BINDINGS_OF_USER, DELETE_ORGANIZATION_MEMBERSHIPS, DELETE_SPACE_MEMBERSHIPS, contains,
};
use crate::operations::ListUsers;
use crate::param::params;
use crate::row::{Columns, Decoded};
use crate::transaction::{Chunk, Driver, RowResult, Transaction};

statements! {
    USER = concat!("SELECT ", user_columns!(), " FROM users u WHERE u.id = $1 AND u.account_id = $2");
    /// The statuses are three flags in the order active, invited, expired. An invitation lapses by itself.
    USERS = concat!(
        "SELECT ", user_columns!(), " FROM users u
        WHERE u.account_id = $1 AND u.kind = 'person' AND u.id > $2 AND u.email_folded LIKE $3 ESCAPE '\\'
          AND (u.status = 'active' AND $4 = 1
            OR u.status = 'invited' AND (u.invited_until IS NULL OR u.invited_until > $5) AND $6 = 1
            OR (u.status = 'expired' OR u.status = 'invited' AND u.invited_until <= $5) AND $7 = 1)
        ORDER BY u.id LIMIT $8"
    );
    /// Of several, the one that was not removed. People who were removed before they ever signed in or had a key are left out.
    USER_BY_EMAIL = concat!(
        "SELECT ", user_columns!(), " FROM users u
        WHERE u.account_id = $1 AND u.email_folded = $2 AND u.kind = 'person'
          AND (u.status <> 'blocked' OR u.first_signed_in_at IS NOT NULL OR EXISTS (
              SELECT 1 FROM api_keys k WHERE k.acts_for_user_id = u.id AND k.account_id = u.account_id
          ))
        ORDER BY CASE u.status WHEN 'blocked' THEN 1 ELSE 0 END, u.id DESC LIMIT 1"
    );
    ADMINISTRATOR_BY_EMAIL = concat!(
        "SELECT ", user_columns!(), ", ", account_columns!(), " FROM users u JOIN accounts a ON a.id = u.account_id
        WHERE u.email_folded = $1 AND u.kind = 'person' AND u.status = 'active' AND u.role = 'admin'
        ORDER BY u.id LIMIT 1"
    );
    OTHER_ADMINISTRATOR = "
        SELECT 1 FROM users
        WHERE account_id = $1 AND kind = 'person' AND role = 'admin' AND status = 'active' AND id <> $2 LIMIT 1";
    MAKE_ADMINISTRATOR = "
        UPDATE users SET role = 'admin', is_developer = 1, status = 'active', invited_until = NULL
        WHERE id = $1 AND account_id = $2";
    /// All keys of a bot were created by the same user: one is enough.
    PERSON_BEHIND = "
        WITH RECURSIVE creators (user_id) AS (
            SELECT u.id FROM users u WHERE u.id = $1 AND u.account_id = $2
            UNION
            SELECT (
                SELECT k.created_by_user_id FROM api_keys k
                WHERE k.acts_for_user_id = m.user_id AND k.account_id = $2 AND k.key_type = 'service' LIMIT 1
            )
            FROM creators m JOIN users b ON b.id = m.user_id AND b.account_id = $2 AND b.kind = 'bot'
        )
        SELECT p.id AS user_id FROM creators m JOIN users p ON p.id = m.user_id AND p.account_id = $2 AND p.kind = 'person'
        ORDER BY p.id LIMIT 1";
    COUNTED_USER_KEYS = "SELECT user_keys FROM users WHERE id = $1 AND account_id = $2";
    INSERT_USER returning id = "
        INSERT INTO users (account_id, kind, name, email, email_folded, role, is_developer, status, created_at, invited_until)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
    UPDATE_USER = "
        UPDATE users SET name = $1, is_developer = $2, status = $3, invited_until = $4 WHERE id = $5 AND account_id = $6";
    NOTE_SIGN_IN = "
        UPDATE users SET first_signed_in_at = $1 WHERE id = $2 AND account_id = $3 AND first_signed_in_at IS NULL";
    PROVE_ADDRESS = "
        UPDATE users SET address_proven_at = $1 WHERE id = $2 AND account_id = $3 AND address_proven_at IS NULL";
    COUNT_USER_KEYS = "UPDATE users SET user_keys = user_keys + $1 WHERE id = $2 AND account_id = $3";
    BLOCK_USER = "UPDATE users SET status = 'blocked', user_keys = 0 WHERE id = $1 AND account_id = $2";
    SIGN_IN_SECRET = concat!(
        "SELECT ", user_columns!(), ", ", account_columns!(), ", i.pepper, i.digest, i.purpose, i.expires_at,
            i.shown_to_user_id, i.made_with_expires_at,
            ", revoked_in_line!("i.made_with_key_id", "i.account_id"), " > i.revoked_in_line AS is_line_revoked,
            u.address_proven_at IS NOT NULL AS is_address_proven
        FROM sign_in_secrets i
        JOIN users u ON u.id = i.user_id AND u.account_id = i.account_id
        JOIN accounts a ON a.id = i.account_id
        WHERE i.handle = $1"
    );
    ADD_SIGN_IN_SECRET = concat!(
        "INSERT INTO sign_in_secrets (user_id, account_id, purpose, handle, pepper, digest, expires_at, shown_to_user_id,
            made_with_expires_at, made_with_key_id, revoked_in_line)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, ", revoked_in_line!("$10", "$2"), ")"
    );
    DELETE_SECRETS_SHOWN_TO = "
        DELETE FROM sign_in_secrets WHERE user_id = $1 AND account_id = $2 AND shown_to_user_id = $3";
    DELETE_OLDEST_MAILED = "
        DELETE FROM sign_in_secrets
        WHERE user_id = $1 AND account_id = $2 AND shown_to_user_id IS NULL AND id NOT IN (
            SELECT id FROM sign_in_secrets
            WHERE user_id = $1 AND account_id = $2 AND shown_to_user_id IS NULL
            ORDER BY id DESC LIMIT $3
        )";
    DELETE_SHOWN_WAYS_BACK = "
        DELETE FROM sign_in_secrets
        WHERE user_id = $1 AND account_id = $2 AND purpose = 'reset' AND shown_to_user_id IS NOT NULL";
    DELETE_SIGN_IN_SECRETS = "DELETE FROM sign_in_secrets WHERE user_id = $1 AND account_id = $2";
}

/// How many mailed secrets of a person stay beside a new one. Limits on letters keep them from being pushed out before they lapse.
const MAILED_BEFORE: i64 = 9;

/// A sign-in secret to keep.
#[derive(Clone, Debug)]
pub(crate) struct NewSignInSecret {
    pub purpose: SignInPurpose,
    pub handle: KeyHandle,
    pub digest: StoredDigest,
    pub expires_at: Timestamp,
    /// Whom it lets in, who was shown it, and what it was made with.
    pub mint: Mint,
}

impl<D: Driver> Transaction<'_, D> {
    pub(crate) async fn user(&mut self, account: AccountId, id: UserId) -> RowResult<Option<User>> {
        self.one("users", USER, &params![id, account], |columns| columns.user()).await
    }

    pub(crate) async fn users(
        &mut self,
        account: AccountId,
        query: &ListUsers,
        after: Option<UserId>,
        now: Timestamp,
    ) -> RowResult<Chunk<User>> {
        let after = after.map_or(0, UserId::number);
        let email = contains(query.email.as_deref());
        let wants = |status| query.statuses.is_empty() || query.statuses.contains(&status);
        let page = params![
            account,
            after,
            email,
            wants(UserStatus::Active),
            now,
            wants(UserStatus::Invited),
            wants(UserStatus::Expired),
            query.limit
        ];
        self.chunk("users", USERS, &page, |columns| columns.user()).await
    }

    /// The administrator of an account, whichever it is, who takes part under this address.
    pub(crate) async fn administrator_by_email(
        &mut self,
        email: &str,
    ) -> RowResult<Option<(User, Account)>> {
        let row = params![email.to_lowercase()];
        self.one("users", ADMINISTRATOR_BY_EMAIL, &row, |columns| {
            Ok((columns.user()?, columns.account()?))
        })
        .await
    }

    /// Whether a person other than this user administers the account and is active. Invited ones do not count.
    pub(crate) async fn has_other_administrator(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<bool> {
        let row = params![account, user];
        Ok(self.one("users", OTHER_ADMINISTRATOR, &row, |_| Ok(())).await?.is_some())
    }

    /// Makes a person an active administrator who may make keys.
    pub(crate) async fn make_administrator(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<()> {
        self.execute_one(MAKE_ADMINISTRATOR, &params![user, account]).await
    }

    /// How many user keys of a user are not revoked, as counted along.
    pub(crate) async fn counted_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<u32> {
        let row = params![user, account];
        let count = self.one("users", COUNTED_USER_KEYS, &row, |c| c.take("user_keys")).await?;
        Ok(count.unwrap_or(0))
    }

    /// Moves the count of a user's keys.
    pub(crate) async fn count_user_keys(
        &mut self,
        account: AccountId,
        user: UserId,
        difference: i32,
    ) -> RowResult<()> {
        let row = params![difference, user, account];
        self.execute_one(COUNT_USER_KEYS, &row).await
    }

    pub(crate) async fn insert_user(&mut self, user: &User) -> RowResult<UserId> {
        let row = params![
            user.account,
            user_kind_name(user.kind),
            &user.name,
            &user.email,
            user.email.to_lowercase(),
            user.role.name(),
            user.is_developer,
            user_status_name(user.status),
            user.created_at,
            user.invited_until
        ];
        self.insert(INSERT_USER, &row).await.map(UserId::new)
    }

    /// Marks a user as removed permanently, and takes their memberships and sign-in secret away.
    pub(crate) async fn block_user(&mut self, account: AccountId, user: UserId) -> RowResult<()> {
        let of_user = params![user, account];
        self.execute_one(BLOCK_USER, &of_user).await?;
        self.execute(DELETE_ORGANIZATION_MEMBERSHIPS, &of_user).await?;
        self.execute(DELETE_SPACE_MEMBERSHIPS, &of_user).await?;
        self.execute(DELETE_BINDINGS_OF_USER, &of_user).await?;
        self.execute(DELETE_SIGN_IN_SECRETS, &of_user).await?;
        Ok(())
    }

    /// The person of this address; one who takes part before one who was removed. Somebody who was removed before they took part has no
    /// address any more.
    pub(crate) async fn user_by_email(
        &mut self,
        account: AccountId,
        email: &str,
    ) -> RowResult<Option<User>> {
        let row = params![account, email.to_lowercase()];
        self.one("users", USER_BY_EMAIL, &row, |columns| columns.user()).await
    }

    /// Notes that the user has signed in. A second time changes nothing.
    pub(crate) async fn note_sign_in(
        &mut self,
        account: AccountId,
        user: UserId,
        at: Timestamp,
    ) -> RowResult<()> {
        self.execute(NOTE_SIGN_IN, &params![at, user, account]).await?;
        Ok(())
    }

    /// Notes that mail to the user's address reaches them. A second time changes nothing.
    pub(crate) async fn prove_address(
        &mut self,
        account: AccountId,
        user: UserId,
        at: Timestamp,
    ) -> RowResult<()> {
        self.execute(PROVE_ADDRESS, &params![at, user, account]).await?;
        Ok(())
    }

    /// The person who made a bot that made a bot and so on, from the last of these creators; that one itself if it is a person.
    pub(crate) async fn person_behind(
        &mut self,
        account: AccountId,
        creator: UserId,
    ) -> RowResult<Option<UserId>> {
        let of_maker = params![creator, account];
        self.one("users", PERSON_BEHIND, &of_maker, |columns| columns.take("user_id")).await
    }

    /// Keeps the user's name, developer access and status.
    pub(crate) async fn update_user(&mut self, user: &User) -> RowResult<()> {
        let row = params![
            &user.name,
            user.is_developer,
            user_status_name(user.status),
            user.invited_until,
            user.id,
            user.account
        ];
        self.execute_one(UPDATE_USER, &row).await
    }

    pub(crate) async fn sign_in_secret(
        &mut self,
        handle: KeyHandle,
    ) -> RowResult<Option<SignInSecret>> {
        let row = params![handle.as_str()];
        self.one("sign_in_secrets", SIGN_IN_SECRET, &row, |columns| columns.sign_in_secret()).await
    }

    /// Keeps a secret beside those that the user has. One that is shown takes the place of those that the same holder was shown; of those
    /// that are mailed, the newest few stay.
    pub(crate) async fn add_sign_in_secret(&mut self, secret: &NewSignInSecret) -> RowResult<()> {
        let mint = &secret.mint;
        let (user, account) = (mint.acts_for(), mint.account());
        let shown_to = (mint.occasion() == Occasion::ShownSecret).then(|| mint.minted_by());
        if let Some(holder) = shown_to {
            self.execute(DELETE_SECRETS_SHOWN_TO, &params![user, account, holder]).await?;
        } else {
            self.execute(DELETE_OLDEST_MAILED, &params![user, account, MAILED_BEFORE]).await?;
        }
        let row = params![
            user,
            account,
            secret.purpose.name(),
            secret.handle.as_str(),
            secret.digest.pepper.0,
            secret.digest.digest.as_bytes(),
            secret.expires_at,
            shown_to,
            mint.made_with(),
            mint.made_with_key()
        ];
        self.execute_one(ADD_SIGN_IN_SECRET, &row).await
    }

    /// Deletes the secrets of password resets that somebody was shown, and says how many those were.
    pub(crate) async fn delete_shown_ways_back(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<u32> {
        let count = self.execute(DELETE_SHOWN_WAYS_BACK, &params![user, account]).await?;
        Ok(u32::try_from(count).unwrap_or(u32::MAX))
    }

    pub(crate) async fn delete_sign_in_secrets(
        &mut self,
        account: AccountId,
        user: UserId,
    ) -> RowResult<()> {
        self.execute(DELETE_SIGN_IN_SECRETS, &params![user, account]).await?;
        Ok(())
    }
}

impl Columns<'_> {
    pub(super) fn user(&mut self) -> Decoded<User> {
        let columns = self.then("users");
        Ok(User {
            id: columns.take("id")?,
            account: columns.take("account_id")?,
            kind: columns.parse("kind", user_kind)?,
            name: columns.take("name")?,
            email: columns.take("email")?,
            role: columns.parse("role", account_role)?,
            is_developer: columns.take("is_developer")?,
            status: columns.parse("status", user_status)?,
            created_at: columns.take("created_at")?,
            invited_until: columns.take("invited_until")?,
        })
    }

    pub(super) fn sign_in_secret(&mut self) -> Decoded<SignInSecret> {
        let user = self.user()?;
        let account = self.account()?;
        let columns = self.then("sign_in_secrets");
        let pepper = PepperId(columns.take("pepper")?);
        let digest = KeyDigest::from_bytes(columns.take("digest")?);
        let purpose = columns.parse("purpose", sign_in_purpose)?;
        let expires_at = columns.take("expires_at")?;
        let digest = StoredDigest { pepper, digest };
        let shown_to = columns.take("shown_to_user_id")?;
        let made_with = columns.take("made_with_expires_at")?;
        let is_line_revoked = columns.take("is_line_revoked")?;
        let is_address_proven = columns.take("is_address_proven")?;
        Ok(SignInSecret {
            user,
            account,
            digest,
            purpose,
            expires_at,
            shown_to,
            made_with,
            is_line_revoked,
            is_address_proven,
        })
    }
}

fn user_kind(text: &str) -> Option<UserKind> {
    [UserKind::Person, UserKind::Bot].into_iter().find(|value| user_kind_name(*value) == text)
}

fn user_kind_name(value: UserKind) -> &'static str {
    match value {
        UserKind::Person => "person",
        UserKind::Bot => "bot",
    }
}

fn sign_in_purpose(text: &str) -> Option<SignInPurpose> {
    [SignInPurpose::Invitation, SignInPurpose::Reset].into_iter().find(|value| value.name() == text)
}

fn user_status(text: &str) -> Option<UserStatus> {
    [UserStatus::Active, UserStatus::Invited, UserStatus::Expired, UserStatus::Blocked]
        .into_iter()
        .find(|value| user_status_name(*value) == text)
}

fn user_status_name(value: UserStatus) -> &'static str {
    match value {
        UserStatus::Active => "active",
        UserStatus::Invited => "invited",
        UserStatus::Expired => "expired",
        UserStatus::Blocked => "blocked",
    }
}

fn account_role(text: &str) -> Option<AccountRole> {
    [AccountRole::Admin, AccountRole::Member, AccountRole::Annotator, AccountRole::MemberUiOnly]
        .into_iter()
        .find(|value| value.name() == text)
}
