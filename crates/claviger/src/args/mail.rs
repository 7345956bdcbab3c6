//! Mail options of the server. Without them, it sends no mail, and administrators hand over sign-in secrets.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

/// The mail server, and what letters say of us.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Mail: invitations and password resets")]
pub(crate) struct Mail {
    /// Mail server; without it, no mail is sent
    #[arg(long, env = "CLAVIGER_SMTP_HOST", value_name = "HOST[:PORT]", requires_all = ["mail_from", "public_url"])]
    pub smtp_host: Option<String>,
    /// Encryption of the connection to the mail server
    #[arg(long, hide_short_help = true, env = "CLAVIGER_SMTP_SECURITY", value_enum, default_value_t = SmtpSecurity::Tls)]
    pub smtp_security: SmtpSecurity,
    /// User name at the mail server
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_SMTP_USER",
        value_name = "NAME",
        requires = "smtp_password_file"
    )]
    pub smtp_user: Option<String>,
    /// File with the password
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_SMTP_PASSWORD_FILE",
        value_name = "FILE",
        requires = "smtp_user"
    )]
    pub smtp_password_file: Option<PathBuf>,
    /// Sender: an address, or `Name <address>`
    #[arg(
        id = "mail_from",
        long = "mail-from",
        hide_short_help = true,
        env = "CLAVIGER_MAIL_FROM",
        value_name = "ADDRESS",
        requires = "smtp_host"
    )]
    pub from: Option<String>,
    /// URL of this server, for use in mail
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_PUBLIC_URL",
        value_name = "URL",
        requires = "smtp_host"
    )]
    pub public_url: Option<String>,
    /// Invitations, password resets and notices per hour for each address, counted separately; 0 turns the limit off
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_LETTERS_PER_RECIPIENT",
        value_name = "PER_HOUR",
        default_value_t = 5
    )]
    pub letters_per_recipient: u32,
    /// Invitations and password resets per hour for each account, counted separately, and again for its administrators; 0 turns the limit
    /// off
    #[arg(
        long,
        hide_short_help = true,
        env = "CLAVIGER_LETTERS_PER_ACCOUNT",
        value_name = "PER_HOUR",
        default_value_t = 100
    )]
    pub letters_per_account: u32,
}

/// How a connection to a mail server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SmtpSecurity {
    /// Implicit TLS (RFC 8314); default port 465
    Tls,
    /// Required STARTTLS (RFC 3207); default port 587
    Starttls,
    /// No encryption, for a mail server on this machine; default port 25
    None,
}
