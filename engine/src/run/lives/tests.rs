//! Who is counted, and who is cut off.

use std::{future::pending, rc::Rc, time::SystemTime};

use tokio::task::{JoinSet, LocalSet};

use super::*;
use crate::{clients::Clients, curve::Change, hatch_rate::HatchRate};

const SECOND: Duration = Duration::from_secs(1);

fn at(ms: u64) -> Duration {
    Duration::from_millis(ms)
}

fn clock() -> Clock {
    Clock::of(SystemTime::now()).unwrap()
}

/// Users whose tasks never end by themselves.
struct Users {
    lives: Lives,
    tasks: JoinSet<()>,
    begun: Vec<(Life, End)>,
}

impl Users {
    fn new() -> Self {
        Self { lives: Lives::default(), tasks: JoinSet::new(), begun: Vec::new() }
    }

    /// Those whose lives end then, or with the window.
    fn with(ends: impl IntoIterator<Item = Option<Duration>>) -> Self {
        let mut users = Self::new();
        for (user, to) in (0..).zip(ends) {
            users
                .begin(Life { user, number: 0, from: Duration::ZERO, to: to.unwrap_or(at(1)) }, to);
        }
        users
    }

    fn begin(&mut self, life: Life, to: Option<Duration>) {
        let end = End::at(to.map(|to| clock().instant(to)));
        let task = self.tasks.spawn(pending());
        self.lives.begin(&life, end.clone(), to, task);
        self.begun.push((life, end));
    }

    fn over(&self, place: usize, by_itself: bool) {
        let (life, end) = &self.begun[place];
        self.lives.over(life, end, by_itself);
    }

    fn by<const N: usize>(&self, ends_of_seconds: [u64; N]) -> [u32; N] {
        ends_of_seconds.map(|end| self.lives.by(at(end)))
    }
}

#[tokio::test]
async fn users_leave_when_their_load_ends() {
    let users = Users::with([None, Some(at(1500)), Some(at(2000)), Some(at(900)), None]);
    assert_eq!(users.by([1000, 2000, 3000, 3000]), [4, 3, 2, 2]);
    users.over(0, true);
    assert_eq!(users.by([4000]), [1]);
}

#[tokio::test]
async fn a_user_that_leaves_early_does_not_leave_again() {
    let users = Users::with([Some(at(5000)), Some(at(5000)), None]);
    users.over(0, true);
    assert_eq!(users.by([1000, 5000, 6000]), [2, 2, 1]);
    assert!(users.lives.has(&users.begun[0].0, at(1000)), "nobody has this life again");
}

#[tokio::test]
async fn a_user_that_stops_after_its_end_has_left_before() {
    for by_itself in [true, false] {
        let users = Users::with([Some(at(1500)), None]);
        assert_eq!(users.by([2000]), [1]);
        users.over(0, by_itself);
        assert_eq!(users.by([3000]), [1]);
    }
}

#[tokio::test]
async fn ends_are_moved_as_another_curve_says() {
    let (clients, rate) = (Clients::try_new(4).unwrap(), HatchRate::try_new(1000.0).unwrap());
    let curve = LoadCurve::plain(clients, rate, 10 * SECOND);
    let change = |at: u64, clients| Change {
        at: Duration::from_millis(at),
        clients: Clients::try_new(clients).unwrap(),
        hatch_rate: rate,
    };
    let mut users = Users::new();
    (0..4).for_each(|user| users.begin(curve.lives_of(user)[0], None));
    users.over(2, true);

    let down = curve.changed(&change(2500, 1)).unwrap();
    users.lives.follow(&down, 10 * SECOND, clock());
    assert_eq!(users.by([1000, 2000]), [3, 3]);
    let longer = down.changed(&change(1500, 2)).unwrap();
    users.lives.follow(&longer, 10 * SECOND, clock());
    // User 3 ends, user 1 goes on, and user 2 has gone by itself.
    assert_eq!(users.by([3000, 4000]), [2, 2]);
    assert!(users.lives.has(&longer.lives_of(1)[0], 3 * SECOND));
    assert!(!users.lives.has(&curve.lives_of(3)[0], 3 * SECOND));
    assert_eq!(users.lives.open.borrow().len(), 1);
}

#[tokio::test]
async fn what_a_curve_has_not_ends_at_once() {
    let mut users = Users::with([None]);
    let rate = HatchRate::try_new(1.0).unwrap();
    let curve = LoadCurve::plain(Clients::try_new(1).unwrap(), rate, 10 * SECOND);
    users.begin(Life { user: 7, number: 0, from: Duration::ZERO, to: 10 * SECOND }, None);
    users.lives.follow(&curve, 10 * SECOND, clock());
    assert_eq!(users.by([1000]), [1]);
}

#[tokio::test(start_paused = true)]
async fn what_outlasts_its_end_for_too_long_is_cut_off() {
    let mut users = Users::with([Some(at(300)), Some(at(100)), None, Some(at(200))]);
    users.over(3, false);
    let lives = Rc::new(std::mem::take(&mut users.lives));
    let local = LocalSet::new();
    let cutting = Rc::clone(&lives);
    let (begun, clock) = (time::Instant::now(), clock());
    local.spawn_local(async move { cutting.cut_off(clock, SECOND).await });
    let mut cut = Vec::new();
    let hear = async {
        while cut.len() < 2 {
            assert!(users.tasks.join_next().await.unwrap().unwrap_err().is_cancelled());
            cut.push(begun.elapsed().as_millis() / 50 * 50);
        }
    };
    local.run_until(hear).await;
    assert_eq!(cut, [1100, 1300]);
    assert_eq!(users.tasks.len(), 2, "the one that never ends, and the one that was over");
}

#[tokio::test(start_paused = true)]
async fn who_went_on_again_is_not_cut_off_with_what_it_did_before() {
    let mut users = Users::with([Some(at(100))]);
    let life = users.begun[0].0;
    // It was heard of too late that the life goes on after that.
    users.begin(life, None);
    let lives = std::mem::take(&mut users.lives);
    let cut = time::timeout(10 * SECOND, lives.cut_off(clock(), SECOND)).await;
    assert!(cut.is_err(), "it never returns");
    assert!(users.tasks.join_next().await.unwrap().unwrap_err().is_cancelled());
    assert!(users.tasks.try_join_next().is_none());
    assert_eq!(users.tasks.len(), 1, "the other goes on");
    assert!(lives.has(&life, 3 * SECOND));
}
