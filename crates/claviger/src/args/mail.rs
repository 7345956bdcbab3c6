//! How `claviger serve` sends mail. Without these it sends none, and administrators hand sign-in secrets over.

use std::path::PathBuf;

use clap::{Args as ClapArgs, ValueEnum};

/// The mail server, and what letters say of us.
#[derive(Debug, ClapArgs)]
#[command(next_help_heading = "Mail: invitations and ways back in")]
pub(crate) struct Mail {
    /// The mail server to hand letters in at; none are sent without it
    #[arg(long, env = "CLAVIGER_SMTP_HOST", value_name = "HOST[:PORT]", requires_all = ["mail_from", "public_url"])]
    pub smtp_host: Option<String>,
    /// How the connection to it is secured
    #[arg(long, env = "CLAVIGER_SMTP_SECURITY", value_enum, default_value_t = SmtpSecurity::Tls)]
    pub smtp_security: SmtpSecurity,
    /// Whom to log in as there; nobody without it
    #[arg(long, env = "CLAVIGER_SMTP_USER", value_name = "NAME", requires = "smtp_password_file")]
    pub smtp_user: Option<String>,
    /// The file that holds the password
    #[arg(long, env = "CLAVIGER_SMTP_PASSWORD_FILE", value_name = "FILE", requires = "smtp_user")]
    pub smtp_password_file: Option<PathBuf>,
    /// Whom letters are from: an address, or `Name <address>`
    #[arg(
        id = "mail_from",
        long = "mail-from",
        env = "CLAVIGER_MAIL_FROM",
        value_name = "ADDRESS",
        requires = "smtp_host"
    )]
    pub from: Option<String>,
    /// Where people reach this server, as letters tell them
    #[arg(long, env = "CLAVIGER_PUBLIC_URL", value_name = "URL", requires = "smtp_host")]
    pub public_url: Option<String>,
    /// How many invitations, ways back in and notices one address is sent an hour, each counted apart; 0 for no limit
    #[arg(
        long,
        env = "CLAVIGER_LETTERS_PER_RECIPIENT",
        value_name = "PER_HOUR",
        default_value_t = 5
    )]
    pub letters_per_recipient: u32,
    /// How many invitations and ways back in an account sends an hour, each counted apart, and those of administrators too; 0 for no limit
    #[arg(
        long,
        env = "CLAVIGER_LETTERS_PER_ACCOUNT",
        value_name = "PER_HOUR",
        default_value_t = 100
    )]
    pub letters_per_account: u32,
}

/// How a connection to a mail server is secured.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SmtpSecurity {
    /// TLS from the first byte (RFC 8314); port 465 unless another is given
    Tls,
    /// TLS after STARTTLS, and nothing without it (RFC 3207); port 587 unless another is given
    Starttls,
    /// None: for a mail server on this machine; port 25 unless another is given
    None,
}
