//! Telling how far a survey is, a few times per second.

use std::sync::Mutex;
use std::sync::MutexGuard;
use std::sync::PoisonError;
use std::time::Duration;
use std::time::Instant;

use crate::model::survey::reading::Reading;

/// What is told how far a survey is.
pub type Told<'a> = &'a (dyn Fn(Reading) + Sync);

/// No news is passed on sooner after the last.
const BETWEEN: Duration = Duration::from_millis(100);

/// The end of a list that was no shorter than this is always told.
const MANY: u64 = 1000;

/// Passes on how far a survey is.
pub(super) struct Progress<'a> {
    told: Told<'a>,
    began: Instant,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    total: u64,
    last: Option<Instant>,
}

impl<'a> Progress<'a> {
    pub(super) fn new(told: Told<'a>) -> Self {
        Self { told, began: Instant::now(), state: Mutex::new(State::default()) }
    }

    /// One more object of this kind, which makes so many of it.
    pub(super) fn one_more(&self, kind: &str, objects: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        state.total += 1;
        // The clock is looked at once in a while.
        if objects.is_multiple_of(64) {
            self.tell(state, kind, objects, false);
        }
    }

    /// The kind has been read to its end.
    pub(super) fn complete(&self, kind: &str, objects: u64) {
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        if objects >= MANY {
            state.last = None;
        }
        self.tell(state, kind, objects, true);
    }

    fn tell(&self, mut state: MutexGuard<'_, State>, kind: &str, objects: u64, is_complete: bool) {
        let now = Instant::now();
        if state.last.is_some_and(|last| now.duration_since(last) < BETWEEN) {
            return;
        }
        state.last = Some(now);
        let total = state.total;
        drop(state);
        let elapsed = now.duration_since(self.began);
        (self.told)(Reading { kind: kind.to_owned(), objects, total, elapsed, is_complete });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn news_come_at_most_ten_times_per_second_and_at_the_end() {
        let news = Mutex::new(Vec::new());
        let told = |reading: Reading| news.lock().unwrap().push(reading);
        let progress = Progress::new(&told);
        for objects in 1..=10_000 {
            progress.one_more("pods", objects);
        }
        progress.complete("pods", 10_000);
        let elapsed = progress.began.elapsed().as_millis();
        let news = news.lock().unwrap();
        assert!(news.len() as u128 <= 2 + elapsed / 100, "{} in {elapsed} ms", news.len());
        let last = news.last().unwrap();
        assert!(last.is_complete);
        assert_eq!((last.objects, last.total), (10_000, 10_000));
    }
}
