//! `random` in expressions.

use std::sync::{Arc, Mutex, PoisonError};

use minijinja::{
    Error, ErrorKind, State,
    value::{DynObject, Object, Value, from_args},
};

use crate::random::Random;

/// A user's random choices while an expression is evaluated. (Objects in expressions must be
/// `Sync`, and nobody else has this one: its lock is always free.)
#[derive(Clone)]
pub(super) struct Chance(Arc<Held>);

#[derive(Debug)]
struct Held(Mutex<Random>);

/// What `random` can do.
const METHODS: &str = "int(1, 10), float(), choice(list), string(8) and uuid()";

impl Chance {
    pub(super) fn of(random: &Random) -> Self {
        Self(Arc::new(Held(Mutex::new(random.clone()))))
    }

    /// The choices that are left.
    pub(super) fn into_random(self) -> Random {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl From<Chance> for DynObject {
    fn from(chance: Chance) -> Self {
        Self::new(chance.0)
    }
}

impl Object for Held {
    fn call_method(
        self: &Arc<Self>,
        _state: &State<'_, '_>,
        method: &str,
        args: &[Value],
    ) -> Result<Value, Error> {
        let mut random = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match method {
            "int" => {
                let (least, most): (i64, i64) = from_args(args)?;
                if least > most {
                    return Err(invalid(format!("random.int: {least} is above {most}")));
                }
                Ok(random.between(least, most).into())
            }
            "float" => {
                let (): () = from_args(args)?;
                Ok(random.unit().into())
            }
            "choice" => {
                let (list,): (Value,) = from_args(args)?;
                let items: Vec<Value> = list.try_iter()?.collect();
                let index = usize::try_from(random.below(items.len() as u64)).unwrap_or(0);
                items.get(index).cloned().ok_or_else(|| invalid("random.choice of nothing".into()))
            }
            "string" => {
                let (length, letters): (usize, Option<String>) = from_args(args)?;
                text(&mut random, length, letters.as_deref().unwrap_or(LETTERS))
            }
            "uuid" => {
                let (): () = from_args(args)?;
                Ok(random.uuid().into())
            }
            _ => {
                let message = format!("random has no `{method}`; it has {METHODS}");
                Err(Error::new(ErrorKind::UnknownMethod, message))
            }
        }
    }
}

const LETTERS: &str = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";

/// The longest random text.
const LONGEST: usize = 1024 * 1024;

fn text(random: &mut Random, length: usize, letters: &str) -> Result<Value, Error> {
    let letters: Vec<char> = letters.chars().collect();
    if letters.is_empty() || length > LONGEST {
        return Err(invalid(format!("random.string of {length} of {} letters", letters.len())));
    }
    let mut letter = || {
        let index = random.below(letters.len() as u64);
        letters[usize::try_from(index).unwrap_or(0)]
    };
    Ok((0..length).map(|_| letter()).collect::<String>().into())
}

fn invalid(message: String) -> Error {
    Error::new(ErrorKind::InvalidOperation, message)
}
