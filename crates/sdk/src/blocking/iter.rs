//! Lists of all pages, as iterators.

use super::client::Client;
use crate::error::Result;
use crate::page::{Page, Pager, Pages};

/// Everything in a list, read page by page as it is asked for. From `list_all`.
#[derive(Debug)]
#[must_use = "nothing is read until it is asked for"]
pub struct Iter<T> {
    client: Client,
    pager: Pager<T>,
}

/// The pages of a list, read as they are asked for. From [`Iter::pages`].
#[derive(Debug)]
#[must_use = "nothing is read until it is asked for"]
pub struct PageIter<T> {
    client: Client,
    pages: Pages<T>,
}

impl<T> Iter<T> {
    pub(super) fn over(client: Client, pager: Pager<T>) -> Self {
        Self { client, pager }
    }

    /// The pages in place of what is on them. What was read of the page before is left out.
    pub fn pages(self) -> PageIter<T> {
        PageIter { client: self.client, pages: self.pager.pages() }
    }
}

impl<T> Iterator for Iter<T> {
    type Item = Result<T>;

    fn next(&mut self) -> Option<Self::Item> {
        self.client.wait(self.pager.try_next()).transpose()
    }
}

impl<T> Iterator for PageIter<T> {
    type Item = Result<Page<T>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.client.wait(self.pages.try_next()).transpose()
    }
}
