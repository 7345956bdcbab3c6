//! Keeps everything that the server logs while the rows run, so that secrets can be looked for in it.

use std::fmt::{Debug, Write as _};
use std::sync::{Mutex, Once, PoisonError};

use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

static KEPT: Mutex<String> = Mutex::new(String::new());
static START: Once = Once::new();

/// Starts keeping, once for all sections.
pub(crate) fn keep() {
    START.call_once(|| {
        tracing::subscriber::set_global_default(Keeper).expect("nobody else keeps the log");
    });
}

/// Whether a text is in what was logged so far.
pub(crate) fn hold(text: &str) -> bool {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).contains(text)
}

/// How much was kept.
pub(crate) fn length() -> usize {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).len()
}

/// Writes every field of every span and event of ours, at every level.
struct Keeper;

impl Subscriber for Keeper {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("claviger")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut Fields);
        Id::from_u64(1)
    }

    fn record(&self, _: &Id, values: &Record<'_>) {
        values.record(&mut Fields);
    }

    fn record_follows_from(&self, _: &Id, _: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut Fields);
    }

    fn enter(&self, _: &Id) {}

    fn exit(&self, _: &Id) {}
}

struct Fields;

impl Visit for Fields {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
        writeln!(kept, "{field}={value:?}").expect("a text takes any text");
    }
}
