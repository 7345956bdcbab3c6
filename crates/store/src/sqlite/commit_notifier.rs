//! Answers a group of jobs after its commit.
//!
//! Rule: an answer that exists is given, whatever becomes of the task that was to give it. Waking a task from outside its runtime
//! costs a system call; so the writer hands over a whole group at once, and its answers are given from inside.

use std::sync::Arc;

use tokio::runtime::Handle;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::error::StoreError;

/// Whether a group is on disk, or why it is not.
pub(super) type Outcome = Result<(), Arc<str>>;

/// Answers a job once its group's fate is known.
pub(super) type Answer = Box<dyn FnOnce(Result<(), StoreError>) + Send>;

/// The answers of a group. Dropping them gives them.
pub(super) struct Notification {
    outcome: Outcome,
    waiting: Vec<Answer>,
}

impl Drop for Notification {
    fn drop(&mut self) {
        for answer in self.waiting.drain(..) {
            let unavailable = |why: &Arc<str>| StoreError::Unavailable(why.to_string().into());
            answer(self.outcome.as_ref().copied().map_err(unavailable));
        }
    }
}

/// Channel to the task that gives the answers, in the runtime that opened the database.
pub(super) struct CommitNotifier {
    groups: UnboundedSender<Notification>,
}

impl CommitNotifier {
    /// Outside a runtime there is no task, and answers are given where they are handed in.
    pub(super) fn open() -> Self {
        let (groups, committed) = unbounded_channel();
        if let Ok(runtime) = Handle::try_current() {
            drop(runtime.spawn(give(committed)));
        }
        Self { groups }
    }

    /// Hands in a group. Where nobody takes it any more, it comes back and is dropped, which gives the answers.
    pub(super) fn notify(&self, waiting: Vec<Answer>, outcome: Outcome) {
        drop(self.groups.send(Notification { outcome, waiting }));
    }
}

async fn give(mut groups: UnboundedReceiver<Notification>) {
    while let Some(answers) = groups.recv().await {
        drop(answers);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;

    use super::*;

    /// A group of two, and what it will have been answered.
    fn group() -> (Vec<Answer>, mpsc::Receiver<Result<(), String>>) {
        let (sender, answered) = mpsc::channel();
        let answer = || -> Answer {
            let sender = sender.clone();
            Box::new(move |outcome| {
                sender.send(outcome.map_err(|error| format!("{error:?}"))).unwrap();
            })
        };
        (vec![answer(), answer()], answered)
    }

    #[test]
    fn without_a_runtime_answers_are_given_at_once() {
        let notifier = CommitNotifier::open();
        let (answers, answered) = group();
        notifier.notify(answers, Ok(()));
        assert_eq!(answered.try_iter().collect::<Vec<_>>(), [Ok(()), Ok(())]);
    }

    #[test]
    fn a_runtime_that_has_ended_leaves_nobody_without_an_answer() {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let notifier = runtime.block_on(async { CommitNotifier::open() });
        let (before, answered_before) = group();
        notifier.notify(before, Ok(()));
        drop(runtime);
        assert_eq!(answered_before.try_iter().count(), 2, "handed in before the end");
        let (after, answered_after) = group();
        notifier.notify(after, Err("the disk is full".into()));
        let answers: Vec<_> = answered_after.try_iter().collect();
        assert_eq!(answers.len(), 2, "handed in after the end");
        let told = |answer: &Result<(), String>| {
            answer.as_ref().is_err_and(|why| why.contains("Unavailable") && why.contains("full"))
        };
        assert!(answers.iter().all(told), "{answers:?}");
    }
}
