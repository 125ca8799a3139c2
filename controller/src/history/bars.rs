//! A row of numbers as a picture of one line.

/// How a picture is drawn.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Bars {
    /// With Unicode's blocks of eighths, for a terminal that shows them.
    Blocks,
    /// With ASCII alone.
    #[default]
    Ascii,
}

const BLOCKS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
const ASCII: [char; 8] = ['_', '.', ',', '-', '=', '+', '*', '#'];

impl Bars {
    /// What suits a stream: blocks on a terminal whose locale says that it reads UTF-8.
    pub fn of(is_terminal: bool, variable: &dyn Fn(&str) -> Option<String>) -> Self {
        let given = |name: &&str| variable(name).filter(|value| !value.is_empty());
        let locale = ["LC_ALL", "LC_CTYPE", "LANG"].iter().find_map(given).unwrap_or_default();
        let locale = locale.to_lowercase();
        let is_utf8 = locale.contains("utf-8") || locale.contains("utf8");
        if is_terminal && is_utf8 { Self::Blocks } else { Self::Ascii }
    }

    /// A bar for each number, from 0 to the greatest of them; a space where there is none.
    pub fn draw(self, numbers: &[Option<f64>]) -> String {
        let glyphs = if self == Self::Blocks { BLOCKS } else { ASCII };
        let most = numbers.iter().flatten().copied().fold(0.0, f64::max);
        let glyph = |number: &f64| {
            let part = if most > 0.0 { (number / most).clamp(0.0, 1.0) } else { 0.0 };
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "0 to 7 by its bounds"
            )]
            let place = (part * 7.0).round() as usize;
            glyphs[place]
        };
        numbers.iter().map(|number| number.as_ref().map_or(' ', glyph)).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_rise_with_their_numbers() {
        let numbers = [Some(0.0), Some(50.0), None, Some(100.0)];
        assert_eq!(Bars::Blocks.draw(&numbers), "▁▅ █");
        assert_eq!(Bars::Ascii.draw(&numbers), "_= #");
        assert_eq!(Bars::Ascii.draw(&[Some(0.0), Some(0.0)]), "__");
        assert_eq!(Bars::Ascii.draw(&[]), "");
    }

    #[test]
    fn blocks_are_for_terminals_that_show_them() {
        let of = |terminal, locale: &str| {
            let locale = locale.to_owned();
            Bars::of(terminal, &move |name| (name == "LANG").then(|| locale.clone()))
        };
        assert_eq!(of(true, "en_GB.UTF-8"), Bars::Blocks);
        assert_eq!(of(true, "C.utf8"), Bars::Blocks);
        assert_eq!(of(true, "C"), Bars::Ascii);
        assert_eq!(of(false, "en_GB.UTF-8"), Bars::Ascii);
    }
}
