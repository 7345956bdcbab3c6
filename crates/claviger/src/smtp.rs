//! Sends mail through a mail server (RFC 5321).
//!
//! Rule: a letter holds a secret, so it goes over TLS unless the operator says otherwise, and the server's certificate is verified.

use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use claviger_server::mail::{Mail, MailError, Mailer, Outbox};
use futures_util::future::BoxFuture;
use lettre::message::Mailbox;
use lettre::message::header::ContentType;
use lettre::transport::smtp::authentication::Credentials;
use lettre::{AsyncSmtpTransport, AsyncTransport as _, Message, Tokio1Executor};

use crate::args::{self, SmtpSecurity};
use crate::data_dir;

/// How long one step of a conversation with the mail server may take.
const TIME_OUT: Duration = Duration::from_secs(30);

/// A mail server.
#[derive(Debug)]
struct Smtp {
    transport: AsyncSmtpTransport<Tokio1Executor>,
    from: Mailbox,
}

/// What sends mail, if the operator has named a mail server. Nothing is sent yet.
pub(crate) fn outbox(mail: &args::Mail) -> anyhow::Result<Option<Outbox>> {
    let (Some(host), Some(from), Some(url)) = (&mail.smtp_host, &mail.from, &mail.public_url)
    else {
        return Ok(None);
    };
    let from = from.parse().with_context(|| format!("`--mail-from` {from:?} is not an address"))?;
    anyhow::ensure!(
        url.starts_with("https://") || url.starts_with("http://"),
        "`--public-url` {url:?} is not a URL, such as https://keys.example.com"
    );
    let (host, port) = host_and_port(host)?;
    let mut builder = match mail.smtp_security {
        SmtpSecurity::Tls => AsyncSmtpTransport::<Tokio1Executor>::relay(host),
        SmtpSecurity::Starttls => AsyncSmtpTransport::<Tokio1Executor>::starttls_relay(host),
        SmtpSecurity::None => Ok(AsyncSmtpTransport::<Tokio1Executor>::builder_dangerous(host)),
    }
    .context("TLS to the mail server cannot be set up")?
    .timeout(Some(TIME_OUT));
    if let Some(port) = port {
        builder = builder.port(port);
    }
    if let (Some(user), Some(file)) = (&mail.smtp_user, &mail.smtp_password_file) {
        let password = std::fs::read_to_string(file)
            .with_context(|| format!("{} cannot be read", file.display()))?;
        data_dir::warn_if_open_to_others(file);
        let password = password.trim_end_matches(['\r', '\n']).to_owned();
        builder = builder.credentials(Credentials::new(user.clone(), password));
    }
    let smtp = Smtp { transport: builder.build(), from };
    Ok(Some(Outbox::new(Arc::new(smtp), url)))
}

/// `mail.example.com:465`, `[::1]:25`.
fn host_and_port(text: &str) -> anyhow::Result<(&str, Option<u16>)> {
    let refuse = || format!("`--smtp-host` {text:?} is not a host, such as mail.example.com:465");
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !host.contains(':') || host.ends_with(']') => {
            (host, Some(port.parse().with_context(refuse)?))
        }
        _ => (text, None),
    };
    let host = host.trim_start_matches('[').trim_end_matches(']');
    anyhow::ensure!(!host.is_empty(), refuse());
    Ok((host, port))
}

impl Mailer for Smtp {
    fn send(&self, mail: Mail) -> BoxFuture<'_, Result<(), MailError>> {
        Box::pin(async move {
            let to =
                mail.to.parse().map_err(|_| MailError("the address is no address".to_owned()))?;
            let message = Message::builder()
                .from(self.from.clone())
                .to(Mailbox::new(None, to))
                .subject(mail.subject)
                .header(ContentType::TEXT_PLAIN)
                .body(mail.text)
                .map_err(|error| MailError(error.to_string()))?;
            self.transport.send(message).await.map(drop).map_err(|error| {
                // The answer of a mail server may repeat the address; its code says enough.
                MailError(match error.status() {
                    Some(code) => format!("the mail server answered {code}"),
                    None => "the mail server cannot be reached, or does not speak SMTP".to_owned(),
                })
            })
        })
    }
}
