//! Measures list pages of an installation with few keys and of one with many, in turns.

use std::time::{Duration, Instant};

use anyhow::Context as _;

use crate::figures::Latencies;
use crate::http::{self, Client};
use crate::installation::Installation;
use crate::server::Server;
use crate::stock::{OWN_OF_TEN, SERVICE_OF_TEN};
use crate::{Extent, FEW_KEYS};

/// Keys on a page.
const PAGE: u32 = 50;
/// Pages read of each list in a round.
const PAGES_A_ROUND: usize = 400;
/// How many places inside a list are read from, at most.
const MAX_PLACES: usize = 200;

/// Which list, and where in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pages {
    /// The first page of the administrator's user keys.
    FirstOfOwn,
    /// Pages in the middle half of them.
    InsideOwn,
    /// The first page of the space's service keys.
    FirstOfSpace,
    /// Pages in the middle half of them.
    InsideSpace,
}

impl Pages {
    pub(crate) const ALL: [Self; 4] =
        [Self::FirstOfOwn, Self::InsideOwn, Self::FirstOfSpace, Self::InsideSpace];
}

/// The median time of a page in a round, in milliseconds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Round {
    pub few_ms: f64,
    pub many_ms: f64,
}

/// The rounds of each kind of page.
pub(crate) type Lists = Vec<(Pages, Vec<Round>)>;

pub(crate) async fn measure(
    few: &Installation,
    many: &Installation,
    extent: Extent,
) -> anyhow::Result<Lists> {
    let servers = (Server::start(few).await?, Server::start(many).await?);
    let mut few = Reader::of(few, &servers.0, FEW_KEYS).await?;
    let mut many = Reader::of(many, &servers.1, extent.keys).await?;
    let mut lists: Lists = Pages::ALL.map(|pages| (pages, Vec::new())).into();
    for _ in 0..extent.rounds {
        for (pages, rounds) in &mut lists {
            rounds.push(round(&mut few, &mut many, *pages).await?);
        }
    }
    servers.0.stop()?;
    servers.1.stop()?;
    Ok(lists)
}

async fn round(few: &mut Reader, many: &mut Reader, pages: Pages) -> anyhow::Result<Round> {
    let mut times = (Vec::new(), Vec::new());
    for number in 0..PAGES_A_ROUND {
        times.0.push(few.time(pages, number).await?);
        times.1.push(many.time(pages, number).await?);
    }
    Ok(Round {
        few_ms: Latencies::of(times.0).percentile(50),
        many_ms: Latencies::of(times.1).percentile(50),
    })
}

/// Reads the lists of one server.
struct Reader {
    client: Client,
    requests: Vec<(Pages, Vec<Vec<u8>>)>,
}

impl Reader {
    async fn of(installation: &Installation, server: &Server, keys: u32) -> anyhow::Result<Self> {
        let mut client = Client::connect(server.address).await?;
        let key = &installation.key;
        let spaces = client.json(&http::get("/v2/spaces", key)).await?;
        let space = spaces["spaces"][0]["id"].as_str().context("no space")?;
        // Ids are standard base64; in a query its `+` would be a space (WHATWG URL, application/x-www-form-urlencoded).
        let space = space.replace('+', "%2B").replace('/', "%2F").replace('=', "%3D");
        let own = format!("/v2/api-keys?limit={PAGE}");
        let in_space = format!("{own}&space_id={space}");
        let inside_own = inside(&mut client, &own, key, keys / 10 * OWN_OF_TEN).await?;
        let inside_space = inside(&mut client, &in_space, key, keys / 10 * SERVICE_OF_TEN).await?;
        let requests = vec![
            (Pages::FirstOfOwn, vec![http::get(&own, key)]),
            (Pages::InsideOwn, inside_own),
            (Pages::FirstOfSpace, vec![http::get(&in_space, key)]),
            (Pages::InsideSpace, inside_space),
        ];
        Ok(Self { client, requests })
    }

    async fn time(&mut self, pages: Pages, number: usize) -> anyhow::Result<Duration> {
        let found = self.requests.iter().find(|(of, _)| *of == pages);
        let (_, requests) = found.context("no such pages")?;
        let request = &requests[number % requests.len()];
        let started = Instant::now();
        self.client.send(request, 200).await?;
        Ok(started.elapsed())
    }
}

/// Walks through a list of so many keys, and keeps requests for pages spread over its middle half.
async fn inside(
    client: &mut Client,
    list: &str,
    key: &str,
    keys: u32,
) -> anyhow::Result<Vec<Vec<u8>>> {
    let mut requests = Vec::new();
    let mut request = http::get(list, key);
    for page in 1..=keys / 4 * 3 / PAGE {
        let answer = client.json(&request).await?;
        let cursor = &answer["pagination"]["next_cursor"];
        let cursor = cursor.as_str().context("the list is shorter than it was filled")?;
        request = http::get(&format!("{list}&cursor={cursor}"), key);
        if page * PAGE >= keys / 4 {
            requests.push(request.clone());
        }
    }
    let step = requests.len().div_ceil(MAX_PLACES).max(1);
    Ok(requests.into_iter().step_by(step).collect())
}
