//! Protects the memory of the process, which has the pepper and keys (docs/threat-model.md#memory-of-the-process).

/// Forbids core dumps, and reading the memory by other processes of the same user. What the system does not do is said, and no reason not
/// to serve.
#[cfg(target_os = "linux")]
pub(crate) fn protect_memory() {
    use rustix::process::{DumpableBehavior, Resource, Rlimit};

    let none = Rlimit { current: Some(0), maximum: Some(0) };
    if let Err(error) = rustix::process::setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "cannot limit core dumps: a core dump would contain the pepper");
    }
    // The limit alone would not do: the kernel passes dumps on to a collector whatever it says.
    if let Err(error) = rustix::process::set_dumpable_behavior(DumpableBehavior::NotDumpable) {
        tracing::warn!(%error, "cannot disable core dumps: a core dump would contain the pepper");
    }
}

/// Nothing is known of this system.
#[cfg(not(target_os = "linux"))]
pub(crate) fn protect_memory() {
    tracing::warn!(
        "cannot disable core dumps on this system: a core dump would contain the pepper"
    );
}

#[cfg(all(test, target_os = "linux"))]
mod tests {
    use rustix::process::{DumpableBehavior, Resource, dumpable_behavior, getrlimit};

    /// (fault R17)
    #[test]
    fn memory_is_not_dumped() {
        super::protect_memory();
        assert_eq!(dumpable_behavior().unwrap(), DumpableBehavior::NotDumpable);
        let limit = getrlimit(Resource::Core);
        assert_eq!((limit.current, limit.maximum), (Some(0), Some(0)));
    }
}
