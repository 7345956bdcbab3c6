//! Operations that list things, a page at a time.

use claviger_domain::Refusal;
use claviger_store::{After, Operation, Page};
use utoipa::IntoParams;

use super::Client;
use super::query::{FromQuery, Query};
use crate::error::ApiError;
use crate::wire::id::WireId;
use crate::wire::{Format, Pagination, View};

/// What every list is given besides its filters.
const PAGING: [&str; 2] = ["limit", "cursor"];

/// The parameters of every list, as the OpenAPI document describes them.
#[derive(IntoParams)]
#[into_params(parameter_in = Query)]
#[expect(dead_code, reason = "this type only describes")]
pub(crate) struct Paging {
    /// Maximum number of items
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// `next_cursor` of the previous page
    #[param(format = "Cursor")]
    cursor: Option<String>,
}

/// An operation of the store that answers with a page.
pub(crate) trait List: Operation<Output = Page<Self::Item>> {
    /// What is listed.
    type Item: Send;
    /// What tells the things apart, and where a list goes on.
    type Id: WireId;
    /// The name of the resource: a cursor is good for one.
    const RESOURCE: &'static str;
    /// The names of the filters. A cursor is good for the same filters only.
    const FILTERS: &'static [&'static str];
    /// Those of the filters that may be given more than once.
    const REPEATABLE: &'static [&'static str] = &[];

    /// Reads the filters.
    fn read(
        query: &Query,
        format: Format<'_>,
        after: Option<After<Self::Id>>,
        limit: u32,
    ) -> Result<Self, Refusal>;

    /// Returns where a list goes on behind a thing.
    fn id(item: &Self::Item) -> Self::Id;
}

/// A list that was asked for.
pub(crate) struct Listing<L> {
    operation: L,
    /// What its cursors are bound to besides the reader: the resource, and the filters as they were sent.
    name: String,
}

impl<L: List> FromQuery for L {
    type Read = Listing<L>;

    fn from_query(raw: Option<&str>, client: &Client) -> Result<Listing<L>, Refusal> {
        let query = Query::read(raw, &[L::FILTERS, &PAGING].concat(), L::REPEATABLE)?;
        let mut name = L::RESOURCE.to_owned();
        for filter in L::FILTERS {
            for value in query.all(filter) {
                name.extend(["\0", filter, "=", value]);
            }
        }
        let after = after(client, &name, &query)?;
        let operation = L::read(&query, client.format(), after, query.limit()?)?;
        Ok(Listing { operation, name })
    }
}

/// Reads where a list goes on.
fn after<Id: WireId>(
    client: &Client,
    list: &str,
    query: &Query,
) -> Result<Option<After<Id>>, Refusal> {
    let Some(cursor) = query.get("cursor") else {
        return Ok(None);
    };
    let place = client.app.cursors.open(list, cursor).ok_or_else(|| {
        Refusal::invalid("cursor", "it is not a cursor of this list: start again without it")
    })?;
    Ok(Some(After { reader: place.reader, id: Id::of(place.id) }))
}

impl Client {
    /// Carries out a list, and returns its page as the client reads it.
    pub(crate) async fn list<L: List, V: View<L::Item>>(
        &self,
        Listing { operation, name }: Listing<L>,
    ) -> Result<(Vec<V>, Pagination), ApiError> {
        let Page { reader, items, has_more } = self.execute(operation).await?;
        let behind = items.last().filter(|_| has_more).map(L::id);
        let seal = |id: L::Id| {
            let place = After { reader, id: id.number() };
            self.app.cursors.seal(&name, place, &*self.app.entropy)
        };
        let next_cursor = behind.map(seal).transpose()?;
        let views = items.into_iter().map(|item| V::of(self.format(), item)).collect();
        Ok((views, Pagination::new(next_cursor)))
    }
}
