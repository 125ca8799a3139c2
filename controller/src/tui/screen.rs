//! The terminal, taken for a while and always given back.

use std::{
    io::{self, BufWriter, Stdout},
    panic::{self, PanicHookInfo},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
        mpsc::Sender,
    },
    thread,
};

use ratatui::{
    Terminal,
    backend::CrosstermBackend,
    crossterm::{
        cursor::{Hide, Show},
        execute,
        terminal::{
            Clear, ClearType, EnterAlternateScreen, LeaveAlternateScreen, disable_raw_mode,
            enable_raw_mode,
        },
    },
};
use rustix::termios::{LocalModes, tcgetattr};

use super::desk::Desk;

/// Whether the full screen has the terminal. There is one terminal.
static TAKEN: AtomicBool = AtomicBool::new(false);

type Hook = Box<dyn Fn(&PanicHookInfo<'_>) + Send + Sync>;

/// The terminal while the full screen has it.
pub(super) struct Screen {
    /// What a panic did before.
    hook: Arc<Hook>,
}

/// Where everything is drawn. A drawing is written in one piece.
pub(super) type Drawn = Terminal<CrosstermBackend<BufWriter<Stdout>>>;

impl Screen {
    /// Takes the terminal. A panic of this thread, or one of the full screen's, gives it back.
    /// `panics` hears of those of others, which must not be written over the screen.
    ///
    /// # Errors
    ///
    /// The terminal does not let itself be taken.
    pub(super) fn take(desk: Arc<Desk>, panics: Sender<String>) -> io::Result<Self> {
        TAKEN.store(true, Ordering::SeqCst);
        let hook = Arc::new(panic::take_hook());
        let before = Arc::clone(&hook);
        let main = thread::current().id();
        panic::set_hook(Box::new(move |info| {
            let this = thread::current();
            let is_ours = this.id() == main || this.name() == Some(super::THREADS);
            if is_ours {
                desk.end_at_once();
                give_back();
            }
            let told = TAKEN.load(Ordering::SeqCst) && panics.send(info.to_string()).is_ok();
            if !told {
                before(info);
            }
        }));
        let screen = Self { hook };
        enter()?;
        Ok(screen)
    }

    /// What to draw on.
    ///
    /// # Errors
    ///
    /// Its size cannot be told.
    pub(super) fn terminal() -> io::Result<Drawn> {
        let out = BufWriter::with_capacity(1 << 16, io::stdout());
        Terminal::new(CrosstermBackend::new(out))
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        give_back();
        let hook = Arc::clone(&self.hook);
        // A thread that panics may not change what panics do, and need not any more.
        if !thread::panicking() {
            panic::set_hook(Box::new(move |info| hook(info)));
        }
    }
}

fn enter() -> io::Result<()> {
    enable_raw_mode()?;
    execute!(io::stdout(), EnterAlternateScreen, Clear(ClearType::All), Hide)
}

/// Gives the terminal back, once.
fn give_back() {
    if TAKEN.swap(false, Ordering::SeqCst) {
        // First what cannot be held up by a terminal that takes nothing.
        let _ = disable_raw_mode();
        let _ = execute!(io::stdout(), LeaveAlternateScreen, Show);
    }
}

/// Takes the terminal again if somebody else has changed it, such as a shell that had suspended
/// this process; whether that was so.
pub(super) fn mend() -> bool {
    let Ok(modes) = tcgetattr(io::stdin()) else { return false };
    let is_cooked = modes.local_modes.intersects(LocalModes::ICANON | LocalModes::ECHO);
    let mend = is_cooked && TAKEN.load(Ordering::SeqCst);
    if mend {
        let _ = disable_raw_mode();
        let _ = enter();
    }
    mend
}
