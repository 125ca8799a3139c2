//! Asking for another number of users.

use engine::{clients::Clients, hatch_rate::HatchRate};

use crate::control::Control;

/// How long a number may be.
const MOST_DIGITS: usize = 9;

/// Two fields, of which one is written in.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prompt {
    /// How many users.
    pub(super) users: String,
    /// How many of them start or stop in a second; the profile's rate if it is empty.
    pub(super) rate: String,
    /// Whether the second field is written in.
    pub(super) at_rate: bool,
    /// What is wrong with what was written.
    pub(super) wrong: Option<String>,
    /// Whether nothing was typed yet: what is typed first takes the place of what is there.
    fresh: bool,
}

impl Prompt {
    /// Begins with a number of users.
    pub(super) fn new(users: u64) -> Self {
        Self { users: users.to_string(), fresh: true, ..Self::default() }
    }

    /// A tenth more or less, at least one.
    pub(super) fn step(&mut self, up: bool) {
        let users: u64 = self.users.parse().unwrap_or(0);
        let by = (users / 10).max(1);
        let users = if up { users.saturating_add(by) } else { users.saturating_sub(by) };
        self.users = users.clamp(1, Clients::MAX.into()).to_string();
        self.fresh = true;
        self.wrong = None;
    }

    /// Takes a character; what can be no part of a number is not taken.
    pub(super) fn write(&mut self, c: char) {
        let at_rate = self.at_rate;
        if !(c.is_ascii_digit() || at_rate && c == '.' && !self.rate.contains('.')) {
            return;
        }
        self.wrong = None;
        if std::mem::take(&mut self.fresh) && !at_rate {
            self.users.clear();
        }
        let field = self.field();
        if field.len() < MOST_DIGITS {
            field.push(c);
        }
    }

    /// Takes the last character back.
    pub(super) fn erase(&mut self) {
        self.fresh = false;
        self.wrong = None;
        self.field().pop();
    }

    /// Goes to the other field.
    pub(super) fn turn(&mut self) {
        self.at_rate = !self.at_rate;
        self.fresh = false;
    }

    /// What was asked for; if it is not valid, says so in the prompt.
    pub(super) fn change(&mut self) -> Option<Control> {
        let clients = self.users.parse().ok().and_then(|users| Clients::try_new(users).ok());
        let Some(clients) = clients else {
            self.wrong = Some(format!("expected {}", Clients::EXPECTED));
            return None;
        };
        if self.rate.is_empty() {
            return Some(Control::Users { clients, hatch_rate: None });
        }
        let rate = self.rate.parse().ok().and_then(|rate| HatchRate::try_new(rate).ok());
        if rate.is_none() {
            self.wrong = Some(format!("expected {}", HatchRate::EXPECTED));
        }
        rate.map(|rate| Control::Users { clients, hatch_rate: Some(rate) })
    }

    fn field(&mut self) -> &mut String {
        if self.at_rate { &mut self.rate } else { &mut self.users }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(prompt: &mut Prompt, text: &str) {
        text.chars().for_each(|c| prompt.write(c));
    }

    #[test]
    fn what_is_typed_first_takes_the_place_of_what_is_there() {
        let mut prompt = Prompt::new(50);
        typed(&mut prompt, "1x2 0");
        assert_eq!(prompt.users, "120");
        let clients = Clients::try_new(120).unwrap();
        assert_eq!(prompt.change(), Some(Control::Users { clients, hatch_rate: None }));
        prompt.turn();
        typed(&mut prompt, "2.5.");
        let hatch_rate = HatchRate::try_new(2.5).ok();
        assert_eq!(prompt.change(), Some(Control::Users { clients, hatch_rate }));
    }

    #[test]
    fn what_is_there_can_be_changed() {
        let mut prompt = Prompt::new(50);
        prompt.erase();
        typed(&mut prompt, "7");
        assert_eq!(prompt.users, "57");
        prompt.step(true);
        assert_eq!(prompt.users, "62");
        prompt.step(false);
        assert_eq!(prompt.users, "56");
        let mut least = Prompt::new(1);
        least.step(false);
        assert_eq!(least.users, "1");
    }

    #[test]
    fn what_is_no_number_of_users_is_told() {
        let mut prompt = Prompt::new(5);
        for users in ["0", "99999999"] {
            prompt.users = users.into();
            assert_eq!(prompt.change(), None);
            assert!(prompt.wrong.as_deref().unwrap().contains("10,000,000"), "{prompt:?}");
        }
        prompt.users = "5".into();
        prompt.rate = "0".into();
        assert_eq!(prompt.change(), None);
        assert!(prompt.wrong.is_some());
        prompt.erase();
        assert_eq!(prompt.wrong, None);
    }
}
