//! Pages, and all pages one after the other.

use std::collections::HashSet;
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
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
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
    let pages = stream::try_unfold(Some((cursor, Walk::new(operation))), move |state| {
        let page = page.clone();
        async move {
            let Some((cursor, mut walk)) = state else { return Ok::<_, Error>(None) };
            let Page { items, pagination } = page(cursor).await?;
            let next = walk.following(items.is_empty(), pagination)?;
            let state = next.map(|next| (Some(next), walk));
            Ok(Some((stream::iter(items.into_iter().map(Ok)), state)))
        }
    });
    pages.try_flatten().boxed()
}

/// The most pages of one list. At 100 things a page that is more than any server of this API holds.
const MAX_PAGES: usize = 100_000;
/// The most pages without anything on them, one after the other. A server that filters may give some.
const MAX_EMPTY_PAGES: u32 = 1_000;
/// The longest cursor. It goes back in a URL.
const MAX_CURSOR: usize = 4_096;

/// The way through the pages of one list. A server that sends in a circle, or on without end, is an error.
pub(crate) struct Walk {
    operation: &'static str,
    seen: HashSet<String>,
    empty_in_a_row: u32,
}

impl Walk {
    pub(crate) fn new(operation: &'static str) -> Self {
        Self { operation, seen: HashSet::new(), empty_in_a_row: 0 }
    }

    /// The cursor of the page after this one; nothing if this is the last.
    pub(crate) fn following(
        &mut self,
        is_empty: bool,
        pagination: Pagination,
    ) -> Result<Option<String>> {
        if !pagination.has_more {
            return Ok(None);
        }
        self.empty_in_a_row = if is_empty { self.empty_in_a_row + 1 } else { 0 };
        let error = |message| Err(Error::unreadable(self.operation, message));
        let Some(next) = pagination.next_cursor.filter(|next| !next.is_empty()) else {
            return error("there are more pages and no cursor for them");
        };
        if next.len() > MAX_CURSOR {
            return error("the cursor of the next page is longer than 4096 bytes");
        }
        if self.empty_in_a_row >= MAX_EMPTY_PAGES || self.seen.len() >= MAX_PAGES {
            return error("there is no end to its pages");
        }
        if !self.seen.insert(next.clone()) {
            return error("a page comes back that was there before");
        }
        Ok(Some(next))
    }
}
