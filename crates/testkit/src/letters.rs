//! Mail of tests: recorded in memory, or refused.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use claviger_server::mail::{Mail, MailError, Mailer};
use futures_util::future::BoxFuture;

/// The mail that a server sent.
#[derive(Debug, Default)]
pub struct Letters {
    arrived: Mutex<Vec<Mail>>,
    is_down: AtomicBool,
}

impl Letters {
    /// What has arrived since the last look. Mail is sent beside the response, so a look lets it run first.
    pub async fn take(&self) -> Vec<Mail> {
        for _ in 0..16 {
            tokio::task::yield_now().await;
        }
        std::mem::take(&mut self.arrived.lock().unwrap())
    }

    /// From now on nothing arrives.
    pub fn go_down(&self) {
        self.is_down.store(true, Ordering::Relaxed);
    }
}

impl Mailer for Letters {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(async move {
            if self.is_down.load(Ordering::Relaxed) {
                return Err(MailError("the mail server is down".to_owned()));
            }
            self.arrived.lock().unwrap().push(mail);
            Ok(())
        })
    }
}
