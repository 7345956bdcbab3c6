//! A server that answers what a test says, for what the real one will not do.

use std::ops::Deref;
use std::time::Duration;

use arize::test_util::FakeServer;
pub(crate) use arize::test_util::{Reply, Request};
use arize::{Client, Config, Retries};

/// The crate's own fake server, with a script.
pub(crate) struct Scripted(FakeServer);

impl Scripted {
    /// Answers each request by a function of it and of how many came before.
    pub(crate) async fn start(
        script: impl Fn(&Request, usize) -> Reply + Send + Sync + 'static,
    ) -> Self {
        Self(FakeServer::scripted(script).await.unwrap())
    }

    /// The same answer to everything.
    pub(crate) async fn always(reply: Reply) -> Self {
        Self::start(move |_, _| reply.clone()).await
    }

    /// These answers, one after the other; the last one over and over.
    pub(crate) async fn answers(replies: Vec<Reply>) -> Self {
        Self::start(move |_, n| replies[n.min(replies.len() - 1)].clone()).await
    }

    /// A client that does not wait between retries.
    pub(crate) fn client(&self) -> Client {
        self.client_with(|_| {})
    }

    pub(crate) fn client_with(&self, set: impl FnOnce(&mut Config)) -> Client {
        let mut config = crate::real::config(self.address(), "ak-not-a-real-key");
        config.retries = Retries { first_pause: Duration::ZERO, ..Retries::default() };
        set(&mut config);
        Client::new(config).unwrap()
    }
}

impl Deref for Scripted {
    type Target = FakeServer;

    fn deref(&self) -> &FakeServer {
        &self.0
    }
}
