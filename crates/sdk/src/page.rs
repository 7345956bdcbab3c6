//! Pages, and all pages one after the other.

use std::future::Future;

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _};
use serde::Deserialize;

use crate::error::{Error, Result};

/// How many things a page holds if nothing is said.
pub(crate) const DEFAULT_LIMIT: u16 = 50;
/// How many it can hold at most.
pub(crate) const LARGEST_LIMIT: u16 = 100;

/// A page of a list.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it. It may be empty although there are more pages.
    pub items: Vec<T>,
    /// Whether and where it goes on.
    pub pagination: Pagination,
}

/// Whether and where a list goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[non_exhaustive]
pub struct Pagination {
    /// Whether there is another page.
    #[serde(default)]
    pub has_more: bool,
    /// What to pass as `cursor` to get it. Opaque.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// Everything on all pages, read as it is asked for.
///
/// Ends where the server says so. A list that cannot go on, or goes in a circle, is an error rather than an end or an endless loop.
pub(crate) fn all_pages<T, F, Fut>(
    operation: &'static str,
    cursor: Option<String>,
    page: F,
) -> BoxStream<'static, Result<T>>
where
    T: Send + 'static,
    F: Fn(Option<String>) -> Fut + Send + Clone + 'static,
    Fut: Future<Output = Result<Page<T>>> + Send + 'static,
{
    let pages = stream::try_unfold(Some(cursor), move |state| {
        let page = page.clone();
        async move {
            let Some(cursor) = state else { return Ok::<_, Error>(None) };
            let Page { items, pagination } = page(cursor.clone()).await?;
            let next = following(operation, cursor.as_deref(), pagination)?;
            Ok(Some((stream::iter(items.into_iter().map(Ok)), next.map(Some))))
        }
    });
    pages.try_flatten().boxed()
}

/// The cursor of the page after this one.
pub(crate) fn following(
    operation: &'static str,
    cursor: Option<&str>,
    pagination: Pagination,
) -> Result<Option<String>> {
    if !pagination.has_more {
        return Ok(None);
    }
    match pagination.next_cursor {
        Some(next) if !next.is_empty() && Some(next.as_str()) != cursor => Ok(Some(next)),
        Some(_) => Err(Error::unreadable(operation, "the next page is the same as this one")),
        None => Err(Error::unreadable(operation, "there are more pages and no cursor for them")),
    }
}
