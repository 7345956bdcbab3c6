//! A real server, and a client for one of its principals.

use std::net::SocketAddr;

use arize::{Client, Config};
use claviger_testkit::TestServer;

/// A server that listens.
pub(crate) struct Real {
    pub(crate) server: TestServer,
    pub(crate) address: SocketAddr,
}

impl Real {
    pub(crate) async fn start() -> Self {
        let server = TestServer::start().await;
        let address = server.listen().await;
        Self { server, address }
    }

    /// The client of a principal of the world.
    pub(crate) fn client(&self, who: &str) -> Client {
        self.client_with_key(self.server.world.key(who))
    }

    pub(crate) fn client_with_key(&self, key: &str) -> Client {
        Client::new(config(self.address, key)).unwrap()
    }

    /// An id of the world.
    pub(crate) fn id(&self, name: &str) -> String {
        self.server.world.id(name).to_owned()
    }
}

/// A configuration for an address on this machine.
pub(crate) fn config(address: SocketAddr, key: &str) -> Config {
    Config {
        api_key: key.into(),
        api_host: address.to_string().into(),
        api_scheme: "http".into(),
        ..Config::without_environment()
    }
}
