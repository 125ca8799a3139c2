//! What is drawn is kept in files: `UPDATE_GOLDEN=1` writes them anew.

use std::{env, fs, path::Path};

use proptest::prelude::*;
use ratatui::{Terminal, backend::TestBackend, crossterm::event::KeyCode};

use super::*;
use crate::{
    style::Style,
    tui::key,
    view::{
        Chart, Counts, ExceptionView, FailureView, GeneratorState, GeneratorView, Note, Now,
        PlanView, RegionView, Row, RunView, State, ThresholdView,
    },
};

const HOSTILE: &str =
    "=cmd\u{1b}[2J\u{202e}\r\nüber日本語のとても長い名前です, and then some more of it";

/// A minute into a run of two minutes, from two regions.
fn running() -> View {
    let seconds: Vec<u32> = (0..60).collect();
    let wave = |at: &u32| f64::from(at % 20) - f64::from(at % 7);
    View {
        state: State::Running,
        run: Some(run("shop", "https://shop.example")),
        plan: Some(plan()),
        elapsed_s: 60.4,
        now: Now {
            second: Some(59),
            users: 1500,
            requests_per_s: 1234.56,
            failures_per_s: 1.2,
            p50_ms: Some(12.34),
            p95_ms: Some(98.76),
            p99_ms: Some(1234.5),
        },
        totals: Counts { requests: 65_432, failures: 65, dropped: 0, exceptions: 2 },
        chart: Chart {
            to_s: 60,
            width_s: 1,
            users: seconds.iter().map(|at| u64::from(at * 50).min(1500)).collect(),
            planned: seconds.iter().map(|at| (at * 50).min(1500)).collect(),
            requests_per_s: seconds.iter().map(|at| f64::from(at * 20) + wave(at)).collect(),
            failures_per_s: seconds.iter().map(|at| f64::from(at % 11)).collect(),
            p50_ms: seconds.iter().map(|at| Some(12.0 + wave(at) / 5.0)).collect(),
            p95_ms: seconds.iter().map(|at| Some(60.0 + wave(at))).collect(),
            p99_ms: seconds.iter().map(|at| (at % 9 > 0).then(|| 90.0 + 2.0 * wave(at))).collect(),
            seconds,
            ..Chart::default()
        },
        transactions: (1..=20).map(|n| transaction("GET", &format!("/items/{n}"), n)).collect(),
        aggregated: Some(transaction("", "Aggregated", 99)),
        failures: vec![failure("/items/7", "expected status 200, got 503", 65)],
        exceptions: vec![exception("Buyer.pay", "no `token` in the response")],
        regions: vec![region("eu-central-1", 800), region("us-west-2", 700)],
        generators: vec![
            generator("us-west-2", GeneratorState::Lost),
            generator("eu-central-1", GeneratorState::Running),
        ],
        more_generators: 3,
        cost_usd: Some(0.126),
        notes: vec![Note { at_s: 12, text: "generator 0/us-west-2/1 failed: throttled".into() }],
        ..View::default()
    }
}

fn stopping() -> View {
    let text = "interrupted: requests in flight may end; interrupt again to end at once";
    let notes = vec![Note { at_s: 60, text: text.into() }];
    View { state: State::Stopping, notes, ..running() }
}

fn hostile() -> View {
    View {
        run: Some(run(HOSTILE, HOSTILE)),
        transactions: vec![transaction(HOSTILE, HOSTILE, 3)],
        failures: vec![failure(HOSTILE, HOSTILE, 3)],
        exceptions: vec![exception(HOSTILE, HOSTILE)],
        regions: vec![region(HOSTILE, 3)],
        notes: vec![Note { at_s: 60, text: HOSTILE.into() }],
        ..running()
    }
}

fn starting() -> View {
    View {
        state: State::Preparing,
        message: Some("the generators get ready".into()),
        run: Some(run("shop", "https://shop.example")),
        plan: Some(plan()),
        ..View::default()
    }
}

fn run(test: &str, host: &str) -> RunView {
    RunView {
        test: test.into(),
        host: Some(host.into()),
        environment: "staging".into(),
        started_epoch_ms: 1_000_000,
        ..RunView::default()
    }
}

fn plan() -> PlanView {
    PlanView {
        duration_s: 120.0,
        peak: 1500,
        clients: 1500,
        generators: 4,
        intervals: 3,
        cuts_s: vec![40.0, 80.0],
        curve: vec![(0.0, 0.0), (30.0, 1500.0), (120.0, 1500.0)],
        at_most_usd: Some(0.5),
        ..PlanView::default()
    }
}

fn transaction(method: &str, name: &str, n: u32) -> Row {
    let ms = |factor: f64| Some(f64::from(n) * factor);
    Row {
        method: method.into(),
        name: name.into(),
        requests: u64::from(n) * 661,
        failures: u64::from(n % 10 == 7) * 65,
        requests_per_s: f64::from(n) * 12.5,
        failures_per_s: f64::from(n % 10 == 7),
        mean_ms: ms(1.1),
        min_ms: ms(0.2),
        max_ms: ms(99.0),
        p50_ms: ms(1.0),
        p95_ms: ms(5.0),
        p99_ms: ms(20.0),
        mean_bytes: ms(100.0),
    }
}

fn failure(name: &str, reason: &str, count: u64) -> FailureView {
    FailureView {
        method: "GET".into(),
        name: name.into(),
        reason: reason.into(),
        count,
        first_seen_epoch_ms: 1_004_000,
        last_seen_epoch_ms: 1_058_900,
    }
}

fn exception(task: &str, message: &str) -> ExceptionView {
    ExceptionView {
        task: task.into(),
        message: message.into(),
        count: 2,
        first_seen_epoch_ms: 1_004_000,
        last_seen_epoch_ms: 1_004_000,
    }
}

fn region(name: &str, users: u64) -> RegionView {
    RegionView {
        region: name.into(),
        generators: 2,
        running: 1,
        users,
        requests: users * 40,
        failures: 0,
        requests_per_s: 600.0,
        failures_per_s: 0.0,
        p50_ms: Some(12.0),
        p95_ms: None,
        p99_ms: Some(120.0),
    }
}

fn generator(region: &str, state: GeneratorState) -> GeneratorView {
    GeneratorView {
        interval: 0,
        region: region.into(),
        share: 1,
        attempt: 0,
        state,
        users: 700,
        cpu: Some(0.42),
        cpu_max: Some(0.5),
        delay_p99_ms: Some(0.4),
        frames: 60,
        missing_frames: 0,
        newest_s: Some(59),
    }
}

fn plain() -> Palette {
    Palette::new(Style::Plain)
}

/// What a terminal of a size shows of a view, after some keys.
fn shown(view: &View, size: (u16, u16), keys: &[KeyCode]) -> String {
    let mut terminal = Terminal::new(TestBackend::new(size.0, size.1)).unwrap();
    let mut model = Model::default();
    for key in keys {
        key::press(&mut model, (*key).into(), view);
    }
    let drawn = terminal.draw(|frame| _ = draw(frame, view, &model, plain()));
    drawn.unwrap();
    let buffer = terminal.backend().buffer();
    let columns = usize::from(buffer.area.width);
    // A wide character has the place of the cell behind it, too.
    let line = |cells: &[ratatui::buffer::Cell]| {
        let mut covered = 0;
        let mut line = String::new();
        for cell in cells {
            if covered == 0 {
                line.push_str(cell.symbol());
                covered = crate::shown::width(cell.symbol()).max(1);
            }
            covered -= 1;
        }
        format!("{}\n", line.trim_end())
    };
    buffer.content().chunks(columns).map(line).collect()
}

#[track_caller]
fn assert_golden(name: &str, text: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden/tui").join(name);
    if env::var_os("UPDATE_GOLDEN").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, text).unwrap();
    }
    let expected = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(text, expected, "{} differs; UPDATE_GOLDEN=1 writes it anew", path.display());
}

#[test]
fn a_running_test_suits_every_terminal() {
    for size in [(120, 40), (80, 24), (60, 15)] {
        let name = format!("running-{}x{}.txt", size.0, size.1);
        assert_golden(&name, &shown(&running(), size, &[]));
    }
}

#[test]
fn each_table_has_its_rows() {
    let tables: String =
        ('2'..='6').map(|digit| shown(&running(), (100, 16), &[KeyCode::Char(digit)])).collect();
    assert_golden("tables-100x16.txt", &tables);
}

#[test]
fn what_a_run_is_held_to_has_a_table_of_its_own() {
    let threshold = |subject: &str, state| ThresholdView {
        subject: subject.into(),
        metric: "p95".into(),
        limit: "at most 300 ms".into(),
        value: Some("412 ms".into()),
        state,
        hint: None,
        abort: state == "crossed",
    };
    let thresholds = vec![threshold("overall", "passed"), threshold("GET /cart", "crossed")];
    let view = View { thresholds, ..running() };
    assert_golden("thresholds-80x24.txt", &shown(&view, (80, 24), &[KeyCode::BackTab]));
}

#[test]
fn a_test_that_stops_says_so() {
    let text = shown(&stopping(), (80, 24), &[]);
    assert!(text.contains("● stopping"), "{text}");
    assert!(text.contains("interrupt again to end at once"), "{text}");
    assert_golden("stopping-80x24.txt", &text);
}

#[test]
fn names_from_elsewhere_do_no_harm() {
    for digit in '1'..='6' {
        let text = shown(&hostile(), (80, 24), &[KeyCode::Char(digit), KeyCode::Enter]);
        assert!(!text.contains(['\u{1b}', '\r', '\u{202e}']), "{text:?}");
    }
    assert_golden("hostile-80x24.txt", &shown(&hostile(), (80, 24), &[]));
    let row = [KeyCode::Char('2'), KeyCode::Enter];
    assert_golden("hostile-row-60x15.txt", &shown(&hostile(), (60, 15), &row));
}

#[test]
fn before_the_first_request_there_is_a_plan() {
    assert_golden("starting-80x24.txt", &shown(&starting(), (80, 24), &[]));
}

#[test]
fn charts_are_shown_alone() {
    let keys = [KeyCode::Char('c')].repeat(2);
    assert_golden("chart-60x15.txt", &shown(&running(), (60, 15), &keys));
}

#[test]
fn questions_lie_over_all_else() {
    for (name, keys) in [("help", "?"), ("stop", "q"), ("users", "u0")] {
        let mut keys: Vec<_> = keys.chars().map(KeyCode::Char).collect();
        if name == "users" {
            keys.push(KeyCode::Enter);
        }
        assert_golden(&format!("{name}-60x15.txt"), &shown(&running(), (60, 15), &keys));
    }
}

#[test]
fn a_terminal_that_is_too_small_says_so() {
    let text = shown(&running(), (59, 20), &[]);
    assert!(text.starts_with("The terminal is too small:\n59x20 of 60x15.\n"), "{text}");
    let _no_panic = [(1, 1), (1, 40), (200, 1)].map(|size| shown(&running(), size, &[]));
}

#[test]
fn in_the_open_model_arrivals_that_are_dropped_are_shown() {
    let plan = PlanView { arrivals_per_s: Some(100.0), ..plan() };
    let totals = Counts { dropped: 1234, ..running().totals };
    let text = shown(&View { plan: Some(plan), totals, ..running() }, (120, 30), &[]);
    assert!(text.contains("users/pool"), "{text}");
    assert!(text.contains("dropped") && text.contains("1,234"), "{text}");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn nothing_breaks_at_any_size_after_any_keys(
        size in (1_u16..200, 1_u16..60),
        keys in "[1-6csSru+qn?hjkGg]{0,12}",
        of in 0_usize..4,
    ) {
        let view = [running, stopping, hostile, starting][of]();
        let keys: Vec<_> = keys.chars().map(KeyCode::Char).collect();
        let text = shown(&view, size, &keys);
        let harmless = !text.contains(['\u{1b}', '\r', '\u{202e}']);
        prop_assert!(harmless, "{text:?}");
    }
}
