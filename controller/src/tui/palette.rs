//! Colours: the terminal's own, so that they suit light and dark ones, and none where they are
//! refused. No meaning is in a colour alone.

use ratatui::style::{Color, Modifier, Style};

use crate::style;

/// Which colours there are.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Palette {
    coloured: bool,
}

#[expect(clippy::unused_self, reason = "all styles are asked of a palette")]
impl Palette {
    pub(super) fn new(style: style::Style) -> Self {
        Self { coloured: style == style::Style::Coloured }
    }

    /// Nothing special.
    pub(super) fn plain(self) -> Style {
        Style::new()
    }

    /// Less important.
    pub(super) fn dim(self) -> Style {
        Style::new().add_modifier(Modifier::DIM)
    }

    /// Important.
    pub(super) fn bold(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// What is chosen.
    pub(super) fn chosen(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// As it should be; also the first of several curves.
    pub(super) fn good(self) -> Style {
        self.of(Color::Green)
    }

    /// Wrong.
    pub(super) fn bad(self) -> Style {
        self.of(Color::Red)
    }

    /// To be looked at.
    pub(super) fn notable(self) -> Style {
        self.of(Color::Magenta)
    }

    /// The second of several curves.
    pub(super) fn second(self) -> Style {
        self.of(Color::Blue)
    }

    fn of(self, colour: Color) -> Style {
        if self.coloured { Style::new().fg(colour) } else { Style::new() }
    }
}
