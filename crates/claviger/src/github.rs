//! Fetches the keys with which GitHub signs its reports of leaked keys.
//!
//! Rule: the list is read over TLS, and never more of it, or for longer, than a list of keys takes.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use claviger_server::leaks::{GithubReports, SigningKey, SigningKeys, SigningKeysError};
use futures_util::future::BoxFuture;
use reqwest::redirect::Policy;
use reqwest::{Client, Url};
use serde::Deserialize;

/// How long asking for the list may take.
const TIME_OUT: Duration = Duration::from_secs(5);

/// How long the list may be, in bytes. GitHub's has some hundred for each key.
const MAX_LIST: usize = 64 * 1024;

/// A list at a URL.
#[derive(Debug)]
struct PublishedKeys {
    client: Client,
    url: Url,
}

#[derive(Debug, Deserialize)]
struct List {
    public_keys: Vec<Listed>,
}

#[derive(Debug, Deserialize)]
struct Listed {
    key_identifier: String,
    key: String,
    is_current: bool,
}

/// What takes GitHub's reports, if the operator has said where its list of keys is. Nothing is asked for yet.
pub(crate) fn reports(url: Option<&str>) -> anyhow::Result<Option<GithubReports>> {
    let Some(url) = url else {
        return Ok(None);
    };
    let refuse = || format!("`--github-signing-keys` {url:?} is not an https:// URL");
    let url = Url::parse(url).with_context(refuse)?;
    let is_here = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    anyhow::ensure!(url.scheme() == "https" || (url.scheme() == "http" && is_here), refuse());
    let client = Client::builder()
        .timeout(TIME_OUT)
        // To another host, or in the clear: a list from there would be anybody's.
        .redirect(Policy::none())
        .user_agent(concat!("claviger/", env!("CARGO_PKG_VERSION")))
        .build()
        .context("TLS to GitHub cannot be set up")?;
    Ok(Some(GithubReports::signed_by(Arc::new(PublishedKeys { client, url }))))
}

impl PublishedKeys {
    async fn read(&self) -> Result<Vec<SigningKey>, SigningKeysError> {
        let failed = |error: reqwest::Error| SigningKeysError(error.without_url().to_string());
        let answer = self.client.get(self.url.clone()).send().await.map_err(failed)?;
        if answer.status().is_redirection() {
            let advice = "it is elsewhere, and redirects are not followed: name its own address";
            return Err(SigningKeysError(advice.to_owned()));
        }
        let mut answer = answer.error_for_status().map_err(failed)?;
        let mut text = Vec::new();
        while let Some(more) = answer.chunk().await.map_err(failed)? {
            if text.len() + more.len() > MAX_LIST {
                return Err(SigningKeysError(format!("it is longer than {MAX_LIST} bytes")));
            }
            text.extend_from_slice(&more);
        }
        let list: List = serde_json::from_slice(&text)
            .map_err(|_| SigningKeysError("what is there is no list of keys".to_owned()))?;
        let keys = list.public_keys.into_iter();
        Ok(keys
            .map(|key| SigningKey {
                id: key.key_identifier,
                pem: key.key,
                is_current: key.is_current,
            })
            .collect())
    }
}

impl SigningKeys for PublishedKeys {
    fn fetch(&self) -> BoxFuture<'_, Result<Vec<SigningKey>, SigningKeysError>> {
        Box::pin(self.read())
    }
}
