//! Pages, and all pages one after the other.

use std::collections::HashSet;
use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use futures_util::stream::{self, BoxStream, Stream, StreamExt as _, TryStreamExt as _};
use serde::{Deserialize, Serialize};

use crate::error::{Error, Result};

/// How many things a page holds if nothing is said.
pub(crate) const DEFAULT_LIMIT: u16 = 50;
/// How many it can hold at most.
pub(crate) const LARGEST_LIMIT: u16 = 100;

/// A page of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Page<T> {
    /// What is on it. It may be empty although there are more pages.
    pub items: Vec<T>,
    /// Whether and where it goes on.
    pub pagination: Pagination,
}

/// Whether and where a list goes on.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[non_exhaustive]
pub struct Pagination {
    /// Whether there is another page.
    #[serde(default, deserialize_with = "crate::lenient::or_default")]
    pub has_more: bool,
    /// What to pass as `cursor` to get it. Opaque.
    #[serde(default)]
    pub next_cursor: Option<String>,
}

/// Everything in a list, read page by page as it is asked for. From `list_all`.
///
/// It is a [`Stream`], and has what is needed most without another crate: [`next`](Self::next), [`try_next`](Self::try_next),
/// [`collect`](Self::collect) and [`pages`](Self::pages). After an error it ends. A list that cannot go on, or that leads in a circle,
/// is an error.
///
/// ```no_run
/// # async fn run(client: arize::Client) -> arize::Result<()> {
/// use arize::api_keys::ListRequest;
///
/// let mut keys = client.api_keys().list_all(ListRequest::new());
/// while let Some(key) = keys.try_next().await? {
///     println!("{} {}", key.id, key.name);
/// }
/// let all = client.api_keys().list_all(ListRequest::new()).collect().await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "nothing is read until it is asked for"]
pub struct Pager<T> {
    pages: Pages<T>,
    items: std::vec::IntoIter<T>,
}

/// The pages of a list, read as they are asked for. From [`Pager::pages`].
#[must_use = "nothing is read until it is asked for"]
pub struct Pages<T>(BoxStream<'static, Result<Page<T>>>);

impl<T: Send + 'static> Pager<T> {
    /// Reads pages by their cursor, from one on.
    pub(crate) fn new<F, Fut>(operation: &'static str, cursor: Option<String>, page: F) -> Self
    where
        F: Fn(Option<String>) -> Fut + Send + Clone + 'static,
        Fut: Future<Output = Result<Page<T>>> + Send + 'static,
    {
        let pages = stream::try_unfold(Some((cursor, Walk::new(operation))), move |state| {
            let page = page.clone();
            async move {
                let Some((cursor, mut walk)) = state else { return Ok::<_, Error>(None) };
                let page = page(cursor).await?;
                let next = walk.following(page.items.is_empty(), page.pagination.clone());
                Ok(Some((page, next?.map(|next| (Some(next), walk)))))
            }
        });
        Self { pages: Pages(pages.boxed()), items: Vec::new().into_iter() }
    }
}

impl<T> Pager<T> {
    /// The next thing; nothing at the end.
    pub async fn next(&mut self) -> Option<Result<T>> {
        std::future::poll_fn(|context| self.poll_item(context)).await
    }

    /// The next thing, for `while let Some(it) = pager.try_next().await?`.
    ///
    /// # Errors
    ///
    /// As the list that it is from.
    pub async fn try_next(&mut self) -> Result<Option<T>> {
        self.next().await.transpose()
    }

    /// Everything that is left.
    ///
    /// # Errors
    ///
    /// As the list that it is from.
    pub async fn collect(mut self) -> Result<Vec<T>> {
        let mut all: Vec<T> = self.items.by_ref().collect();
        while let Some(page) = self.pages.try_next().await? {
            all.extend(page.items);
        }
        Ok(all)
    }

    /// The pages in place of what is on them. What was read of the page before is left out.
    pub fn pages(self) -> Pages<T> {
        self.pages
    }

    fn poll_item(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<T>>> {
        loop {
            if let Some(item) = self.items.next() {
                return Poll::Ready(Some(Ok(item)));
            }
            match ready!(self.pages.0.poll_next_unpin(context)) {
                Some(Ok(page)) => self.items = page.items.into_iter(),
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }
}

impl<T> Pages<T> {
    /// The next page; nothing at the end.
    pub async fn next(&mut self) -> Option<Result<Page<T>>> {
        self.0.next().await
    }

    /// The next page, for `while let Some(page) = pages.try_next().await?`.
    ///
    /// # Errors
    ///
    /// As the list that it is from.
    pub async fn try_next(&mut self) -> Result<Option<Page<T>>> {
        self.0.try_next().await
    }
}

// What is on a page is moved out of it, never pinned.
impl<T> Unpin for Pager<T> {}

impl<T> Stream for Pager<T> {
    type Item = Result<T>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_item(context)
    }
}

impl<T> Stream for Pages<T> {
    type Item = Result<Page<T>>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.0.poll_next_unpin(context)
    }
}

impl<T> fmt::Debug for Pager<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pager").finish_non_exhaustive()
    }
}

impl<T> fmt::Debug for Pages<T> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Pages").finish_non_exhaustive()
    }
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
