//! Says what a deletion takes with it.

use super::{note, printable};

/// How many names of one kind are shown.
const SHOWN: usize = 10;

/// Things of one kind that go with what is deleted.
#[derive(Debug)]
pub(crate) struct Contents {
    /// What they are called: one, and many.
    pub nouns: (&'static str, &'static str),
    /// Their names; nothing if the caller may not list them.
    pub names: Option<Vec<String>>,
    /// Whether there are more than these.
    pub has_more: bool,
}

/// Says what will be deleted, and what goes with it.
pub(crate) fn preview(noun: &str, name: &str, id: &str, contents: &[Contents]) {
    note(&format!(
        "The {noun} `{}` ({}) will be deleted permanently",
        printable(name),
        printable(id)
    ));
    for contents in contents {
        note(&format!("  {}", line(contents)));
    }
}

fn line(contents: &Contents) -> String {
    let (one, many) = contents.nouns;
    let Some(names) = &contents.names else {
        return format!("its {many}, which you may not list");
    };
    let (count, noun) = (names.len(), if names.len() == 1 { one } else { many });
    if count == 0 {
        return format!("no {many}");
    }
    let at_least = if contents.has_more { "at least " } else { "" };
    let mut shown: Vec<_> = names.iter().take(SHOWN).map(|name| printable(name)).collect();
    if count > SHOWN || contents.has_more {
        shown.push("…".to_owned());
    }
    format!("{at_least}{count} {noun}: {}", shown.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contents_are_counted_and_named() {
        let contents = |names: Option<usize>, has_more| Contents {
            nouns: ("space", "spaces"),
            names: names.map(|count| (1..=count).map(|number| format!("s{number}")).collect()),
            has_more,
        };
        for (contents, expected) in [
            (contents(None, false), "its spaces, which you may not list"),
            (contents(Some(0), false), "no spaces"),
            (contents(Some(1), false), "1 space: s1"),
            (contents(Some(2), true), "at least 2 spaces: s1, s2, …"),
            (contents(Some(11), false), "11 spaces: s1, s2, s3, s4, s5, s6, s7, s8, s9, s10, …"),
        ] {
            assert_eq!(line(&contents), expected);
        }
    }
}
