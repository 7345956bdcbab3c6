//! What can be done with keys: mints what is needed and lets the store decide and remember. Every face calls these functions.

use claviger_domain::decide::RefreshRequest;
use claviger_domain::{ApiKey, ApiKeyId, KeyType, MintedKey};
use claviger_store::{
    CallError, CreateServiceKey, CreateUserKey, CreatedServiceKey, GrantsOrSpace, Leak, RefreshKey,
    Refreshed, ReportLeak, Request, RevokeAllKeys, RevokeKey, RevokedKeys,
};

use crate::app::App;
use crate::error::ApiError;
use crate::letters;
use crate::wire::api_keys::request::Create;

/// A new secret with its handle.
pub(crate) fn mint(app: &App, key_type: KeyType) -> Result<MintedKey, ApiError> {
    Ok(MintedKey::generate(key_type, app.store.installation().tag, &*app.entropy)?)
}

/// Creates a user key for the caller, and answers it with its secret, once.
#[tracing::instrument(name = "keys.create_user", skip_all, fields(request.id = %call.context.request_id))]
pub(crate) async fn create_user(
    app: &App,
    call: Request,
    create: Create,
) -> Result<(ApiKey, MintedKey), ApiError> {
    let minted = mint(app, KeyType::User)?;
    let Create { name, description, expires_at, .. } = create;
    let command = CreateUserKey { minted: minted.clone(), name, description, expires_at };
    let key = app.store.execute(call, command).await?;
    Ok((key, minted))
}

/// Creates a service key with a bot user, and answers both, the secret once.
#[tracing::instrument(name = "keys.create_service", skip_all, fields(request.id = %call.context.request_id))]
pub(crate) async fn create_service(
    app: &App,
    call: Request,
    create: Create,
    grants: GrantsOrSpace,
) -> Result<(CreatedServiceKey, MintedKey), ApiError> {
    let minted = mint(app, KeyType::Service)?;
    let flat = matches!(grants, GrantsOrSpace::Space { .. });
    let Create { name, description, expires_at, .. } = create;
    let command =
        CreateServiceKey { minted: minted.clone(), name, description, expires_at, grants };
    let told = |error: CallError| {
        if flat { ApiError::from_flat(error) } else { error.into() }
    };
    let created = app.store.execute(call, command).await.map_err(told)?;
    Ok((created, minted))
}

/// Replaces a key, and answers the new one with its secret, once.
#[tracing::instrument(name = "keys.refresh", skip_all, fields(request.id = %call.context.request_id))]
pub(crate) async fn refresh(
    app: &App,
    call: Request,
    id: ApiKeyId,
    request: RefreshRequest,
) -> Result<(ApiKey, MintedKey), ApiError> {
    let mut minted = mint(app, KeyType::User)?;
    let command = RefreshKey { id, minted: minted.clone(), request };
    let Refreshed { key, impersonated_user } = app.store.execute(call, command).await?;
    minted.text.key_type = key.key_type;
    if let Some(owner) = &impersonated_user {
        app.notify(owner, |outbox| letters::key_refreshed(outbox.public_url(), &key));
    }
    Ok((key, minted))
}

/// Revokes the call's key, which is reported as leaked, with all of its line, and notifies its creator.
#[tracing::instrument(name = "keys.report_leak", skip_all, fields(request.id = %call.context.request_id))]
pub(crate) async fn report_leak(
    app: &App,
    call: Request,
    report: ReportLeak,
) -> Result<Leak, ApiError> {
    let leak = app.store.execute(call, report).await?;
    if let Leak::Revoked { key, creator } | Leak::Recorded { key, creator } = &leak {
        tracing::warn!(
            key.handle = key.handle.as_str(),
            "leaked key reported; revoked it and its line"
        );
        if let Some(creator) = creator {
            app.notify(creator, |_| letters::key_leaked(key));
        }
    }
    Ok(leak)
}

/// Revokes a key. When this has answered, the key does not work.
#[tracing::instrument(name = "keys.revoke", skip_all, fields(request.id = %call.context.request_id))]
pub(crate) async fn revoke(app: &App, call: Request, id: ApiKeyId) -> Result<(), ApiError> {
    Ok(app.store.execute(call, RevokeKey { id }).await?)
}

/// Revokes all user keys of a person. When this has answered, they are dead.
#[tracing::instrument(name = "keys.revoke_all", skip_all, fields(request.id = %call.context.request_id))]
pub(crate) async fn revoke_all(
    app: &App,
    call: Request,
    command: RevokeAllKeys,
) -> Result<RevokedKeys, ApiError> {
    Ok(app.store.execute(call, command).await?)
}
